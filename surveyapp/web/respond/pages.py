"""The pages of a questionnaire: one a section and the remark at the end, and what each shows."""

from typing import Any

from surveyapp.i18n import _, locale
from surveyapp.instruments.model import DONT_KNOW, DONT_KNOW_LABEL, Instrument, InstrumentItem
from surveyapp.responses.rules import answered
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


def facts(instrument: Instrument, answers: dict[str, str], page: int) -> dict[str, Any]:
    """What the page shows, whoever looks at it."""
    done, total = answered(instrument, answers)
    return {
        **fixed(instrument),
        **part(instrument, page),
        "left": total - done,
        "answers": answers,
        "steps": steps(instrument, answers, page),
    }


def steps(instrument: Instrument, answers: dict[str, str], page: int) -> list[dict[str, Any]]:
    """The pages with how much of each is answered; each is reached by a button that saves first."""
    rows = []
    for position, each in enumerate(instrument.sections, start=1):
        done = sum(item.id in answers for item in each.items)
        rows.append(
            {
                "title": each.title.get(locale()),
                "go": position,
                "state": "done" if done == len(each.items) else "todo",
                "answered": done,
                "total": len(each.items),
            }
        )
    if instrument.remark is not None:
        written = "done" if instrument.remark.id in answers else "todo"
        rows.append({"title": _("Ý kiến khác"), "go": count(instrument), "state": written})
    if page:
        rows[page - 1]["state"] = "now"
    return rows
