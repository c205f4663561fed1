"""Simulated answering, day by day, through the same saving and submitting as the pages use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.assignments.models import Assignment
from surveyapp.assignments.states import AssignmentState
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign, Instrument, RespondentGroup, Unit
from surveyapp.db import Executes, prepared_transaction, reading, transaction
from surveyapp.demo.behaviour import STARTED, SUBMITTED, Behaviour, PlayedVisit
from surveyapp.fieldwork.counts import folding as fieldwork
from surveyapp.instruments.model import Instrument as FrozenInstrument
from surveyapp.invitations import service as invitations
from surveyapp.invitations.credentials import codes as access_codes
from surveyapp.invitations.models import Invitation
from surveyapp.invitations.queries import AssignmentView, Invited
from surveyapp.invitations.states import InvitationState
from surveyapp.keys import KeyRing
from surveyapp.respondents.models import Person
from surveyapp.responses import drafts
from surveyapp.responses import service as responses
from surveyapp.responses.draft_cipher import DraftHolder
from surveyapp.responses.drafts import FieldChange

BATCH = 200
"""People per transaction: a commit costs a write to the disk."""
_OFFICE_HOURS = (8 * 60, 21 * 60)
_SECONDS_PER_ITEM = (6, 22)


@dataclass(frozen=True)
class Guest:
    """An invited person with the code, and the unit that listed her."""

    invited: Invited
    code: str
    unit: str


def guests(db: Session, campaign: Campaign, *, keys: KeyRing) -> list[Guest]:
    """Everyone invited, in one query; `invitations.queries.find` would ask for each alone."""
    rated = select(Unit.id, Unit.code, Unit.name_vi, Unit.name_en).subquery()
    rows = db.execute(
        select(
            Invitation.id,
            Invitation.issue_number,
            Invitation.counter,
            Invitation.key_number,
            Unit.code,
            Assignment.id,
            Assignment.number,
            Assignment.state,
            Assignment.begun_on,
            Assignment.disposition,
            RespondentGroup.code,
            rated.c.code,
            rated.c.name_vi,
            rated.c.name_en,
            Assignment.instrument_id,
            Assignment.submitted_on,
            Instrument.sha256,
        )
        .join(Person, Person.id == Invitation.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .join(Assignment, Assignment.invitation_id == Invitation.id)
        .join(RespondentGroup, RespondentGroup.id == Assignment.group_id)
        .join(rated, rated.c.id == Assignment.rated_unit_id)
        .join(Instrument, Instrument.id == Assignment.instrument_id)
        .where(
            Invitation.campaign_id == campaign.id,
            Invitation.state == InvitationState.ACTIVE,
            Assignment.state != AssignmentState.REVOKED,
        )
        .order_by(Invitation.id, Assignment.number)
    )
    forms: dict[UUID, list[AssignmentView]] = {}
    codes: dict[UUID, tuple[str, str]] = {}
    for id_, issue_number, counter, key_number, unit, *form in rows:
        if id_ not in codes:
            code = access_codes.make_code(
                keys,
                campaign_code=campaign.code,
                invitation_id=id_,
                issue_number=issue_number,
                counter=counter,
                key_number=key_number,
            )
            codes[id_] = code, unit
        forms.setdefault(id_, []).append(AssignmentView(*form))
    return [
        Guest(Invited(id_, campaign, tuple(forms[id_])), code, unit)
        for id_, (code, unit) in codes.items()
    ]


def count_guests(db: Session, campaign: Campaign) -> int:
    """How many are invited."""
    invited = select(func.count()).where(
        Invitation.campaign_id == campaign.id, Invitation.state == InvitationState.ACTIVE
    )
    return db.execute(invited).scalar_one()


@dataclass(frozen=True)
class Round:
    """One campaign being answered: its forms, its people's behaviour, when it opened, until when."""

    campaign_code: str
    keys: KeyRing
    secret: bytes
    """Of the campaign's drafts."""
    behaviour: Behaviour
    instruments: dict[int, FrozenInstrument]
    opens_at: datetime
    until: datetime
    page_by_page: bool
    """Save after each section, as people do, so that the time taken is known; else once a form."""


