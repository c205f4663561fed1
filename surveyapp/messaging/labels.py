"""What an operator reads about channels, refusals and templates."""

from surveyapp.i18n import Lazy, _, lazy
from surveyapp.messaging.email.bounces import BounceKind
from surveyapp.messaging.model import Reason
from surveyapp.messaging.templates import TemplateFault, TemplateFaultKind

_REASONS: dict[Reason, Lazy] = {
    Reason.ACCEPTED: lazy("Máy chủ đã nhận"),
    Reason.DOWN: lazy("Không kết nối được máy chủ"),
    Reason.SLOW: lazy("Máy chủ không trả lời kịp"),
    Reason.CLOSING: lazy("Máy chủ đang tạm ngừng nhận"),
    Reason.AUTHENTICATION: lazy("Máy chủ không chấp nhận tên đăng nhập hoặc mật khẩu"),
    Reason.SENDER_REFUSED: lazy("Máy chủ không cho gửi bằng địa chỉ của ta"),
    Reason.INSECURE: lazy(
        "Kết nối không an toàn: máy chủ không có TLS hoặc chứng thư không hợp lệ"
    ),
    Reason.LOST_CONNECTION: lazy("Mất kết nối giữa chừng"),
    Reason.BUSY: lazy("Bên nhận đề nghị gửi lại sau"),
    Reason.MAILBOX_FULL: lazy("Hộp thư của người nhận đã đầy"),
    Reason.NO_SUCH_ADDRESS: lazy("Địa chỉ hoặc số điện thoại không tồn tại"),
    Reason.BAD_ADDRESS: lazy("Địa chỉ hoặc số điện thoại không hợp lệ"),
    Reason.POLICY: lazy("Bên nhận chặn vì chính sách hoặc bộ lọc thư rác"),
    Reason.CONTENT_REFUSED: lazy("Bên nhận từ chối nội dung"),
    Reason.REFUSED: lazy("Bên nhận từ chối"),
}
_KINDS: dict[BounceKind, Lazy] = {
    BounceKind.HARD: lazy("Thư bị trả lại, địa chỉ không dùng được"),
    BounceKind.SOFT: lazy("Thư tạm thời chưa đến được"),
    BounceKind.DELIVERED: lazy("Thư đã đến"),
    BounceKind.COMPLAINT: lazy("Người nhận báo là thư rác"),
    BounceKind.AUTO_REPLY: lazy("Trả lời tự động"),
    BounceKind.UNKNOWN: lazy("Thư khác, cần người đọc"),
}
_FAULTS: dict[TemplateFaultKind, Lazy] = {
    TemplateFaultKind.EMPTY: lazy("Chưa có nội dung."),
    TemplateFaultKind.UNKNOWN_FIELD: lazy(
        "Không có trường “{%(detail)s}”. Xin chọn trong các trường được liệt kê."
    ),
    TemplateFaultKind.STRAY_BRACE: lazy(
        "Dấu “%(detail)s” đứng lẻ. Viết hai dấu liền nhau nếu muốn in chính dấu đó."
    ),
    TemplateFaultKind.MISSING_FIELD: lazy(
        "Thiếu “{%(detail)s}”: người nhận sẽ không có cách trả lời."
    ),
    TemplateFaultKind.LINK_IN_SUBJECT: lazy(
        "Không đặt “{%(detail)s}” ở tiêu đề: tiêu đề bị ghi lại trên đường đi."
    ),
    TemplateFaultKind.SUBJECT_LINES: lazy("Tiêu đề chỉ được một dòng."),
    TemplateFaultKind.SUBJECT_LONG: lazy("Tiêu đề dài quá %(detail)s ký tự."),
    TemplateFaultKind.LINK_BY_HAND: lazy(
        "Có địa chỉ trang gõ tay: “%(detail)s”. Chỉ dùng liên kết riêng của người nhận."
    ),
    TemplateFaultKind.SMS_ALPHABET: lazy(
        "Tin nhắn có ký tự làm tin dài gấp đôi: %(detail)s. Xin thay bằng chữ thường."
    ),
    TemplateFaultKind.SMS_LONG: lazy(
        "Tin nhắn dài %(detail)s phần với người có tên và liên kết dài nhất. Xin rút gọn."
    ),
}
_PLACES: dict[str, Lazy] = {
    "subject": lazy("Tiêu đề"),
    "text": lazy("Nội dung thư"),
    "sms": lazy("Tin nhắn SMS"),
}


def reason(reason: Reason) -> str:
    """Why a message was not taken, in a few words."""
    return str(_REASONS[reason])


def returned(kind: BounceKind) -> str:
    """What a returned mail means, in a few words."""
    return str(_KINDS[kind])


def template_fault(fault: TemplateFault) -> str:
    """Where a template is wrong, what is wrong, and how to mend it."""
    what = _(_FAULTS[fault.fault].message, detail=fault.detail)
    where = str(_PLACES[fault.place])
    if fault.line > 1:
        return _("%(place)s, dòng %(line)s: %(what)s", place=where, line=fault.line, what=what)
    return _("%(place)s: %(what)s", place=where, what=what)
