"""What may leave without pointing to a small group of people."""
