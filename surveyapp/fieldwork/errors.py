"""What can go wrong in fieldwork."""

from datetime import date

from surveyapp.errors import SurveyError


class FieldworkError(SurveyError):
    """Root of the failures of this package."""


class NoSnapshot(FieldworkError):
    """Figures put together from several statements were asked for outside `reading()`."""


class SnapshotOutOfOrder(FieldworkError):
    """A snapshot of `day` was asked for, but one of the later `latest` stands already."""

    def __init__(self, day: date, *, latest: date) -> None:
        super().__init__(f"{day}: {latest} is kept already")
        self.day, self.latest = day, latest


class BadSubscriber(FieldworkError):
    """`email` is not one address that mail can be sent to."""

    def __init__(self, email: str) -> None:
        super().__init__("not an address")
        self.email = email


class TokenRefused(FieldworkError):
    """No such token, or it is revoked or past its last day."""


class NoMailServer(FieldworkError):
    """Reports are to be sent, but no mail server is set."""
