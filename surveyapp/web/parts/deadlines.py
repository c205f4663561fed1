"""The deadline as a page tells it: how long it is still, and what is said when it is near or just over."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from surveyapp.campaigns.models import Campaign
from surveyapp.i18n import _, clock_time

DAY, HOUR, MINUTES = timedelta(days=1), timedelta(hours=1), timedelta(minutes=10)


@dataclass(frozen=True)
class Deadline:
    """Until when answers are taken of everybody, and until when of whoever was answering."""

    closes_at: datetime
    ends_at: datetime
    now: datetime

    @property
    def seconds(self) -> int:
        """To the deadline; below nothing once it is over."""
        return int((self.closes_at - self.now).total_seconds())

    @property
    def stages(self) -> dict[int, str]:
        """From how many seconds before the deadline on, the nearest first, what is said."""
        until = clock_time(self.ends_at)
        over = _("Đã hết thời gian nhận phiếu: phiếu chưa nộp không nộp được nữa.")
        grace = _(
            "Đã hết hạn trả lời. Vì Ông/Bà đang trả lời, phiếu còn được nhận đến %(until)s: xin nộp ngay.",
            until=until,
        )
        stages = {-int((self.ends_at - self.closes_at).total_seconds()): over}
        stages.setdefault(0, grace)
        stages |= {
            _seconds(MINUTES): _(
                "Còn chưa đầy 10 phút là hết hạn trả lời: xin xem lại và nộp ngay."
            ),
            _seconds(HOUR): _("Còn chưa đầy một giờ là hết hạn trả lời: xin nộp phiếu trước hạn."),
            _seconds(DAY): _("Còn chưa đầy một ngày là hết hạn trả lời."),
        }
        return stages

    @property
    def stage(self) -> int | None:
        """The stage that is reached, by its seconds; None while the deadline is far."""
        seconds = self.seconds
        if seconds > _FARTHEST:
            return None
        grace = _seconds(self.ends_at - self.closes_at)
        starts = (-grace, 0, *map(_seconds, (MINUTES, HOUR, DAY)))
        return next(start for start in starts if seconds <= start)

    @property
    def words(self) -> str:
        """What is said now; nothing while the deadline is far."""
        stage = self.stage
        return "" if stage is None else self.stages[stage]


def at_stage(
    closes_at: datetime, ends_at: datetime, stage: int | None, *, seconds: str
) -> dict[str, Any]:
    """The same for a page that is kept for everybody until the next stage; `seconds` are filled in."""
    stages = Deadline(closes_at, ends_at, closes_at).stages
    words = "" if stage is None else stages[stage]
    return {"closes_at": closes_at, "stages": stages, "words": words, "seconds": seconds}


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())


_FARTHEST = _seconds(DAY)


def facts(campaign: Campaign, *, begun: bool, now: datetime) -> Deadline:
    """The campaign's deadline for somebody who has begun, or has not: the grace is for the former."""
    ends_at = campaign.ends_at if begun else campaign.closes_at
    return Deadline(campaign.closes_at, ends_at, now)
