"""What is said when a link, a passkey or a request for two persons was refused."""

from surveyapp.accounts import errors as accounts
from surveyapp.errors import SurveyError
from surveyapp.i18n import _
from surveyapp.web.http.error_pages.refusals import Words, words


@words(accounts.NobodyAsked)
def _nobody_asked(_error: SurveyError) -> Words:
    return Words(
        409,
        _("Yêu cầu không còn chờ"),
        _("Yêu cầu này đã được trả lời, đã rút hoặc đã quá hạn."),
        _("Vui lòng tải lại trang Việc cần hai người."),
    )


@words(accounts.SamePerson)
def _same_person(_error: SurveyError) -> Words:
    return Words(
        403,
        _("Cần người thứ hai"),
        _("Người đã yêu cầu không thể tự đồng ý."),
        _("Vui lòng nhờ một người vận hành khác mở trang Việc cần hai người."),
    )


@words(accounts.LinkDead)
def _link_dead(_error: SurveyError) -> Words:
    return Words(
        410,
        _("Liên kết không còn dùng được"),
        _("Liên kết đặt mật khẩu này đã dùng, đã hết hạn hoặc đã được thay bằng liên kết mới hơn."),
        _(
            "Đã đặt mật khẩu rồi thì vui lòng đăng nhập. Chưa, vui lòng bấm “Quên mật khẩu” ở trang "
            "đăng nhập hoặc liên hệ người phụ trách để nhận liên kết mới."
        ),
    )


@words(accounts.PasskeyRefused)
def _passkey_refused(_error: SurveyError) -> Words:
    return Words(
        422,
        _("Khóa truy cập chưa dùng được"),
        _("Khóa truy cập chưa dùng được ở đây."),
        _("Vui lòng thử lại, hoặc dùng ứng dụng tạo mã."),
    )
