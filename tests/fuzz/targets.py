"""What is fuzzed: each target takes any bytes and fails on whatever is neither a result nor a refusal."""

import gzip
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from surveyapp.errors import SurveyError
from surveyapp.instruments.freeze import freeze
from surveyapp.instruments.model import Instrument
from surveyapp.instruments.reading import read_questionnaire
from surveyapp.instruments.xlsform.reading import read_xlsform
from surveyapp.invitations.credentials import codes, links
from surveyapp.respondents.context import ListContext
from surveyapp.respondents.reading.checking import check_workbook
from surveyapp.respondents.sheet import Sheet, Workbook, child
from surveyapp.respondents.sheet.workbook import workbook_from_reply
from surveyapp.responses import draft_cipher, drafts
from surveyapp.responses.draft_cipher import DraftContext, DraftHolder
from surveyapp.responses.drafts import FieldChange
from surveyapp.responses.errors import DraftUnreadable
from surveyapp.responses.opener import box
from surveyapp.responses.opener.errors import BallotUnreadable, FileRefused
from surveyapp.responses.opener.transfer import export, files
from tests.factories import TEST_KEYS
from tests.files.people import context
from tests.instruments.forms import workbook as form_workbook

NOW = datetime(2024, 1, 15, 3, tzinfo=UTC)
PACK = Path(__file__).parents[2] / "questionnaires" / "par-index-2023" / "questionnaires"


@cache
def _leaders() -> ListContext:
    return context("agency-leaders")


@cache
def _instrument() -> Instrument:
    return freeze(read_questionnaire(sorted(PACK.glob("*.yaml"))[0]))


@cache
def _box_key() -> tuple[bytes, bytes]:
    return box.new_key()


def _holder(strand: bytes = b"s" * 32) -> DraftHolder:
    return DraftHolder("7123456789012345", strand, b"c" * 32, TEST_KEYS)


def _grid(text: str) -> list[list[str]]:
    return [line.split("\t")[:30] for line in text.split("\n")[:200]]


def workbook(content: bytes) -> None:
    """A file of any format, as the guarded child reads and judges it."""
    with suppress(SurveyError, MemoryError):
        read = workbook_from_reply("a.csv", child.read(content, "a.csv"))
        check_workbook(read, _leaders())


def rows(content: bytes) -> None:
    """Any table at all below real headings: every row is a person or set aside."""
    below = _grid(content.decode("utf-8", "replace"))
    head = ["STT", "Họ và tên", "Chức vụ", "Sở, ban, ngành", "Điện thoại", "Email"]
    sheet = Sheet("DS", False, 1, [head, *below])
    with suppress(SurveyError):
        checked = check_workbook(Workbook("a.csv", "csv", (sheet,)), _leaders())
        numbers = [line.number for line in checked.lines]
        assert len(numbers) == len(set(numbers))


def ballots(content: bytes) -> None:
    """What anybody could seal with the public key, ciphertexts of strangers, and files of ballots."""
    private, public = _box_key()
    plain = content[: box.ROOM]
    padded = (len(plain).to_bytes(2) + plain).ljust(box.PLAINTEXT_BYTES, b"\0")
    suite, key = box._SUITE, box._public_key(public)
    for sealed in (suite.encrypt(padded, key, b"tiny"), content):
        with suppress(BallotUnreadable):
            assert isinstance(box.unseal(private, "tiny", sealed), box.Ballot)
    with tempfile.NamedTemporaryFile(suffix=".gz") as out:
        out.write(gzip.compress(content, 1) if content[:1] != b"\x1f" else content)
        out.flush()
        with suppress(FileRefused):
            list(files.read_lines(Path(out.name), export.KIND))


def saves(content: bytes) -> None:
    """What a browser sends in of a form is refused, or stored and found again."""
    instrument = _instrument()
    draft_context = DraftContext("tiny", instrument, UUID(int=1))
    names = [item.id for section in instrument.sections for item in section.items]
    changes = {}
    for row in _grid(content.decode("utf-8", "replace"))[:20]:
        name = names[int(row[0]) % len(names)] if row[0].isascii() and row[0].isdigit() else row[0]
        changes[name] = FieldChange(row[1] if len(row) > 1 else None, row[-1])
    with suppress(SurveyError):
        size = draft_cipher.size([instrument])
        made = drafts.merged(draft_context, None, changes, size=size, holder=_holder(), now=NOW)
        if made.after is not None:
            again = drafts.merged(
                draft_context, made.after, {}, size=size, holder=_holder(), now=NOW
            )
            assert again.answers == made.answers


def stored_drafts(content: bytes) -> None:
    """A row of drafts that somebody wrote by hand opens for nobody."""
    draft_context = DraftContext("tiny", _instrument(), UUID(int=1))
    for sealed in (content, b"\0\1" + content):
        try:
            draft_cipher.decrypt(draft_context, content[:16], sealed, holder=_holder())
        except DraftUnreadable:
            continue
        raise AssertionError("a forged draft was read")


def link(content: bytes) -> None:
    """A link or a typed code is ours to the last sign, or refused."""
    text = content.decode("utf-8", "replace")
    with suppress(SurveyError):
        code = links.read(TEST_KEYS, text)
        assert links.sign(TEST_KEYS, code) == text
    with suppress(SurveyError):
        assert codes.check_digit(codes.read_typed(text)[:-1]).isdigit()


def xlsform(content: bytes) -> None:
    """A workbook of any bytes, and one of any cells in the sheets of an XLSForm."""
    with suppress(SurveyError):
        read_xlsform(content, file="a.xlsx")
    parts = content.decode("utf-8", "replace").split("\f")
    sheets = {}
    for name, part in zip(("survey", "choices", "settings"), parts, strict=False):
        head, *below = _grid(part)
        sheets[name] = [dict(zip(head, row, strict=False)) for row in below] or [
            dict.fromkeys(head, "")
        ]
    with suppress(SurveyError):
        read_xlsform(form_workbook(sheets), file="a.xlsx")


TARGETS: dict[str, Callable[[bytes], None]] = {
    "workbook": workbook,
    "rows": rows,
    "ballots": ballots,
    "saves": saves,
    "stored_drafts": stored_drafts,
    "link": link,
    "xlsform": xlsform,
}
