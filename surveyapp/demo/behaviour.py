"""How synthetic people behave: who answers, on which day, how far, and what they tick."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from surveyapp.instruments.kinds.registry import kind_of
from surveyapp.instruments.model import DONT_KNOW, Instrument, InstrumentItem

SUBMITTED, BROKEN_OFF, STARTED = "submitted", "broken_off", "started"
_DECLARATIONS = ("decline", "moved", "wrong_group", "not_me")
_DECLARATION_SHARES = (4, 3, 2, 1)
_STRAIGHT_LINERS = 0.04
_REMARK_SHARE = 0.06
_REMARKS = (
    "Đề nghị rút gọn thủ tục, tránh yêu cầu báo cáo trùng lặp.",
    "Cần đầu tư thêm hạ tầng công nghệ thông tin cho cấp cơ sở.",
    "Văn bản hướng dẫn nên ban hành sớm hơn để địa phương chủ động.",
    "Mong có thêm các lớp tập huấn về chuyển đổi số cho cán bộ.",
    "Công tác phối hợp đã có tiến bộ rõ so với năm trước.",
    "Một số phần mềm chưa kết nối được với nhau, phải nhập số liệu nhiều lần.",
    "Không có ý kiến gì thêm.",
)
_WEEKEND_SHARE = 0.15
REMINDED_AGAIN = (7, 14)
"""Days since the opening on whose morning everybody who has not begun is reminded."""


@dataclass(frozen=True)
class FormOutcome:
    """What becomes of one questionnaire: submitted, broken off or only started; how much answered."""

    kind: str
    share: float = 1.0


@dataclass(frozen=True)
class PlayedVisit:
    """What one person does, on one day: a declaration, or an outcome for each questionnaire."""

    day: int
    declaration: str = ""
    outcomes: tuple[FormOutcome, ...] = ()


class Behaviour:
    """One campaign's people: some units are willing, others are not, the same each time."""

    def __init__(self, campaign_code: str, *, days: Sequence[int], willingness: float) -> None:
        """`days` are weekdays (0 Monday) of the days since opening; `willingness` scales all rates."""
        self._name = campaign_code
        self._willingness = willingness
        self._random = Random(f"{campaign_code} behaviour")  # noqa: S311  a demo, not a secret
        self._days = range(len(days))
        weights = [_day_weight(day, weekday) for day, weekday in enumerate(days)]
        self._day_weights = list(accumulate(weights))
        self._rates: dict[str, float] = {}
        self._levels: dict[str, float] = {}
        self._ladders: dict[tuple[str, str], list[str]] = {}

    def visit(self, unit: str, forms: int) -> PlayedVisit | None:
        """What somebody of `unit` with so many questionnaires does; None: nothing at all."""
        random = self._random
        day = random.choices(self._days, cum_weights=self._day_weights)[0]
        fate = random.random()
        if fate < 0.02:
            declared = random.choices(_DECLARATIONS, _DECLARATION_SHARES)[0]
            return PlayedVisit(day, declaration=declared)
        if random.random() >= self._willing(unit) * self._willingness:
            return None
        if fate < 0.05:
            return PlayedVisit(day, outcomes=tuple(FormOutcome(STARTED, 0.0) for _ in range(forms)))
        return PlayedVisit(day, outcomes=tuple(self._outcome(n) for n in range(forms)))

    def _outcome(self, number: int) -> FormOutcome:
        random = self._random
        chance = random.random() + (0.06 if number else 0)
        if chance > 0.92:
            return FormOutcome(BROKEN_OFF, random.uniform(0.1, 0.8))
        if chance > 0.87:
            return FormOutcome(SUBMITTED, random.uniform(0.5, 0.79))
        return FormOutcome(
            SUBMITTED, random.uniform(0.2, 0.45) if chance > 0.86 else random.uniform(0.85, 1)
        )

    def _willing(self, unit: str) -> float:
        """The share of a unit's people who come in if reminded enough: from a third to nearly all."""
        if unit not in self._rates:
            own = Random(f"{self._name} {unit} rate")  # noqa: S311  a demo, not a secret
            self._rates[unit] = 0.3 + 0.68 * own.betavariate(4, 1.6)
        return self._rates[unit]

    def answers(self, instrument: Instrument, rated_unit: str, share: float) -> dict[str, str]:
        """Answers to the first `share` of the items, and now and then a remark."""
        random = self._random
        count = max(1, round(share * len(instrument.items))) if share else 0
        items = instrument.items[:count]
        level = self._level(rated_unit) + random.gauss(0, 0.5)
        if random.random() < _STRAIGHT_LINERS:
            level, spread = 0.0, 0.0
        else:
            spread = 0.8
        ticks = {item.id: self._tick(instrument, item, level, spread) for item in items}
        ticks = {item: value for item, value in ticks.items() if value}
        remark = instrument.remark
        if remark and share > 0.8 and random.random() < _REMARK_SHARE:
            ticks[remark.id] = random.choice(_REMARKS)
        return ticks

    def _tick(
        self, instrument: Instrument, item: InstrumentItem, level: float, spread: float
    ) -> str:
        random = self._random
        codes = self._ladder(instrument, item)
        if not codes:
            return kind_of(item).play(item, random, level)
        if spread and item.dont_know and random.random() < 0.05:
            return DONT_KNOW
        rung = round(level + spread * random.gauss(0, 1)) if spread else round(level)
        return codes[min(max(rung, 0), len(codes) - 1)]

    def _ladder(self, instrument: Instrument, item: InstrumentItem) -> list[str]:
        """The item's codes with the best first; empty where answers are never averaged."""
        name = instrument.code, item.id
        if name not in self._ladders:
            codes = [option.code for option in item.options] if kind_of(item).scores(item) else []
            if codes and item.best != codes[0]:
                codes.reverse()
            self._ladders[name] = codes
        return self._ladders[name]

    def _level(self, rated_unit: str) -> float:
        """How far below the best option a unit's answers lie on average."""
        if rated_unit not in self._levels:
            own = Random(f"{self._name} {rated_unit} level")  # noqa: S311  a demo, not a secret
            self._levels[rated_unit] = own.uniform(0.5, 1.7)
        return self._levels[rated_unit]


def _day_weight(day: int, weekday: int) -> float:
    """Many answer at once, fewer each day, more again after a reminder, few at weekends."""
    since = min(day - start for start in (0, *REMINDED_AGAIN) if day >= start)
    height = 1.0 if day < REMINDED_AGAIN[0] else 0.6
    return height * 0.72**since * (_WEEKEND_SHARE if weekday >= 5 else 1.0) + 0.01
