"""The way of a row, from the bytes of a file to an assignment: which modules are given it, and as what."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from sqlalchemy import Engine, select

from surveyapp.accounts.act import Act
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign, ListKind, Unit
from surveyapp.db import reading, transaction
from surveyapp.invitations import service as invitations
from surveyapp.keys import KeyRing
from surveyapp.respondents import service
from surveyapp.respondents.lists.uploads import intake, upload
from surveyapp.respondents.models import Person
from surveyapp.respondents.sheet import guarded
from tests import factories

PAGE = Path(__file__).parents[2] / "docs" / "architecture.md"
MOST_MODULES, MOST_SHAPES = 30, 8
NAME, PHONE = "Zyxwq Van An", "0912000001"
CONTENT = (
    "STT,Họ và tên,Chức vụ,Sở,Điện thoại,Email\n"
    f"1,{NAME},Giám đốc,Sở Nội vụ,{PHONE},an@snv.example.vn\n"
    "2,Trần Thị Bình,Phó Giám đốc,Sở Nội vụ,0912000002,binh@snv.example.vn\n"
).encode()


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


def told() -> tuple[list[str], list[str]]:
    """The modules and the shapes that the page of the architecture names, in their order."""
    section = PAGE.read_text().partition("## The way of a row\n")[2].partition("\n## ")[0]
    modules = re.findall(r"^\d+\. `([a-z_.]+)`", section, re.MULTILINE)
    return modules, re.findall(r"^- \*\*(.+?)\*\*", section, re.MULTILINE)


class Watch:
    """Which modules are called with the row: its name and its telephone, or the person it became."""

    def __init__(self) -> None:
        self.given: dict[str, None] = {}
        self.ids: set[str] = set()

    def _holds(self, value: object) -> bool:
        try:
            said = repr(value)
        except AttributeError:  # an object that is just being made
            return False
        return (NAME in said and PHONE[1:] in said) or any(known in said for known in self.ids)

    def _seen(self, frame: FrameType, event: str, _argument: object) -> None:
        module = frame.f_globals.get("__name__", "")
        if event != "call" or not module.startswith("surveyapp.") or module in self.given:
            return
        code = frame.f_code
        sys.setprofile(None)
        try:
            names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
            if any(self._holds(frame.f_locals.get(name)) for name in names):
                self.given[module] = None
        finally:
            sys.setprofile(self._seen)

    @contextmanager
    def watching(self) -> Iterator[None]:
        before = sys.getprofile()
        sys.setprofile(self._seen)
        try:
            yield
        finally:
            sys.setprofile(before)


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the guarded child would do is done here, where it can be watched."""

    def run(
        task: str, content: bytes, *, progress: Callable[..., None], **given: Any
    ) -> list[bytes]:
        module, _, name = task.partition(":")
        return list(getattr(import_module(module), name)(content, **given))

    monkeypatch.setattr(guarded, "run", run)


def handed_in(watch: Watch, campaign: Campaign, unit: Unit, kind: ListKind, **act: Any) -> Any:
    """Receive the file, understand it, store it; the id of its list."""
    whose = {"campaign": campaign, "unit": unit, "kind": kind}
    with transaction() as db:
        received_id = intake.receive(
            db,
            campaign,
            unit,
            kind,
            content=CONTENT,
            file_name="a.csv",
            actor="desk",
            now=act["now"],
        )

    def received() -> upload.Upload:
        return upload.upload_of(
            received_id, **whose, actor="desk", keys=act["keys"], clock=lambda: act["now"]
        )

    with watch.watching():
        upload.understand(received())
        upload.store(received(), None)
    with reading() as db:
        return intake.received(db, received_id, unit_id=unit.id, kind_id=kind.id).list_id


@pytest.mark.usefixtures("in_this_process")
def test_the_page_names_every_module_that_is_given_a_row(
    db: Any, now: datetime, keys: KeyRing
) -> None:
    campaign = factories.campaign(db, now, opened=True)
    unit = campaigns.unit(db, campaign.id, "01")
    kinds = {kind.code: kind for kind in campaigns.list_kinds(db, campaign.id)}
    db.commit()
    watch, act = Watch(), {"now": now, "keys": keys}
    list_id = handed_in(watch, campaign, unit, kinds["agency-leaders"], **act)
    with watch.watching(), transaction() as session:
        service.accept(session, list_id, unit=unit, act=Act("desk", **act))
        service.approve(session, list_id, campaign=campaign, act=Act("centre", **act))
    with reading() as session:
        person = session.scalars(select(Person.id).where(Person.full_name == NAME)).one()
    watch.ids = {str(person), person.hex}
    with watch.watching(), transaction() as session:
        invitations.issue(session, session.merge(campaign), **act)
    modules, shapes = told()
    met = {module.removeprefix("surveyapp.") for module in watch.given}
    assert sorted(met) == sorted(modules)
    assert len(modules) <= MOST_MODULES
    assert len(shapes) <= MOST_SHAPES


def test_the_list_has_modules_and_shapes_to_name() -> None:
    modules, shapes = told()
    assert len(set(modules)) == len(modules) > 20
    assert len(shapes) > 5
