"""Signing in by a ministry's own provider (OpenID Connect): in place of the password, never of the second factor."""

from functools import lru_cache
from typing import Any

from flask import Flask, abort, current_app, request, session, url_for
from flask.typing import ResponseReturnValue

from surveyapp import clock, log
from surveyapp.accounts.signing_in import sign_in as signing
from surveyapp.accounts.signing_in.sign_in import SignInRefused
from surveyapp.config import Settings
from surveyapp.db import transaction
from surveyapp.i18n import _
from surveyapp.web.account import bp
from surveyapp.web.account import sign_in as password
from surveyapp.web.http.access import anyone, safe_next
from surveyapp.web.http.state import settings

SECONDS = 5
AFTER = "after_provider"


@lru_cache(maxsize=4)
def _client(app: Flask, told: Settings) -> Any:
    """Authlib's client of the provider: state, nonce, PKCE and every check of the identity token are its own."""
    from authlib.integrations.flask_client import OAuth  # 20 MB, only where there is a provider

    return OAuth(app).register(
        "provider",
        client_id=told.oidc_client_id,
        client_secret=told.oidc_client_secret,
        server_metadata_url=f"{told.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid profile email",
            "code_challenge_method": "S256",
            "default_timeout": SECONDS,
        },
    )


def client() -> Any:
    """404 where no provider is set."""
    if not settings().oidc_issuer:
        abort(404)
    return _client(current_app._get_current_object(), settings())  # type: ignore[attr-defined]


@bp.get("/sign-in/provider")
@anyone
def to_provider() -> ResponseReturnValue:
    """Go to the provider; what proves the way back lies in the sealed cookie, nothing on the server."""
    provider = client()
    back = settings().base_url + url_for("account.from_provider")
    after = safe_next(request.args.get("next"))
    try:
        answer: ResponseReturnValue = provider.authorize_redirect(back)
    except Exception as fault:
        return _refused(fault, away=True)
    session[AFTER] = after
    return answer


@bp.get("/sign-in/provider/back")
@anyone
def from_provider() -> ResponseReturnValue:
    """Who the provider says has come, if that name has an account here; the second factor is ours."""
    provider = client()
    after = session.pop(AFTER, None)
    try:
        token = provider.authorize_access_token()
        claims = token["userinfo"]
    except Exception as fault:
        return _refused(fault, away=False)
    caller = password.who_calls()
    with transaction() as db:
        outcome = signing.by_provider(
            db,
            name=_name(claims),
            by_email=settings().oidc_claim == "email",
            caller=caller,
            now=clock.now(),
            demands_factor=not settings().demo,
        )
    if isinstance(outcome, SignInRefused):
        words = _(
            "Tài khoản của cơ quan Ông/Bà chưa được cấp quyền ở đây. Vui lòng liên hệ Vụ CCHC."
        )
        return password.page(errors=[("username", words)]), 422
    return password.begin(outcome, safe_next(after))


def _name(claims: dict[str, Any]) -> str:
    """The claim that names the account; an address only where the provider has proved it."""
    claim = settings().oidc_claim
    if claim == "email" and claims.get("email_verified") is not True:
        return ""
    return str(claims.get(claim) or "")


def _refused(fault: Exception, *, away: bool) -> ResponseReturnValue:
    """In the same words whatever was wrong; the log has its kind and nothing that was sent."""
    log.event("provider_refused", kind=type(fault).__name__, away=away)
    words = _(
        "Không đăng nhập được qua hệ thống của cơ quan. Vui lòng thử lại, hoặc dùng mật khẩu."
    )
    return password.page(errors=[("username", words)]), 502 if away else 422
