"""Which version this is: as in CHANGELOG.md; between releases the next one's, with `.dev0`."""

VERSION = "1.1.0.dev0"
