"""The ways in: codes, signed links, how often a code may be tried, going on at another device."""

__all__ = (
    "attempts",
    "codes",
    "device_handoff",
    "links",
    "pasted",
)
