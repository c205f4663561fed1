"""The words for a campaign's refusals."""

from __future__ import annotations

from surveyapp.campaigns.errors import (
    AlreadyApproved,
    ApprovedBySame,
    BadDeadline,
    BoxKeyMissing,
    CampaignError,
    ChecksumDiffers,
    CollectionGoesOn,
    NotForOfficialUse,
    PackInUse,
    PackRefused,
    QuestionnairesNotApproved,
    UnknownCampaign,
    UnknownQuestionnaire,
    UnknownUnit,
    WrongState,
)
from surveyapp.campaigns.states import CampaignState
from surveyapp.i18n import _, lazy, moment

STATES = {
    CampaignState.PREPARING: lazy("đang chuẩn bị"),
    CampaignState.OPEN: lazy("đang thu phiếu"),
    CampaignState.CLOSED: lazy("đã khóa thu phiếu"),
    CampaignState.OPENED: lazy("đã mở hộp phiếu"),
    CampaignState.RELEASED: lazy("đã phát hành dữ liệu"),
}


def refusal(error: CampaignError) -> str:
    """Why the campaign refused, and what to do about it."""
    match error:
        case PackRefused():
            return "\n".join(
                [
                    _("Gói đợt điều tra có %(n)s lỗi cần sửa:", n=len(error.faults)),
                    *(str(fault) for fault in error.faults),
                ]
            )
        case UnknownCampaign():
            return _("Không có đợt điều tra nào mang mã %(code)s.", code=error.code)
        case UnknownUnit():
            return _("Đợt điều tra không có đơn vị nào mang mã %(code)s.", code=error.code)
        case WrongState():
            return _(
                "Đợt điều tra %(code)s %(state)s; việc này chỉ làm được khi đợt điều tra %(needed)s.",
                code=error.code,
                state=STATES[error.state],
                needed=_(" hoặc ").join(str(STATES[state]) for state in error.needed),
            )
        case PackInUse():
            return _(
                "Đợt điều tra %(code)s %(state)s và đã dùng gói nạp trước đó; không thay bằng gói này được.",
                code=error.code,
                state=STATES[error.state],
            )
        case NotForOfficialUse():
            return _unofficial(error)
        case BoxKeyMissing():
            return _("Chưa có khóa của hộp phiếu; hãy tạo khóa trước khi mở thu phiếu.")
        case BadDeadline():
            return _(
                "Hạn %(closes_at)s không hợp lệ: phải sau %(after)s.",
                closes_at=moment(error.closes_at),
                after=moment(error.after),
            )
        case CollectionGoesOn():
            return _(
                "Đến %(ends_at)s người đang trả lời vẫn được nộp phiếu (hạn và thời gian gia thêm); "
                "sau đó mới khóa thu phiếu được. Muốn kết thúc sớm hơn, hãy dời hạn.",
                ends_at=moment(error.ends_at),
            )
        case QuestionnairesNotApproved():
            return _unapproved(error)
    return _about_approval(error)


def _about_approval(error: CampaignError) -> str:
    match error:
        case UnknownQuestionnaire():
            return _("Đợt điều tra không dùng phiếu nào mang mã %(code)s.", code=error.code)
        case ChecksumDiffers():
            return _(
                "Phiếu %(code)s nay mang mã kiểm %(present)s, khác với %(offered)s đã xem. "
                "Hãy xem lại phiếu rồi duyệt.",
                code=error.code,
                present=error.present[:12],
                offered=error.offered[:12],
            )
        case ApprovedBySame():
            return _(
                "%(by)s đã duyệt phiếu %(code)s; đợt này cần một người khác duyệt lần thứ hai.",
                by=error.by,
                code=error.code,
            )
        case AlreadyApproved():
            return _(
                "Phiếu %(code)s đã được %(by)s duyệt lúc %(at)s và không thay đổi từ đó.",
                code=error.code,
                by=error.by,
                at=moment(error.at),
            )
    return str(error)


def _unapproved(error: QuestionnairesNotApproved) -> str:
    reasons = []
    if error.never:
        reasons.append(_("chưa duyệt: %(codes)s", codes=", ".join(error.never)))
    if error.changed:
        reasons.append(_("thay đổi sau khi duyệt: %(codes)s", codes=", ".join(error.changed)))
    if error.waiting:
        reasons.append(_("chờ người thứ hai duyệt: %(codes)s", codes=", ".join(error.waiting)))
    return _(
        "Chưa mở đợt được vì có phiếu điều tra chưa được duyệt (%(reasons)s). "
        "Vào trang Phiếu điều tra, xem trước rồi duyệt từng phiếu.",
        reasons="; ".join(reasons),
    )


def _unofficial(error: NotForOfficialUse) -> str:
    reasons = []
    if error.illustrative:
        codes = ", ".join(error.illustrative)
        reasons.append(_("các phiếu %(codes)s là mẫu minh họa", codes=codes))
    if error.custody != "offline":
        reasons.append(_("khóa hộp phiếu nằm trên máy chủ"))
    return _("Không mở được đợt điều tra chính thức: %(reasons)s.", reasons="; ".join(reasons))
