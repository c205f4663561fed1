"""Waves, deliveries and refusals in the words of the pages."""

from surveyapp.delivery import errors
from surveyapp.delivery.health.worker_watch import Trouble
from surveyapp.delivery.models import Wave
from surveyapp.delivery.states import CanaryState, DeliveryState, WaveState
from surveyapp.delivery.waves.cautions import Caution
from surveyapp.i18n import _, _n, day, moment, number
from surveyapp.invitations import errors as invitations
from surveyapp.messaging import labels as channels
from surveyapp.messaging import registry
from surveyapp.messaging.model import Reason


def kind_name(kind: str) -> str:
    """What a kind of message is called."""
    return {
        "invitation": _("Lời mời"),
        "reminder_not_started": _("Nhắc người chưa bắt đầu"),
        "reminder_begun": _("Nhắc người làm dở"),
        "last_day": _("Nhắc ngày cuối"),
        "reissue": _("Gửi mã mới"),
        "thanks": _("Cảm ơn"),
    }[kind]


def channel_name(channel: str) -> str:
    """What a channel is called."""
    return str(registry.BY_CODE[channel].label)


def wave_state(state: WaveState) -> tuple[str, str]:
    """A wave's state and the tone of its badge."""
    return {
        WaveState.DRAFT: (_("bản thảo"), "idle"),
        WaveState.TESTING: (_("đang gửi thử"), "busy"),
        WaveState.RUNNING: (_("đang gửi"), "busy"),
        WaveState.PAUSED: (_("tạm dừng"), "warn"),
        WaveState.STOPPED: (_("đã dừng hẳn"), "bad"),
        WaveState.DONE: (_("đã gửi xong"), "good"),
    }[state]


def wave_reason(reason: str) -> str:
    """Why a wave is not going, where it was not an operator's doing; empty otherwise."""
    cause, _colon, unit = reason.partition(":")
    if cause == "canary":
        channel, _colon, address = unit.partition(":")
        return _(
            "Tin thử qua kênh %(where)s không đến nơi nên đợt gửi tự dừng. "
            "Hãy xem tình trạng kênh gửi, sửa xong rồi bấm Tiếp tục.",
            where=channel_name(channel).lower() + (f" ({address})" if address else ""),
        )
    if cause == "restored":
        return _(
            "Dữ liệu đã được khôi phục từ bản sao lưu: tin gửi sau bản đó không có trong số liệu. Hãy xem nhật ký "
            "máy chủ thư; bấm Tiếp tục sẽ gửi cả cho người có thể đã nhận, bấm Dừng hẳn thì không gửi nữa."
        )
    if cause == "closed":
        return _("Đợt điều tra đã kết thúc nhận phiếu.")
    return ""


def trouble(fault: Trouble) -> str:
    """Why a wave does not go on or what is wrong with a channel, in one sentence or two."""
    if fault.kind in ("resting", "lost"):
        return _channel_trouble(fault)
    kind = kind_name(fault.wave_kind)
    if fault.kind == "paused":
        why = wave_reason(fault.reason) or _("Có người đã bấm tạm dừng.")
        return _("Đợt gửi “%(kind)s” đang tạm dừng. %(why)s", kind=kind, why=why)
    if fault.seen_at is None:
        return _(
            "Đợt gửi “%(kind)s” đã đến giờ nhưng chưa có tiến trình gửi nào chạy. "
            "Người quản trị máy chủ cần chạy lệnh: surveyapp worker",
            kind=kind,
        )
    return _(
        "Đợt gửi “%(kind)s” đã đến giờ nhưng không có tiến trình gửi nào hoạt động từ %(when)s. "
        "Người quản trị máy chủ cần chạy lại lệnh: surveyapp worker",
        kind=kind,
        when=moment(fault.seen_at),
    )


def _channel_trouble(fault: Trouble) -> str:
    where = channel_name(fault.channel) + (f" ({fault.address})" if fault.address else "")
    when = moment(fault.seen_at) if fault.seen_at else ""
    if fault.kind == "lost":
        return _("%(where)s: tin thử gửi lúc %(when)s không đến nơi.", where=where, when=when)
    return _(
        "%(where)s: tạm nghỉ từ %(when)s. %(why)s. Hệ thống tự thử lại.",
        where=where,
        when=when,
        why=channels.reason(Reason(fault.reason)),
    )


