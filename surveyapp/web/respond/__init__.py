"""The respondent's pages: open the link or type the code, answer, review, submit, keep a receipt."""

from typing import Any

from flask import Blueprint, Response, request, session, url_for

from surveyapp.i18n import _
from surveyapp.web.http.sessions import (
    own_digits,
    respondent_seconds_left,
    respondent_session_is_final,
)

bp = Blueprint("respond", __name__)
PARTED, WHOLE = "Ông/Bà".encode(), "Ông/\u2060Bà".encode()


def on_one_line(html: str) -> str:
    """The address kept whole where a page is prepared, so that no request looks for it in vain."""
    return html.replace(PARTED.decode(), WHOLE.decode())


@bp.before_request
def _what_was_told_is_over() -> None:
    """Looking at a page sets no cookie, so a message told once goes with the next thing sent in."""
    if request.method == "POST":
        for told in ("_flashes", "typed"):
            session.pop(told, None)


@bp.after_request
def _address_on_one_line(response: Response) -> Response:
    """Firefox parts "Ông/Bà" after the slash; a word joiner there keeps it whole in every browser."""
    if response.mimetype == "text/html" and "Content-Encoding" not in response.headers:
        page = response.get_data()
        if (whole := page.replace(PARTED, WHOLE)) is not page:
            response.set_data(whole)
    return response


@bp.context_processor
def _frame() -> dict[str, Any]:
    """What the frame of every respondent's page shows."""
    links = (
        (_("Trợ năng"), url_for("respond.accessibility")),
        (_("Kiểm tra mã biên nhận"), url_for("respond.ask_receipt")),
        (_("Cam kết giữ kín"), url_for("respond.promises")),
    )
    return {
        "foot_links": links,
        "seconds_left": respondent_seconds_left,
        "session_is_final": respondent_session_is_final,
        "own_digits": own_digits,
        "back_path": own_address.back_path,
    }


from surveyapp.web.respond import (  # noqa: E402  routes, words and addresses, once the blueprint stands
    answering,  # noqa: F401
    dead_ends,  # noqa: F401
    declaring,  # noqa: F401
    entry,  # noqa: F401
    finish,  # noqa: F401
    posted_ends,  # noqa: F401
    published_receipts,  # noqa: F401
)
from surveyapp.web.respond.devices import own_address  # noqa: E402  once the blueprint stands
from surveyapp.web.respond.devices import pages as device_pages  # noqa: E402, F401  its routes, once the blueprint stands
from surveyapp.web.respond.promise import pages as promise_pages  # noqa: E402, F401  its routes, once the blueprint stands
