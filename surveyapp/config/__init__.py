"""Settings from the environment: frozen, and every fault reported at once."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from surveyapp.config import environment_file
from surveyapp.errors import SurveyError

ENVIRONMENT_FILE = environment_file.VARIABLE
"""The variable that names the file of settings."""
DEMO_MARKS = ("demo.json", "demo/unfinished")
"""Files by which an instance folder is known as a demonstration's."""
PROJECT = Path(__file__).resolve().parent.parent.parent
AUDIENCES = ("all", "respondent", "desk", "centre")
"""Whose pages a process serves."""
_SMTP = frozenset({"smtp", "smtp+starttls", "smtps"})
_IMAP = frozenset({"imap", "imap+starttls", "imaps"})


def settings_file() -> Path:
    """The file of settings that is read, whether or not it is there."""
    return environment_file.in_use()


class SettingsRefused(SurveyError):
    """The environment does not describe a server that can run; `faults` lists all reasons."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Addresses:
    """Scheme and host at which each audience is served: what links to the pages of another begin with."""

    respondent: str
    desk: str
    centre: str

    @classmethod
    def alike(cls, base_url: str) -> "Addresses":
        """One host serves everybody."""
        return cls(base_url, base_url, base_url)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where the server lives and what it may rely on.

    Each field is read from the variable of the same name in capitals, prefixed `SURVEYAPP_`
    (`database_url` alone is `DATABASE_URL`). The README table of settings is checked against this class.
    """

    instance: Path = PROJECT / "instance"
    database_url: str = field(default="", repr=False)
    keys: Path = Path()
    base_url: str = "http://127.0.0.1:8000"
    respondent_url: str = ""
    desk_url: str = ""
    centre_url: str = ""
    questionnaires: Path = PROJECT / "questionnaires"
    hosts: tuple[str, ...] = ()
    trusted_proxies: int = 0
    demo: bool = False
    audience: str = "all"
    log_level: str = "INFO"
    metrics_token: str = field(default="", repr=False)
    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    mail_reply_to: str = ""
    mail_bounces: str = ""
    mail_canary: tuple[str, ...] = ()
    audit_head_to: tuple[str, ...] = ()
    sms_canary: tuple[str, ...] = ()
    canary_imap: tuple[str, ...] = field(default=(), repr=False)
    mail_ca: Path | None = None
    dkim_key: Path | None = None
    dkim_selector: str = "khaosat"
    imap_url: str = field(default="", repr=False)
    sms_gateway: Path | None = None
    zalo: Path | None = None
    delivery_token: str = field(default="", repr=False)
    sms_receipt_token: str = field(default="", repr=False)
    send_per_minute: int = 600
    send_per_day: int = 50_000
    send_per_domain: int = 60
    send_per_domain_day: int = 10_000
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    oidc_claim: str = "preferred_username"
    oidc_name: str = "SSO"
    backup_recipient: str = ""
    backup_keep: int = 14
    backup_database_url: str = field(default="", repr=False)
    alarm_to: tuple[str, ...] = ()
    backups: Path = Path()
    store: Path = Path()
    store_bucket: str = field(default="", repr=False)
    draft_secrets: Path | None = None

    @property
    def secure(self) -> bool:
        """People reach the server over TLS, so cookies may be `__Host-`."""
        return self.base_url.startswith("https://")

    @property
    def addresses(self) -> Addresses:
        """Where each audience is served: at this process's own address unless the settings name another."""
        return Addresses(
            self.respondent_url or self.base_url,
            self.desk_url or self.base_url,
            self.centre_url or self.base_url,
        )


def variable(field_name: str) -> str:
    """The environment variable that sets a field of `Settings`."""
    return "DATABASE_URL" if field_name == "database_url" else f"SURVEYAPP_{field_name.upper()}"


