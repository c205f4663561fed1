"""What the custodians hold: the key in three shares, their signatures, and the papers of both."""
