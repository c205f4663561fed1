"""Which browser began, and what another browser that has only the link may do."""
