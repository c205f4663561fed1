"""What `surveyapp setup` must know: each question once, answered from a file or by a person."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from pathlib import Path

from sqlalchemy.engine import make_url

from surveyapp.errors import SurveyError


class AnswersRefused(SurveyError):
    """The file of answers has faults; all of them."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, kw_only=True)
class Answers:
    """One installation. Empty words stand for "not here"."""

    base_url: str
    database_url: str
    database_admin: str = ""
    """An address with which role and database may be made; they are there already where it is empty."""
    instance: str = "/var/lib/surveyapp"
    environment_file: str = "/etc/surveyapp/surveyapp.env"
    user: str = "surveyapp"
    trusted_proxies: str = "1"
    pack: str = ""
    operator: str
    operator_name: str
    campaign: str = ""
    smtp_url: str = ""
    mail_from: str = ""
    mail_bounces: str = ""
    alarm_to: str = ""
    backups: str = "/var/backups/surveyapp"
    backup_secret: str = "/etc/surveyapp/backup-secret.key"  # noqa: S105  a path
    """Where the secret half of the backup key is put, to be taken away from this machine."""
    units: str = ""
    """Folder for systemd's units, such as /etc/systemd/system."""
    nodes: str = "8000"
    """The ports of this machine's nodes, between spaces."""
    nginx: str = ""
    """File for nginx's site, such as /etc/nginx/sites-enabled/khaosat.conf."""
    certificate: str = "/etc/ssl/khaosat"
    """Folder of fullchain.pem and key.pem; a first pair is made where there is none."""
    command: str = ""
    """Where `surveyapp` is to be found by its name, such as /usr/local/bin/surveyapp."""


def read(words: str) -> Answers:
    """From lines `name = value`. Raises `AnswersRefused` with every fault."""
    known = {one.name: one for one in fields(Answers)}
    given: dict[str, str] = {}
    faults = []
    for number, line in enumerate(words.splitlines(), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or name not in known:
            faults.append(f"{number}: {text[:60]}")
            continue
        given[name] = value
    missing = [name for name, one in known.items() if _is_needed(one) and not given.get(name)]
    faults += [f"{name}: ?" for name in missing]
    if faults:
        raise AnswersRefused(faults)
    return Answers(**given)


def _is_needed(one: object) -> bool:
    return getattr(one, "default", MISSING) is MISSING


def ask(prompt: Callable[[str, str], str], offered: Mapping[str, str]) -> Answers:
    """Each question to a person; `prompt(name, default)` gives the answer."""
    given = {}
    for one in fields(Answers):
        default = offered.get(one.name, "" if _is_needed(one) else str(one.default))
        given[one.name] = prompt(one.name, default)
    return Answers(**given)


def with_password(answers: Answers) -> Answers:
    """The role that is made gets a password, where it is to have none and comes over TCP."""
    url = make_url(answers.database_url)
    if not answers.database_admin or url.password or not url.host:
        return answers
    given = url.set(password=secrets.token_urlsafe(24)).render_as_string(hide_password=False)
    return replace(answers, database_url=given)


def settings(answers: Answers, *, recipient: str) -> dict[str, str]:
    """The variables of the environment file."""
    named = {
        "DATABASE_URL": answers.database_url,
        "SURVEYAPP_INSTANCE": answers.instance,
        "SURVEYAPP_BASE_URL": answers.base_url,
        "SURVEYAPP_TRUSTED_PROXIES": answers.trusted_proxies,
        "SURVEYAPP_SMTP_URL": answers.smtp_url,
        "SURVEYAPP_MAIL_FROM": answers.mail_from,
        "SURVEYAPP_MAIL_BOUNCES": answers.mail_bounces,
        "SURVEYAPP_ALARM_TO": answers.alarm_to,
        "SURVEYAPP_BACKUPS": answers.backups,
        "SURVEYAPP_BACKUP_RECIPIENT": recipient,
        "SURVEYAPP_METRICS_TOKEN": secrets.token_urlsafe(24),
    }
    return {name: value for name, value in named.items() if value}


def secret_file(answers: Answers) -> Path:
    """Where the secret half of the backup key goes."""
    return Path(answers.backup_secret)
