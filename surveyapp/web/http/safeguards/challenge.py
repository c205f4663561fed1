"""What a stranger does instead of being refused: a browser works for some seconds, or somebody waits a minute.

The work is ALTCHA's (a number whose SHA-256 is given), made and checked by its library; the solution is of one
network, for ten minutes, and taken once. The wait is a signed moment, for browsers without scripts.
"""

import base64
import json
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs

from altcha import v1 as altcha
from flask import render_template, request
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.orm import Session

from surveyapp import clock, limits, small_json
from surveyapp.web.http.state import keys

PROOF, WAITED = "altcha", "waited"
LIVES = timedelta(minutes=10)
WAIT = timedelta(minutes=1)
_ONCE = timedelta(days=1)


def page(
    template: str, network: bytes, *, effort: int, now: datetime, ticket: str, **facts: Any
) -> ResponseReturnValue:
    """The page that asks for the work (unless `effort` is 0) or the wait; what was typed comes along.

    `ticket` is what was sent in under `WAITED`.
    """
    began = _began(ticket, network)
    if began is None or now - began > LIVES:
        ticket, began = _serializer().dumps([network.hex()[:16], int(now.timestamp())]), now
    shown = render_template(
        template,
        challenge=_challenge(network, effort, now) if effort else None,
        ticket=ticket,
        seconds=max(0, int((began + WAIT - now).total_seconds())),
        **facts,
    )
    return shown, 429


def has_worked(db: Session, network: bytes, *, now: datetime) -> bool:
    """The form carries a solution of this network's challenge that nobody used before."""
    answer = request.form.get(PROOF, "")
    if not answer:
        return False
    try:
        told = small_json.read(base64.b64decode(answer))
        params = parse_qs(str(told["salt"]).partition("?")[2])
        made = datetime.fromtimestamp(int(params["t"][0]), tz=now.tzinfo)
        sound, _reason = altcha.verify_solution(answer, _key(), check_expires=False)
        is_ours = params["n"][0] == network.hex()[:16]
    except (ValueError, KeyError, TypeError, IndexError, OverflowError):
        return False
    if not (sound and is_ours and now - made <= LIVES):
        return False
    used = sha256(b"altcha" + str(told["signature"]).encode()).digest()
    if limits.attempts(db, used, now=now, window=_ONCE) != (0, 0):
        return False
    limits.count_attempt(db, used, succeeded=True, now=now, window=_ONCE)
    return True


def has_waited(network: bytes, *, now: datetime) -> bool:
    """The form carries a ticket that was given to this network a minute ago or longer."""
    began = _began(request.form.get(WAITED, ""), network)
    return began is not None and WAIT <= now - began <= LIVES


def _challenge(network: bytes, effort: int, now: datetime) -> str:
    params = {"n": network.hex()[:16], "t": str(int(now.timestamp()))}
    made = altcha.create_challenge(
        algorithm="SHA-256",
        max_number=effort,
        salt_length=12,
        hmac_key=_key(),
        salt="",
        number=None,
        expires=None,
        params=params,
    )
    return json.dumps(made.to_dict())


def _began(ticket: str, network: bytes) -> datetime | None:
    try:
        of, moment = _serializer().loads(ticket)
    except (BadData, ValueError, TypeError):
        return None

    return (
        datetime.fromtimestamp(moment, tz=clock.now().tzinfo) if of == network.hex()[:16] else None
    )


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(keys().key("limits"), salt="waited")


def _key() -> str:
    return keys().mac("limits", b"altcha").hex()
