"""What is said when a rule was broken: exception class → title, what happened, what to do, status."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from surveyapp.accounts import errors as accounts
from surveyapp.campaigns import errors as campaigns
from surveyapp.campaigns.labels import refusal
from surveyapp.delivery import errors as delivery
from surveyapp.delivery import labels as sending
from surveyapp.errors import SurveyError
from surveyapp.exports import errors as exports
from surveyapp.exports import labels as release
from surveyapp.fieldwork import errors as fieldwork
from surveyapp.followup import errors as calls
from surveyapp.followup import labels as calling
from surveyapp.i18n import _, day
from surveyapp.invitations import errors as invitations
from surveyapp.responses import errors as responses
from surveyapp.responses.sealed_box import labels as box


@dataclass(frozen=True)
class Words:
    """A page for one kind of failure. `next_step` always says what the reader can do."""

    status: int
    title: str
    message: str
    next_step: str
    retry_after: int | None = None
    contact: dict[str, str] | None = None
    """Whom to ask, where that is known: `name`, `phone`, `email`."""
    is_anothers: bool = False
    """The questionnaire open in this browser is not the reader's: the page does not lead to it."""


Writer = Callable[[Any], Words]
Decorated = TypeVar("Decorated", bound=Writer)
_writers: dict[type[SurveyError], Writer] = {}


def words(*classes: type[SurveyError]) -> Callable[[Decorated], Decorated]:
    """Let the decorated function write the words for these exceptions and those derived from them."""

    def register(writer: Decorated) -> Decorated:
        _writers.update(dict.fromkeys(classes, writer))
        return writer

    return register


def words_for(error: SurveyError) -> Words:
    """The words for `error`: those of its own class, else of the nearest class above it."""
    writer = next(_writers[kind] for kind in type(error).__mro__ if kind in _writers)
    return writer(error)


def has_words(error: SurveyError) -> bool:
    """Somebody wrote words for this kind of failure, better than the general ones."""
    return any(kind in _writers for kind in type(error).__mro__ if kind is not SurveyError)


@words(SurveyError)
def _any(_error: SurveyError) -> Words:
    return Words(
        409,
        _("Chưa thực hiện được"),
        _("Yêu cầu không phù hợp với tình trạng hiện tại. Không có gì bị thay đổi."),
        _("Vui lòng quay lại trang trước, tải lại trang và thử lại."),
    )


@words(
    accounts.NotVisible,
    campaigns.UnknownCampaign,
    campaigns.UnknownUnit,
    campaigns.UnknownQuestionnaire,
)
def _not_there(_error: SurveyError) -> Words:
    return Words(
        404,
        _("Không tìm thấy trang"),
        _("Trang này không có hoặc không thuộc phạm vi của tài khoản đang dùng."),
        _("Vui lòng kiểm tra lại địa chỉ, hoặc mở lại từ trang chọn đợt điều tra."),
    )


@words(accounts.NotPermitted)
def _not_permitted(_error: SurveyError) -> Words:
    return Words(
        403,
        _("Ông/Bà không có quyền xem trang này"),
        _("Trang này dành cho người có quyền khác với quyền của tài khoản đang dùng."),
        _("Nếu cần quyền này, vui lòng liên hệ người phụ trách đợt điều tra."),
    )


