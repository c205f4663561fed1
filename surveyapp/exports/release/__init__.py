"""Building a release: gathered, written aside, signed, registered; and rehearsed every night."""

__all__ = (
    "building",
    "publication",
    "rehearsal",
    "signature",
)
