"""Which browser began, whose addresses it shows, and what another browser that has only the link may do."""
