"""The mailing file: who gets which link and code. For operators only, and every file is on record.

Downloading a file hands its invitations to the mailing (`listed_at`); that they went out is a second
act, which an operator confirms: only then do their questionnaires count as sent.
"""

import csv
import io
from collections.abc import Collection, Iterable, Iterator
from dataclasses import astuple, dataclass
from datetime import datetime
from tempfile import TemporaryDirectory
from typing import IO, Any
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.assignments.bulk_transitions import move_forms
from surveyapp.assignments.models import Assignment
from surveyapp.assignments.rules import Disposition
from surveyapp.assignments.states import AssignmentState
from surveyapp.campaigns.models import Campaign, RespondentGroup, Unit
from surveyapp.db import rows_changed
from surveyapp.documents.tables import inert
from surveyapp.i18n import _
from surveyapp.invitations.credentials import codes, links
from surveyapp.invitations.errors import NothingToList
from surveyapp.invitations.models import Invitation
from surveyapp.invitations.states import InvitationState
from surveyapp.keys import KeyRing
from surveyapp.respondents.models import Person

BATCH = 1000


@dataclass(frozen=True, slots=True)
class MailingRow:
    """One person of the mailing file. `code` is written in groups, so that it stays text."""

    unit_code: str
    unit: str
    full_name: str
    position: str
    email: str
    phone: str
    link: str
    code: str
    groups: str
    questionnaires: int


def mark_listed(db: Session, campaign: Campaign, *, everyone: bool, act: Act) -> int:
    """Hand the waiting invitations (or `everyone`'s that are open) to a mailing file, on record.

    `mailing(…, listed_at=now)` then lists exactly these. Raises `NothingToList`.
    """
    still_open = select(Assignment.invitation_id).where(
        Assignment.campaign_id == campaign.id, Assignment.state == AssignmentState.ACTIVE
    )
    conditions = [
        Invitation.campaign_id == campaign.id,
        Invitation.state == InvitationState.ACTIVE,
        Invitation.id.in_(still_open),
        *([] if everyone else [Invitation.listed_at.is_(None)]),
    ]
    # Taken in the order in which everybody takes them, so that two who take many never wait in a ring.
    taken = select(Invitation.id).where(*conditions).order_by(Invitation.id)
    db.execute(taken.with_for_update(key_share=True)).all()
    handed = update(Invitation).where(*conditions)
    people = rows_changed(db.execute(handed.values(listed_at=act.now)))
    if not people:
        raise NothingToList
    audit.record(
        db,
        act,
        Action.INVITATION_LISTED,
        campaign_code=campaign.code,
        facts={"people": people, "everyone": everyone},
    )
    return people


def mailing(
    db: Session,
    campaign: Campaign,
    *,
    keys: KeyRing,
    base_url: str,
    listed_at: datetime | None = None,
) -> Iterator[MailingRow]:
    """Everyone who has something to answer, in unit order; with `listed_at` those of one file only.

    Codes and links are made again from the issue key, the same each time.
    """
    rows = db.execute(_people(campaign, listed_at).execution_options(yield_per=BATCH))
    for part in rows.partitions():
        groups = _groups(db, [row.id for row in part])
        for row in part:
            code = codes.make_code(
                keys,
                campaign_code=campaign.code,
                invitation_id=row.id,
                issue_number=row.issue_number,
                counter=row.counter,
                key_number=row.key_number,
            )
            held = groups[row.id]
            yield MailingRow(
                unit_code=row.unit_code,
                unit=row.unit_name,
                full_name=row.full_name,
                position=row.position,
                email=row.email,
                phone=row.phone,
                link=links.address(base_url, keys, code, row.key_number),
                code=codes.show(code),
                groups=", ".join(held),
                questionnaires=len(held),
            )


