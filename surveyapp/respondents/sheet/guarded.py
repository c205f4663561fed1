"""Reads a workbook in a child process that cannot take more than its share of memory and time."""

import json
import subprocess
import sys
from pathlib import Path

from surveyapp.respondents import errors
from surveyapp.respondents.sheet import limits
from surveyapp.respondents.sheet.marking import Marking
from surveyapp.respondents.sheet.workbook import Workbook, workbook_from_reply

# The child needs this package but not the web application around it: an empty
# `surveyapp` stands in for ours, so that it starts in 50 ms and in 30 MB.
_STARTER = (
    "import sys, types; p = types.ModuleType('surveyapp'); p.__path__ = [sys.argv[1]];"
    " sys.modules['surveyapp'] = p;"
    " from surveyapp.respondents.sheet import child; getattr(child, sys.argv[2])(sys.argv[3])"
)
_PACKAGE = str(Path(__file__).resolve().parents[2])
_REFUSALS = {c.code: c for c in errors.FileRefused.__subclasses__()}


def read_workbook(content: bytes, file_name: str) -> Workbook:
    """Every sheet of an XLSX, XLSM, XLS, ODS or CSV file as rows of text.

    Raises a FileRefused when it is none of these, too large, protected or dangerous.
    Formulas, macros and external links are never evaluated: the stored values are read.
    """
    if len(content) > limits.FILE_BYTES:
        raise errors.FileTooLarge(
            size=round(len(content) / limits.MEGABYTE, 1),
            limit=limits.FILE_BYTES // limits.MEGABYTE,
        )
    if not content.strip():
        raise errors.EmptyWorkbook
    try:
        reply = json.loads(_child("main", file_name[-100:], content))
    except ValueError as exc:
        raise errors.ReadingTookTooMuch from exc
    if "refused" in reply:
        raise _REFUSALS[reply["refused"]](**reply["facts"])
    return workbook_from_reply(file_name, reply)


def mark_workbook(content: bytes, marking: Marking) -> bytes | None:
    """The workbook with these marks and nothing else changed, or None where it must be written anew.

    Raises ReadingTookTooMuch.
    """
    told = json.dumps(marking.to_json()).encode() + b"\n"
    reply = _child("mark", "", told + content)
    if not reply:
        raise errors.ReadingTookTooMuch
    return reply if reply.startswith(b"PK") else None


def _child(task: str, argument: str, given: bytes) -> bytes:
    """What the child process answers. Raises ReadingTookTooMuch after `WALL_SECONDS`."""
    try:
        child = subprocess.run(  # noqa: S603 - our own interpreter, our own code
            [sys.executable, "-I", "-B", "-c", _STARTER, _PACKAGE, task, argument],
            input=given,
            capture_output=True,
            timeout=limits.WALL_SECONDS,
            check=False,
            env={"PYTHONUTF8": "1"},
        )
    except subprocess.TimeoutExpired as exc:
        raise errors.ReadingTookTooMuch from exc
    return child.stdout
