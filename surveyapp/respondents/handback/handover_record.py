"""The minute of a list handed in, as a PDF to be signed and filed."""

import hashlib
import json
import uuid
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveyapp.accounts.queries import display_names
from surveyapp.campaigns.models import Campaign, ListKind, Unit
from surveyapp.documents.pdf import write_pdf
from surveyapp.i18n import _, locale, moment, number
from surveyapp.respondents.errors import ListInOtherState
from surveyapp.respondents.models import ListLine, RespondentList
from surveyapp.respondents.states import ListState

TEMPLATE = Path(__file__).with_name("handover_record.typ")
EVER_HANDED_IN = (ListState.ACCEPTED, ListState.APPROVED, ListState.SUPERSEDED)


def content_sha256(db: Session, list_id: uuid.UUID) -> str:
    """A checksum of the lines that stand as the survey understood them, mends included.

    The file's own checksum says nothing about what was mended on the page.
    """
    digest = hashlib.sha256()
    for row in db.execute(
        select(ListLine.line, ListLine.values)
        .where(ListLine.list_id == list_id, ListLine.left_out.is_(False))
        .order_by(ListLine.line)
    ):
        digest.update(json.dumps([row.line, row.values], sort_keys=True).encode() + b"\n")
    return digest.hexdigest()


def write_minute(
    db: Session, campaign: Campaign, unit: Unit, kind: ListKind, respondent_list: RespondentList
) -> bytes:
    """The PDF. Raises `ListInOtherState` for a list its desk has not confirmed."""
    if respondent_list.state not in EVER_HANDED_IN or respondent_list.accepted_at is None:
        raise ListInOtherState(
            respondent_list.id, state=respondent_list.state, needed=EVER_HANDED_IN
        )
    names = display_names(db, {respondent_list.staged_by, respondent_list.accepted_by or ""})
    sent_by = names.get(respondent_list.staged_by, respondent_list.staged_by)
    confirmed_by = names.get(respondent_list.accepted_by or "", respondent_list.accepted_by)
    is_english = locale() == "en"
    rows = [
        (_("Danh sách"), kind.name_en if is_english else kind.name_vi),
        (_("Bản"), str(respondent_list.version)),
        (_("Số người"), number(respondent_list.line_count)),
        (_("Số dòng đã bỏ"), number(respondent_list.left_out_count)),
        (_("Số điểm cần kiểm tra đã xác nhận"), number(respondent_list.check_count)),
        (_("Tệp đã gửi"), respondent_list.file_name or "–"),
        (_("SHA-256 của tệp"), _spaced(respondent_list.file_sha256) or "–"),
        (_("SHA-256 của nội dung đã xác nhận"), _spaced(content_sha256(db, respondent_list.id))),
        (_("Gửi lên"), f"{sent_by}, {moment(respondent_list.staged_at)}"),
        (_("Xác nhận bởi"), f"{confirmed_by}, {moment(respondent_list.accepted_at)}"),
    ]
    facts = {
        "language": locale(),
        "title": _("Biên bản gửi danh sách"),
        "campaign": campaign.title_en if is_english else campaign.title_vi,
        "unit": unit.name_en if is_english else unit.name_vi,
        "opening": _(
            "Đơn vị đã lập, kiểm tra và gửi danh sách đối tượng điều tra xã hội học như sau:"
        ),
        "rows": rows,
        "closing": _(
            "Biên bản không kèm danh sách; hai mã SHA-256 xác định đúng tệp và đúng nội dung đã gửi."
        ),
        "signers": [_("Người lập danh sách"), _("Thủ trưởng đơn vị")],
        "sign_here": _("(Ký, ghi rõ họ tên)"),
    }
    return write_pdf(TEMPLATE, facts)


def _spaced(digest: str) -> str:
    """In groups of eight, so that the line can break and two people can compare it aloud."""
    return " ".join(digest[i : i + 8] for i in range(0, len(digest), 8))