def answer(
    campaign_code: str,
    *,
    keys: KeyRing,
    secret: bytes,
    until: datetime,
    willingness: float,
    page_by_page: bool,
    spared: int,
    morning: Callable[[int], None],
    done: Callable[[int], None],
) -> None:
    """Let everyone invited do what they do from the opening up to `until`; then fold the counts.

    `morning` is told the number of each day since the opening, before anybody answers on it. `spared` people of each group do nothing, so that there are links left to open.
    """
    with reading() as db:
        campaign = campaigns.campaign(db, campaign_code)
        everyone = guests(db, campaign, keys=keys)
        instruments = campaigns.instruments(db, campaign.id)
    opened = clock.day(campaign.opens_at)
    days = [opened + timedelta(days=n) for n in range((clock.day(until) - opened).days + 1)]
    behaviour = Behaviour(
        campaign_code, days=[day.weekday() for day in days], willingness=willingness
    )
    round_ = Round(
        campaign_code, keys, secret, behaviour, instruments, campaign.opens_at, until, page_by_page
    )
    random = Random(f"{campaign_code} order")  # noqa: S311  a demo, not a secret
    random.shuffle(everyone)
    by_day: dict[int, list[tuple[Guest, PlayedVisit]]] = {day: [] for day in range(len(days))}
    waiting = _spared(everyone, spared)
    for guest in everyone:
        if guest.code in waiting:
            done(1)
            continue
        visit = behaviour.visit(guest.unit, len(guest.invited.assignments))
        if visit is None:
            done(1)
        else:
            by_day[visit.day].append((guest, visit))
    for day, visits in by_day.items():
        morning(day)
        for start in range(0, len(visits), BATCH):
            batch = visits[start : start + BATCH]
            _come_in(round_, batch, random)
            done(len(batch))
        with transaction() as db:
            fieldwork.fold(db)


def _spared(everyone: Sequence[Guest], of_each_group: int) -> set[str]:
    """Codes of the first so many people of each group."""
    groups: Counter[str] = Counter()
    codes = set()
    for guest in everyone:
        held = {form.group_code for form in guest.invited.assignments}
        if any(groups[code] < of_each_group for code in held):
            groups.update(held)
            codes.add(guest.code)
    return codes


def _come_in(round_: Round, visits: Sequence[tuple[Guest, PlayedVisit]], random: Random) -> None:
    with prepared_transaction() as db:
        for guest, visit in visits:
            now = _moment(round_, visit.day, random)
            if visit.declaration:
                invitations.declare(db, guest.invited, visit.declaration, today=clock.day(now))
                continue
            strand = drafts.new_strand()
            holder = DraftHolder(guest.code, strand, round_.secret, round_.keys)
            for form, outcome in zip(guest.invited.assignments, visit.outcomes, strict=True):
                if outcome.kind == STARTED:
                    invitations.start(db, form.id, today=clock.day(now))
                    continue
                _fill_in(db, round_, holder, form, outcome.share, now, random)
                if outcome.kind == SUBMITTED:
                    instrument = round_.instruments[form.instrument_id]
                    responses.submit(
                        db, guest.invited.campaign, form, instrument, holder=holder, now=now
                    )


def _fill_in(
    db: Executes,
    round_: Round,
    holder: DraftHolder,
    form: AssignmentView,
    share: float,
    now: datetime,
    random: Random,
) -> None:
    instrument = round_.instruments[form.instrument_id]
    ticked = round_.behaviour.answers(instrument, form.rated_unit_code, share)
    pages = [ticked]
    if round_.page_by_page:
        pages = _by_section(instrument, ticked)
    pace = random.uniform(*_SECONDS_PER_ITEM)
    at = now - timedelta(seconds=pace * len(ticked))
    for page in filter(None, pages):
        shown_at, at = at, at + timedelta(seconds=pace * len(page))
        drafts.save(
            db,
            form.id,
            instrument,
            holder=holder,
            changes={id_: FieldChange(None, value) for id_, value in page.items()},
            now=at,
            shown_at=shown_at if round_.page_by_page else None,
        )


def _by_section(instrument: FrozenInstrument, ticked: Mapping[str, str]) -> list[dict[str, str]]:
    """The answers page by page; the remark, which is no item, with the last page."""
    page_of = {item.id: n for n, part in enumerate(instrument.sections) for item in part.items}
    pages: list[dict[str, str]] = [{} for _ in instrument.sections]
    for item_id, value in ticked.items():
        pages[page_of.get(item_id, -1)][item_id] = value
    return pages


def _moment(round_: Round, day: int, random: Random) -> datetime:
    """Some minute of that day on which the campaign is open."""
    opened = round_.opens_at.astimezone(clock.VIETNAM)
    midnight = opened.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=day)
    moment = midnight + timedelta(minutes=random.uniform(*_OFFICE_HOURS))
    earliest = round_.opens_at + timedelta(minutes=30)
    return max(earliest, min(moment, round_.until))
