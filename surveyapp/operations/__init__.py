"""What keeps an installation going: the end of a campaign's people, and what administrators run."""
