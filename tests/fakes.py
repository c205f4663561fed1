"""Hand-written stand-ins for what a test must not touch. Used instead of mocks."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Self

from surveyapp.messaging.errors import MailboxUnreachable
from surveyapp.messaging.model import Email, Outcome, Sms


class Moment:
    """The server's clock in the hand of a test: it stands still until the test moves it (`at += …`)."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


class FakeChannel:
    """Takes every message, or answers as it was told for an address; keeps what it took."""

    name = "fake"

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.asked = 0
        self.answers: dict[str, list[Outcome]] = {}
        self.down: Outcome | None = None
        self.before_each: Callable[[], None] = lambda: None

    def send(self, message: Email | Sms, /) -> Outcome:
        self.before_each()
        self.asked += 1
        if self.down is not None:
            return self.down
        told = self.answers.get(self.to(message), [])
        outcome = told.pop(0) if told else Outcome.handed_over("250", f"ref{self.asked}")
        if outcome.is_handed_over:
            self.taken.append(message)
        return outcome

    @staticmethod
    def to(message: Email | Sms) -> str:
        return message.recipient if isinstance(message, Email) else message.phone

    @property
    def recipients(self) -> list[str]:
        """Whom messages went to, in alphabetical order."""
        return sorted(self.to(message) for message in self.taken)

    def close(self) -> None:
        """Nothing is open."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


class FakeMailbox:
    """A mailbox that holds these messages, or cannot be reached."""

    def __init__(self, *held: str, away: bool = False) -> None:
        self.held, self.away = held, away

    def __enter__(self) -> Self:
        if self.away:
            raise MailboxUnreachable("connect")
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def has(self, message_id: str) -> bool:
        return message_id in self.held
