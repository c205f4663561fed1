"""The offline path whole, by the commands that people type: custodians at their machine, an operator at the server.

What two custodians hold in their hands is paper: their shares are read off the printed PDF and typed. Everything that
can be handed over wrongly is, and each has its own answer and changes nothing, in the database or on the stick.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from surveyapp.accounts.models import AuditEntry
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns import service
from surveyapp.cli.main import main
from surveyapp.db import reading, transaction
from surveyapp.responses import queries
from surveyapp.responses.models import (
    BoxAttestation,
    BoxOpening,
    OpenedCell,
    Receipt,
    Remark,
    Response,
    SealedBallot,
)
from surveyapp.responses.opener import command
from tests import factories
from tests.responses.opener.paper import groups_on, text_of
from tests.responses.world import answers, survey

NAMES = ("Nguyễn Văn An", "Trần Thị Bình", "Lê Hồng Giang")
PEOPLE = 11
WATCHED = (
    SealedBallot,
    Response,
    Remark,
    Receipt,
    OpenedCell,
    BoxOpening,
    BoxAttestation,
    AuditEntry,
)


class Office:
    """The custodians' machine with its stick, and the server's terminal."""

    def __init__(self, runner, capsys, stick: Path, moment) -> None:
        self.runner, self.capsys, self.stick, self.moment = runner, capsys, stick, moment
        self.registration = stick / "tiny-registration.json"

    def opener(self, *words: object, typed: Iterator[str] | None = None) -> tuple[int, str]:
        typed = iter(()) if typed is None else typed
        given = [str(word) for word in words]
        given += ["--date", f"{self.moment.at:%Y-%m-%d}"]
        code = command.main(given, ask=lambda _question: next(typed))
        said = self.capsys.readouterr()
        assert next(typed, None) is None, "everything typed was asked for"
        return code, said.out + said.err

    def server(self, *words: object) -> tuple[int, str]:
        given = ["box", str(words[0]), "--campaign", "tiny", *map(str, words[1:])]
        done = self.runner.invoke(main, given)
        return done.exit_code, done.output

    def typed(self, *numbers: int, folder: Path | None = None) -> Iterator[str]:
        """Both papers, group by group."""
        papers = [(folder or self.stick) / f"tiny-share-{number}.pdf" for number in numbers]
        return iter([group for paper in papers for group in groups_on(paper)])

    def with_shares(self, act: str, *numbers: int, out: str = "") -> tuple[int, str]:
        return self.opener(
            act, self.registration, "--out", self.stick / out, typed=self.typed(*numbers)
        )

    def standing(self) -> list[object]:
        """All that a refusal must leave as it was."""
        with reading() as db:
            rows = [db.scalar(select(func.count()).select_from(table)) for table in WATCHED]
            state = campaigns.campaign(db, "tiny").state
        kept = {path: path.read_bytes() for path in self.stick.rglob("*") if path.is_file()}
        return [rows, state, kept]

    def refused(self, act: Callable[[], tuple[int, str]]) -> str:
        """What was answered; nothing is changed."""
        before = self.standing()
        code, said = act()
        assert code == 1, said
        assert self.standing() == before
        return said


def done(result: tuple[int, str]) -> str:
    code, said = result
    assert code == 0, said
    return said


def after(label: str, said: str) -> str:
    """What stands behind a label, to be copied by hand."""
    return next(line for line in said.splitlines() if line.startswith(label)).rsplit(": ", 1)[1]


@pytest.fixture
def office(engine, runner, capsys, tmp_path, moment) -> Office:
    with transaction() as db:
        factories.campaign(db, moment.at).custody = "offline"
    office = Office(runner, capsys, tmp_path / "usb", moment)
    make_key(office, office.stick)
    return office


def make_key(office: Office, folder: Path) -> str:
    named = [word for name in NAMES for word in ("--custodian", name)]
    return done(office.opener("create", "--campaign", "tiny", *named, "--out", folder))


@pytest.fixture
def closed(office, keys) -> Office:
    """Registered, rehearsed, checked; eleven people have submitted; checked again and closed."""
    done(office.server("register", office.registration))
    for act, numbers, kind in (("drill", (1, 2), "drill"), ("check-shares", (2, 3), "shares")):
        done(office.with_shares(act, *numbers))
        [made] = office.stick.glob(f"tiny-{kind}-*.json")
        done(office.server("attest", made))
    with transaction() as db:
        factories.approve_questionnaires(db, campaigns.campaign(db, "tiny"), office.moment.at)
        service.open_campaign(db, "tiny", now=office.moment.at)
        campaign = campaigns.campaign(db, "tiny")
        world = survey(db, keys, office.moment.at, people=PEOPLE, campaign=campaign)
        for n, form in enumerate(world.forms):
            world.save(db, form, answers(form, n))
            world.submit(db, form)
    done(office.with_shares("check-shares", 1, 3))
    [made] = office.stick.glob("tiny-shares-*-13.json")
    done(office.server("attest", made))
    with transaction() as db:
        factories.close_campaign(db, "tiny", now=office.moment.at)
    return office


def export(office: Office, name: str) -> tuple[Path, str]:
    """The server's file, and the print of its key as the decision on paper has it."""
    path = office.stick / name
    said = done(office.server("export", "--out", path))
    return path, after("Dấu khóa máy chủ", said)


