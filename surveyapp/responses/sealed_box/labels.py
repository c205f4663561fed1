"""Why the box refuses, in words for the centre and the command line."""

from surveyapp.campaigns.states import CampaignState
from surveyapp.i18n import _, locale
from surveyapp.responses.errors import (
    AlreadyRecorded,
    BallotsDamaged,
    BallotsForged,
    BallotsMissing,
    BallotsOfWrongLength,
    BoxError,
    BoxKeyRefused,
    BoxKeysExist,
    BoxNotReady,
    CellsDiffer,
    CustodyFileRefused,
    CustodyNotProven,
    DigestDiffers,
    NotRegistered,
    OfflineCustody,
    OldExport,
    OpenedByOlderRules,
    ReceiptsRepeated,
    ServerCustody,
    WrongBoxKey,
)
from surveyapp.responses.opener import refusals


def refusal(error: BoxError) -> str:
    """What does not add up. Nothing was opened, made or erased."""
    match error:
        case BoxNotReady():
            return _not_ready(error)
        case BallotsMissing():
            return _(
                "Trong hộp có %(ballots)s phiếu, nhưng ghi nhận %(submitted)s phiếu đã nộp.",
                ballots=error.ballots,
                submitted=error.submitted,
            )
        case BallotsForged():
            return _(
                "%(count)s phiếu trong hộp không do hệ thống này niêm phong, hoặc đã bị sửa.",
                count=error.count,
            )
        case BallotsDamaged():
            return _("%(count)s phiếu trong hộp không đọc được.", count=error.count)
        case BallotsOfWrongLength():
            return _("%(count)s phiếu trong hộp có độ dài không đúng.", count=error.count)
        case ReceiptsRepeated():
            return _("%(count)s phiếu trong hộp bị trùng với phiếu khác.", count=error.count)
        case CellsDiffer():
            return _cells(error)
        case DigestDiffers():
            return _(
                "Kết quả đang lưu không còn là kết quả đã mở: mã của lần mở hộp là %(expected)s, mã của dữ "
                "liệu đang lưu là %(found)s.",
                expected=error.expected,
                found=error.found,
            )
        case OpenedByOlderRules():
            return _(
                "Hộp phiếu của %(code)s được mở bằng phiên bản cũ, khi phiếu của ô nhỏ còn ra khỏi hộp và kết quả chưa có mã; "
                "phiên bản này không phát hành kết quả ấy. Hãy khôi phục bản sao lưu trước lúc mở hộp vào một máy chủ riêng, "
                "nâng cấp, rồi mở hộp lại.",
                code=error.campaign_code,
            )
    return _of_custodians(error) or _key(error)


def attested(kind: str) -> str:
    """What custodians attested, by its kind."""
    return {
        "drill": _("diễn tập mở hộp"),
        "shares": _("kiểm tra mảnh khóa"),
        "destroyed": _("hủy khóa"),
    }[kind]


def not_compacted() -> str:
    """The box is open, but what it held could not be wiped from the file yet, and what to do."""
    return _(
        "Hộp đã mở, nhưng một giao dịch khác (có thể là sao lưu đang chạy) còn giữ bản niêm phong cũ "
        "trong tệp dữ liệu. Khi giao dịch ấy kết thúc, người quản trị chạy trong PostgreSQL: "
        "VACUUM (FULL) sealed_ballot, draft"
    )


def _not_ready(error: BoxNotReady) -> str:
    if error.state in (CampaignState.OPENED, CampaignState.RELEASED):
        return _("Hộp phiếu của %(code)s đã được mở.", code=error.campaign_code)
    return _("Hộp phiếu của %(code)s chỉ mở được sau khi khóa thu phiếu.", code=error.campaign_code)


def _cells(error: CellsDiffer) -> str:
    cells = "; ".join(
        _(
            "%(unit)s nhóm %(group)s: %(found)s phiếu trong hộp, %(expected)s phiếu đã nộp",
            unit=unit,
            group=group,
            found=present,
            expected=expected,
        )
        for (unit, group), (present, expected) in error.differences.items()
    )
    return _("Số phiếu không khớp theo đơn vị và nhóm: %(cells)s.", cells=cells)


def _of_custodians(error: BoxError) -> str:
    """Refusals of what custodians hand in, or have not handed in."""
    match error:
        case CustodyFileRefused():
            return refusals.refusal(error.reason, "en" if locale() == "en" else "vi")
        case CustodyNotProven():
            return _not_proven(error)
        case NotRegistered():
            return _("Chưa đăng ký người giữ khóa của %(code)s.", code=error.campaign_code)
        case ServerCustody():
            return _(
                "Khóa hộp phiếu của %(code)s do máy chủ giữ, không có người giữ khóa.",
                code=error.campaign_code,
            )
        case AlreadyRecorded():
            return _("Tệp này đã được ghi nhận trước đó.")
        case OldExport():
            return _(
                "Kết quả mở hộp được làm từ một tệp xuất khác (%(found)s); tệp xuất gần nhất là %(expected)s. "
                "Hãy mở tệp xuất gần nhất.",
                found=error.found[:16],
                expected=error.expected[:16] or "–",
            )
    return ""


def _not_proven(error: CustodyNotProven) -> str:
    missing = ", ".join(attested(kind) for kind in error.missing)
    if error.since is None:
        return _(
            "Đợt chính thức chỉ được bắt đầu thu phiếu sau khi ghi nhận: %(missing)s.",
            missing=missing,
        )
    return _(
        "Đợt chính thức chỉ được khóa thu phiếu sau khi ghi nhận, từ ngày %(since)s: %(missing)s.",
        since=error.since.strftime("%d/%m/%Y"),
        missing=missing,
    )


def _key(error: BoxError) -> str:
    match error:
        case WrongBoxKey():
            return _(
                "Đây không phải khóa của hộp phiếu: cần khóa có dấu %(expected)s, khóa này có dấu %(found)s.",
                expected=error.expected,
                found=error.found,
            )
        case BoxKeysExist():
            return _("Đợt điều tra %(code)s đã có khóa hộp phiếu.", code=error.campaign_code)
        case OfflineCustody():
            return _(
                "Khóa hộp phiếu của %(code)s do những người giữ khóa tạo và giữ, không tạo trên máy chủ.",
                code=error.campaign_code,
            )
        case BoxKeyRefused():
            return _(
                "Không dùng được tệp khóa %(path)s: %(reason)s.",
                path=error.path,
                reason=error.reason,
            )
    return str(error)
