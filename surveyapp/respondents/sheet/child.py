"""The child process: limits itself, hears what is to be done with which bytes, answers frame by frame."""

import gc
import json
import os
import pickle
import re
import resource
import sys
import traceback
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from surveyapp.respondents import errors
from surveyapp.respondents.progress import tell_parent
from surveyapp.respondents.sheet import limits
from surveyapp.respondents.sheet.formats import delimited, spreadsheets, word_document, zipped
from surveyapp.respondents.sheet.formats.repaired import repaired
from surveyapp.respondents.sheet.frames import ANSWER, END, FAILED, REFUSED, write_frame
from surveyapp.respondents.sheet.marks.marking import Marking
from surveyapp.respondents.sheet.workbook import workbook_from_reply

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "GZIP"),
    (b"{\\rtf", "RTF"),
)


def main(task: str) -> None:
    """Do `task` (`module:function`) with the bytes it hears, within limits; answer frame by frame."""
    work = task_named(task)
    _limit_itself()
    gc.disable()  # It ends before its garbage matters; looking for it takes a third of the checking.
    out = sys.stdout.buffer
    try:
        content, given = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own parent's words
        for answer in work(content, **given):
            write_frame(out, ANSWER, answer)
    except errors.FileRefused as refusal:
        _refuse(refusal)
    except MemoryError:
        _refuse(errors.ReadingTookTooMuch())
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}"
        write_frame(out, FAILED, where.encode())
    else:
        write_frame(out, END)
    out.flush()


def task_named(task: str) -> Callable[..., Iterator[bytes]]:
    """What `module:function` names: it takes the bytes of a file and answers in pieces."""
    module, _, name = task.partition(":")
    work: Callable[..., Iterator[bytes]] = getattr(import_module(module), name)
    return work


def _refuse(refusal: errors.FileRefused) -> None:
    told = json.dumps({"code": refusal.code, "facts": refusal.facts})
    write_frame(sys.stdout.buffer, REFUSED, told.encode())


def tell_workbook(content: bytes, *, file_name: str) -> Iterator[bytes]:
    """The file's format, remarks and sheets, as `workbook_from_reply` takes them. Raises FileRefused."""
    # In one piece: `json.dump` to a stream is written in Python and takes four times as long.
    yield json.dumps(read(content, file_name)).encode()


def mark(content: bytes, *, marking: Marking) -> Iterator[bytes]:
    """The workbook with its marks, or nothing when they cannot be put into this very file."""
    from surveyapp.respondents.sheet.marks import patching

    try:
        yield patching.patch(content, marking)
    except Exception:
        # Whatever hinders the patch, the same words can be handed out in a workbook written anew.
        return


def write_anew(
    content: bytes, *, file_name: str, marking: Marking, header_line: int
) -> Iterator[bytes]:
    """The file as an XLSX of its own with its marks. Raises FileRefused."""
    from surveyapp.respondents.sheet.marks.rebuilt import rebuild

    workbook = workbook_from_reply(file_name, read(content, file_name))
    yield rebuild(workbook, marking, header_line=header_line)


def _limit_itself() -> None:
    os.nice(limits.NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (limits.MEMORY_BYTES, limits.MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.CPU_SECONDS, limits.CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(content: bytes, file_name: str) -> dict[str, Any]:
    """Format, remarks and sheets of the file. Raises FileRefused."""
    tell_parent("unpacking", 0, 0)
    try:
        return _unescaped(_read(content, file_name))
    except (errors.FileRefused, MemoryError):
        raise
    except Exception as exc:
        # Damaged bytes make a parser fail in any way at all; each of them is this one refusal.
        raise errors.BrokenWorkbook(detected="") from exc
    except BaseException as exc:
        # A panic of calamine's is no Exception, and says the same of the file.
        if type(exc).__name__ != "PanicException":
            raise
        raise errors.BrokenWorkbook(detected="") from exc


_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def _unescaped(told: dict[str, Any]) -> dict[str, Any]:
    """Letters that Excel writes as `_x0020_` in its own XML, as they come through other formats: read as meant."""
    for sheet in told["sheets"]:
        for row in sheet["rows"]:
            for column, cell in enumerate(row):
                if "_x" in cell:
                    row[column] = _ESCAPED.sub(_letter, cell)
    return told


def _letter(escape: re.Match[str]) -> str:
    letter = chr(int(escape[1], 16))
    if letter in "\r\n":
        return "\n"
    return letter if letter.isprintable() else " "


def _read(content: bytes, file_name: str) -> dict[str, Any]:
    if content.startswith(b"PK"):
        archive = zipped.open_archive(content)
        kind = zipped.archive_format(archive)
        zipped.refuse_entities(archive)
        if kind == "docx":
            document = zipped.read_part(archive, "word/document.xml", limits.UNPACKED_BYTES)
            links = zipped.read_part(archive, "word/_rels/document.xml.rels", limits.MEGABYTE)
            sheets = word_document.read_document(document, links)
            return {"format": kind, "remarks": [], "sheets": sheets}
        left_out = zipped.remarks(archive)
        if kind != "ods":
            content, archive, far = repaired(content, archive)
            left_out += far
        sheets = spreadsheets.read_archive(content, archive, kind)
        left_out += spreadsheets.far_cells(sheets)
        return {"format": kind, "remarks": list(dict.fromkeys(left_out)), "sheets": sheets}
    if content.startswith(_OLE):
        sheets = spreadsheets.read_ole(content)
        return {"format": "xls", "remarks": spreadsheets.far_cells(sheets), "sheets": sheets}
    for magic, name in _FOREIGN:
        if content.startswith(magic):
            raise errors.NotAWorkbook(detected=name)
    kind, sheets, odd = delimited.read(content, file_name)
    return {"format": kind, "remarks": odd, "sheets": sheets}