def caution(warning: Caution) -> str:
    """What an operator confirms by itself before the wave goes."""
    match warning.kind:
        case "past":
            when = moment(warning.when) if warning.when else ""
            return _("Giờ bắt đầu đã qua (%(when)s): sẽ gửi ngay sau khi xác nhận.", when=when)
        case "after_deadline":
            when = moment(warning.when) if warning.when else ""
            return _(
                "Một phần đợt gửi rơi vào sau hạn nộp phiếu (%(when)s): phần đó sẽ không được gửi.",
                when=when,
            )
        case "holiday":
            day_ = day(warning.day) if warning.day else ""
            return _("Ngày bắt đầu (%(day)s) là ngày nghỉ lễ: chờ hết ngày nghỉ mới gửi.", day=day_)
    return _n(
        "%(n)s người trong số này đã nhận tin trong vòng %(days)s ngày trước giờ bắt đầu.",
        "%(n)s người trong số này đã nhận tin trong vòng %(days)s ngày trước giờ bắt đầu.",
        warning.people,
        days=warning.days,
    )


def crowding(earlier: Wave) -> str:
    """Why a planned reminder comes too soon."""
    return _(
        "Quá gần đợt “%(kind)s” bắt đầu %(when)s: cùng những người đó có thể bị nhắc hai lần.",
        kind=kind_name(earlier.kind),
        when=moment(earlier.starts_at),
    )


def channel_state(state: str) -> tuple[str, str]:
    """How a channel is doing, and the tone of its badge."""
    return {
        "good": (_("hoạt động tốt"), "good"),
        "resting": (_("đang tạm nghỉ"), "bad"),
        "lost": (_("tin thử không đến nơi"), "bad"),
        "trying": (_("đang chờ tin thử"), "busy"),
        "untested": (_("chưa gửi thử"), "warn"),
        "missing": (_("chưa thiết lập"), "idle"),
    }[state]


def test_reason(reason: str) -> str:
    """Why a self-test was not taken."""
    known = {
        "letter_fonts": _("thiếu tệp phông chữ"),
        "letter_typst": _("không dàn được trang bằng typst"),
        "letter_page": _("trang in ra thiếu nội dung"),
        "gateway": _("tổng đài báo không gửi được"),
    }
    return known.get(reason) or (reason_name(reason.partition(" ")[0]) if reason else "")


def delivery_state(state: str) -> str:
    """Where a message stands."""
    return {
        DeliveryState.QUEUED: _("đang chờ"),
        DeliveryState.LEASED: _("đang xử lý"),
        DeliveryState.HANDED_OVER: _("đã chuyển đi"),
        DeliveryState.DELIVERED: _("đã đến nơi"),
        DeliveryState.SOFT_BOUNCE: _("tạm thời bị trả lại"),
        DeliveryState.HARD_BOUNCE: _("bị trả lại"),
        DeliveryState.SUPPRESSED: _("không gửi"),
        DeliveryState.FAILED: _("gửi hỏng"),
        "not_queued": _("không xếp vào hàng gửi"),
    }[state]


def reason_name(reason: str) -> str:
    """Why somebody got no message; a channel's own reason as the messaging package says it."""
    known = {
        "revoked": _("lời mời đã thu hồi"),
        "on_hold": _("đơn vị đang tạm giữ"),
        "submitted": _("đã nộp phiếu"),
        "declined": _("từ chối tham gia"),
        "not_me": _("thư đến nhầm người"),
        "moved": _("đã chuyển công tác"),
        "away": _("tạm vắng, chưa đến ngày hẹn"),
        "wrong_group": _("không thuộc nhóm đối tượng"),
        "already_sent": _("đã được gửi lời mời"),
        "not_sent": _("chưa được gửi lời mời"),
        "started": _("đã bắt đầu trả lời"),
        "not_started": _("chưa bắt đầu trả lời"),
        "not_submitted": _("chưa nộp phiếu"),
        "not_reissued": _("mã chưa được cấp lại"),
        "no_contact": _("không có địa chỉ liên hệ dùng được"),
        "other_channel": _("chuyển sang kênh khác"),
        "stopped": _("đợt gửi bị dừng"),
        "closed": _("đợt điều tra đã kết thúc"),
        "complaint": _("người nhận báo thư rác"),
        "soft_bounce": _("hộp thư tạm thời không nhận"),
        "hard_bounce": _("địa chỉ không tồn tại"),
        "gave_up": _("thử nhiều lần trong một ngày mà không được nhận"),
    }
    if reason in known:
        return known[reason]
    if reason in set(Reason):
        return channels.reason(Reason(reason)).lower()
    return _("lý do khác (%(reason)s)", reason=reason)


