"""What is held on one person, section by section: her names and contacts, her forms by day, what was sent. Never an answer.

Answers lie sealed and under no name, so there is nothing of them that could be looked up; a draft is readable with her
own code alone.
"""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from surveyapp import clock
from surveyapp.assignments.models import Assignment
from surveyapp.assignments.states import AssignmentState
from surveyapp.campaigns.models import Department, ListKind, RespondentGroup, Unit
from surveyapp.delivery import labels as delivery_words
from surveyapp.delivery import person_messages
from surveyapp.delivery.models import CallHold, ContactRequest
from surveyapp.followup import queries as calls
from surveyapp.followup.labels import result_name
from surveyapp.i18n import _, day, lazy, locale, moment
from surveyapp.invitations import declarations
from surveyapp.invitations.models import Invitation
from surveyapp.invitations.states import InvitationState
from surveyapp.operations.models import DataRequest
from surveyapp.operations.personal_data import labels
from surveyapp.respondents.models import ListLine, Person, PersonEntry, RespondentList
from surveyapp.respondents.states import PersonState

TOLD: Final = frozenset(
    {
        "assignment", "call_attempt", "call_hold", "contact_request", "data_request", "declaration",
        "delivery", "invitation", "list_line", "person", "person_entry",
    }
)  # fmt: skip
"""Tables whose rows about a person are in the statement."""
NOT_TOLD: Final[Mapping[str, object]] = {
    "assignment_event": lazy(
        "Các mốc theo ngày của tình trạng phiếu; tình trạng hiện tại đã nêu trong bản kê."
    ),
    "call_lease": lazy("Chỉ ghi trong lúc một cán bộ đang gọi, hết cuộc gọi thì xóa."),
    "draft": lazy(
        "Câu trả lời viết dở được mã hóa; chỉ mã truy cập của Ông/Bà mở được, nên không in ra được."
    ),
}
"""Tables that hang on a person and are not in it, and why: printed at its end."""


@dataclass(frozen=True)
class HeldSection:
    """One part of the statement: `rows` of (what, value)."""

    title: str
    rows: tuple[tuple[str, str], ...]


def held_on(db: Session, person_id: uuid.UUID) -> tuple[HeldSection, ...]:
    """Everything that is held under the person's name, in the present language."""
    person = db.get_one(Person, person_id)
    invitation = db.scalars(select(Invitation).where(Invitation.person_id == person_id)).first()
    parts = [
        (_("Thông tin do đơn vị cung cấp"), _who(db, person)),
        (_("Ông/Bà có trong những danh sách nào"), _entries(db, person)),
        (_("Các dòng mang tên này trong những bản danh sách đơn vị đã gửi"), _lines(db, person)),
    ]
    if invitation is not None:
        parts += [
            (_("Lời mời"), _invitation(invitation)),
            (_("Phiếu được giao"), _forms(db, invitation.id)),
            (_("Tin đã gửi"), _messages(db, invitation.id)),
            (_("Cuộc gọi"), _calls(db, invitation.id)),
            (_("Điều Ông/Bà đã báo lại"), _declared(db, invitation.id)),
        ]
    parts += [
        (_("Yêu cầu đơn vị bổ sung cách liên hệ"), _contact_requests(db, person_id)),
        (_("Yêu cầu về dữ liệu cá nhân"), _requests(db, person_id)),
    ]
    return tuple(HeldSection(title, tuple(rows)) for title, rows in parts)


def not_told() -> list[str]:
    """What hangs on the person besides, and why it is not printed."""
    return [str(words) for words in NOT_TOLD.values()]


def _who(db: Session, person: Person) -> Iterator[tuple[str, str]]:
    yield _("Họ và tên"), person.full_name
    yield _("Chức vụ"), person.position or "–"
    yield _("Nơi công tác"), person.workplace or "–"
    yield _("Thư điện tử"), person.email or "–"
    yield _("Số điện thoại"), person.phone or "–"
    yield _("Đơn vị lập danh sách"), _named(db.get_one(Unit, person.unit_id))
    is_named = person.state == PersonState.ACTIVE
    yield _("Tình trạng"), _("có trong danh sách") if is_named else _("đã đưa khỏi danh sách")


def _entries(db: Session, person: Person) -> Iterator[tuple[str, str]]:
    rows = db.execute(
        select(PersonEntry, ListKind, Department, RespondentList.version, RespondentList.decided_at)
        .join(ListKind, ListKind.id == PersonEntry.kind_id)
        .join(RespondentList, RespondentList.id == PersonEntry.list_id)
        .outerjoin(Department, Department.id == PersonEntry.department_id)
        .where(PersonEntry.person_id == person.id)
        .order_by(ListKind.id, RespondentList.version)
    )
    for entry, kind, department, version, decided_at in rows:
        places = [_named(department) if department else "", entry.district, entry.association]
        told = [one for one in places if one]
        told.append(_("bản %(version)s, dòng %(line)s", version=version, line=entry.line))
        if decided_at is not None:
            told.append(_("duyệt ngày %(day)s", day=day(clock.day(decided_at))))
        if entry.state != PersonState.ACTIVE:
            told.append(_("không còn hiệu lực"))
        yield _named(kind), "; ".join(told)


