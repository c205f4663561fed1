"""Who acts, when, and under which keys: what every service that staff set in motion is told."""

from dataclasses import dataclass
from datetime import date, datetime

from surveyapp import clock
from surveyapp.keys import KeyRing


@dataclass(frozen=True, slots=True)
class Act:
    """One act of the staff: `actor` is the user name as the audit trail records it.

    `agreed_by` is the second person, where the deed needed one: every entry of the act names both.
    """

    actor: str
    now: datetime
    keys: KeyRing
    agreed_by: str = ""

    @property
    def today(self) -> date:
        """The day of the act in Vietnam."""
        return clock.day(self.now)
