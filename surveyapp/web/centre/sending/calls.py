"""Telephone follow-up for operators: a reason opens the list, one caller has a person, a result ends the call."""

from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from surveyapp import clock
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import reading, transaction
from surveyapp.delivery.labels import channel_name
from surveyapp.followup import labels, new_links, queries, service, shifts
from surveyapp.followup.errors import CallError, ChannelRefused, DateRefused, NoShift
from surveyapp.followup.queries import Choice, ToCall
from surveyapp.followup.rules import FOR_SEVERAL, Result
from surveyapp.followup.service import CallOutcome
from surveyapp.i18n import _, locale, number
from surveyapp.invitations import service as invitations
from surveyapp.invitations.errors import CampaignClosed, CampaignNotOpenYet, ReasonMissing
from surveyapp.web.centre import bp
from surveyapp.web.http import live
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import act
from surveyapp.web.http.frame import unit_name
from surveyapp.web.http.numbers import whole
from surveyapp.web.http.state import keys
from surveyapp.web.parts.dates import read_day


@bp.get("/calls")
@allow("operator", "viewer", "auditor")
def calls() -> str:
    """Calls by result, without anybody; for operators the door to the list."""
    return _door(errors=[])


@bp.post("/calls/open")
@allow("operator")
def open_calls() -> ResponseReturnValue:
    """A reason opens the list for some hours."""
    invitations.check_open(g.campaign, clock.now())
    try:
        with transaction() as db:
            shifts.open_shift(db, g.campaign, reason=request.form.get("reason", ""), act=act())
    except ReasonMissing:
        words = _("Vui lòng ghi lý do, ít nhất 10 ký tự: lý do được lưu trong nhật ký.")
        return _door(errors=[("reason", words)]), 422
    return redirect(url_for("centre.people_to_call"), code=303)


@bp.post("/calls/end")
@allow("operator")
def end_calls() -> ResponseReturnValue:
    """The operator has finished calling for now."""
    with transaction() as db:
        shifts.end_shift(db, g.campaign.id, g.actor.username, now=clock.now())
    flash(_("Đã kết thúc ca gọi. Danh sách đã đóng."), "success")
    return redirect(url_for("centre.calls"), code=303)


@bp.get("/calls/people")
@allow("operator")
def people_to_call() -> ResponseReturnValue:
    """Whom to call, by unit and group; each page seen is entered in the audit trail."""
    return _people(_choice(request.args), page=whole(request.args.get("page", "")) or 1)


@bp.post("/calls/people")
@allow("operator")
def find_people_to_call() -> ResponseReturnValue:
    """The first page of those who match. Posted, so that no name stands in an address."""
    text = request.form.get("search", "").strip()[:100]
    return _people(replace(_choice(request.form), text=text), page=1)


def _people(choice: Choice, *, page: int) -> ResponseReturnValue:
    now = clock.now()
    try:
        with transaction() as db:
            shift = shifts.current(db, g.campaign, g.actor.username, now=now)
            cards, total = queries.people(db, g.campaign, choice, page=page, now=now)
            shifts.note_seen(
                db, g.campaign, shift, seen=cards, choice=choice, page=page, act=act(now)
            )
            registry = _registry(db)
    except NoShift as error:
        return _back(error)
    shown: dict[str, Any] = {
        "people": cards,
        "total": total,
        "page": page,
        "choice": choice,
        "shift": shift,
    }
    shown["mine"] = [one for one in cards if one.operator in (None, g.actor.username)]
    shown["results"] = [(result, labels.result_choice(result)) for result in FOR_SEVERAL]
    return render_template(
        "centre/calls_people.html", **shown, **registry, **_words(), **_paging(total)
    )


@bp.post("/calls/people/result")
@allow("operator")
def record_calls() -> ResponseReturnValue:
    """The same result for several people of a page, called one after another."""
    outcome, chosen = _outcome(), _several()
    if outcome is None or not chosen:
        flash(_("Vui lòng chọn ít nhất một người và một kết quả cuộc gọi."), "warning")
        return redirect(url_for("centre.people_to_call", **_kept()), code=303)
    try:
        with transaction() as db:
            recorded = service.record_several(db, g.campaign, chosen, outcome, act=act())
    except CallError as error:
        return _back(error)
    result = labels.result_name(outcome.result)
    flash(_("Đã lưu cho %(n)s người: %(result)s.", n=number(recorded), result=result), "success")
    if recorded < len(chosen):
        left = number(len(chosen) - recorded)
        flash(
            _("%(n)s người để lại: người khác đang gọi, hoặc không còn phải gọi.", n=left), "info"
        )
    return redirect(url_for("centre.people_to_call", **_kept()), code=303)


def _several() -> set[UUID]:
    """Those chosen, or all that the page showed; never more than a page holds."""
    field = "shown" if request.form.get("everyone") else "invitation"
    ids: set[UUID] = set()
    for text in request.form.getlist(field)[: queries.PAGE]:
        with suppress(ValueError):
            ids.add(UUID(text))
    return ids


@bp.post("/calls/<uuid:invitation_id>/claim")
@allow("operator")
def claim_call(invitation_id: UUID) -> ResponseReturnValue:
    """Take a person, so that nobody else calls her."""
    try:
        with transaction() as db:
            service.claim(db, g.campaign, invitation_id, act=act())
    except CallError as error:
        return _back(error)
    return redirect(url_for("centre.call_card", invitation_id=invitation_id, **_kept()), code=303)


