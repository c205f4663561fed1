"""What machines ask: does the server work, how many requests, how fast."""
