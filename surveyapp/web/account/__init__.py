"""Staff accounts: sign in by password, passkey or a ministry's provider, second factor, set it up, own sessions, password and language."""

from importlib import import_module

from flask import Blueprint

bp = Blueprint("account", __name__, url_prefix="/account")

_MODULES = ("sign_in", "single_sign_on", "second_factor", "enrolment", "activation", "home")
for _module in _MODULES:
    import_module(f"surveyapp.web.account.{_module}")
