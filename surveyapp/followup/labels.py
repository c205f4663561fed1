"""Results of calls, what a caller says, and what was refused, in the words of the pages."""

from datetime import datetime

from surveyapp.followup import errors
from surveyapp.followup.rules import Result
from surveyapp.i18n import _, clock_time, moment


def result_name(result: str) -> str:
    """What came of a call."""
    return {
        Result.NO_ANSWER: _("Không nghe máy"),
        Result.BUSY: _("Máy bận"),
        Result.WRONG_NUMBER: _("Sai số"),
        Result.UNAVAILABLE: _("Tạm vắng, hẹn ngày"),
        Result.REMINDED: _("Đã nhắc, hứa sẽ trả lời"),
        Result.ANSWERED: _("Nói đã trả lời rồi"),
        Result.NEW_LINK: _("Xin liên kết mới"),
        Result.MOVED: _("Đã chuyển công tác"),
        Result.REFUSED: _("Từ chối tham gia"),
    }[Result(result)]


def result_choice(result: Result) -> str:
    """The same on the form, with what choosing it does."""
    done = {
        Result.WRONG_NUMBER: _("không nhắn tin vào số này nữa, nhờ đơn vị bổ sung số khác"),
        Result.UNAVAILABLE: _("không gọi, không nhắc cho đến ngày ghi bên dưới"),
        Result.ANSWERED: _("phiếu vẫn ghi là chưa nộp: mời mở lại liên kết và bấm nộp"),
        Result.NEW_LINK: _("gửi ngay liên kết mới; liên kết cũ và phần đang viết dở bị hủy"),
        Result.MOVED: _("không tính trong số được hỏi, không gọi lại"),
        Result.REFUSED: _("không gọi, không nhắc nữa"),
    }.get(result)
    name = result_name(result)
    return f"{name} – {done}" if done else name


def script(
    *, caller: str, full_name: str, forms: int, minutes: int, closes_at: datetime
) -> list[str]:
    """What to say, sentence by sentence; nothing is told before the person has said who she is."""
    return [
        _("Xin chào, tôi xin được nói chuyện với Ông/Bà %(name)s ạ.", name=full_name),
        _(
            "Tôi là %(caller)s, gọi từ tổ điều tra chỉ số cải cách hành chính của Bộ Nội vụ. "
            "Ông/Bà có tiện nghe máy hai phút không ạ?",
            caller=caller,
        ),
        _(
            "Ông/Bà có %(forms)s phiếu điều tra chưa nộp, mất khoảng %(minutes)s phút. "
            "Hạn cuối là %(when)s.",
            forms=forms,
            minutes=minutes,
            when=moment(closes_at),
        ),
        _("Câu trả lời được niêm phong. Tôi và đơn vị của Ông/Bà đều không xem được."),
        _(
            "Ông/Bà còn giữ thư hoặc tin nhắn mời không ạ? Nếu không, tôi xin gửi lại liên kết mới "
            "qua thư điện tử hoặc tin nhắn."
        ),
        _("Cảm ơn Ông/Bà. Chúc Ông/Bà một ngày làm việc tốt lành."),
    ]


def refusal(error: errors.CallError) -> tuple[str, str]:
    """(what was refused, what to do) about calling."""
    match error:
        case errors.NoShift():
            return (
                _("Chưa ghi lý do gọi, hoặc ca gọi đã hết giờ."),
                _("Vui lòng ghi lý do ở trang Gọi điện để mở danh sách."),
            )
        case errors.BeingCalled():
            return (
                _(
                    "%(who)s đang gọi người này, giữ chỗ đến %(until)s.",
                    who=error.operator,
                    until=clock_time(error.until),
                ),
                _("Vui lòng chọn người khác."),
            )
        case errors.NotClaimed():
            return (
                _("Ông/Bà không giữ người này, hoặc đã hết 30 phút. Chưa có gì được lưu."),
                _("Vui lòng bấm Gọi một lần nữa ở danh sách rồi ghi kết quả."),
            )
        case errors.NotForSeveral():
            return (
                _("Kết quả này phải ghi cho từng người."),
                _("Vui lòng bấm Gọi ở người ấy rồi ghi kết quả."),
            )
        case errors.DateRefused():
            return (
                _("Ngày hẹn phải sau hôm nay và trong vòng một năm."),
                _("Vui lòng chọn lại ngày."),
            )
        case errors.ChannelRefused():
            return (
                _(
                    "Người này không có địa chỉ dùng được cho kênh đã chọn. Liên kết cũ vẫn dùng được."
                ),
                _("Vui lòng chọn kênh khác, hoặc nhờ đơn vị bổ sung địa chỉ."),
            )
    return (
        _("Không còn lý do để gọi người này: đã nộp, từ chối, đã chuyển hoặc lời mời đã thu hồi."),
        _("Vui lòng chọn người khác trong danh sách."),
    )
