"""What comes back after a message was handed over."""
