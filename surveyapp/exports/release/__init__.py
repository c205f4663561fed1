"""Building a release, and rehearsing it."""