def canary_state(state: CanaryState) -> tuple[str, str]:
    """A self-test's state and the tone of its badge."""
    return {
        CanaryState.TRYING: (_("đang gửi thử"), "busy"),
        CanaryState.SENT: (_("đã chuyển đi, chờ đến nơi"), "busy"),
        CanaryState.ARRIVED: (_("đã đến nơi"), "good"),
        CanaryState.MISSED: (_("không đến nơi"), "bad"),
        CanaryState.REFUSED: (_("bị từ chối"), "bad"),
    }[state]


def print_state(state: CanaryState) -> tuple[str, str]:
    """The same of a printed page."""
    return {
        CanaryState.ARRIVED: (_("in được"), "good"),
        CanaryState.MISSED: (_("chưa in thử được"), "bad"),
        CanaryState.REFUSED: (_("không in được"), "bad"),
    }.get(state) or (_("đang in thử"), "busy")


def refusal(error: invitations.InvitationError) -> tuple[str, str]:
    """What was refused about sending or about an invitation, and what to do."""
    match error:
        case errors.UnknownWave() | errors.UnknownBatch() | invitations.UnknownInvitation():
            return (
                _("Không tìm thấy mục này trong đợt điều tra."),
                _("Vui lòng trở lại danh sách và chọn lại."),
            )
        case errors.WaveInOtherState():
            return (
                _("Đợt gửi đang ở tình trạng: %(state)s.", state=wave_state(error.state)[0]),
                _("Vui lòng tải lại trang để xem tình trạng mới nhất."),
            )
        case errors.CountMistyped():
            return (
                _("Số vừa nhập không khớp với số người sẽ nhận."),
                _n(
                    "Nhập đúng %(n)s để xác nhận.",
                    "Nhập đúng %(n)s để xác nhận.",
                    error.expected,
                ),
            )
        case errors.CountMoved():
            return (
                _(
                    "Số người sẽ nhận đã thay đổi nhiều: từ %(shown)s thành %(now)s.",
                    shown=number(error.shown),
                    now=number(error.now),
                ),
                _("Đã đếm lại. Vui lòng xem lại bảng dưới đây rồi nhập số mới."),
            )
        case errors.WarningsUnread():
            return (
                _("Đợt gửi này có điều cần xác nhận riêng."),
                _("Vui lòng đọc và đánh dấu từng điều, hoặc sửa lại đợt gửi."),
            )
        case errors.NobodyToSendTo():
            return (
                _("Hiện không có ai thuộc diện nhận tin này."),
                _("Xem lý do ở bảng những người không gửi, rồi lập đợt gửi khác."),
            )
        case errors.NoLetters():
            return (
                _("Không còn thư giấy nào của đơn vị này chờ in."),
                _("Vui lòng chọn đơn vị khác."),
            )
        case invitations.NothingToList():
            return (
                _("Không có lời mời nào chờ đưa vào tệp gửi."),
                _("Cấp lời mời trước, hoặc tạo tệp cho mọi người còn phiếu chưa gửi."),
            )
        case invitations.NothingLeftToAnswer():
            return (
                _("Mọi phiếu của người này đã gửi hoặc đã thu hồi nên không có gì để cấp lại."),
                _("Không cần làm gì thêm."),
            )
        case invitations.ReasonMissing():
            return (
                _("Việc này cần ghi lý do."),
                _("Vui lòng ghi lý do: lý do được lưu trong nhật ký."),
            )
    return (
        _("Yêu cầu không phù hợp với tình trạng hiện tại. Không có gì bị thay đổi."),
        _("Vui lòng quay lại trang trước, tải lại trang và thử lại."),
    )
