"""The formats a list comes in, each read into rows of texts."""
