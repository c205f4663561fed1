"""A page sent in after the session's end, kept sealed in its browser until the code is there again.

Anybody may sit at the device by then, so nothing is saved without the code: what was sent goes into a
cookie of an hour, under a key that the code and the key ring give together. Another code opens
nothing; whoever takes the cookie has ciphertext.
"""

import base64
import binascii
import json
import os
import re
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import flash, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from surveyapp import clock
from surveyapp.errors import SurveyError
from surveyapp.i18n import _
from surveyapp.invitations.queries import AssignmentView
from surveyapp.web.http import guard, sessions, state
from surveyapp.web.http.error_pages.refusals import words_for
from surveyapp.web.respond import saving
from surveyapp.web.respond.visit import answering

LIFE = timedelta(minutes=60)
COOKIE = sessions.Cookie("phieu_cho", "respondent-cookie")
REFUSED = sessions.Cookie("phieu_go", "respondent-cookie")
"""Holds a page as it was typed that was refused, until it is mended: its address shows it again."""
LARGEST = 2560
"""Bytes before base64, so that browsers take the cookie (4,096 with its name and flags)."""
STEP = 512
ENDPOINTS = {"respond.save", "respond.autosave", "respond.submit"}
REVIEW = 0
"""In place of a page: "submit" was pressed. Nothing is submitted later, but the review comes back at once."""
WHY = "!"
"""Beside the fields of a refused page: the item, and what is wrong with it in each language."""
NOT_KEPT = {sessions.CSRF_FIELD, "own", "go", "at", "language"}
_NONCE = 12


@dataclass(frozen=True)
class Page:
    """The fields of one page of one questionnaire, as they were sent in."""

    number: int
    page: int
    form: dict[str, str]
    sent_at: datetime


def seal(page: Page, code: str) -> str | None:
    """The cookie's value, padded so that its length tells little; None if no cookie can hold it."""
    content = [page.number, page.page, page.form, int(page.sent_at.timestamp())]
    plain = zlib.compress(json.dumps(content, ensure_ascii=False).encode())
    plain += bytes(-len(plain) % STEP)
    if len(plain) > LARGEST:
        return None
    nonce = os.urandom(_NONCE)
    key = next(iter(_sealing_keys(code)))
    sealed = AESGCM(key).encrypt(nonce, plain, COOKIE.plain_name.encode())
    return base64.urlsafe_b64encode(nonce + sealed).decode().rstrip("=")


def unseal(value: str, code: str, *, now: datetime) -> Page | None:
    """The page, for whoever has the code it was sent under; None for anybody else and after `LIFE`."""
    try:
        raw = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
    except (binascii.Error, ValueError):
        return None
    for key in _sealing_keys(code):
        try:
            plain = AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], COOKIE.plain_name.encode())
        except (InvalidTag, ValueError):
            continue
        number, page, form, seconds = json.loads(zlib.decompressobj().decompress(plain))
        sent_at = datetime.fromtimestamp(seconds, now.tzinfo)
        return Page(number, page, form, sent_at) if now - sent_at < LIFE else None
    return None


def _sealing_keys(code: str) -> list[bytes]:
    return [
        HKDF(hashes.SHA256(), 32, salt=root, info=b"kept page").derive(code.encode())
        for root in state.keys().keys(COOKIE.purpose)
    ]


def sealed_now() -> str | None:
    """What the present post sent in after the session's end, sealed; None where nothing is to be kept.

    Only a page of ours that stood open in this very session: the token it carries proves it.
    """
    ended = sessions.ended_respondent()
    if ended is None or request.endpoint not in ENDPOINTS:
        return None
    code, secret = ended
    if not guard.token_fits(request.form.get(sessions.CSRF_FIELD), secret):
        return None
    arguments = request.view_args or {}
    form = _sent_in()
    if request.endpoint == "respond.submit":
        return seal(Page(arguments["number"], REVIEW, {}, clock.now()), code)
    page = arguments["page"] if "page" in arguments else _page_named(form.pop("page", ""))
    return seal(Page(arguments["number"], page, form, clock.now()), code)


def _sent_in() -> dict[str, str]:
    return {
        name: " ".join(values)  # several boxes of one question are one answer
        for name, values in request.form.lists()
        if name not in NOT_KEPT
    }


def put_refused(response: Response, number: int, page: int, code: str, why: list[str]) -> bool:
    """Keep the present post as it was typed, and `why` it was refused; False if no cookie can hold it."""
    form = _sent_in() | {WHY: json.dumps(why)}
    value = seal(Page(number, page, form, clock.now()), code)
    if value is not None:
        response.set_cookie(_name(REFUSED), value, path="/", max_age=LIFE, **_flags())
    return value is not None


def refused(number: int, page: int, code: str) -> tuple[MultiDict[str, str], list[str]] | None:
    """What was typed on this page and why it was refused; None where nothing waits to be mended."""
    value = request.cookies.get(_name(REFUSED))
    kept = unseal(value, code, now=clock.now()) if value else None
    if kept is None or (kept.number, kept.page) != (number, page):
        return None
    return MultiDict(kept.form), json.loads(kept.form[WHY])


def _page_named(text: str) -> int:
    """The page the script says it is on; the first for anything else."""
    return int(text) if re.fullmatch("[1-9][0-9]?", text) else 1


def put(response: Response, value: str) -> None:
    """Leave the sealed page in the browser."""
    response.set_cookie(_name(), value, path="/", max_age=LIFE, **_flags())


def forget(response: Response) -> None:
    """Take the sealed page out of the browser, used or not, and one that was refused."""
    for name in (_name(), _name(REFUSED)):
        if sessions.sent_with(request, name) is not None:
            response.delete_cookie(name, path="/", **_flags())


def restore(code: str) -> str | None:
    """Save what waited for this code and say so; the address of its page, None where nothing waited."""
    value = request.cookies.get(_name())
    page = unseal(value, code, now=clock.now()) if value else None
    if page is None:
        return None
    try:
        if page.page == REVIEW:
            return _review(answering(page.number)[1])
        instrument, saved = saving.save(page.number, MultiDict(page.form))
    except SurveyError as exc:
        why = words_for(exc).message
        flash(_("Trang gửi lúc phiên làm việc đã hết không lưu được. %(why)s", why=why), "warning")
        return None
    flash(_("Trang Ông/Bà gửi lúc phiên làm việc đã hết nay đã được lưu."), "success")
    if saved.elsewhere:
        flash(saving.told_elsewhere(instrument, saved), "warning")
    return url_for("respond.section", number=page.number, page=page.page)


def _review(assignment: AssignmentView) -> str:
    """The address of the review, which says that nothing was submitted."""
    if not assignment.is_submitted:
        flash(
            _(
                "Phiếu CHƯA được nộp vì phiên làm việc đã hết. "
                "Ông/Bà xem lại rồi bấm “Nộp phiếu” lần nữa."
            ),
            "warning",
        )
    return url_for("respond.review", number=assignment.number)


def _name(cookie: sessions.Cookie = COOKIE) -> str:
    return cookie.name(secure=state.settings().secure)


def _flags() -> dict[str, Any]:
    return {"secure": state.settings().secure, "httponly": True, "samesite": "Lax"}
