"""Letters of a wave: one pile a unit, printed, and confirmed once they are on their way."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from surveyapp import i18n
from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns.models import Campaign, Unit
from surveyapp.delivery import rules
from surveyapp.delivery import templates as message_templates
from surveyapp.delivery.errors import NoLetters, UnknownBatch
from surveyapp.delivery.letters import letter_order
from surveyapp.delivery.letters.paper_words import on_paper
from surveyapp.delivery.models import Delivery, LetterBatch
from surveyapp.delivery.sending import queue
from surveyapp.delivery.sending.housekeeping import failed_channels
from surveyapp.delivery.sending.queue import Settled
from surveyapp.delivery.states import DeliveryState
from surveyapp.delivery.templates import Stationery
from surveyapp.delivery.waves import audience, wave_lookup
from surveyapp.delivery.waves.audience import Recipient
from surveyapp.documents.letters import ADDRESS_LINES, Batch, Letter, write_letters
from surveyapp.i18n import _
from surveyapp.invitations.credentials import codes
from surveyapp.invitations.models import Invitation
from surveyapp.keys import KeyRing
from surveyapp.messaging import templates
from surveyapp.messaging.templates import MessageTemplate
from surveyapp.respondents import queries as respondents
from surveyapp.respondents.models import Person
from surveyapp.respondents.people.rosters import Workplace
from surveyapp.respondents.words.names import fold


def _holder(batch_id: UUID) -> str:
    return f"batch:{batch_id.hex}"


def make_batch(
    db: Session, campaign: Campaign, wave_id: UUID, unit: Unit, *, act: Act
) -> LetterBatch | None:
    """Set aside the letters of one unit that wait to be printed; whom they no longer concern is left out.

    None where nobody remains, which is on record too: else the wave would wait for them for ever.
    Raises `NoLetters` where none waits.
    """
    wave = wave_lookup.wave(db, campaign.id, wave_id)
    waiting = db.execute(
        select(Delivery.id, Delivery.invitation_id, Delivery.attempts)
        .join(Invitation, Invitation.id == Delivery.invitation_id)
        .join(Person, Person.id == Invitation.person_id)
        .where(
            Delivery.wave_id == wave.id,
            Delivery.channel == "letter",
            Delivery.state == DeliveryState.QUEUED,
            Person.unit_id == unit.id,
        )
        .with_for_update(of=Delivery)
    ).all()
    if not waiting:
        raise NoLetters
    ids = [row.invitation_id for row in waiting]
    people, fallen_back = audience.recipients(db, ids), failed_channels(db, wave.id, ids)
    groups = audience.group_ids(db, wave)
    keep, dropped = [], []
    for row in waiting:
        standing = people[row.invitation_id].standing(groups, on=act.today)
        tried_before = row.invitation_id in fallen_back
        reason = rules.reason_to_skip(wave.kind, standing, tried_before=tried_before)
        if reason:
            dropped.append(
                Settled(row.id, row.invitation_id, DeliveryState.SUPPRESSED, reason, row.attempts)
            )
        else:
            keep.append(row.id)
    queue.settle(db, campaign.id, dropped, worker="", now=act.now)
    if not keep:
        return None
    batch = LetterBatch(
        id=uuid4(),
        wave_id=wave.id,
        unit_id=unit.id,
        letters=len(keep),
        made_by=act.actor,
        made_at=act.now,
    )
    db.add(batch)
    db.execute(
        update(Delivery)
        .where(Delivery.id.in_(keep))
        .values(state=DeliveryState.LEASED, leased_by=_holder(batch.id), attempted_at=act.now)
        .execution_options(synchronize_session=False)
    )
    audit.record(
        db,
        act,
        Action.LETTERS_PRINTED,
        campaign_code=campaign.code,
        unit_code=unit.code,
        facts=_facts(batch),
    )
    return batch


def batch(db: Session, campaign: Campaign, batch_id: UUID) -> tuple[LetterBatch, Unit]:
    """A pile and its unit; raises `UnknownBatch`."""
    row = db.execute(
        select(LetterBatch, Unit)
        .join(Unit, Unit.id == LetterBatch.unit_id)
        .where(LetterBatch.id == batch_id, Unit.campaign_id == campaign.id)
    ).one_or_none()
    if row is None:
        raise UnknownBatch(batch_id)
    return row[0], row[1]


def write(
    db: Session,
    campaign: Campaign,
    pile: LetterBatch,
    unit: Unit,
    *,
    keys: KeyRing,
    base_url: str,
    now: datetime,
) -> bytes:
    """The pile as one PDF, in postal order. It opens the questionnaires of its people."""
    wave = wave_lookup.wave(db, campaign.id, pile.wave_id)
    ids = db.scalars(select(Delivery.invitation_id).where(Delivery.leased_by == _holder(pile.id)))
    people = audience.recipients(db, ids.all()).values()
    places = respondents.places(db, [person.person_id for person in people])
    placed = [(person, places.get(person.person_id, Workplace())) for person in people]
    placed.sort(key=lambda one: letter_order.order(_office(*one)))
    paper = message_templates.stationery(db, campaign, keys=keys, base_url=base_url)
    template = paper.templates[wave.kind, wave.language]
    with i18n.speaking(wave.language):
        return write_letters(
            [
                _letter(person, workplace, paper, template, wave.language)
                for person, workplace in placed
            ],
            _cover(pile, unit, paper, wave.language, now=now),
        )


def _office(person: Recipient, workplace: Workplace) -> letter_order.Office:
    return letter_order.Office(
        unit=person.unit_name_vi,
        district=workplace.district,
        department=workplace.department_vi or workplace.association,
        workplace=person.workplace,
        full_name=person.full_name,
    )


def _at(person: Recipient, workplace: Workplace, language: str) -> list[str]:
    """The office between position and unit, in as few lines as say it."""
    department = workplace.department_en if language == "en" else workplace.department_vi
    lines = [person.workplace, department or workplace.association or workplace.district]
    return lines[:1] if fold(lines[1]) in fold(lines[0]) else lines


def _letter(
    person: Recipient,
    workplace: Workplace,
    paper: Stationery,
    template: MessageTemplate,
    language: str,
) -> Letter:
    values = message_templates.values(person, paper, language)
    only_words = MessageTemplate(template.subject, on_paper(template.text))
    text = templates.render(only_words, values, language=language).text
    salutation, *paragraphs = [part for part in text.strip().split("\n\n") if part.strip()]
    office = _at(person, workplace, language)
    lines = (person.full_name, person.position, *office, values["don_vi"])
    return Letter(
        address=tuple(line for line in dict.fromkeys(lines) if line)[:ADDRESS_LINES],
        salutation=salutation,
        paragraphs=tuple(paragraphs),
        link=values["lien_ket"],
        code=codes.show(message_templates.code_of(person, paper)),
    )


def _cover(
    pile: LetterBatch,
    unit: Unit,
    paper: Stationery,
    language: str,
    *,
    now: datetime,
) -> Batch:
    ministry = _("BỘ NỘI VỤ")
    return Batch(
        title=unit.name_en if language == "en" else unit.name_vi,
        reference=pile.id.hex[:8].upper(),
        sender=(ministry,),
        return_line=paper.contact[language],
        place_and_day=_("Hà Nội, ngày %(day)s", day=i18n.day(now)),
        host=paper.base_url.partition("://")[2],
        contact=paper.contact[language],
        order=_("theo địa chỉ: huyện, xã, đường, số nhà; rồi sở ngành, nơi công tác và họ tên"),
    )


def confirm_batch(db: Session, campaign: Campaign, batch_id: UUID, *, act: Act) -> int:
    """The letters are on their way: their questionnaires count as sent. How many letters.

    Confirmed again, nothing changes. Raises `UnknownBatch`.
    """
    pile, unit = batch(db, campaign, batch_id)
    held = db.execute(
        select(Delivery.id, Delivery.invitation_id, Delivery.attempts).where(
            Delivery.leased_by == _holder(batch_id)
        )
    ).all()
    sent = [
        Settled(r.id, r.invitation_id, DeliveryState.HANDED_OVER, "", r.attempts + 1) for r in held
    ]
    queue.settle(db, campaign.id, sent, worker=_holder(batch_id), now=act.now)
    if pile.confirmed_at is None:
        pile.confirmed_by, pile.confirmed_at = act.actor, act.now
        audit.record(
            db,
            act,
            Action.LETTERS_POSTED,
            campaign_code=campaign.code,
            unit_code=unit.code,
            facts=_facts(pile),
        )
    return len(sent)


def waiting(db: Session, campaign: Campaign, wave_id: UUID) -> Sequence[tuple[Unit, int]]:
    """Units with letters that wait to be printed, and how many. Raises `UnknownWave`."""
    wave = wave_lookup.wave(db, campaign.id, wave_id)
    rows = db.execute(
        select(Unit, func.count())
        .join(Person, Person.unit_id == Unit.id)
        .join(Invitation, Invitation.person_id == Person.id)
        .join(Delivery, Delivery.invitation_id == Invitation.id)
        .where(
            Delivery.wave_id == wave.id,
            Delivery.channel == "letter",
            Delivery.state == DeliveryState.QUEUED,
        )
        .group_by(Unit.id)
        .order_by(Unit.position)
    )
    return [(unit, n) for unit, n in rows]


def batches(db: Session, campaign: Campaign, wave_id: UUID) -> Sequence[tuple[LetterBatch, Unit]]:
    """The piles of a wave, the latest first. Raises `UnknownWave`."""
    wave = wave_lookup.wave(db, campaign.id, wave_id)
    rows = db.execute(
        select(LetterBatch, Unit)
        .join(Unit, Unit.id == LetterBatch.unit_id)
        .where(LetterBatch.wave_id == wave.id)
        .order_by(LetterBatch.made_at.desc())
    )
    return [(pile, unit) for pile, unit in rows]


def _facts(pile: LetterBatch) -> dict[str, Any]:
    return {"batch": str(pile.id), "wave": str(pile.wave_id), "letters": pile.letters}
