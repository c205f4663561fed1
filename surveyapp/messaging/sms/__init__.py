"""Text messages over a gateway."""
