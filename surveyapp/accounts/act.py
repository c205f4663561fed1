"""Who acts, when, and under which keys: what every service that staff set in motion is told."""

from dataclasses import dataclass
from datetime import date, datetime

from surveyapp import clock
from surveyapp.keys import KeyRing


@dataclass(frozen=True, slots=True)
class Act:
    """One act of the staff: `actor` is the user name as the audit trail records it."""

    actor: str
    now: datetime
    keys: KeyRing

    @property
    def today(self) -> date:
        """The day of the act in Vietnam."""
        return clock.day(self.now)
