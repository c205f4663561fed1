"""`surveyapp demo …`: build a survey with synthetic people and serve it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import click

from surveyapp import clock
from surveyapp.config import PROJECT, Settings, read_settings
from surveyapp.i18n import _

SHARES = {"full": 1.0, "tenth": 0.1}

port_option = click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="Port to serve on.",
)
size_option = click.option(
    "--size",
    default="full",
    show_default=True,
    envvar="DEMO_SIZE",
    type=click.Choice(list(SHARES)),
    help="Everybody of the plan, or a tenth of them. Also from DEMO_SIZE.",
)


@click.group()
def demo() -> None:
    """A campaign with synthetic people, to look around."""


@demo.command()
@size_option
@click.option("--reset", "afresh", is_flag=True, help="Throw an earlier demo away first.")
@port_option
def prepare(size: str, afresh: bool, port: int) -> None:
    """Build the demo, unless it stands already; one that was interrupted is begun again."""
    from surveyapp.demo import state

    settings = _settings(port)
    with _refusing():
        if afresh:
            state.clear(settings)
        _prepare(settings, size)
    click.echo(
        _("Dữ liệu trình diễn đã sẵn sàng: %(path)s", path=settings.instance / state.FINISHED)
    )


@demo.command()
def reset() -> None:
    """Throw the demo's data away; the next one starts over. Refuses any other instance."""
    from surveyapp.demo import state

    settings = read_settings(as_demo=True)
    with _refusing():
        state.clear(settings)
    click.echo(_("Đã xóa dữ liệu trình diễn."))


@demo.command()
@port_option
@size_option
def serve(port: int, size: str) -> None:
    """Build the demo if needed, say what to open, and serve it with gunicorn until interrupted."""
    settings = _settings(port)
    with _refusing():
        _prepare(settings, size)
    _tell(settings)
    environment = {
        **os.environ,
        "SURVEYAPP_DEMO": "yes",
        "SURVEYAPP_BASE_URL": settings.base_url,
    }
    arguments = ["-c", str(PROJECT / "gunicorn.conf.py"), "--chdir", str(PROJECT)]
    address = f"127.0.0.1:{port}"
    command = [sys.executable, "-m", "gunicorn", *arguments, "--bind", address, "wsgi:app"]
    sys.stdout.flush()
    os.execve(command[0], command, environment)  # noqa: S606  no shell; the arguments are ours


def _settings(port: int) -> Settings:
    """Settings whose address follows the port, unless the environment names one."""
    settings = read_settings(as_demo=True)
    if os.environ.get("SURVEYAPP_BASE_URL"):
        return settings
    return replace(settings, base_url=f"http://127.0.0.1:{port}")


@contextmanager
def _refusing() -> Iterator[None]:
    from surveyapp.demo.state import NotADemo

    try:
        yield
    except NotADemo as refused:
        words = _(
            "%(path)s đã có dữ liệu không phải của bản trình diễn, nên không bị động đến. "
            "Xin đặt SURVEYAPP_INSTANCE hoặc DATABASE_URL sang nơi trống.",
            path=refused.instance,
        )
        click.echo(words, err=True)
        sys.exit(1)


def _prepare(settings: Settings, size: str) -> None:
    from surveyapp.cli.main import database
    from surveyapp.demo import directory, state
    from surveyapp.demo import prepare as preparing
    from surveyapp.keys import make_key_ring

    if state.is_finished(settings) and not state.was_interrupted(settings):
        _migrate(settings)  # the demo may be older than the program
        staff = directory.read(settings.instance / state.FINISHED)["staff"]
        with database() as server:
            preparing.keep_open(clock.now())
            preparing.show(settings, server.keys, staff=staff)
        return
    if state.was_interrupted(settings):
        click.echo(_("Lần chuẩn bị trước bị ngắt quãng, nay làm lại từ đầu."))
        state.clear(settings)
    state.begin(settings)
    if not settings.keys.exists():
        make_key_ring(settings.keys)
    _migrate(settings)
    with database() as server:
        preparing.Builder(
            settings, server.keys, server.engine, clock.now(), _bar, share=SHARES[size]
        ).build()
    state.finish(settings)


def _migrate(settings: Settings) -> None:
    from surveyapp import db, schema

    engine = db.make_engine(settings.database_url)
    try:
        schema.migrate(engine)
    finally:
        engine.dispose()


@contextmanager
def _bar(label: str, length: int) -> Iterator[Callable[[int], None]]:
    if sys.stderr.isatty():
        with click.progressbar(length=length, label=f"{label:<48}", file=sys.stderr) as bar:
            yield bar.update
        return
    lines = ProgressLines(label, length, lambda line: click.echo(line, err=True))
    yield lines.update


@dataclass
class ProgressLines:
    """Progress where no terminal shows a bar: a line at the start and at each quarter, for logs."""

    label: str
    length: int
    say: Callable[[str], None]
    came: int = 0
    told: int = -1

    def __post_init__(self) -> None:
        self.update(0)

    def update(self, more: int) -> None:
        """So many more are done."""
        self.came += more
        quarter = 4 * self.came // self.length if self.length else 4
        if quarter > self.told:
            self.told = quarter
            self.say(f"{self.label}: {self.came}/{self.length}")


def _tell(settings: Settings) -> None:
    """What there is to open."""
    from surveyapp.demo import directory, state

    shown = directory.read(settings.instance / state.FINISHED)
    base = shown["base_url"]
    rows: list[tuple[str, str]] = [
        (_("Phiếu chưa trả lời"), shown["links"][0] if shown["links"] else ""),
        (_("Người có hai phiếu"), shown["two_form_link"]),
        (_("Đủ các loại câu hỏi"), shown.get("every_kind_link", "")),
        (_("Gõ mã truy cập"), f"{base}/  {shown['codes'][0] if shown['codes'] else ''}"),
        (_("Vận hành (Vụ CCHC)"), _sign_in(base, shown, "operator")),
        (_("Đầu mối đơn vị"), _sign_in(base, shown, "coordinator")),
        (_("Các thành phần giao diện"), f"{base}/styleguide"),
        (_("Bản phát hành mẫu"), str(settings.instance / "releases")),
        (_("Tất cả"), str(settings.instance / state.FINISHED)),
    ]
    click.echo()
    for words, what in rows:
        click.echo(f"  {words:<28} {what}")
    click.echo(_("Dừng: Ctrl-C"))


def _sign_in(base: str, shown: dict[str, Any], role: str) -> str:
    one = next(account for account in shown["staff"] if account["role"] == role)
    return f"{base}/account/sign-in  {one['username']}  {one['password']}"
