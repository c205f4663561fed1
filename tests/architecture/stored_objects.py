"""One stored thing of every kind that an address names, of two units and of a second campaign."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.accounts import second_person
from surveyapp.accounts.act import Act
from surveyapp.accounts.second_person import Deed, SentForm
from surveyapp.campaigns.models import Campaign, ListKind, Unit
from surveyapp.delivery.models import Canary, ContactRequest, LetterBatch
from surveyapp.delivery.states import WaveState
from surveyapp.delivery.waves import planning
from surveyapp.fieldwork.models import ApiToken, ReportSubscriber
from surveyapp.invitations import service as invitations
from surveyapp.invitations.models import Declaration, Invitation
from surveyapp.keys import KeyRing
from surveyapp.operations.personal_data import requests
from surveyapp.operations.personal_data.states import DataRequestKind, DataRequestWay
from surveyapp.respondents.models import ListLine, Person, ReceivedFile, RespondentList
from tests import factories

OTHER = "other"
UNITS = (("01", "agency-leaders"), ("BNV", "department-leaders"))
LISTED = {
    "01": [
        ("Tôn Nữ Hương Giang", "0987650001", "huong.giang@donvi.example.vn"),
        ("Công Huyền Thanh Trà", "0987650003", "thanh.tra@donvi.example.vn"),
    ],
    "BNV": [
        ("Âu Dương Khánh Linh", "0987650002", "khanh.linh@donvi.example.vn"),
        ("Tô Hà Phương Thảo", "0987650004", "phuong.thao@donvi.example.vn"),
    ],
}
"""Nobody else in these tests bears such names: where one stands on a page, a person is shown."""

Objects = dict[str, Any]


def store(db: Session, now: datetime, keys: KeyRing) -> dict[str, Objects]:
    """Of the open campaign `tiny` and of another: `mine` (unit 01), `another's` (BNV), `foreign`."""
    tiny = factories.campaign(db, now, opened=True)
    other = factories.campaign(db, now, code=OTHER, opened=True)
    mine, anothers = (_of_unit(db, tiny, unit, kind, now, keys) for unit, kind in UNITS)
    foreign = _of_unit(db, other, *UNITS[0], now, keys)
    mine["canary_id"] = anothers["canary_id"] = _canary(db, now)
    return {"mine": mine, "another's": anothers, "foreign": foreign}


def _of_unit(
    db: Session, campaign: Campaign, code: str, kind: str, now: datetime, keys: KeyRing
) -> Objects:
    approved = factories.approved_list(
        db, campaign, now, keys, unit=code, kind=kind, listed=LISTED[code]
    )
    invitations.issue(db, campaign, keys=keys, now=now)
    invitations.mark_listed(db, campaign, everyone=True, act=Act("centre", now, keys))
    invitations.mark_sent(db, campaign, act=Act("centre", now, keys))
    unit = db.get_one(Unit, approved.unit_id)
    person, invitation_id = _invited(db, unit, LISTED[code][0][0])
    _other, declared = _invited(db, unit, LISTED[code][1][0])
    act = Act("centre", now, keys)
    return {
        "kind": kind,
        "list_id": approved.id,
        "line": _first_line(db, approved),
        "received_id": _received(db, approved, now),
        "invitation_id": invitation_id,
        "declaration_id": _declared(db, declared, now),
        **_sending(db, campaign, unit, person, act),
        **_reading(db, campaign, code, act),
        "request_id": _asked(db, campaign, code, act),
        "data_request_id": _data_request(db, campaign, invitation_id, act),
        "staff_id": _account(db, campaign, code, now, keys),
    }


def _invited(db: Session, unit: Unit, name: str) -> tuple[Person, UUID]:
    row = db.execute(
        select(Person, Invitation.id)
        .join(Invitation, Invitation.person_id == Person.id)
        .where(Person.unit_id == unit.id, Person.full_name == name)
    ).one()
    return row[0], row[1]


def _first_line(db: Session, approved: RespondentList) -> int:
    first = db.scalar(select(func.min(ListLine.line)).where(ListLine.list_id == approved.id))
    assert first is not None
    return first


def _received(db: Session, approved: RespondentList, now: datetime) -> UUID:
    kind = db.get_one(ListKind, approved.kind_id)
    content = factories.list_file(kind.code, LISTED["01"])
    received = ReceivedFile(
        id=uuid4(),
        unit_id=approved.unit_id,
        kind_id=approved.kind_id,
        file_name="danh-sach.csv",
        file=content,
        received_by="desk",
        received_at=now,
        told_at=now,
    )
    db.add(received)
    db.flush()
    return received.id


def _declared(db: Session, invitation_id: UUID, now: datetime) -> UUID:
    said = Declaration(id=uuid4(), invitation_id=invitation_id, kind="moved", on=clock.day(now))
    db.add(said)
    db.flush()
    return said.id


def _sending(db: Session, campaign: Campaign, unit: Unit, person: Person, act: Act) -> Objects:
    """A wave that waits to be confirmed, letters of one that was stopped, and a desk asked for a better address."""
    plan = planning.WavePlan(
        kind="reminder_not_started",
        language="vi",
        channels=("email", "letter"),
        starts_at=act.now + timedelta(days=1),
    )
    counted = planning.count(db, campaign, plan, keys=act.keys)
    wave = planning.plan_wave(db, campaign, plan, counted, act=act)
    printed = planning.plan_wave(db, campaign, plan, counted, act=act)
    printed.state = WaveState.STOPPED
    batch = LetterBatch(
        id=uuid4(),
        wave_id=printed.id,
        unit_id=unit.id,
        letters=1,
        made_by="centre",
        made_at=act.now,
    )
    asked = ContactRequest(
        id=uuid4(),
        campaign_id=campaign.id,
        unit_id=unit.id,
        person_id=person.id,
        channel="email",
        address_tag=b"a tag of the tests",
        asked_on=act.today,
    )
    db.add_all([batch, asked])
    db.flush()
    return {"wave_id": wave.id, "batch_id": batch.id}


def _reading(db: Session, campaign: Campaign, code: str, act: Act) -> Objects:
    """Who gets the daily report, and a program's token."""
    subscriber = ReportSubscriber(
        id=uuid4(),
        campaign_id=campaign.id,
        email=f"doc-{code.lower()}@example.vn",
        language="vi",
        added_by="centre",
        added_at=act.now,
    )
    token = ApiToken(
        id=uuid4(),
        campaign_id=campaign.id,
        scope="figures",
        name=code,
        token_sha256=uuid4().bytes * 2,
        made_by="centre",
        made_at=act.now,
        expires_on=act.today + timedelta(days=30),
    )
    db.add_all([subscriber, token])
    db.flush()
    return {"subscriber_id": subscriber.id, "token_id": token.id}


