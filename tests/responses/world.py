"""A campaign with invited people, made row by row: what submitting needs and nothing more."""

import os
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.assignments.models import Assignment
from surveyapp.assignments.rules import Disposition
from surveyapp.campaigns import queries, service
from surveyapp.campaigns.models import Campaign, RespondentGroup, Unit
from surveyapp.db import Executes
from surveyapp.instruments.model import Instrument
from surveyapp.invitations.credentials import codes
from surveyapp.invitations.models import Invitation
from surveyapp.keys import KeyRing
from surveyapp.respondents.models import Person
from surveyapp.responses import drafts
from surveyapp.responses.draft_cipher import DraftHolder
from surveyapp.responses.drafts import FieldChange
from surveyapp.responses.sealed_box import box
from surveyapp.responses.service import submit
from tests import factories

PRIVATE, PUBLIC = box.new_key()
SECRET = b"the secret of a campaign's draft"


@dataclass(frozen=True)
class Form:
    """One assignment in hand, as the web passes it on."""

    id: uuid.UUID
    person_id: uuid.UUID
    invitation_id: uuid.UUID
    code: str
    counter: int
    group_code: str
    rated_unit_code: str
    instrument: Instrument

    def holder(self, keys: KeyRing, device: str = "her own") -> DraftHolder:
        """What opens her drafts at that device."""
        strand = _strands.setdefault((device, self.id), os.urandom(16))
        return DraftHolder(self.code, strand, SECRET, keys)


_strands: dict[tuple[str, uuid.UUID], bytes] = {}
"""What lies in the browsers, by device and form: drawn at random, as a browser's is."""


@dataclass
class World:
    """A campaign that takes answers, and the forms of its people."""

    campaign: Campaign
    forms: list[Form]
    keys: KeyRing
    now: datetime

    def save(
        self,
        db: Executes,
        form: Form,
        answers: dict[str, str],
        *,
        seconds: int = 0,
        shown: int | None = None,
    ) -> drafts.Saved:
        """Fill the form in from an empty page, shown and sent so many seconds after `now`."""
        changes = {item_id: FieldChange("", value) for item_id, value in answers.items()}
        return drafts.save(
            db,
            form.id,
            form.instrument,
            holder=form.holder(self.keys),
            changes=changes,
            now=self.now + timedelta(seconds=seconds),
            shown_at=None if shown is None else self.now + timedelta(seconds=shown),
        )

    def load(self, db: Session, form: Form) -> drafts.DraftAnswers:
        return drafts.load(db, form.id, form.instrument, holder=form.holder(self.keys))

    def submit(self, db: Session, form: Form) -> str:
        """Press the button; the receipt."""
        return submit(
            db,
            self.campaign,
            form,
            form.instrument,
            holder=form.holder(self.keys),
            now=self.now,
        )


def survey(
    db: Session,
    keys: KeyRing,
    now: datetime,
    *,
    people: int = 1,
    group: str = "P1",
    unit: str = "01",
    campaign: Campaign | None = None,
) -> World:
    """`people` of one group who rate `unit`, in a campaign that is open with a box key."""
    if campaign is None:
        campaign = factories.campaign(db, now)
        service.record_box_key(
            db, campaign.code, public_key=PUBLIC, fingerprint=box.fingerprint(PUBLIC)
        )
        factories.approve_questionnaires(db, campaign, now)
        service.open_campaign(db, campaign.code, now=now)
    rated = queries.unit(db, campaign.id, unit)
    asked = db.execute(
        select(RespondentGroup).where(
            RespondentGroup.campaign_id == campaign.id, RespondentGroup.code == group
        )
    ).scalar_one()
    instrument = queries.instrument(db, asked.instrument_id)
    forms = []
    for _ in range(people):
        invitation_id = uuid.uuid4()
        code, counter = codes.choose_code(
            keys,
            campaign_code=campaign.code,
            invitation_id=invitation_id,
            issue_number=1,
            key_number=keys.current,
        )
        form_id, person_id = uuid.uuid4(), uuid.uuid4()
        forms.append(
            Form(form_id, person_id, invitation_id, code, counter, group, unit, instrument)
        )
    _insert(db, campaign, forms, rated, asked, keys)
    return World(campaign, forms, keys, now)


def _insert(
    db: Session,
    campaign: Campaign,
    forms: list[Form],
    unit: Unit,
    group: RespondentGroup,
    keys: KeyRing,
) -> None:
    db.execute(insert(Person), [_person(campaign, unit, form) for form in forms])
    db.execute(
        insert(Invitation),
        [
            {
                "id": form.invitation_id,
                "campaign_id": campaign.id,
                "person_id": form.person_id,
                "tag": codes.tag(keys, form.code),
                "key_number": keys.current,
                "issue_number": 1,
                "counter": form.counter,
                "state": "active",
                "issued_at": campaign.opens_at,
                "listed_at": campaign.opens_at,
            }
            for form in forms
        ],
    )
    db.execute(
        insert(Assignment),
        [
            {
                "id": form.id,
                "invitation_id": form.invitation_id,
                "campaign_id": campaign.id,
                "number": 1,
                "group_id": group.id,
                "instrument_id": group.instrument_id,
                "supplying_unit_id": unit.id,
                "rated_unit_id": unit.id,
                "department_id": None,
                "state": "active",
                "disposition": Disposition.BEGUN,
                "begun_on": clock.day(campaign.opens_at),
                "submitted_on": None,
            }
            for form in forms
        ],
    )


def _person(campaign: Campaign, unit: Unit, form: Form) -> dict[str, object]:
    return {
        "id": form.person_id,
        "campaign_id": campaign.id,
        "unit_id": unit.id,
        "full_name": "Nguyễn Văn Thử",
        "name_key": "nguyễn văn thử",
        "position": "Đại biểu",
        "workplace": "HĐND",
        "email": "",
        "phone": "",
        "state": "active",
    }


def answers(form: Form, seed: int = 0) -> dict[str, str]:
    """Every item answered, differently for different seeds."""
    given = {}
    for item in form.instrument.items:
        codes = sorted(item.codes)
        seed, choice = divmod(seed, len(codes))
        given[item.id] = codes[choice]
    return given