def read_settings(
    environment: Mapping[str, str] | None = None, *, as_demo: bool = False
) -> Settings:
    """Settings of this environment and its file. Raises `SettingsRefused` with every fault at once."""
    faults: list[str] = []
    env = environment_file.merged(os.environ, faults) if environment is None else environment
    if as_demo:
        env = {"SURVEYAPP_DEMO": "yes", **env}
    given = {f.name: env[variable(f.name)] for f in fields(Settings) if env.get(variable(f.name))}
    known = {variable(f.name) for f in fields(Settings)} | {environment_file.VARIABLE}
    faults += [
        f"{name}: unknown setting"
        for name in sorted(env)
        if name.startswith("SURVEYAPP_") and name not in known
    ]
    instance = Path(given.get("instance", str(Settings.instance))).absolute()
    settings = Settings(
        instance=instance,
        database_url=_database_url(
            given.get("database_url"), instance, given.get("demo", "no"), faults
        ),
        keys=Path(given.get("keys", str(instance / "keys.json"))).absolute(),
        base_url=_base_url("base_url", given.get("base_url", Settings.base_url), faults),
        **{
            name: _base_url(name, given[name], faults)
            for name in ("respondent_url", "desk_url", "centre_url")
            if name in given
        },
        questionnaires=_folder(given.get("questionnaires"), faults),
        hosts=_several("hosts", given, faults, _host),
        trusted_proxies=_count(
            "SURVEYAPP_TRUSTED_PROXIES", given.get("trusted_proxies", "0"), faults
        ),
        demo=_switch("SURVEYAPP_DEMO", given.get("demo", "no"), faults),
        audience=_audience(given.get("audience", Settings.audience), faults),
        log_level=_level(given.get("log_level", "INFO"), faults),
        metrics_token=given.get("metrics_token", ""),
        alarm_to=_several("alarm_to", given, faults, _address),
        oidc_issuer=_issuer(given, faults),
        oidc_client_id=given.get("oidc_client_id", ""),
        oidc_client_secret=given.get("oidc_client_secret", ""),
        oidc_claim=given.get("oidc_claim", Settings.oidc_claim),
        oidc_name=given.get("oidc_name", Settings.oidc_name),
        backup_recipient=_recipient(given.get("backup_recipient", ""), faults),
        backup_keep=_limit("backup_keep", given, faults),
        backup_database_url=_backup_url(given.get("backup_database_url"), faults),
        backups=Path(given.get("backups", str(instance / "backups"))).absolute(),
        store=Path(given.get("store", str(instance))).absolute(),
        store_bucket=_bucket(given.get("store_bucket", ""), faults),
        draft_secrets=Path(given.get("draft_secrets", str(instance / "draft-secrets"))).absolute(),
        smtp_url=_server("smtp_url", given, _SMTP, faults),
        mail_from=_address("mail_from", given, faults),
        mail_reply_to=_address("mail_reply_to", given, faults),
        mail_bounces=_address("mail_bounces", given, faults),
        mail_canary=_several("mail_canary", given, faults, _address),
        audit_head_to=_several("audit_head_to", given, faults, _address),
        sms_canary=_several("sms_canary", given, faults, _mobile),
        canary_imap=_several("canary_imap", given, faults, _imap),
        mail_ca=_file("mail_ca", given, faults),
        dkim_key=_file("dkim_key", given, faults),
        dkim_selector=given.get("dkim_selector", Settings.dkim_selector),
        imap_url=_server("imap_url", given, _IMAP, faults),
        sms_gateway=_file("sms_gateway", given, faults),
        zalo=_file("zalo", given, faults),
        delivery_token=_token("delivery_token", given, faults),
        sms_receipt_token=_token("sms_receipt_token", given, faults),
        send_per_minute=_limit("send_per_minute", given, faults),
        send_per_day=_limit("send_per_day", given, faults),
        send_per_domain=_limit("send_per_domain", given, faults),
        send_per_domain_day=_limit("send_per_domain_day", given, faults),
    )
    if settings.smtp_url:
        faults += [
            f"{variable(name)}: needed beside SURVEYAPP_SMTP_URL"
            for name in ("mail_from", "mail_bounces")
            if not given.get(name)
        ]
    if faults:
        raise SettingsRefused(faults)
    return settings


def _database_url(value: str | None, instance: Path, demo: str, faults: list[str]) -> str:
    if value is None:
        # A cron line without the address must not begin an empty database: only a demonstration has one
        # of its own.
        is_demo = demo.lower() == "yes" or any((instance / mark).exists() for mark in DEMO_MARKS)
        if not is_demo:
            faults.append(
                "DATABASE_URL: give postgresql://user:password@host/name or sqlite:///FILE"
                f" (here, or in the file that {environment_file.VARIABLE} names)"
            )
        return f"sqlite:///{instance / 'survey.sqlite3'}"
    from sqlalchemy.engine import make_url  # late: help of the command line needs no settings
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(value)
    except ArgumentError:
        faults.append("DATABASE_URL: not a database address, such as postgresql://user@host/name")
        return value
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    if url.get_backend_name() != "sqlite" or not url.database:
        faults.append("DATABASE_URL: only sqlite:///FILE and postgresql://… are supported")
    return value


def _backup_url(value: str | None, faults: list[str]) -> str:
    return _database_url(value, Path(), "no", faults) if value else ""


def _recipient(value: str, faults: list[str]) -> str:
    if value and not re.fullmatch(r"backup-public-[a-z2-7]{52}", value):
        faults.append(
            "SURVEYAPP_BACKUP_RECIPIENT: give what `surveyapp backup make-key FILE` printed"
        )
    return value


