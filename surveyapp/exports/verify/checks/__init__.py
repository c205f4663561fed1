"""What single tables of a release say, each held against what it follows from."""
