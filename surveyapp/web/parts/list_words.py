"""Words about respondent lists that desks and the centre share."""

from datetime import date

from surveyapp.campaigns.models import ListKind
from surveyapp.i18n import _, _n, day, lazy, locale, number
from surveyapp.respondents import labels
from surveyapp.respondents.errors import (
    BadDeskAddress,
    BadHeadcount,
    DeadlineNotLater,
    ListHeld,
    ListInOtherState,
    ListNotExpected,
    ListsNoLongerTaken,
    ListUnfinished,
    NobodyLeft,
    NoteMissing,
    UnknownLine,
    UnknownList,
    UnknownPerson,
)
from surveyapp.respondents.models import ListFinding
from surveyapp.respondents.people.frame_checks import Concern
from surveyapp.respondents.states import ListState, ReminderState
from surveyapp.web.http.error_pages.refusals import Words, words

STATES = {
    "missing": (lazy("Chưa gửi"), "idle"),
    "nobody": (lazy("Đã khai không có người"), "good"),
    ListState.STAGED: (lazy("Đang sửa"), "busy"),
    ListState.ACCEPTED: (lazy("Đã gửi, chờ duyệt"), "busy"),
    ListState.APPROVED: (lazy("Đã duyệt"), "good"),
    ListState.RETURNED: (lazy("Trả lại"), "bad"),
    ListState.WITHDRAWN: (lazy("Đã bỏ"), "neutral"),
    ListState.SUPERSEDED: (lazy("Đã có bản mới"), "neutral"),
}
"""What a list's state is called and the tone of its badge."""
REMINDERS = {
    ReminderState.QUEUED: lazy("chờ gửi"),
    ReminderState.HANDED_OVER: lazy("đã gửi"),
    ReminderState.FAILED: lazy("không gửi được"),
}
"""What became of an e-mail to a desk."""
TONES = {"must": "bad", "check": "warn", "note": "neutral"}


def kind_name(kind: ListKind) -> str:
    """The list kind in the present language."""
    return kind.name_en if locale() == "en" else kind.name_vi


def finding_words(finding: ListFinding) -> str:
    """What is wrong with a stored line, in the present language."""
    return labels.message(finding.plain())


def deadline(due: date, *, today: date) -> str:
    """How long until lists are due, in words."""
    left = (due - today).days
    if left > 0:
        return _n(
            "Còn %(n)s ngày, đến hết %(day)s", "Còn %(n)s ngày, đến hết %(day)s", left, day=day(due)
        )
    if left == 0:
        return _("Hôm nay là hạn cuối (%(day)s)", day=day(due))
    return _n(
        "Quá hạn %(n)s ngày (hạn %(day)s)", "Quá hạn %(n)s ngày (hạn %(day)s)", -left, day=day(due)
    )


def versus_plan(listed: int | None, planned: int) -> str:
    """`62 / khoảng 65`: people listed against the plan's expectation."""
    if listed is None:
        return _("– / khoảng %(planned)s", planned=number(planned))
    return _("%(listed)s / khoảng %(planned)s", listed=number(listed), planned=number(planned))


def concern_words(concern: Concern) -> str:
    """What the centre should look into before invitations go out."""
    n = number(concern.n)
    if concern.code == "in_two_units":
        return _(
            "%(n)s người có trong danh sách của cả các đơn vị này: mỗi người sẽ nhận nhiều lời mời.",
            n=n,
        )
    if concern.code == "missing_department":
        return _(
            "Không có ai của %(department)s, trong khi hầu hết các tỉnh, thành phố đều có.",
            department=concern.what,
        )
    if concern.code == "no_head":
        return _("%(n)s sở, ban, ngành chỉ có cấp phó trong danh sách lãnh đạo.", n=n)
    if concern.code == "numbers_in_a_row":
        return _("%(n)s người có số điện thoại liền nhau: có thể do kéo ô trong bảng tính.", n=n)
    if concern.code == "size":
        return _(
            "%(kind)s có %(n)s người, chưa bằng một nửa hoặc hơn gấp đôi phương án.",
            kind=concern.what,
            n=n,
        )
    return _(
        "%(n)s người chỉ có một liên hệ dùng chung với người khác: một người có thể trả lời thay.",
        n=n,
    )


