"""Releases: what leaves for the scoring stage and for everybody, cleaned by rule, protected, signed and checked.

Nothing here reads a person, a list or an invitation. `release.building` makes a release, `download` hands it out,
`verify` checks one without the server; `__all__`, here and in each folder, is what other packages may use.
"""

__all__ = (
    "cleaning",
    "disclosure",
    "download",
    "errors",
    "formats",
    "labels",
    "models",
    "release",
    "verify",
)