@bp.get("/calls/<uuid:invitation_id>/")
@allow("operator")
def call_card(invitation_id: UUID) -> ResponseReturnValue:
    """What the caller needs to know and say; only for whoever has taken the person."""
    return _card(invitation_id, errors=[])


@bp.post("/calls/<uuid:invitation_id>/release")
@allow("operator")
def release_call(invitation_id: UUID) -> ResponseReturnValue:
    """Give the person back without having called."""
    with transaction() as db:
        service.release(db, invitation_id, actor=g.actor.username)
    return redirect(url_for("centre.people_to_call", **_kept()), code=303)


@bp.post("/calls/<uuid:invitation_id>/result")
@allow("operator")
def record_call(invitation_id: UUID) -> ResponseReturnValue:
    """Keep what came of the call and let it take effect."""
    outcome = _outcome()
    if outcome is None:
        words = _("Vui lòng chọn kết quả cuộc gọi.")
        return _card(invitation_id, errors=[("result", words)])
    try:
        with transaction() as db:
            service.record(db, g.campaign, invitation_id, outcome, act=act())
    except (DateRefused, ChannelRefused) as error:
        field = "until" if isinstance(error, DateRefused) else "channel"
        return _card(invitation_id, errors=[(field, " ".join(labels.refusal(error)))])
    except CallError as error:
        return _back(error)
    flash(_("Đã lưu: %(result)s.", result=labels.result_name(outcome.result)), "success")
    return redirect(url_for("centre.people_to_call", **_kept()), code=303)


def _outcome() -> CallOutcome | None:
    form = request.form
    try:
        result = Result(form.get("result", ""))
    except ValueError:
        return None
    until = read_day(form.get("until", ""))
    return CallOutcome(result=result, until=until, channel=form.get("channel", ""))


def _door(*, errors: list[tuple[str, str]]) -> str:
    live.offer(clock.now())
    with reading() as db:
        told = queries.tally(db, g.campaign.id)
        try:
            shift = shifts.current(db, g.campaign, g.actor.username, now=clock.now())
        except NoShift:
            shift = None
    may_call = "operator" in g.actor.roles_in(g.campaign.code)
    return render_template(
        "centre/calls.html",
        told=told,
        shift=shift,
        may_call=may_call,
        results=list(Result),
        errors=errors,
        reason=request.form.get("reason", ""),
        now=clock.now(),
        campaign_takes_calls=_takes_answers(),
        **_words(),
    )


def _takes_answers() -> bool:
    try:
        invitations.check_open(g.campaign, clock.now())
    except (CampaignClosed, CampaignNotOpenYet):
        return False
    return True


def _card(invitation_id: UUID, *, errors: list[tuple[str, str]]) -> ResponseReturnValue:
    now = clock.now()
    try:
        with reading() as db:
            card = service.claimed(db, g.campaign, invitation_id, act=act(now))
            channels = new_links.channels(db, invitation_id, keys=keys())
            papers = campaigns.instruments(db, g.campaign.id)
    except CallError as error:
        return _back(error)
    page = render_template(
        "centre/calls_card.html",
        person=card,
        papers=papers,
        script=_script(card, papers),
        results=[(result, labels.result_choice(result)) for result in Result],
        channels=[(channel, channel_name(channel)) for channel in channels],
        given=request.form,
        errors=errors,
        kept=_kept(),
        tomorrow=date.fromordinal(clock.day(now).toordinal() + 1),
        **_words(),
    )
    return page, 422 if errors else 200


def _script(person: ToCall, papers: Any) -> list[str]:
    return labels.script(
        caller=g.actor.display_name,
        full_name=person.full_name,
        forms=len(person.forms),
        minutes=sum(papers[form.instrument_id].minutes for form in person.forms),
        closes_at=g.campaign.closes_at,
    )


def _back(error: CallError) -> ResponseReturnValue:
    """To the list, or to the door where it is shut, with what happened."""
    flash(" ".join(labels.refusal(error)), "warning")
    if isinstance(error, NoShift):
        return redirect(url_for("centre.calls"), code=303)
    return redirect(url_for("centre.people_to_call", **_kept()), code=303)


def _choice(given: MultiDict[str, str]) -> Choice:
    state = given.get("state", "")
    state = state if state in queries.STATES else "due"
    return Choice(given.get("unit", ""), given.get("group", ""), state)


def _kept() -> dict[str, Any]:
    """The choice of people stays in the addresses from the list to the card and back."""
    return {
        name: request.values[name]
        for name in ("unit", "group", "state")
        if request.values.get(name)
    }


def _paging(total: int) -> dict[str, Any]:
    return {
        "pages": max(1, -(-total // queries.PAGE)),
        "address": url_for("centre.people_to_call", **_kept(), page="PAGE"),
        "kept": _kept(),
    }


def _registry(db: Any) -> dict[str, Any]:
    units = [(unit.code, unit_name(unit)) for unit in campaigns.units(db, g.campaign.id)]
    groups = campaigns.groups(db, g.campaign.id)
    return {"units": units, "groups": [(one.code, f"{one.code}. {_named(one)}") for one in groups]}


def _named(thing: Any, part: str = "") -> str:
    return str(getattr(thing, f"{part}name_{locale()}"))


def _words() -> dict[str, Any]:
    return {"say": labels, "named": _named}
