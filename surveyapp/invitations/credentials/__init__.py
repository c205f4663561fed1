"""The ways in: codes, signed links, how often a code may be tried, going on at another device."""
