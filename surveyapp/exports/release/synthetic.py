"""Answers that nobody gave, for a rehearsal: as many as there are assignments, of every awkward kind."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from random import Random
from typing import Any

from surveyapp.exports.disclosure.row_labels import Cell
from surveyapp.exports.release import sipas
from surveyapp.exports.release.results import Frame
from surveyapp.instruments.kinds.registry import kind_of
from surveyapp.instruments.model import DONT_KNOW, Instrument

_UNDER_FLOOR = ("yes", "no", "no", "no", "no", "unknown")
_STRAIGHT, _MISSING, _DONT_KNOW, _REMARKED = 0.04, 0.03, 0.05, 0.05
REMARKS = (
    "Đề\u00a0nghị\u00a0rút\u00a0gọn\u00a0thủ\u00a0tục",
    "=1+1, \u201ca\u201d 'b'",
    'a\n"b", \t c',
    "Tie\u0302\u0301ng Vie\u0323\u0302t",
    "\U0001f642 a",
    "dai " * 249,
)
"""What people write at worst: formulas, quotes, line ends, decomposed letters, the greatest length."""
READERS = ("dien-tap-1", "dien-tap-2")
"""Who would have read them."""


def responses(frame: Frame, sizes: Mapping[Cell, int], chance: Random) -> Iterator[dict[str, Any]]:
    """Rows of the table of responses: so many for each rated unit × group."""
    for (unit, group), n in sizes.items():
        form = frame.instrument(group)
        leaning = chance.uniform(0.3, 0.75)
        for _ in range(n):
            yield {
                "id": chance.randbytes(16),
                "campaign_id": frame.campaign.id,
                "instrument_code": form.code,
                "instrument_version": form.version,
                "rated_unit_code": unit,
                "group_code": group,
                "answers": _answers(form, leaning, chance),
                "quality": {"under_floor": chance.choice(_UNDER_FLOOR)},
            }


def _answers(form: Instrument, leaning: float, chance: Random) -> dict[str, str]:
    """Options lean to the first ones of the scale; some people tick the same one everywhere."""
    same = chance.random() < _STRAIGHT
    given = {}
    for item in form.items:
        kind = kind_of(item)
        if not kind.scores(item):
            value = kind.opened(item, kind.play(item, chance, 1.0))
            if value and chance.random() >= _MISSING:
                given[item.id] = value
            continue
        draw = chance.random()
        if draw < _MISSING:
            continue
        if draw < _MISSING + _DONT_KNOW and item.dont_know:
            given[item.id] = DONT_KNOW
            continue
        choice = 0
        while not same and choice < len(item.options) - 1 and chance.random() > leaning:
            choice += 1
        given[item.id] = item.options[choice].code
    return given


def remarks(frame: Frame, responses: int, chance: Random) -> Iterator[dict[str, Any]]:
    """Rows of the table of remarks: one for every twentieth response, each kind at least once."""
    levels = sorted({group.level for group in frame.groups.values()})
    for n in range(max(len(REMARKS), round(responses * _REMARKED))):
        yield {
            "id": chance.randbytes(16),
            "campaign_id": frame.campaign.id,
            "level": levels[n % len(levels)],
            "text": REMARKS[n % len(REMARKS)],
        }


def reviews(remarks: Iterable[dict[str, Any]], *, on: datetime) -> Iterator[dict[str, Any]]:
    """Rows of the table of decisions: two persons let each of `remarks` leave as it was written."""
    for remark in remarks:
        yield {
            "remark_id": remark["id"],
            "campaign_id": remark["campaign_id"],
            "leaves": True,
            "text": remark["text"],
            "first_by": READERS[0],
            "first_at": on,
            "second_by": READERS[1],
            "second_at": on,
        }


def sipas_table(frame: Frame, chance: Random) -> bytes | None:
    """A table of the citizens' survey; None for a campaign without provinces."""
    provinces = [unit.code for unit in frame.units.values() if unit.kind == "province"]
    if not provinces:
        return None
    rows = (
        f"{code},{chance.randint(200, 900)},{chance.uniform(60, 95):.2f},,,dien tap"
        for code in provinces
    )
    return ("\n".join([",".join(sipas.COLUMNS), *rows]) + "\n").encode()
