"""Every dead end of a respondent, in plain words, with the next step."""

import re
from datetime import datetime

from flask import jsonify, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from surveyapp import clock, i18n
from surveyapp.assignments import errors as assignments
from surveyapp.i18n import _, moment
from surveyapp.instruments.kinds.kind import NOT_OFFERED
from surveyapp.invitations import errors as invitations
from surveyapp.responses import errors as responses
from surveyapp.web.http import sessions
from surveyapp.web.http.error_pages.errors import token_refused
from surveyapp.web.http.error_pages.refusals import Words, words
from surveyapp.web.http.guard import ForeignOrigin
from surveyapp.web.parts import help_desk
from surveyapp.web.parts.help_desk import contact
from surveyapp.web.respond import bp, posted_ends, sealed_page
from surveyapp.web.respond.devices.own_address import AnothersAddress
from surveyapp.web.respond.visit import NoSuchQuestionnaire, SessionOver

OVER = 401


@bp.errorhandler(SessionOver)
def session_over(_error: SessionOver) -> ResponseReturnValue:
    """The code page again: what was saved is kept, the code opens it and saves the page just sent."""
    sealed = sealed_page.sealed_now()
    until = clock.now() + sealed_page.LIFE if sealed else None
    if request.accept_mimetypes.best == "application/json":
        response = jsonify(
            message=_over(i18n.clock_time(until) if until else None), kept=bool(sealed)
        )
        response.status_code = OVER
    elif posted_ends.by_redirect():
        seconds = int(until.timestamp()) if until else 0
        told = {"over": [_pressed(), seconds, sessions.respondent_session_is_over()]}
        home = url_for("respond.home", het=1, lang=_asked_language())
        response = make_response(posted_ends.lead(home, told))
    else:
        response = make_response(
            over(_pressed(), until, had_one=sessions.respondent_session_is_over())
        )
    if sealed:
        sealed_page.put(response, sealed)
    return response


def over(pressed: str, kept_until: datetime | None, *, had_one: bool) -> tuple[str, int]:
    """Whether a session ended here, was left, or none came with the request, and then whether by our own button.

    A browser that sends any cookie of ours blocks none: then nothing is said about blocking.
    """
    page = render_template(
        "respond/code.html",
        kept_until=i18n.clock_time(kept_until) if kept_until else None,
        contact=help_desk.nearest(),
        session_over=had_one,
        pressed=pressed,
        left="left" in posted_ends.told(),
        never_begun=not had_one,
        from_here=request.headers.get("Sec-Fetch-Site") == "same-origin" and not request.cookies,
        host=request.host,
    )
    return page, OVER


def _pressed() -> str:
    """Whose button was pressed; empty where a page was looked at."""
    return (request.endpoint or "").rpartition(".")[2] if request.method == "POST" else ""


def _asked_language() -> str | None:
    """What the button of the language was to bring, where that was pressed too late, or the address asks for."""
    asked = request.form.get("language") or request.args.get("lang")
    return asked if asked in i18n.LOCALES else None


def _over(until: str | None) -> str:
    if until is None:
        return _("Phiên làm việc đã hết. Những câu đã lưu vẫn còn.")
    return _(
        "Phiên làm việc đã hết. Ông/Bà mở lại liên kết hoặc nhập mã trên máy này trước %(until)s "
        "thì câu vừa chọn được lưu.",
        until=until,
    )


@bp.errorhandler(CSRFError)
def sent_after_the_end(error: CSRFError) -> ResponseReturnValue:
    """A page sent in after the session's end has no token left to compare: say that, not "forged"."""
    if sessions.respondent_session_is_over() and not isinstance(error, ForeignOrigin):
        return session_over(SessionOver())
    sent, present = request.form.get("own", ""), sessions.own_digits()
    if re.fullmatch("[0-9]{4}", sent) and present and sent != present:
        return posted_ends.page_of(lambda: _anothers(sent, present))
    if posted_ends.by_redirect():
        return posted_ends.lead(url_for("respond.not_done"), {"forged": True})
    return token_refused(error)


def _anothers(sent: str, present: str) -> Words:
    return Words(
        409,
        _("Trên máy này đang mở phiếu của người khác"),
        _(
            "Trang vừa gửi thuộc phiếu có mã truy cập 4 số cuối %(sent)s, nhưng phiếu đang mở trên máy này "
            "có 4 số cuối %(present)s. Trang vừa gửi chưa được lưu và không ghi vào phiếu của ai.",
            sent=sent,
            present=present,
        ),
        _(
            "Ông/Bà mở lại liên kết của mình trong tin nhắn, hoặc nhập mã truy cập có 4 số cuối %(sent)s.",
            sent=sent,
        ),
        is_anothers=True,
    )


