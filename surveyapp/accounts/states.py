"""States and kinds of what belongs to accounts."""

from enum import StrEnum


class LinkPurpose(StrEnum):
    """What a link sent to a member of staff is for."""

    ACTIVATION = "activation"
    PASSWORD = "password"  # noqa: S105  a purpose, no password


class LinkMail(StrEnum):
    """Where the e-mail with a link stands; `BY_HAND`: there is none, somebody hands the link over."""

    BY_HAND = "by_hand"
    WAITING = "waiting"
    MAILED = "mailed"
    UNDELIVERABLE = "undeliverable"


class ConfirmationState(StrEnum):
    """Where a deed stands that two persons do together."""

    ASKED = "asked"
    AGREED = "agreed"
    DENIED = "denied"
    CARRIED_OUT = "carried_out"
    TAKEN_BACK = "taken_back"