@words(accounts.TooManySignIns)
def _too_many_sign_ins(error: accounts.TooManySignIns) -> Words:
    return Words(
        429,
        _("Có quá nhiều lần đăng nhập không thành công"),
        _(
            "Mạng của Ông/Bà đã có quá nhiều lần đăng nhập không thành công nên máy chủ tạm dừng nhận."
        ),
        _("Vui lòng thử lại sau %(minutes)s phút.", minutes=error.retry_after // 60),
        retry_after=error.retry_after,
    )


PASSWORD_RULES = {
    "short": lambda: _("Mật khẩu cần ít nhất 12 ký tự."),
    "long": lambda: _("Mật khẩu dài nhất là 128 ký tự."),
    "common": lambda: _("Mật khẩu này chứa từ quá dễ đoán. Vui lòng chọn một câu khác."),
    "username": lambda: _("Mật khẩu không được dựa trên tên đăng nhập."),
    "repetitive": lambda: _("Mật khẩu lặp lại quá ít ký tự. Vui lòng chọn một câu khác."),
}


@words(accounts.WeakPassword)
def _weak_password(error: accounts.WeakPassword) -> Words:
    return Words(
        422,
        _("Mật khẩu chưa đủ mạnh"),
        PASSWORD_RULES[error.rule](),
        _("Gợi ý: ghép bốn năm từ không liên quan thành một câu dễ nhớ với riêng Ông/Bà."),
    )


@words(accounts.UnknownStaff)
def _unknown_staff(error: accounts.UnknownStaff) -> Words:
    return Words(
        404,
        _("Không có tài khoản này"),
        _("Không có tài khoản %(username)s.", username=error.username),
        _("Xem các tài khoản bằng lệnh: surveyapp staff list"),
    )


@words(accounts.UsernameTaken, accounts.BadUsername)
def _bad_username(error: accounts.UsernameTaken | accounts.BadUsername) -> Words:
    return Words(
        409,
        _("Tên đăng nhập không dùng được"),
        _("Không dùng được tên đăng nhập %(username)s.", username=error.username),
        _(
            "Chọn tên khác: 2–64 ký tự gồm chữ a–z, số, dấu chấm, gạch nối; bắt đầu bằng chữ và chưa có ai dùng."
        ),
    )


@words(accounts.BadGrant)
def _bad_grant(_error: SurveyError) -> Words:
    return Words(
        409,
        _("Quyền không hợp lệ"),
        _(
            "Vai trò đầu mối phải gắn với đúng một đơn vị; các vai trò khác gắn với cả đợt điều tra."
        ),
        _("Các vai trò: operator, viewer, auditor, coordinator (kèm đơn vị)."),
    )


@words(accounts.AuditBroken)
def _audit_broken(error: accounts.AuditBroken) -> Words:
    return Words(
        409,
        _("Nhật ký đã bị thay đổi"),
        _("Mục số %(number)s của nhật ký bị thiếu, bị sửa hoặc sai thứ tự.", number=error.number),
        _("Giữ nguyên hệ thống và báo ngay cho người phụ trách an toàn thông tin."),
    )


@words(campaigns.CampaignError)
def _campaign(error: campaigns.CampaignError) -> Words:
    return Words(
        409,
        _("Đợt điều tra chưa cho phép việc này"),
        refusal(error),
        _("Không có gì bị thay đổi."),
    )


@words(responses.BoxError)
def _box(error: responses.BoxError) -> Words:
    return Words(
        409, _("Hộp phiếu chưa mở được"), box.refusal(error), _("Không có gì bị thay đổi.")
    )


@words(exports.ReleaseError)
def _release(error: exports.ReleaseError) -> Words:
    return Words(
        409, _("Chưa phát hành được"), release.refusal(error), _("Không có gì bị thay đổi.")
    )


@words(
    delivery.DeliveryError,
    invitations.NothingToList,
    invitations.NothingLeftToAnswer,
    invitations.ReasonMissing,
)
def _sending(error: invitations.InvitationError) -> Words:
    message, next_step = sending.refusal(error)
    return Words(409, _("Chưa thực hiện được"), message, next_step)


@words(invitations.MoreThanAgreed)
def _more_than_agreed(error: invitations.MoreThanAgreed) -> Words:
    return Words(
        409,
        _("Chưa thực hiện được"),
        _(
            "Nay có nhiều người hơn %(n)s người đã được đồng ý. Không ai nhận mã mới ở bước này.",
            n=error.people,
        ),
        _("Vui lòng đếm lại rồi yêu cầu lại."),
    )


@words(calls.CallError)
def _calling(error: calls.CallError) -> Words:
    return Words(409, _("Chưa thực hiện được"), *calling.refusal(error))


@words(
    delivery.UnknownWave,
    delivery.UnknownBatch,
    invitations.UnknownInvitation,
    invitations.UnknownDeclaration,
)
def _no_such_sending(error: invitations.InvitationError) -> Words:
    message, next_step = sending.refusal(error)
    return Words(404, _("Không tìm thấy"), message, next_step)


@words(fieldwork.SnapshotOutOfOrder)
def _snapshot_out_of_order(error: fieldwork.SnapshotOutOfOrder) -> Words:
    return Words(
        409,
        _("Chưa thực hiện được"),
        _(
            "Không lưu được ngày %(day)s vì đã có bản lưu của ngày %(latest)s muộn hơn.",
            day=day(error.day),
            latest=day(error.latest),
        ),
        _("Các ngày phải được lưu theo thứ tự."),
    )


@words(fieldwork.NoMailServer)
def _no_mail_server(_error: SurveyError) -> Words:
    return Words(
        409,
        _("Chưa thực hiện được"),
        _("Chưa cấu hình máy chủ thư nên không gửi được báo cáo."),
        _("Vui lòng đặt SURVEYAPP_SMTP_URL, SURVEYAPP_MAIL_FROM và SURVEYAPP_MAIL_BOUNCES."),
    )


@words(fieldwork.BadSubscriber)
def _bad_subscriber(_error: SurveyError) -> Words:
    return Words(
        422,
        _("Chưa thực hiện được"),
        _("Đây không phải là một địa chỉ thư điện tử."),
        _("Vui lòng kiểm tra rồi nhập lại."),
    )


from surveyapp.web.http.error_pages import refusals_of_operations  # noqa: E402, F401  registers its words
