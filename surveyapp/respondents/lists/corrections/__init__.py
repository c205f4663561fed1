"""What is put right after a list came: lines mended, people added, the file read another way."""
