"""After the opening: cleaning, releases and results."""