@words(AnothersAddress)
def _anothers_address(_error: AnothersAddress) -> Words:
    return Words(
        409,
        _("Trang này thuộc phiếu của người khác"),
        _(
            "Địa chỉ vừa mở thuộc một lời mời khác với phiếu đang mở trên máy này (mã truy cập có 4 số cuối "
            "%(present)s). Chưa có gì được hiện hay được ghi.",
            present=sessions.own_digits(),
        ),
        _(
            "Nếu là phiếu của Ông/Bà, xin mở lại liên kết của mình trong tin nhắn hoặc nhập mã truy cập của mình."
        ),
        is_anothers=True,
    )


@words(NoSuchQuestionnaire, assignments.UnknownAssignment)
def _no_questionnaire(_error: NoSuchQuestionnaire) -> Words:
    return Words(
        404,
        _("Không có phiếu này"),
        _("Lời mời của Ông/Bà không có phiếu hoặc phần với số này."),
        _("Vui lòng trở lại danh sách phiếu và chọn lại."),
    )


@words(invitations.TamperedLink)
def _tampered(_error: invitations.TamperedLink) -> Words:
    return Words(
        404,
        _("Liên kết bị thiếu hoặc đã bị thay đổi"),
        _(
            "Có thể liên kết bị cắt mất một đoạn khi sao chép hay chuyển tiếp. "
            "Chưa có gì được mở và không có gì bị mất."
        ),
        _(
            "Vui lòng bấm lại liên kết trong thư hoặc tin nhắn gốc, "
            "hoặc nhập mã truy cập 16 chữ số tại trang đầu."
        ),
    )


@words(invitations.LinkReplaced)
def _replaced(error: invitations.LinkReplaced) -> Words:
    return Words(
        410,
        _("Liên kết này đã được thay bằng liên kết mới"),
        _(
            "Bộ Nội vụ đã cấp lại lời mời cho Ông/Bà, nên liên kết và mã cũ không dùng được nữa. "
            "Câu đã lưu mà chưa nộp đã bị xóa vì chỉ mã cũ mở được; phiếu đã nộp vẫn được tính."
        ),
        _(
            "Vui lòng dùng thư mời hoặc tin nhắn mới nhất. Nếu chưa nhận được, xin liên hệ tổ hỗ trợ."
        ),
        contact=contact(error.settings),
    )


@words(invitations.LinkRevoked)
def _revoked(error: invitations.LinkRevoked) -> Words:
    return Words(
        410,
        _("Lời mời này đã được thu hồi"),
        _(
            "Danh sách đã được điều chỉnh và lời mời này không còn hiệu lực. "
            "Phiếu đã nộp, nếu có, vẫn được tính; câu đã lưu mà chưa nộp không được tính."
        ),
        _("Nếu cho rằng có nhầm lẫn, Ông/Bà vui lòng liên hệ tổ hỗ trợ ghi trong thư mời."),
        contact=contact(error.settings),
    )


@words(invitations.UnknownCode)
def _unknown(_error: invitations.UnknownCode) -> Words:
    return Words(
        404,
        _("Không tìm thấy lời mời"),
        _("Mã hoặc liên kết này không mở được phiếu nào."),
        _("Vui lòng so lại với thư mời hoặc tin nhắn gốc, hoặc liên hệ tổ hỗ trợ."),
    )


@words(invitations.CampaignNotOpenYet)
def _not_open(error: invitations.CampaignNotOpenYet) -> Words:
    return Words(
        403,
        _("Đợt khảo sát chưa mở"),
        _("Đợt khảo sát mở lúc %(opens)s.", opens=moment(error.opens_at)),
        _("Ông/Bà giữ liên kết hoặc mã truy cập và mở lại sau thời điểm đó."),
    )


@words(invitations.CampaignClosed)
def _closed(error: invitations.CampaignClosed) -> Words:
    return Words(
        403,
        _("Đợt khảo sát đã kết thúc"),
        _(
            "Đợt khảo sát kết thúc lúc %(closed)s nên không nhận thêm câu trả lời. "
            "Phiếu đã nộp được tính đầy đủ. Câu đã lưu mà chưa nộp không được tính; "
            "bản nháp vẫn được mã hóa và bị hủy khi khóa thu phiếu.",
            closed=moment(error.closed_at),
        ),
        _("Nếu đợt khảo sát được gia hạn, liên kết và mã của Ông/Bà dùng lại được ngay."),
    )


