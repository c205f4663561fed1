"""Building a release: gathered, written aside, signed, registered; and rehearsed every night."""

__all__ = (
    "building",
    "kept_files",
    "publication",
    "rehearsal",
    "results",
    "signature",
)
