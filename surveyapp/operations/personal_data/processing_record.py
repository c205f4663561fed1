"""The record of processing: printed from the schema, the rights of the database roles and the settings of this server."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.accounts.models import Staff
from surveyapp.campaigns.models import Campaign
from surveyapp.config import Settings
from surveyapp.db import Base
from surveyapp.documents.pdf import write_pdf
from surveyapp.i18n import _, day, locale, moment, number
from surveyapp.messaging import registry
from surveyapp.operations.personal_data import requests
from surveyapp.operations.personal_data.activities import ACTIVITIES, ProcessingActivity
from surveyapp.operations.personal_data.holdings import HeldSection
from surveyapp.operations.personal_data.statement import PAPER
from surveyapp.operations.wall import rights
from surveyapp.operations.wall.rights import WallRole
from surveyapp.respondents.models import Person
from surveyapp.version import VERSION


@dataclass(frozen=True)
class ProcessingRecord:
    """The record at a moment: what is printed, and on the page shown."""

    made_at: datetime
    sections: tuple[HeldSection, ...]


def gather(
    db: Session, campaign: Campaign, settings: Settings, *, now: datetime
) -> ProcessingRecord:
    """The record of this campaign on this server, in the present language."""
    sections = [
        HeldSection(_("Bên kiểm soát và mục đích chung"), tuple(_general(db, campaign))),
        *(HeldSection(str(one.title), tuple(_activity(one))) for one in ACTIVITIES),
        HeldSection(_("Bên nhận và bên xử lý"), tuple(_receivers(settings))),
        HeldSection(_("Biện pháp bảo vệ"), tuple(_protection(campaign, settings))),
        HeldSection(_("Yêu cầu của chủ thể dữ liệu"), tuple(_requests(db, campaign, now))),
    ]
    return ProcessingRecord(now, tuple(sections))


def _general(db: Session, campaign: Campaign) -> Iterator[tuple[str, str]]:
    contact = campaign.settings.get("contact", {})
    named = contact.get("name", {})
    yield _("Bên kiểm soát"), _("Bộ Nội vụ")
    desk = named.get(locale(), named.get("vi", ""))
    reached = [desk, contact.get("phone", ""), contact.get("email", "")]
    yield _("Nơi nhận yêu cầu"), ", ".join(one for one in reached if one) or "–"
    yield _("Đợt điều tra"), campaign.title_en if locale() == "en" else campaign.title_vi
    decision = campaign.settings.get("decision")
    yield _("Căn cứ"), str(decision["number"]) if decision else _("chưa ghi trong gói điều tra")
    window = f"{moment(campaign.opens_at)} – {moment(campaign.closes_at)}"
    yield _("Thời gian thu phiếu"), window
    people = select(func.count()).select_from(Person)
    named_now = people.where(Person.campaign_id == campaign.id, Person.name_key != "")
    yield _("Số người đang giữ tên"), number(db.scalar(named_now) or 0)
    yield _("Số tài khoản cán bộ"), number(db.scalar(select(func.count()).select_from(Staff)) or 0)
    erased = campaign.people_erased_on
    yield _("Đã xóa tên"), day(erased) if erased else _("chưa; xóa sau khi phát hành")


def _activity(one: ProcessingActivity) -> Iterator[tuple[str, str]]:
    yield _("Mục đích"), str(one.purpose)
    yield _("Dữ liệu của ai"), str(one.whose)
    yield _("Thời hạn lưu"), str(one.kept)
    for table in one.tables:
        columns = ", ".join(column.name for column in Base.metadata.tables[table].columns)
        yield _("Bảng %(table)s", table=table), columns
    yield _("Tiến trình nào đọc được (PostgreSQL)"), _readers(one)


def _readers(one: ProcessingActivity) -> str:
    words = {
        WallRole.RESPONDENT: _("trang của người được mời"),
        WallRole.STAFF: _("trang của cán bộ"),
        WallRole.WORKER: _("tiến trình gửi tin"),
        WallRole.OPENER: _("lệnh mở hộp phiếu"),
        WallRole.BACKUP: _("sao lưu"),
    }
    told = []
    for role, name in words.items():
        held = [
            table
            for table in one.tables
            if any(
                (right.role, right.table, right.verb) == (role, table, "SELECT")
                for right in rights.rights()
            )
        ]
        if held:
            told.append(f"{name}: {', '.join(held)}")
    return "; ".join(told)


def _receivers(settings: Settings) -> Iterator[tuple[str, str]]:
    for kind in registry.KINDS:
        if kind.is_there(settings):
            yield str(kind.label), _("tên, địa chỉ nhận, lời mời có liên kết")
    if settings.oidc_issuer:
        yield _("Đăng nhập một lần"), urlsplit(settings.oidc_issuer).hostname or "–"
    if settings.store_bucket:
        yield _("Kho tệp ngoài máy chủ"), _("tệp phát hành, không có tên người được mời")
    yield _("Khâu chấm điểm"), _("bản phát hành: không tên, không cách liên hệ, không mã")


def _protection(campaign: Campaign, settings: Settings) -> Iterator[tuple[str, str]]:
    yes, no = _("có"), _("không")
    is_postgres = settings.database_url.startswith("postgresql")
    yield _("Đường truyền mã hóa (TLS)"), yes if settings.secure else no
    yield _("Vai trò riêng trong cơ sở dữ liệu"), yes if is_postgres else no
    yield _("Tiến trình riêng cho từng nhóm người dùng"), no if settings.audience == "all" else yes
    yield _("Xác thực hai bước"), no if settings.demo else yes
    is_offline = campaign.custody == "offline"
    yield _("Khóa hộp phiếu ngoài máy chủ"), yes if is_offline else no
    yield _("Sao lưu được niêm phong"), yes if settings.backup_recipient else no
    yield _("Số bản sao lưu giữ lại"), number(settings.backup_keep)


def _requests(db: Session, campaign: Campaign, now: datetime) -> Iterator[tuple[str, str]]:
    listed = requests.all_requests(db, campaign.id)
    done = [one for one in listed if not one.is_open]
    yield _("Đã nhận"), number(len(listed))
    yield _("Đã trả lời"), number(len(done))
    yield _("Trả lời đúng hạn"), number(sum(requests.was_in_time(one) for one in done))
    yield _("Đang quá hạn"), number(requests.are_late(listed, today=clock.day(now)))


def write_record(campaign: Campaign, record: ProcessingRecord) -> bytes:
    """The PDF."""
    contact = campaign.settings.get("contact", {}).get("name", {})
    return write_pdf(
        PAPER,
        {
            "language": locale(),
            "title": _("Hồ sơ xử lý dữ liệu cá nhân"),
            "giver": contact.get(locale(), contact.get("vi", "")) or _("Vụ Cải cách hành chính"),
            "about": campaign.title_en if locale() == "en" else campaign.title_vi,
            "opening": _(
                "In từ lược đồ dữ liệu và cài đặt của máy chủ này. Phần pháp lý do cơ quan xác nhận."
            ),
            "sections": [{"title": one.title, "rows": one.rows} for one in record.sections],
            "nothing": _("Không có gì."),
            "closing": [],
            "made": _(
                "Lập lúc %(when)s, phần mềm bản %(version)s",
                when=moment(record.made_at),
                version=VERSION,
            ),
        },
    )
