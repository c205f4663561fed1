"""Days and moments as people type them: one reading for every form, whatever language the browser speaks.

A date field of the browser's own shows mm/dd/yyyy where its interface is English, so dates are typed, with the
order said beside the field.
"""

from datetime import date, datetime

from surveyapp.clock import VIETNAM

_DAYS = ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y")
_MOMENTS = ("%H:%M %d/%m/%Y", "%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M")


def read_day(text: str) -> date | None:
    """`15/01/2024`, or as an address writes it `2024-01-15`; None for anything else."""
    day = _first(text, _DAYS)
    return day.date() if day else None


def read_moment(text: str) -> datetime | None:
    """`08:00 15/01/2024` on a Vietnamese clock; None for anything else."""
    moment = _first(text, _MOMENTS)
    return moment.replace(tzinfo=VIETNAM) if moment else None


def _first(text: str, patterns: tuple[str, ...]) -> datetime | None:
    for pattern in patterns:
        try:
            return datetime.strptime(" ".join(text.split()), pattern)  # noqa: DTZ007  no moment yet
        except ValueError:
            continue
    return None


def typed_moment(moment: datetime | None) -> str:
    """A moment as it stands in a field to be typed over."""
    return f"{moment.astimezone(VIETNAM):%H:%M %d/%m/%Y}" if moment else ""