@words(UnknownList, UnknownLine, UnknownPerson)
def _not_there(_error: UnknownList | UnknownLine | UnknownPerson) -> Words:
    return Words(
        404,
        _("Không tìm thấy trang"),
        _("Danh sách, dòng hoặc người này không có, hoặc không thuộc đơn vị của Ông/Bà."),
        _("Vui lòng mở lại từ trang danh sách của đơn vị."),
    )


@words(ListNotExpected)
def _not_expected(_error: ListNotExpected) -> Words:
    return Words(
        404,
        _("Đơn vị không phải lập danh sách này"),
        _("Đợt điều tra không yêu cầu đơn vị lập danh sách loại này. Không có gì bị thay đổi."),
        _("Vui lòng mở lại từ trang danh sách của đơn vị."),
    )


@words(ListInOtherState)
def _other_state(error: ListInOtherState) -> Words:
    return Words(
        409,
        _("Danh sách đã sang trạng thái khác"),
        _("Danh sách đang ở trạng thái “%(state)s” nên không làm được việc vừa chọn. Không có gì bị thay đổi.", state=str(STATES[error.state][0])),
        _("Vui lòng mở lại danh sách để xem tình trạng hiện tại. Danh sách đã gửi cần được rút lại trước khi sửa."),
    )  # fmt: skip


@words(ListUnfinished)
def _unfinished(error: ListUnfinished) -> Words:
    return Words(
        409,
        _("Danh sách còn lỗi phải sửa"),
        _("Còn %(count)s lỗi phải sửa nên danh sách chưa được xác nhận.", count=error.must_count),
        _("Vui lòng quay lại danh sách, sửa từng dòng hoặc bỏ dòng đó khỏi danh sách."),
    )


@words(NobodyLeft)
def _nobody_left(_error: NobodyLeft) -> Words:
    return Words(
        409,
        _("Danh sách không còn ai"),
        _("Mọi dòng đều đã bỏ nên danh sách chưa được xác nhận."),
        _(
            "Vui lòng lấy lại dòng cần giữ, gửi tệp khác, hoặc khai đơn vị không có người trong danh sách này."
        ),
    )


@words(ListHeld)
def _held(error: ListHeld) -> Words:
    return Words(
        409,
        _("Danh sách đang được giữ lại để xem xét"),
        error.hold_note,
        _("Vui lòng thôi giữ danh sách trước khi duyệt."),
    )


@words(DeadlineNotLater)
def _not_later(error: DeadlineNotLater) -> Words:
    return Words(
        422,
        _("Ngày gia hạn phải sau hạn hiện nay"),
        _("Hạn hiện nay của đơn vị là %(day)s. Không có gì bị thay đổi.", day=day(error.due)),
        _("Vui lòng quay lại và chọn một ngày muộn hơn."),
    )


@words(BadHeadcount)
def _bad_headcount(error: BadHeadcount) -> Words:
    return Words(
        422,
        _("Số người không hợp lệ"),
        _("Số người là một số nguyên từ 0 đến %(limit)s.", limit=number(error.limit)),
        _("Vui lòng quay lại và ghi lại số người."),
    )


@words(BadDeskAddress)
def _bad_address(_error: BadDeskAddress) -> Words:
    return Words(
        422,
        _("Địa chỉ thư điện tử không hợp lệ"),
        _("Địa chỉ nhận nhắc chưa được lưu."),
        _("Vui lòng quay lại và ghi một địa chỉ như phongcchc@tinh.gov.vn."),
    )


@words(ListsNoLongerTaken)
def _closed(_error: ListsNoLongerTaken) -> Words:
    return Words(
        409,
        _("Đợt điều tra đã kết thúc thu thập"),
        _("Danh sách không còn được tiếp nhận hoặc sửa đổi. Không có gì bị thay đổi."),
        _("Nếu có sai sót cần báo, vui lòng liên hệ người phụ trách đợt điều tra."),
    )


@words(NoteMissing)
def _note_missing(_error: NoteMissing) -> Words:
    return Words(
        422,
        _("Chưa ghi lý do trả lại"),
        _("Đơn vị cần biết phải sửa gì, nên trả lại danh sách phải kèm lý do."),
        _("Vui lòng quay lại, ghi lý do rồi gửi lại."),
    )