@words(assignments.AlreadySubmitted)
def _submitted(_error: assignments.AlreadySubmitted) -> Words:
    return Words(
        409,
        _("Phiếu này đã được nộp"),
        _("Phiếu đã nộp được niêm phong nên không sửa được nữa. Lần lưu này không được ghi nhận."),
        _("Ông/Bà có thể trở lại danh sách phiếu để xem mã biên nhận."),
    )


@words(assignments.AssignmentRevoked)
def _form_revoked(_error: assignments.AssignmentRevoked) -> Words:
    return Words(
        410,
        _("Phiếu này không còn được giao cho Ông/Bà"),
        _("Danh sách đã được điều chỉnh nên phiếu này không cần trả lời nữa."),
        _("Ông/Bà có thể trở lại danh sách phiếu để xem phiếu khác, nếu có."),
    )


@words(responses.NotAnOption, responses.UnknownItem)
def _not_an_option(error: responses.NotAnOption | responses.UnknownItem) -> Words:
    said = error.said if isinstance(error, responses.NotAnOption) else NOT_OFFERED
    return Words(
        422,
        _("Câu trả lời không có trong phiếu")
        if said is NOT_OFFERED
        else _("Câu trả lời chưa hợp lệ"),
        _("Lựa chọn vừa gửi không có trong câu hỏi này. Trang chưa được lưu, xin chọn lại.")
        if said is NOT_OFFERED
        else _(
            "%(said)s Trang chưa được lưu, xin sửa lại.",
            said=_(said.words, **said.facts),
        ),
        _(
            "Vui lòng quay lại trang trước và chọn một phương án có sẵn. Các câu đã lưu trước đó vẫn còn."
        ),
    )


@words(responses.RemarkTooLong)
def _remark_too_long(error: responses.RemarkTooLong) -> Words:
    return Words(
        422,
        _("Ý kiến dài quá giới hạn"),
        _(
            "Ý kiến dài quá %(over)s ký tự (tối đa %(limit)s) nên trang chưa được lưu. "
            "Ông/Bà vui lòng rút gọn.",
            over=error.length - error.limit,
            limit=error.limit,
        ),
        _("Vui lòng rút gọn rồi lưu lại."),
    )


@words(responses.DraftUnreadable)
def _draft_unreadable(_error: responses.DraftUnreadable) -> Words:
    return Words(
        409,
        _("Không mở được bản nháp"),
        _("Bản nháp được mã hóa bằng mã truy cập khác hoặc đã hỏng, nên máy chủ không đọc được."),
        _("Vui lòng liên hệ tổ hỗ trợ để được cấp lại lời mời và trả lời lại từ đầu."),
    )


@words(responses.BegunElsewhere)
def _elsewhere(_error: responses.BegunElsewhere) -> Words:
    return Words(
        409,
        _("Ông/Bà đang ở một máy khác"),
        _("Máy này chưa được xem các câu đã lưu trên máy khác."),
        _("Vui lòng nhập mã chuyển máy lấy từ máy kia, hoặc trả lời lại từ đầu trên máy này."),
    )


@words(responses.BegunTooOften)
def _too_often(_error: responses.BegunTooOften) -> Words:
    return Words(
        409,
        _("Phiếu đã được bắt đầu trên quá nhiều máy"),
        _(
            "Phiếu này không bắt đầu lại được nữa. Trang chưa được lưu; phần lưu trên các máy kia vẫn còn."
        ),
        _(
            "Vui lòng trả lời tiếp trên máy đã dùng, hoặc liên hệ tổ hỗ trợ để được cấp lại lời mời."
        ),
    )


@words(responses.DraftSecretMissing)
def _no_draft_secret(_error: responses.DraftSecretMissing) -> Words:
    return Words(
        503,
        _("Máy chủ chưa nhận được câu trả lời"),
        _("Máy chủ này thiếu một tệp bí mật nên chưa mở được phiếu. Không có gì bị mất."),
        _("Vui lòng thử lại sau ít phút, hoặc báo tổ hỗ trợ ghi trong thư mời."),
    )


@words(responses.NothingToSubmit)
def _nothing(_error: responses.NothingToSubmit) -> Words:
    return Words(
        422,
        _("Phiếu chưa có câu trả lời nào"),
        _("Phiếu trống không nộp được. Chưa có gì thay đổi."),
        _(
            "Ông/Bà trả lời ít nhất một câu, hoặc chọn “Tôi không muốn trả lời” trong danh sách phiếu "
            "để chúng tôi không nhắc lại."
        ),
    )
