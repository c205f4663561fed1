"""What can go wrong when operators call people."""

from datetime import date, datetime

from surveyapp.invitations.errors import InvitationError


class CallError(InvitationError):
    """Root of the failures of telephone follow-up."""


class NoShift(CallError):
    """The operator has given no reason to see the list, or the time for it is over."""


class NotToBeCalled(CallError):
    """Nobody calls this person: all is submitted, refused or taken back, or the person is away."""


class BeingCalled(CallError):
    """Another operator has this person until `until`."""

    def __init__(self, operator: str, until: datetime) -> None:
        super().__init__(f"{operator} until {until:%F %R}")
        self.operator = operator
        self.until = until


class NotClaimed(CallError):
    """The operator does not have this person, or not any more: nothing was recorded."""


class NotForSeveral(CallError):
    """The result belongs on one person's card: it has consequences that are hers alone."""


class DateRefused(CallError):
    """A person is away until a day after today and within a year; `given` is what was typed."""

    def __init__(self, given: date | None) -> None:
        super().__init__(str(given))
        self.given = given


class ChannelRefused(CallError):
    """The new link cannot go out by this channel: the person has no such address that works."""

    def __init__(self, channel: str) -> None:
        super().__init__(channel)
        self.channel = channel
