"""What archives and other statistical systems load."""
