"""What a person can ask about the data held on her, how it came, and what became of it."""

from enum import StrEnum


class DataRequestKind(StrEnum):
    """The right that is used."""

    SEE = "see"
    CORRECT = "correct"
    ERASE = "erase"
    OBJECT = "object"


class DataRequestWay(StrEnum):
    """How the request reached the centre."""

    LETTER = "letter"
    EMAIL = "email"
    TELEPHONE = "telephone"
    IN_PERSON = "in_person"
    DESK = "desk"


class DataRequestOutcome(StrEnum):
    """What was answered."""

    GIVEN = "given"
    CORRECTED = "corrected"
    REMOVED = "removed"
    NOTHING_HELD = "nothing_held"
    REFUSED = "refused"


class DataRequestStage(StrEnum):
    """Where a request stands; which term counts now."""

    NEW = "new"
    UNDER_WAY = "under_way"
    ANSWERED = "answered"