def _lines(db: Session, person: Person) -> Iterator[tuple[str, str]]:
    """The cells as they came, superseded versions too; where another of the unit has the same name, this person's rows alone."""
    same_name = select(Person.id).where(
        Person.campaign_id == person.campaign_id,
        Person.unit_id == person.unit_id,
        Person.name_key == person.name_key,
        Person.id != person.id,
    )
    is_shared = db.execute(same_name.limit(1)).first() is not None
    entries = select(PersonEntry.list_id, PersonEntry.line).where(
        PersonEntry.person_id == person.id
    )
    own = {(list_id, line) for list_id, line in db.execute(entries)}
    rows = db.execute(
        select(ListLine, RespondentList.version, ListKind)
        .join(RespondentList, RespondentList.id == ListLine.list_id)
        .join(ListKind, ListKind.id == RespondentList.kind_id)
        .where(RespondentList.unit_id == person.unit_id, ListLine.name_key == person.name_key)
        .order_by(ListKind.id, RespondentList.version, ListLine.line)
    )
    for line, version, kind in rows:
        if is_shared and (line.list_id, line.line) not in own:
            continue
        where = _("bản %(version)s, dòng %(line)s", version=version, line=line.line)
        cells = "; ".join(str(cell) for cell in line.cells.values() if cell)
        yield f"{_named(kind)}, {where}", cells or "–"


def _invitation(invitation: Invitation) -> Iterator[tuple[str, str]]:
    stands = invitation.state == InvitationState.ACTIVE
    yield _("Tình trạng"), _("có hiệu lực") if stands else _("đã thu hồi")
    yield _("Lần cấp mã"), str(invitation.issue_number)
    yield _("Cấp lúc"), moment(invitation.issued_at)
    yield _("Vào tệp gửi lúc"), moment(invitation.listed_at) if invitation.listed_at else _("chưa")
    yield (
        _("Mã truy cập và liên kết"),
        _("không lưu; chỉ có một dấu để nhận ra mã khi Ông/Bà nhập vào"),
    )


def _forms(db: Session, invitation_id: uuid.UUID) -> Iterator[tuple[str, str]]:
    rated = aliased(Unit)
    rows = db.execute(
        select(Assignment, RespondentGroup, rated)
        .join(RespondentGroup, RespondentGroup.id == Assignment.group_id)
        .join(rated, rated.id == Assignment.rated_unit_id)
        .where(Assignment.invitation_id == invitation_id)
        .order_by(Assignment.number)
    )
    for form, group, unit in rows:
        yield f"{group.code}, {_named(unit)}", _standing(form)


def _standing(form: Assignment) -> str:
    if form.state == AssignmentState.REVOKED:
        return _("không còn được hỏi")
    if form.submitted_on is not None:
        return _("đã nộp ngày %(day)s", day=day(form.submitted_on))
    if form.begun_on is not None:
        return _("đã bắt đầu ngày %(day)s, chưa nộp", day=day(form.begun_on))
    return _("chưa bắt đầu")


def _messages(db: Session, invitation_id: uuid.UUID) -> Iterator[tuple[str, str]]:
    for sent in person_messages.messages_of(db, invitation_id):
        when = day(sent.day) if sent.day else "–"
        what = [
            delivery_words.kind_name(sent.kind),
            delivery_words.channel_name(sent.channel),
            delivery_words.delivery_state(sent.state),
        ]
        yield when, ", ".join(what)


def _calls(db: Session, invitation_id: uuid.UUID) -> Iterator[tuple[str, str]]:
    for one in calls.calls_to(db, invitation_id):
        yield moment(one.at), result_name(one.result)
    held = db.get(CallHold, invitation_id)
    if held is not None:
        yield _("Không gọi, không nhắc trước ngày"), day(held.until)


def _declared(db: Session, invitation_id: uuid.UUID) -> Iterator[tuple[str, str]]:
    """Who declines is not named to the staff, on no page and not here either."""
    words = {
        "not_me": _("Nhận nhầm thư"),
        "wrong_group": _("Không đúng nhóm đối tượng"),
        "moved": _("Đã chuyển công tác"),
    }
    for kind, on, settled in declarations.of_person(db, invitation_id):
        yield day(on), f"{words[kind]}, {_('đã xử lý') if settled else _('chờ xử lý')}"


def _contact_requests(db: Session, person_id: uuid.UUID) -> Iterator[tuple[str, str]]:
    asked = select(ContactRequest).where(ContactRequest.person_id == person_id)
    for one in db.scalars(asked.order_by(ContactRequest.asked_on)):
        settled = day(one.settled_on) if one.settled_on else _("chờ xử lý")
        yield day(one.asked_on), f"{delivery_words.channel_name(one.channel)}, {settled}"


def _requests(db: Session, person_id: uuid.UUID) -> Iterator[tuple[str, str]]:
    asked = select(DataRequest).where(DataRequest.person_id == person_id)
    for one in db.scalars(asked.order_by(DataRequest.received_on, DataRequest.entered_at)):
        yield (
            day(one.received_on),
            f"{labels.kind_name(one.kind)}, {labels.stage_name(one.stage)[0]}",
        )


def _named(thing: Unit | ListKind | Department | RespondentGroup) -> str:
    return thing.name_en if locale() == "en" else thing.name_vi
