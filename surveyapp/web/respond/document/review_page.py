"""The review for one person: every answer, what is unanswered first, and what submitting means."""

from collections.abc import Collection, Mapping
from itertools import count
from typing import Any

from flask import render_template, session, url_for

from surveyapp.i18n import locale
from surveyapp.instruments.kinds.registry import kind_of
from surveyapp.instruments.kinds.routing import OTHER
from surveyapp.instruments.model import Instrument, InstrumentItem
from surveyapp.invitations.queries import AssignmentView
from surveyapp.responses.drafts import DraftAnswers
from surveyapp.responses.rules import gaps
from surveyapp.web.parts import help_desk
from surveyapp.web.respond import pages
from surveyapp.web.respond.document import prepared_pages
from surveyapp.web.respond.document.prepared_pages import Known
from surveyapp.web.respond.document.section_page import due_shown
from surveyapp.web.respond.visit import Visit, rated

TEMPLATE = "respond/review.html"


def shown(
    visit: Visit, assignment: AssignmentView, instrument: Instrument, draft: DraftAnswers
) -> str:
    """The page; where everything is answered it is kept for everybody, with blanks for the answers."""
    campaign = visit.invited.campaign
    answers = _by_position(instrument, draft.answers)
    remark = draft.answers.get(instrument.remark.id, "") if instrument.remark else ""
    own = {
        "version": draft.version.hex(),
        "rated": rated(assignment),
        "remark_text": remark,
        **due_shown(visit),
        **answers,
    }
    shared: dict[str, Any] = {
        "form": Known(instrument.sha256, instrument),
        "number": assignment.number,
        "contact": tuple(help_desk.contact(campaign.settings).items()),
        "custody": campaign.custody,
        "beside": draft.beside,
        "has_remark": bool(remark),
    }
    if "_flashes" in session or instrument.is_routed or gaps(instrument, draft.answers):
        applying = instrument.applying(draft.answers)
        return render_template(TEMPLATE, **_facts(answers, applying=applying, **shared), **own)
    blanks = {name: prepared_pages.blank(name) for name in answers}
    return prepared_pages.page(TEMPLATE, lambda **kept: _facts(blanks, **kept), shared, own)


def previewed(instrument: Instrument, answers: Mapping[str, str]) -> dict[str, Any]:
    """What the page shows of answers that nobody gave."""
    remark = answers.get(instrument.remark.id, "") if instrument.remark else ""
    return {
        "remark_text": remark,
        **_facts(
            _by_position(instrument, answers),
            form=Known(instrument.sha256, instrument),
            number=1,
            contact=(),
            has_remark=bool(remark),
            applying=instrument.applying(answers),
        ),
    }


def _by_position(instrument: Instrument, answers: Mapping[str, str]) -> dict[str, str | None]:
    """Every answer in words, under the name that the page knows it by."""
    return {
        f"answer_{position}": _told(item, answers, locale())
        for position, item in enumerate(instrument.items, start=1)
    }


def _facts(
    answers: Mapping[str, str | None],
    *,
    form: Known[Instrument],
    number: int,
    contact: tuple[tuple[str, str], ...],
    has_remark: bool,
    applying: Collection[str] | None = None,
    **standing: Any,
) -> dict[str, Any]:
    """What the page shows with these answers, by position."""
    instrument = form.content
    sections = _reviewed(instrument, number, answers, applying)
    items = [item for each in sections for item in each["items"] if item["applies"]]
    missing = [item for item in items if item["answer"] is None]
    return {
        "number": number,
        "total": len(items),
        "answered": len(items) - len(missing),
        "sections": sections,
        "gaps": missing,
        "remark": has_remark if instrument.remark else None,
        "remark_url": url_for("respond.section", number=number, page=pages.count(instrument)),
        "remark_page": pages.count(instrument),
        "contact": dict(contact),
        **standing,
    }


def _reviewed(
    instrument: Instrument,
    number: int,
    answers: Mapping[str, str | None],
    applying: Collection[str] | None,
) -> list[dict[str, Any]]:
    """Title and items of each section, with the present answer and where to mend it."""
    language = locale()
    numbers = count(1)
    rows = []
    for page, each in enumerate(instrument.sections, start=1):
        address = url_for("respond.section", number=number, page=page)
        items = [
            {
                "id": item.id,
                "position": position,
                "page": page,
                "text": item.text.get(language),
                "answer": answers[f"answer_{position}"],
                "applies": applying is None or item.id in applying,
                "url": f"{address}#{item.id}-item",
            }
            for item, position in zip(each.items, numbers, strict=False)
        ]
        rows.append({"title": each.title.get(language), "items": items})
    return rows


def _told(item: InstrumentItem, answers: Mapping[str, str], language: str) -> str | None:
    """The answer in words, with what was written beside it; None where there is none."""
    kind, value = kind_of(item), answers.get(item.id, "")
    if not value:
        return None
    beside = answers.get(item.id + OTHER, "") if kind.words_beside(item, value) else ""
    return kind.told(item, value, language) + (f": {beside}" if beside else "")