def _people(campaign: Campaign, listed_at: datetime | None) -> Select[*tuple[Any, ...]]:
    still_open = select(Assignment.invitation_id).where(
        Assignment.campaign_id == campaign.id, Assignment.state == AssignmentState.ACTIVE
    )
    people = (
        select(
            Invitation.id,
            Invitation.issue_number,
            Invitation.counter,
            Invitation.key_number,
            Unit.code.label("unit_code"),
            Unit.name_vi.label("unit_name"),
            Person.full_name,
            Person.position,
            Person.email,
            Person.phone,
        )
        .join(Person, Person.id == Invitation.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(
            Invitation.campaign_id == campaign.id,
            Invitation.state == InvitationState.ACTIVE,
            Invitation.id.in_(still_open),
        )
        .order_by(Unit.position, Person.name_key, Invitation.id)
    )
    return people if listed_at is None else people.where(Invitation.listed_at == listed_at)


def _groups(db: Session, invitation_ids: list[object]) -> dict[object, list[str]]:
    """Group codes of the questionnaires still to answer, by invitation."""
    codes: dict[object, list[str]] = {}
    for invitation_id, code in db.execute(
        select(Assignment.invitation_id, RespondentGroup.code)
        .join(RespondentGroup, RespondentGroup.id == Assignment.group_id)
        .where(
            Assignment.invitation_id.in_(invitation_ids), Assignment.state == AssignmentState.ACTIVE
        )
        .order_by(Assignment.number)
    ):
        codes.setdefault(invitation_id, []).append(code)
    return codes


def mark_sent(db: Session, campaign: Campaign, *, act: Act) -> int:
    """Confirm that what the mailing files hold went out: not sent becomes sent. How many forms.

    Whoever began before the confirmation has been counted as begun already.
    """
    listed = select(Invitation.id).where(
        Invitation.campaign_id == campaign.id,
        Invitation.state == InvitationState.ACTIVE,
        Invitation.listed_at.is_not(None),
    )
    sent = move_forms(
        db,
        campaign.id,
        listed,
        "send",
        before=(Disposition.NOT_SENT,),
        after=Disposition.SENT,
        today=act.today,
        channel="file",
    )
    audit.record(
        db, act, Action.INVITATION_SENT, campaign_code=campaign.code, facts={"forms": sent}
    )
    return sent


def headings() -> list[str]:
    """The first row of the file, in the language of the moment."""
    return [
        _("Mã đơn vị"),
        _("Đơn vị"),
        _("Họ và tên"),
        _("Chức vụ"),
        _("Thư điện tử"),
        _("Điện thoại"),
        _("Liên kết"),
        _("Mã truy cập"),
        _("Nhóm"),
        _("Số phiếu"),
    ]


def csv_lines(rows: Iterable[MailingRow], heading: list[str]) -> Iterator[bytes]:
    """UTF-8 with BOM, so that a spreadsheet reads Vietnamese; no cell can run as a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    yield b"\xef\xbb\xbf"
    writer.writerow(heading)
    for count, row in enumerate(rows, start=1):
        cells = astuple(row)
        writer.writerow([inert(cell) if isinstance(cell, str) else cell for cell in cells])
        if count % BATCH == 0:
            yield _drain(buffer)
    yield _drain(buffer)


def _drain(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def write_xlsx(rows: Iterable[MailingRow], heading: list[str], file: IO[bytes]) -> None:
    """The same as a workbook. What it needs on disk meanwhile is in a folder of its own, then gone."""
    import xlsxwriter

    with TemporaryDirectory() as folder:
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        with xlsxwriter.Workbook(file, options) as workbook:
            sheet = workbook.add_worksheet(_("Lời mời"))
            bold, as_text = workbook.add_format({"bold": True}), workbook.add_format()
            as_text.set_num_format("@")
            for column, width in enumerate((10, 32, 28, 32, 30, 16, 64, 22, 10, 9)):
                sheet.set_column(column, column, width)
            sheet.freeze_panes(1, 0)
            for column, words in enumerate(heading):
                sheet.write_string(0, column, words, bold)
            for line, row in enumerate(rows, start=1):
                *texts, questionnaires = astuple(row)
                for column, cell in enumerate(texts):
                    sheet.write_string(line, column, cell, as_text)
                sheet.write_number(line, len(texts), questionnaires)


def note_told(db: Session, invitation_ids: Collection[UUID], *, now: datetime) -> None:
    """These people have their link by a message; whom a mailing file told already keeps its moment."""
    fresh = (
        select(Invitation.id)
        .where(Invitation.id.in_(invitation_ids), Invitation.listed_at.is_(None))
        .order_by(Invitation.id)
        .with_for_update(key_share=True)
    )
    db.execute(
        update(Invitation)
        .where(Invitation.id.in_(db.scalars(fresh).all()))
        .values(listed_at=now)
        .execution_options(synchronize_session=False)
    )


@dataclass(frozen=True)
class MailingState:
    """How far handing over is, in invitations."""

    waiting: int
    """Active, with something to answer, and not in a mailing file since it was last changed."""
    listed: int
    """In a mailing file whose sending is not confirmed."""
    sent: int
    """Handed over and confirmed."""
    still_open: int
    """With something left to submit: whom a file for everyone holds."""


def mailing_state(db: Session, campaign_id: int) -> MailingState:
    """Invitations that wait for a mailing file, that are in one, and that were sent."""
    unsent = (
        select(Assignment.invitation_id)
        .where(
            Assignment.campaign_id == campaign_id,
            Assignment.state == AssignmentState.ACTIVE,
            Assignment.disposition == "not_sent",
        )
        .distinct()
    )
    still_open = (
        select(Assignment.invitation_id)
        .where(Assignment.campaign_id == campaign_id, Assignment.state == AssignmentState.ACTIVE)
        .distinct()
    )
    active = (Invitation.campaign_id == campaign_id, Invitation.state == InvitationState.ACTIVE)
    total = select(func.count()).select_from(Invitation)

    def count(*conditions: object) -> int:
        return db.execute(total.where(*active, *conditions)).scalar_one()  # type: ignore[arg-type]

    return MailingState(
        waiting=count(Invitation.listed_at.is_(None), Invitation.id.in_(still_open)),
        listed=count(Invitation.listed_at.is_not(None), Invitation.id.in_(unsent)),
        sent=count(Invitation.listed_at.is_not(None), Invitation.id.not_in(unsent)),
        still_open=count(Invitation.id.in_(still_open)),
    )