def _issuer(given: Mapping[str, str], faults: list[str]) -> str:
    """A provider is named by its issuer, over TLS unless it is on this machine, and knows us by id and secret."""
    value = given.get("oidc_issuer", "")
    parts = urlsplit(value)
    is_here = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost"}
    if value and not (parts.hostname and (parts.scheme == "https" or is_here)):
        faults.append("SURVEYAPP_OIDC_ISSUER: give the issuer's https address")
    if value:
        faults += [
            f"{variable(name)}: needed beside SURVEYAPP_OIDC_ISSUER"
            for name in ("oidc_client_id", "oidc_client_secret")
            if not given.get(name)
        ]
    if given.get("oidc_claim", "sub") not in {"sub", "preferred_username", "email"}:
        faults.append("SURVEYAPP_OIDC_CLAIM: give sub, preferred_username or email")
    return value


def _bucket(value: str, faults: list[str]) -> str:
    try:
        parts = urlsplit(value)
        sound = parts.scheme in {"http", "https"} and parts.path.strip("/") and parts.password
    except ValueError:
        sound = ""
    if value and not (sound and parts.hostname and parts.username):
        faults.append(
            "SURVEYAPP_STORE_BUCKET: give https://ACCESS:SECRET@host/bucket, odd characters as %40"
        )
    return value


def _base_url(name: str, value: str, faults: list[str]) -> str:
    try:
        parts = urlsplit(value)
        more = (parts.path.strip("/"), parts.query, parts.fragment, parts.username, parts.port == 0)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and not any(more)
    except ValueError:
        sound = False
    if not sound:
        faults.append(
            f"{variable(name)}: give scheme and host only, such as https://khaosat.example.vn"
        )
    return value.rstrip("/")


def _folder(value: str | None, faults: list[str]) -> Path:
    folder = Path(value).absolute() if value else Settings.questionnaires
    if not folder.is_dir():
        faults.append(f"SURVEYAPP_QUESTIONNAIRES: no such folder: {folder}")
    return folder


def _count(name: str, value: str, faults: list[str]) -> int:
    if not (value.isascii() and value.isdecimal()):
        faults.append(f"{name}: give a whole number, 0 or more")
        return 0
    return int(value)


def _limit(name: str, given: Mapping[str, str], faults: list[str]) -> int:
    return _count(variable(name), given.get(name, str(getattr(Settings, name))), faults)


def _switch(name: str, value: str, faults: list[str]) -> bool:
    if value.lower() not in {"yes", "no"}:
        faults.append(f"{name}: give yes or no")
    return value.lower() == "yes"


def _audience(value: str, faults: list[str]) -> str:
    if value not in AUDIENCES:
        faults.append(f"SURVEYAPP_AUDIENCE: give {', '.join(AUDIENCES)}")
        return "all"
    return value


def _level(value: str, faults: list[str]) -> str:
    if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        faults.append("SURVEYAPP_LOG_LEVEL: give DEBUG, INFO, WARNING or ERROR")
    return value.upper()


def _server(name: str, given: Mapping[str, str], schemes: frozenset[str], faults: list[str]) -> str:
    value = given.get(name, "")
    try:
        parts = urlsplit(value)
        sound = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if value and not sound:
        faults.append(
            f"{variable(name)}: give {' or '.join(sorted(schemes))}, then ://user:password@host:port"
        )
    return value


def _address(name: str, given: Mapping[str, str], faults: list[str]) -> str:
    value = given.get(name, "")
    local, _, domain = parseaddr(value)[1].rpartition("@")
    if value and not (local and domain and value.isprintable() and "," not in value):
        faults.append(f"{variable(name)}: give one e-mail address")
    return value


def _imap(name: str, given: Mapping[str, str], faults: list[str]) -> str:
    return _server(name, given, _IMAP, faults)


def _host(name: str, given: Mapping[str, str], faults: list[str]) -> str:
    value = given.get(name, "")
    if value and not re.fullmatch(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?", value):
        faults.append(
            f"{variable(name)}: give host names, such as khaosat.example.vn, between commas"
        )
    return value.lower()


def _mobile(name: str, given: Mapping[str, str], faults: list[str]) -> str:
    value = given.get(name, "")
    if value and not re.fullmatch(r"\+84[35789][0-9]{8}", value):
        faults.append(f"{variable(name)}: give a mobile number such as +84912345678")
    return value


def _several(
    name: str,
    given: Mapping[str, str],
    faults: list[str],
    read: Callable[[str, Mapping[str, str], list[str]], str],
) -> tuple[str, ...]:
    """What stands between commas, each read as the only one would be."""
    parts = [part.strip() for part in given.get(name, "").split(",") if part.strip()]
    return tuple(read(name, {name: part}, faults) for part in parts)


def _token(name: str, given: Mapping[str, str], faults: list[str]) -> str:
    value = given.get(name, "")
    if value and (len(value) < 24 or not value.isascii()):
        faults.append(f"{variable(name)}: give at least 24 letters and digits nobody can guess")
    return value


def _file(name: str, given: Mapping[str, str], faults: list[str]) -> Path | None:
    if name not in given:
        return None
    path = Path(given[name]).absolute()
    if not path.is_file():
        faults.append(f"{variable(name)}: no such file: {path}")
    return path
