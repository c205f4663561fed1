"""The persons that approved lists name: matched, reconciled, handed to invitations, erased."""

__all__ = (
    "erasing",
    "frame_checks",
    "person_search",
    "rosters",
)
