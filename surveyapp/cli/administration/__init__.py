"""The commands of whoever keeps the server going."""
