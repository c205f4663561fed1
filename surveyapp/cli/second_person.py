"""What two persons do, at the command line: one asks and proves who she is, another operator agrees on the page,
and the same command, given again, carries it out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from surveyapp import clock
from surveyapp.accounts.act import Act
from surveyapp.i18n import _

if TYPE_CHECKING:
    from surveyapp.accounts.second_person import Deed, SentForm
    from surveyapp.cli.main import Server

ACTOR = "command line"
OURS = frozenset({"code", "campaign", "by", "as_json"})
"""Options that are no part of what is agreed to: the campaign is named beside, and how it is printed is nothing."""

by_option = click.option(
    "--by",
    default="",
    help="Your user name. Outside the demonstration another operator agrees on the page first.",
)


def is_demanded(server: Server) -> bool:
    """In a demonstration one person does both."""
    return not server.settings.demo


@contextmanager
def agreed(
    server: Server, campaign_code: str, deed: Deed, *, by: str, concerned: str | None = None
) -> Iterator[Act]:
    """The act of a command that two persons do; refused, with where to ask, until another has agreed.

    `concerned` is whose role or second factor is changed. While there are no two operators beside that person,
    nobody could ask and agree, and who keeps the server does it alone: so the first operators are made.
    """
    if not is_demanded(server) or (
        concerned is not None and _too_few(campaign_code, concerned=concerned)
    ):
        yield Act(ACTOR, clock.now(), server.keys)
        return
    from surveyapp.accounts import second_person
    from surveyapp.db import transaction

    name = by.strip().lower()
    _check_asker(server, campaign_code, name)
    form = _form(campaign_code, deed)
    with transaction() as db:
        agreement = second_person.take(db, form, act=Act(name, clock.now(), server.keys))
    if agreement is None:
        _ask(server, form, name)
    try:
        actor = f"{ACTOR} ({name})"
        yield Act(actor, clock.now(), server.keys, agreed_by=agreement.answered_by or "")
    except BaseException:
        with transaction() as db:
            second_person.give_back(db, agreement.id)
        raise


def _too_few(campaign_code: str, *, concerned: str) -> bool:
    from surveyapp.accounts import queries
    from surveyapp.db import reading

    with reading() as db:
        return len(queries.operators(db, campaign_code) - {concerned.strip().lower()}) < 2


def _check_asker(server: Server, campaign_code: str, name: str) -> None:
    from surveyapp.accounts import queries
    from surveyapp.db import reading

    where = _where(server, campaign_code)
    if not name:
        words = _(
            "Việc này cần hai người. Vui lòng chạy lại lệnh với --by và tên đăng nhập của Ông/Bà để"
            " yêu cầu, hoặc yêu cầu trên trang của Vụ. Người thứ hai đồng ý tại %(where)s",
            where=where,
        )
        raise click.ClickException(words)
    with reading() as db:
        if name not in queries.operators(db, campaign_code):
            words = _("%(name)s không phải người vận hành của đợt %(code)s.", name=name, code=campaign_code)  # fmt: skip
            raise click.ClickException(words)


def _ask(server: Server, form: SentForm, name: str) -> NoReturn:
    """Put the request down, once it is proved whose it is, and end the command."""
    from surveyapp.accounts import second_person
    from surveyapp.db import reading, transaction

    act = Act(name, clock.now(), server.keys)
    with reading() as db:
        is_waiting = second_person.waits(db, form, act=act)
    if not is_waiting:
        _prove(server, name)
        with transaction() as db:
            second_person.ask(db, form, act=act)
    words = _(
        "Chưa thực hiện: việc này cần người thứ hai đồng ý. Yêu cầu đã được ghi; một người vận hành"
        " khác đồng ý tại %(where)s, rồi chạy lại đúng lệnh này trong hai giờ.",
        where=_where(server, form.campaign_code),
    )
    raise click.ClickException(words)


def _prove(server: Server, name: str) -> None:
    """Password and second factor of whoever asks: or else one person could ask in another's name and agree."""
    from surveyapp.accounts.factors import service as factors
    from surveyapp.accounts.signing_in import sign_in
    from surveyapp.db import reading, transaction

    password = click.prompt(_("Mật khẩu của %(name)s", name=name), hide_input=True)
    typed = click.prompt(_("Mã xác thực hai bước hoặc mã khôi phục"))
    with reading() as db:
        against = sign_in.credentials(db, name)
    is_right = sign_in.check_password(against, password).is_right
    if is_right and against.staff_id is not None:
        with transaction() as db:
            is_right = bool(
                factors.shown(db, against.staff_id, typed, keys=server.keys, now=clock.now())
            )
    if not is_right:
        raise click.ClickException(_("Mật khẩu hoặc mã xác thực chưa đúng."))


def _form(campaign_code: str, deed: Deed) -> SentForm:
    """The command as it was given, to the letter: its words, its options, and the files it reads by content."""
    from surveyapp.accounts.second_person import SentForm

    context = click.get_current_context()
    words = context.command_path.removeprefix(context.find_root().info_name or "").strip()
    fields = {
        one.name: [_told(one, value)]
        for one in context.command.params
        if one.name and one.name not in OURS and (value := context.params[one.name])
    }
    return SentForm(campaign_code, deed, f"surveyapp {words}", fields)


def _told(option: click.Parameter, value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, Path) and isinstance(option.type, click.Path) and option.type.exists:
        return f"{value.name} (SHA-256 {hashlib.sha256(value.read_bytes()).hexdigest()})"
    return str(value)


def _where(server: Server, campaign_code: str) -> str:
    return f"{server.settings.base_url}/centre/{campaign_code}/confirmations"
