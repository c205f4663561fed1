"""The campaign pack: one folder that holds everything a round is made of, read, checked and loaded."""
