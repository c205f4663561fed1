"""What must happen by itself: backups, timers, workers; and what an official campaign needs."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveyapp import timers
from surveyapp.campaigns.models import Campaign
from surveyapp.campaigns.states import CampaignState
from surveyapp.config import Settings
from surveyapp.delivery.health import worker_watch
from surveyapp.i18n import _, moment
from surveyapp.operations.backup import service as backups
from surveyapp.operations.doctor.findings import Diagnosis, Level
from surveyapp.operations.installation import ownership
from surveyapp.responses.errors import NotRegistered
from surveyapp.responses.sealed_box import registration

BACKUP_LATE, BACKUP_MISSING = timedelta(hours=26), timedelta(hours=50)
TIMERS = {
    "backup": timedelta(hours=26),
    "counts.snapshot": timedelta(hours=26),
    "lists.send-reminders": timedelta(hours=2),
    "report.send": timedelta(hours=26),
    "release.rehearse": timedelta(hours=26),
}
"""What deploy/systemd starts, and how long ago its last run may be while a campaign is open."""
UNITS = {
    "backup": "surveyapp-backup",
    "counts.snapshot": "surveyapp-nightly",
    "lists.send-reminders": "surveyapp-hourly",
    "report.send": "surveyapp-morning",
    "release.rehearse": "surveyapp-nightly",
}
"""The unit that does each, by its name in deploy/systemd."""


def look(db: Session, settings: Settings, *, now: datetime) -> Iterator[Diagnosis]:
    """Of the whole installation."""
    going = list(db.scalars(select(Campaign).order_by(Campaign.code)))
    open_ = [one for one in going if one.state == CampaignState.OPEN]
    yield _backup(db, settings, now=now)
    yield _worker(db, open_, now=now)
    yield from _timers(db, open_, now=now)
    yield _nodes(db, now=now)
    for campaign in going:
        if campaign.official and campaign.state in (CampaignState.PREPARING, CampaignState.OPEN):
            yield _custody(db, campaign)
    restored = ownership.find(db)
    if restored is not None and restored.restored_from is not None:
        words = _(
            "Dữ liệu được khôi phục từ bản sao lưu lúc %(moment)s.",
            moment=moment(restored.restored_from),
        )
        yield Diagnosis("restored", Level.WARN, words, "surveyapp audit verify")


def _backup(db: Session, settings: Settings, *, now: datetime) -> Diagnosis:
    last = backups.last(db)
    if not settings.backup_recipient:
        words = _("Chưa đặt khóa nhận bản sao lưu (SURVEYAPP_BACKUP_RECIPIENT).")
        level = Level.OK if settings.demo else Level.FAIL
        return Diagnosis("backup", level, words, "surveyapp backup make-key FILE")
    if last is None:
        return Diagnosis(
            "backup", Level.FAIL, _("Chưa có bản sao lưu nào."), "surveyapp backup take"
        )
    age = now - last.taken_at
    level = Level.OK
    if age > BACKUP_LATE:
        level = Level.FAIL if age > BACKUP_MISSING else Level.WARN
    words = _("Bản sao lưu gần nhất: %(moment)s.", moment=moment(last.taken_at))
    return Diagnosis("backup", level, words, "surveyapp backup take" if level != Level.OK else "")


def _worker(db: Session, open_: list[Campaign], *, now: datetime) -> Diagnosis:
    seen_at = worker_watch.last_seen(db)
    is_silent = seen_at is None or seen_at < now - worker_watch.SILENT_AFTER
    if seen_at is None:
        words = _("Chưa có chương trình gửi tin nào chạy.")
    else:
        words = _("Chương trình gửi tin báo lần cuối: %(moment)s.", moment=moment(seen_at))
    level = Level.WARN if is_silent and open_ else Level.OK
    return Diagnosis(
        "worker", level, words, "systemctl start surveyapp-worker" if is_silent and open_ else ""
    )


def _timers(db: Session, open_: list[Campaign], *, now: datetime) -> Iterator[Diagnosis]:
    runs = timers.runs(db)
    for name, limit in TIMERS.items():
        run = runs.get(name) or _longest_ago(runs, name, open_)
        command = f"systemctl start {UNITS[name]}"
        if run is None:
            level = Level.WARN if open_ else Level.OK
            yield Diagnosis(
                "timer",
                level,
                _("%(name)s chưa chạy lần nào.", name=name),
                command if open_ else "",
            )
            continue
        words = _("%(name)s chạy lần cuối: %(moment)s.", name=name, moment=moment(run.started_at))
        is_late = bool(open_) and now - run.started_at > limit
        if run.outcome == timers.FAILED:
            words += " " + _("Lần đó không thành.")
        level = Level.WARN if is_late or run.outcome == timers.FAILED else Level.OK
        yield Diagnosis("timer", level, words, command if level == Level.WARN else "")


def _longest_ago(
    runs: Mapping[str, timers.TimerRun], name: str, open_: list[Campaign]
) -> timers.TimerRun | None:
    """Of what runs for each campaign the run of the open one that waits longest; None where one never ran."""
    of_campaigns = [runs.get(f"{name}:{one.code}") for one in open_]
    known = [one for one in of_campaigns if one is not None]
    if len(known) < len(of_campaigns):
        return None
    return min(known, key=lambda one: one.started_at, default=None)


def _nodes(db: Session, *, now: datetime) -> Diagnosis:
    alive = ownership.alive(db, now=now)
    words = _("Máy đang phục vụ: %(nodes)s.", nodes=", ".join(one.name for one in alive) or "–")
    versions = {one.version for one in alive}
    if len(versions) > 1:
        words += " " + _(
            "Các máy chạy phiên bản khác nhau: %(versions)s.", versions=", ".join(sorted(versions))
        )
    if len(versions) > 1:
        return Diagnosis("nodes", Level.WARN, words, "systemctl restart 'surveyapp-web@*'")
    return Diagnosis("nodes", Level.OK, words)


def _custody(db: Session, campaign: Campaign) -> Diagnosis:
    try:
        registration.custodians(db, campaign)
    except NotRegistered:
        words = _(
            "Đợt chính thức %(code)s chưa đăng ký khóa hộp phiếu của người giữ khóa.",
            code=campaign.code,
        )
        return Diagnosis(
            "custody", Level.FAIL, words, f"surveyapp box register --campaign {campaign.code}"
        )
    never = registration.shares_never_checked(db, campaign)
    if never:
        words = _(
            "Đợt chính thức %(code)s: %(n)s người giữ khóa chưa kiểm mảnh khóa.",
            code=campaign.code,
            n=len(never),
        )
        return Diagnosis(
            "custody", Level.WARN, words, f"surveyapp box attest --campaign {campaign.code}"
        )
    words = _("Đợt chính thức %(code)s: khóa hộp phiếu đã đăng ký và kiểm.", code=campaign.code)
    return Diagnosis("custody", Level.OK, words)