def open_words(office: Office, exported: Path, server_key: str, out: str = "") -> list[object]:
    return [
        "open", office.registration, exported, "--server-key", server_key,
        "--submitted", PEOPLE, "--out", office.stick / out,
    ]  # fmt: skip


def flipped(path: Path, offset: int) -> bytes:
    whole = path.read_bytes()
    return whole[:offset] + bytes([whole[offset] ^ 1]) + whole[offset + 1 :]


def test_from_the_key_to_its_destruction_by_commands_alone(closed):
    exported, server_key = export(closed, "tiny-export.gz")
    assert exported.stat().st_mode & 0o077 == 0
    said = done(closed.opener(*open_words(closed, exported, server_key), typed=closed.typed(2, 3)))
    digest = after("Mã kết quả mở hộp", said)
    said = done(closed.server("import", closed.stick / "tiny-bundle.json.gz"))
    assert after("Mã kết quả mở hộp", said) == digest, "what two people read to each other"
    with transaction() as db:
        campaign = campaigns.campaign(db, "tiny")
        assert len(list(queries.responses(db, campaign.id))) == PEOPLE
        assert queries.ballots_in_box(db, campaign.id) == 0
        service.record_release(db, "tiny")
    said = done(closed.opener("destroy", closed.registration, "--digest", digest, "--out", closed.stick, typed=closed.typed(1, 2)))  # fmt: skip
    assert "Biên bản hủy khóa hộp phiếu" in text_of(closed.stick / "tiny-destruction.pdf")
    [made] = closed.stick.glob("tiny-destroyed-*.json")
    assert "hủy khóa" in done(closed.server("attest", made))


def test_what_is_handed_over_wrongly_has_its_own_answer_and_changes_nothing(closed):
    old, server_key = export(closed, "old.gz")
    words = open_words(closed, old, server_key)
    elsewhere = closed.stick.parent / "another"
    make_key(closed, elsewhere)
    strangers = [*closed.typed(1), *closed.typed(2, folder=elsewhere)]
    said = closed.refused(lambda: closed.opener(*words, typed=iter(strangers)))
    assert "mảnh của một khóa khác" in said
    mistyped = "-".join(groups_on(closed.stick / "tiny-share-1.pdf"))
    mistyped = mistyped[:29] + ("2" if mistyped[29] != "2" else "3") + mistyped[30:]
    said = closed.refused(lambda: closed.opener(*words, typed=iter([mistyped])))
    assert "gõ nhầm ở nhóm: 5" in said
    twice = [*closed.typed(2), *closed.typed(2)]
    said = closed.refused(lambda: closed.opener(*words, typed=iter(twice)))
    assert "Hai mảnh đều là mảnh số 2" in said
    altered = closed.stick / "altered.gz"
    altered.write_bytes(flipped(old, 400))
    said = closed.refused(lambda: closed.opener(*open_words(closed, altered, server_key)))
    assert "altered.gz bị hỏng hoặc đã bị sửa" in said
    said = closed.refused(lambda: closed.opener(*open_words(closed, old, "0" * 35)))
    assert "không phải khóa đã đăng ký" in said


def test_a_bundle_that_is_old_altered_or_there_already_has_its_own_answer(closed):
    old, server_key = export(closed, "old.gz")
    done(closed.opener(*open_words(closed, old, server_key, "old"), typed=closed.typed(1, 2)))
    with transaction() as db:
        campaign = campaigns.campaign(db, "tiny")
        campaign.settings = campaign.settings | {"disclosure": {"row_minimum": 11, "count_minimum": 3, "table_minimum": 5}}  # fmt: skip
    last, server_key = export(closed, "last.gz")
    bundle = closed.stick / "old" / "tiny-bundle.json.gz"
    said = closed.refused(lambda: closed.server("import", bundle))
    assert "làm từ một tệp xuất khác" in said
    done(closed.opener(*open_words(closed, last, server_key, "new"), typed=closed.typed(1, 3)))
    bundle = closed.stick / "new" / "tiny-bundle.json.gz"
    whole = bundle.read_bytes()
    bundle.write_bytes(flipped(bundle, len(whole) // 2))
    said = closed.refused(lambda: closed.server("import", bundle))
    assert "bị hỏng hoặc đã bị sửa" in said
    bundle.write_bytes(whole)
    done(closed.server("import", bundle))
    said = closed.refused(lambda: closed.server("import", bundle))
    assert "đã được mở" in said
