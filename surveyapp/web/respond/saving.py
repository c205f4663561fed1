"""Saving what was sent in of a questionnaire, and telling what another device changed meanwhile."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from werkzeug.datastructures import MultiDict

from surveyapp import clock
from surveyapp.assignments.errors import AlreadySubmitted
from surveyapp.assignments.rules import Disposition
from surveyapp.db import transaction
from surveyapp.i18n import _, locale
from surveyapp.instruments.kinds import routing
from surveyapp.instruments.kinds.registry import kind_of
from surveyapp.instruments.model import Instrument, InstrumentItem
from surveyapp.responses import drafts
from surveyapp.responses.drafts import FieldChange, Saved
from surveyapp.responses.rules import SaveTurn
from surveyapp.web.respond import pages
from surveyapp.web.respond.visit import answering

BASE = "was."
"""Prefix of the hidden field that carries the value an item was rendered with."""


ATTEMPTS = 3
"""How often a save that another device overtook is begun anew before it holds the others up."""


def save(number: int, form: MultiDict[str, str], *, page: int = 1) -> tuple[Instrument, Saved]:
    """Save the fields as they were sent in, of one page or of several. Raises what refuses them.

    What is read, merged and sealed is so before anything is locked; the write is one statement that holds
    only if nothing changed since. Where nothing is to be changed, nothing is written.
    """
    for _attempt in range(ATTEMPTS):
        visit, assignment, instrument = answering(number)
        holder = visit.holder
        pages.items(instrument, page)  # there is such a page
        if assignment.is_submitted:
            raise AlreadySubmitted(assignment.id)
        draft_context = drafts.context(visit.invited.campaign, instrument, assignment.id)
        draft = drafts.merged(
            draft_context,
            visit.saved[assignment.id].stored,
            dict(_changes(instrument, form)),
            size=drafts.size(visit.invited.campaign),
            holder=holder,
            now=clock.now(),
            shown_at=_shown_at(form),
            turn=_turn(form),
        )
        if draft.after is None:
            return instrument, draft.saved
        if assignment.disposition != Disposition.BEGUN:
            break  # that she has begun is noted with it
        if drafts.write(draft_context, draft, holder=holder):
            return instrument, draft.saved
    with transaction(in_turn=True) as db:
        visit, assignment, instrument = answering(number, db)
        changes = dict(_changes(instrument, form))
        return instrument, drafts.save(
            db,
            assignment.id,
            instrument,
            holder=visit.holder,
            changes=changes,
            now=clock.now(),
            shown_at=_shown_at(form),
            turn=_turn(form),
        )


def sent(instrument: Instrument, form: MultiDict[str, str], field: str) -> str:
    """What was sent in for a field, in its one spelling, whether or not it will do."""
    item = instrument.fields.get(field)
    if item is None:
        return form.get(field, "").replace("\r\n", "\n")
    return routing.field_value(item, field, form.getlist(field))


def _changes(
    instrument: Instrument, form: MultiDict[str, str]
) -> Iterator[tuple[str, FieldChange]]:
    """Each field with the value it was rendered with: a stale page changes nothing but its own."""
    for item_id in pages.all_ids(instrument):
        rendered_with = BASE + item_id
        if rendered_with in form:
            base = form[rendered_with].replace("\r\n", "\n")
            yield item_id, FieldChange(base=base, value=sent(instrument, form, item_id))


def _shown_at(form: Mapping[str, str]) -> datetime | None:
    """When the page sent in was rendered, for the mark of too fast a form, sealed with the answers."""
    shown = form.get("shown", "")
    return datetime.fromtimestamp(int(shown), UTC) if re.fullmatch("[0-9]{1,10}", shown) else None


def _turn(form: Mapping[str, str]) -> SaveTurn | None:
    """Which save of its page this is; None without the script."""
    counted = re.fullmatch(r"([a-z0-9]{1,8})\.([0-9]{1,5})", form.get("turn", ""))
    return SaveTurn(counted[1], int(counted[2])) if counted else None


def told_elsewhere(instrument: Instrument, saved: Saved) -> str:
    """What another device changed in between, item by item, with the choice made there."""
    told = [
        _("câu %(n)s (%(chosen)s)", n=position, chosen=_label(item, saved.elsewhere[item.id]))
        for position, item in enumerate(instrument.items, start=1)
        if item.id in saved.elsewhere
    ]
    return _(
        "Một máy khác vừa sửa: %(items)s. Với mỗi câu, lần chọn sau cùng được giữ.",
        items="; ".join(told) or _("ý kiến khác"),
    )


def _label(item: InstrumentItem, chosen: str) -> str:
    return kind_of(item).told(item, chosen, locale()) or _("bỏ trống")
