"""The files of a release, one module a format."""
