"""A letter to the operators when something fails: once, not every five minutes, and once when it is over.

It is sent straight to the mail server, not through the queue: the queue may be what fails. When the
database is away the marks lie in the instance folder.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from surveyapp.config import Settings
from surveyapp.i18n import _, moment
from surveyapp.messaging.channels import open_channels
from surveyapp.messaging.email import return_addresses
from surveyapp.messaging.model import Email
from surveyapp.operations.doctor.findings import Diagnosis, Level

AGAIN = timedelta(hours=6)
"""A failure that goes on is told again after this."""


@dataclass(frozen=True)
class News:
    """What has to be told now."""

    failing: tuple[Diagnosis, ...]
    over: tuple[str, ...]


def news(diagnoses: Iterable[Diagnosis], folder: Path, *, now: datetime) -> News:
    """What failed since it was told last, or still does after hours, and what is over. Writes nothing."""
    failing = [one for one in diagnoses if one.level == Level.FAIL]
    told = {path.name: _told_at(path, now) for path in sorted(folder.glob("*"))}
    fresh = [one for one in failing if told.get(one.check, now - AGAIN) <= now - AGAIN]
    names = {one.check for one in failing}
    return News(tuple(fresh), tuple(name for name in told if name not in names))


def _told_at(path: Path, now: datetime) -> datetime:
    try:
        return datetime.fromisoformat(path.read_text())
    except ValueError:
        return now - AGAIN


def mark(told: News, folder: Path, *, now: datetime) -> None:
    """Remember that it was told."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for one in told.failing:
        (folder / one.check).write_text(now.isoformat())
    for name in told.over:
        (folder / name).unlink(missing_ok=True)


def tell(told: News, settings: Settings, to: Sequence[str], *, now: datetime) -> int:
    """Send it to each address; how many took it."""
    channel = open_channels(settings).email
    if channel is None or not settings.mail_from:
        return 0
    name, sender = return_addresses.named(settings.mail_from)
    lines = [f"- {one.message}\n  → {one.command or '–'}" for one in told.failing]
    lines += ["- " + _("Đã hết: %(check)s", check=check) for check in told.over]
    text = _(
        "Máy chủ khảo sát %(url)s, lúc %(moment)s:\n\n%(lines)s\n\nXem thêm: surveyapp doctor\n",
        url=settings.base_url,
        moment=moment(now),
        lines="\n".join(lines),
    )
    taken = 0
    for address in to:
        email = Email(
            recipient=address,
            sender=sender,
            sender_name=name,
            subject=_("Máy chủ khảo sát cần người xem: %(n)s việc", n=len(told.failing))
            if told.failing
            else _("Máy chủ khảo sát đã ổn"),
            text=text,
            message_id=return_addresses.message_id(
                f"{now.timestamp():.0f}{taken}", return_addresses.domain_of(settings.mail_from)
            ),
            dated=now,
        )
        taken += channel.send(email).is_handed_over
    channel.close()
    return taken
