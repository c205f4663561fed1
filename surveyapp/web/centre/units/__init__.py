"""One unit on one page, and what the centre notes about it."""
