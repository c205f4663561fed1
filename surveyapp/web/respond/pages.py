"""The pages of a questionnaire: one a section and the remark at the end, and what each shows."""

from collections.abc import Mapping, Sequence
from typing import Any

from surveyapp.i18n import _, locale
from surveyapp.instruments.kinds import routing
from surveyapp.instruments.kinds.registry import kind_of
from surveyapp.instruments.labels import condition, said
from surveyapp.instruments.model import (
    DONT_KNOW,
    DONT_KNOW_LABEL,
    Instrument,
    InstrumentItem,
    InstrumentSection,
)
from surveyapp.web.http import numbers
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
        return [id_ for id_, _item in routing.fields(asked)]
    return [instrument.remark.id]


def all_ids(instrument: Instrument) -> list[str]:
    """The ids of every field of the questionnaire, page by page."""
    remark = [instrument.remark.id] if instrument.remark else []
    return [*instrument.fields, *remark]


def applies(instrument: Instrument, page: int, answers: Mapping[str, str]) -> bool:
    """Whether anything on the page is asked of whoever gave these answers; the remark always is."""
    asked = items(instrument, page)
    return (
        not asked
        or not instrument.is_routed
        or bool({item.id for item in asked} & instrument.applying(answers).keys())
    )


def led_to(instrument: Instrument, page: int, go: str, answers: Mapping[str, str]) -> int:
    """The page that a button leads to: 0 is before the first, one more than there are is the review."""
    after_last = count(instrument) + 1
    if go in ("back", "next"):
        step = 1 if go == "next" else -1
        page += step
        while 0 < page < after_last and not applies(instrument, page, answers):
            page += step
    elif go == "review":
        page = after_last
    elif (chosen := numbers.whole(go)) is not None:
        page = chosen
    return max(0, min(page, after_last))


def title(instrument: Instrument, page: int) -> str:
    """The heading of a page."""
    asked = items(instrument, page)
    return instrument.sections[page - 1].title.get(locale()) if asked else _("Ý kiến khác")


def part(instrument: Instrument, page: int) -> dict[str, Any]:
    """What a page asks, whoever looks at it and whatever is answered."""
    asked = items(instrument, page)
    section = instrument.sections[page - 1] if asked else None
    return {
        "page": page,
        "title": title(instrument, page),
        "section": section,
        "items": asked,
        "matrices": _matrices(asked),
        "section_condition": condition(instrument, section.shown_if)
        if section and section.shown_if
        else "",
        "first": sum(len(each.items) for each in instrument.sections[: page - 1]) + 1,
    }


def fixed(instrument: Instrument) -> dict[str, Any]:
    """What every page of the questionnaire needs to show its part."""
    return {
        "instrument": instrument,
        "pages": count(instrument),
        "total": len(instrument.items),
        "dont_know": (DONT_KNOW, DONT_KNOW_LABEL.get(locale())),
        "kind_of": kind_of,
        "said": said,
        "condition": lambda shown_if: condition(instrument, shown_if),
        "conditions": _conditions,
    }


def _matrices(asked: Sequence[InstrumentItem]) -> dict[str, str]:
    """Where a table of items begins and ends: by item id, `first`, `last`, or both for one alone."""
    edges = {}
    for before, item, after in zip((None, *asked), asked, (*asked[1:], None), strict=False):
        if item.matrix:
            begins = before is None or before.matrix != item.matrix
            ends = after is None or after.matrix != item.matrix
            edges[item.id] = " ".join(["first"] * begins + ["last"] * ends)
    return edges


def _conditions(section: InstrumentSection, item: InstrumentItem) -> list[dict[str, Any]]:
    """What must hold for the item to be asked, for the script."""
    return [one.shown_if.model_dump(mode="json") for one in (section, item) if one.shown_if]


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
    applying = instrument.applying(answers)
    rows = []
    for each in instrument.sections:
        asked = [item.id for item in each.items if item.id in applying]
        rows.append((sum(item in answers for item in asked), len(asked)))
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
