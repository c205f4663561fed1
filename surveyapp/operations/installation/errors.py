"""Why a key ring is not taken, and why a key is not put to use."""

from collections.abc import Sequence

from surveyapp.errors import SurveyError


class ForeignKeyRing(SurveyError):
    """Key `number` of this ring is not the one the database was made with."""

    def __init__(self, number: int) -> None:
        super().__init__(f"key {number} belongs to another installation")
        self.number = number


class KeyRingIncomplete(SurveyError):
    """The database uses key `number`, and this ring does not hold it."""

    def __init__(self, number: int) -> None:
        super().__init__(f"key {number} is missing in this ring")
        self.number = number


class KeyRingLost(SurveyError):
    """There is no ring here and the database has one already: another would open nothing of it."""

    def __init__(self, campaigns: Sequence[str]) -> None:
        super().__init__(", ".join(campaigns))
        self.campaigns = tuple(campaigns)


class KeyNotEverywhere(SurveyError):
    """Key `number` cannot be used: `nodes` were seen lately and do not hold it."""

    def __init__(self, number: int, nodes: Sequence[str]) -> None:
        super().__init__(f"{number}: {', '.join(nodes)}")
        self.number, self.nodes = number, tuple(nodes)


class UnknownKey(SurveyError):
    """No key of this number was given to the database."""

    def __init__(self, number: int) -> None:
        super().__init__(str(number))
        self.number = number
