"""The pages of a questionnaire: one a section and the remark at the end, and what each shows."""

from collections.abc import Mapping
from typing import Any

from surveyapp.i18n import _, locale
from surveyapp.instruments.model import DONT_KNOW, DONT_KNOW_LABEL, Instrument, InstrumentItem
from surveyapp.web.respond.visit import NoSuchQuestionnaire


def count(instrument: Instrument) -> int:
    """How many pages there are: one a section, and the remark on its own at the end."""
    return len(instrument.sections) + bool(instrument.remark)


def items(instrument: Instrument, page: int) -> tuple[InstrumentItem, ...]:
    """The items of a page, none on the page of the remark. Raises `NoSuchQuestionnaire`."""
    if not 1 <= page <= count(instrument):
        raise NoSuchQuestionnaire(page)
    return instrument.sections[page - 1].items if page <= len(instrument.sections) else ()


def item_ids(instrument: Instrument, page: int) -> list[str]:
    """The ids of everything a page asks."""
    asked = items(instrument, page)
    if asked or instrument.remark is None:
        return [item.id for item in asked]
    return [instrument.remark.id]


def all_ids(instrument: Instrument) -> list[str]:
    """The ids of everything the questionnaire asks, page by page."""
    remark = [instrument.remark.id] if instrument.remark else []
    return [item.id for item in instrument.items] + remark


def title(instrument: Instrument, page: int) -> str:
    """The heading of a page."""
    asked = items(instrument, page)
    return instrument.sections[page - 1].title.get(locale()) if asked else _("Ý kiến khác")


def part(instrument: Instrument, page: int) -> dict[str, Any]:
    """What a page asks, whoever looks at it and whatever is answered."""
    asked = items(instrument, page)
    return {
        "page": page,
        "title": title(instrument, page),
        "section": instrument.sections[page - 1] if asked else None,
        "items": asked,
        "first": sum(len(each.items) for each in instrument.sections[: page - 1]) + 1,
    }


def fixed(instrument: Instrument) -> dict[str, Any]:
    """What every page of the questionnaire needs to show its part."""
    return {
        "instrument": instrument,
        "pages": count(instrument),
        "total": len(instrument.items),
        "dont_know": (DONT_KNOW, DONT_KNOW_LABEL.get(locale())),
    }


def facts(instrument: Instrument, answers: Mapping[str, str], page: int) -> dict[str, Any]:
    """What the page shows, whoever looks at it."""
    reached = progress(instrument, answers)
    return {
        **fixed(instrument),
        **part(instrument, page),
        "left": left(reached),
        "answers": answers,
        "steps": steps(instrument, reached, page),
    }


Progress = tuple[tuple[int, int], ...]
"""Of each page how many items are answered, of how many; the remark counts as one of none."""


def progress(instrument: Instrument, answers: Mapping[str, str]) -> Progress:
    """How far a person is."""
    rows = [
        (sum(item.id in answers for item in each.items), len(each.items))
        for each in instrument.sections
    ]
    remark = instrument.remark
    return (*rows, *([(int(remark.id in answers), 0)] if remark is not None else []))


def left(reached: Progress) -> int:
    """How many items have no answer yet."""
    return sum(total - min(done, total) for done, total in reached)


def steps(instrument: Instrument, reached: Progress, page: int) -> list[dict[str, Any]]:
    """The pages with how much of each is answered; each is reached by a button that saves first."""
    rows = []
    for position, (done, total) in enumerate(reached, start=1):
        is_whole = done >= max(total, 1)
        row = {
            "title": title(instrument, position),
            "go": position,
            "state": "now" if position == page else "done" if is_whole else "todo",
        }
        rows.append(row | ({"answered": done, "total": total} if total else {}))
    return rows
