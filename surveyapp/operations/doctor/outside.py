"""What is reached over the network: mail, SMS, and this very server as people reach it."""

import json
import socket
import ssl
import tempfile
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path
from typing import Protocol, cast
from urllib.parse import urlsplit

from surveyapp.config import PROJECT, Settings, settings_file
from surveyapp.i18n import _
from surveyapp.messaging.channels import open_channels
from surveyapp.messaging.errors import MessagingError
from surveyapp.messaging.model import Outcome
from surveyapp.operations.doctor.findings import Diagnosis, Level
from surveyapp.store import Bucket, BucketAway

SECONDS = 5


class _Checked(Protocol):
    """A mail server: it can be greeted without being given a message."""

    def check(self) -> Outcome: ...


def look(settings: Settings) -> Iterator[Diagnosis]:
    """All at once, each with a time limit; nothing is sent to anybody."""
    asked = (_mail, _gateway, _bucket, _front)
    with ThreadPoolExecutor(len(asked)) as at_once:
        waiting = [at_once.submit(copy_context().run, _told, one, settings) for one in asked]
        for one in waiting:
            yield from one.result()


def _told(asked: Callable[[Settings], Iterator[Diagnosis]], settings: Settings) -> list[Diagnosis]:
    return list(asked(settings))


def _mail(settings: Settings) -> Iterator[Diagnosis]:
    mending = _edit(settings_file())
    if not settings.smtp_url:
        level = Level.OK if settings.demo else Level.WARN
        words = _("Chưa cấu hình máy chủ thư (SURVEYAPP_SMTP_URL).")
        yield Diagnosis("mail", level, words, mending if level == Level.WARN else "")
        return
    try:
        channel = open_channels(settings).email
    except MessagingError as refused:
        yield Diagnosis("mail", Level.FAIL, str(refused), mending)
        return
    assert channel is not None
    outcome = cast(_Checked, channel).check()
    channel.close()
    if outcome.is_handed_over:
        yield Diagnosis("mail", Level.OK, _("Máy chủ thư nhận kết nối và đăng nhập."))
        return
    words = _(
        "Máy chủ thư không nhận: %(reason)s %(code)s.", reason=outcome.reason, code=outcome.code
    )
    yield Diagnosis("mail", Level.FAIL, words, mending)


def _edit(file: Path) -> str:
    """Settings are mended in their file; nodes and worker read it when they start."""
    return (
        f"editor {file} && systemctl restart surveyapp-worker && systemctl reload 'surveyapp-web@*'"
    )


def _gateway(settings: Settings) -> Iterator[Diagnosis]:
    if settings.sms_gateway is None:
        return
    address = urlsplit(json.loads(settings.sms_gateway.read_text())["url"])
    port = address.port or (443 if address.scheme == "https" else 80)
    try:
        socket.create_connection((address.hostname or "", port), timeout=SECONDS).close()
    except OSError as exc:
        words = _(
            "Không nối được cổng tin nhắn %(host)s: %(fault)s.", host=address.netloc, fault=exc
        )
        yield Diagnosis("sms", Level.FAIL, words, _edit(settings.sms_gateway))
        return
    yield Diagnosis("sms", Level.OK, _("Nối được cổng tin nhắn %(host)s.", host=address.netloc))


def _bucket(settings: Settings) -> Iterator[Diagnosis]:
    """A mark is written, found and taken away again, as a release would be."""
    if not settings.store_bucket:
        return
    bucket = Bucket.read(settings.store_bucket)
    key = f"doctor/{uuid.uuid4()}"
    try:
        with tempfile.NamedTemporaryFile() as mark:
            bucket.put(key, Path(mark.name))
        is_kept = key in bucket.keys(key)
        bucket.delete(key)
    except BucketAway as away:
        words = _("Không ghi được vào kho chung: %(fault)s.", fault=away)
        yield Diagnosis("store", Level.FAIL, words, _edit(settings_file()))
        return
    if is_kept:
        words = _("Kho chung %(host)s ghi và đọc được.", host=bucket.host)
        yield Diagnosis("store", Level.OK, words)
        return
    words = _("Kho chung %(host)s nhận tệp nhưng không cho đọc lại.", host=bucket.host)
    yield Diagnosis("store", Level.FAIL, words, _edit(settings_file()))


def _front(settings: Settings) -> Iterator[Diagnosis]:
    url = f"{settings.base_url}/health/live"
    try:
        told = _ask(url)
        forged = _ask(url, **{"X-Forwarded-Proto": "gopher", "X-Forwarded-Host": "forged.invalid"})
    except (OSError, ValueError, urllib.error.URLError) as exc:
        cause = getattr(exc, "reason", exc)
        is_certificate = isinstance(cause, ssl.SSLCertVerificationError)
        words = (
            _(
                "Chứng thư của %(url)s không được tin: %(fault)s.",
                url=settings.base_url,
                fault=cause,
            )
            if is_certificate
            else _("Không mở được %(url)s: %(fault)s.", url=settings.base_url, fault=cause)
        )
        if is_certificate:
            host = urlsplit(settings.base_url).hostname
            yield Diagnosis("tls", Level.FAIL, words, f"certbot --nginx -d {host}")
        else:
            start = "systemctl restart nginx 'surveyapp-web@*'"
            yield Diagnosis("outside", Level.FAIL, words, start)
        return
    yield Diagnosis(
        "outside", Level.OK, _("Mở được %(url)s như người ngoài.", url=settings.base_url)
    )
    front = urlsplit(settings.base_url)
    if told.get("scheme") != front.scheme or told.get("host") != front.netloc:
        words = _(
            "Máy chủ thấy mình ở %(seen)s thay vì %(wanted)s: proxy không gửi X-Forwarded-Proto, -Host, hoặc SURVEYAPP_TRUSTED_PROXIES sai.",
            seen=f"{told.get('scheme')}://{told.get('host')}",
            wanted=settings.base_url,
        )
        yield Diagnosis("proxy", Level.FAIL, words, _compare_site())
    elif forged != told:
        words = _("Tiêu đề X-Forwarded-* do người ngoài gửi lọt qua proxy.")
        yield Diagnosis("proxy", Level.FAIL, words, _compare_site())
    else:
        yield Diagnosis("proxy", Level.OK, _("Proxy đặt lại các tiêu đề X-Forwarded-*."))


def _compare_site() -> str:
    shipped = PROJECT / "docs" / "proxy" / "nginx.conf"
    site = "/etc/nginx/sites-enabled/khaosat.conf"
    return f"diff {shipped} {site}; editor {site} && nginx -t && systemctl reload nginx"


def _ask(url: str, **headers: str) -> dict[str, str]:
    request = urllib.request.Request(url, headers=headers)  # noqa: S310  the server's own address
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310  the server's own address, https or http
        told: dict[str, str] = json.loads(answer.read(4096))
        return told