def _asked(db: Session, campaign: Campaign, code: str, act: Act) -> UUID:
    form = SentForm(campaign.code, Deed.DEADLINE, f"/centre/{campaign.code}/life/deadline", {"unit": [code]})  # fmt: skip
    return second_person.ask(db, form, act=act).id


def _data_request(db: Session, campaign: Campaign, invitation_id: UUID, act: Act) -> UUID:
    asked = requests.AskedFor(
        kind=DataRequestKind.SEE,
        way=DataRequestWay.LETTER,
        received_on=act.today,
        wish="xem dữ liệu",
        identity="thẻ căn cước",
    )
    return requests.receive(db, campaign, asked, invitation_id=invitation_id, act=act).id


def _account(db: Session, campaign: Campaign, code: str, now: datetime, keys: KeyRing) -> UUID:
    """A viewer of this campaign alone."""
    name = f"viewer-{campaign.code}-{code.lower()}"
    return factories.staff(
        db, now, "viewer", username=name, campaign_code=campaign.code, keys=keys
    ).id


def _canary(db: Session, now: datetime) -> UUID:
    sent = Canary(
        id=uuid4(),
        channel="email",
        address="thu@example.vn",
        state="sent",
        sent_at=now,
        due_at=now + timedelta(hours=1),
    )
    db.add(sent)
    db.flush()
    return sent.id
