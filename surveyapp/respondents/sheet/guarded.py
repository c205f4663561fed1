"""Work on a foreign file in a child process that cannot take more than its share of memory, time and words."""

import json
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from surveyapp.respondents import errors
from surveyapp.respondents.progress import STAGES, Progress, no_progress, tell_nobody
from surveyapp.respondents.sheet import limits
from surveyapp.respondents.sheet.frames import ANSWER, END, FAILED, REFUSED, read_frame
from surveyapp.respondents.sheet.marks.marking import Marking
from surveyapp.respondents.sheet.workbook import Workbook, workbook_from_reply

# The child needs this package but not the web application around it: an empty
# `surveyapp` stands in for ours, so that it starts in 100 ms and in 30 MB.
_STARTER = (
    "import sys, types; p = types.ModuleType('surveyapp'); p.__path__ = [sys.argv[1]];"
    " sys.modules['surveyapp'] = p;"
    " from surveyapp.respondents.sheet import child; child.main(sys.argv[2])"
)
_PACKAGE = str(Path(__file__).resolve().parents[2])
_is_child = False
_places = threading.BoundedSemaphore(limits.AT_ONCE)
_PATIENCE = 5.0
"""Seconds between two words of who waits for a place."""


def work_here() -> None:
    """From now on tasks run in this very process: it was made for files and serves nobody else."""
    global _is_child
    _is_child = True
    tell_nobody()


class ChildFailed(Exception):
    """The child met a fault of our own, not of the file; the message says where."""


def run(
    task: str, content: bytes, *, progress: Progress = no_progress, **given: Any
) -> list[bytes]:
    """What `task` (`module:function`) answers to the bytes of a file, in the order it was said.

    Few run at once, at low priority: a page of somebody else comes first. Raises the FileRefused that
    the task raised, ReadingTookTooMuch for one that went over a limit, ChildFailed.
    """
    if _is_child:
        from surveyapp.respondents.sheet import child

        return list(child.task_named(task)(content, **given))
    while not _places.acquire(timeout=_PATIENCE):
        progress(STAGES[0], 0, 0)
    try:
        return list(_answers(task, pickle.dumps((content, given)), progress))
    finally:
        _places.release()


def _answers(task: str, told: bytes, progress: Progress) -> Iterator[bytes]:
    child = subprocess.Popen(  # noqa: S603 - our own interpreter, our own code
        [sys.executable, "-I", "-c", _STARTER, _PACKAGE, task],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdin and child.stdout and child.stderr
    watch = threading.Timer(limits.WALL_SECONDS, child.kill)
    relay = threading.Thread(target=_relay, args=(child.stderr, progress), daemon=True)
    watch.start()
    relay.start()
    try:
        _tell(child.stdin, told)
        yield from _said(child.stdout)
    finally:
        watch.cancel()
        child.kill()
        relay.join()
        child.stdout.close()
        child.wait()


def _tell(stdin: IO[bytes], told: bytes) -> None:
    try:
        with stdin:
            stdin.write(told)
    except BrokenPipeError:
        pass  # It is gone before it has heard everything; what it said, or did not, tells why.


def _said(stdout: IO[bytes]) -> Iterator[bytes]:
    """The answers up to the end. Raises what the child says was wrong, and when it breaks off."""
    left = limits.ANSWER_BYTES
    while left >= 0:
        kind, body = read_frame(stdout, left)
        if kind == END:
            return
        if kind == REFUSED:
            refusal = json.loads(body)
            raise errors.refused_as(refusal["code"], refusal["facts"])
        if kind == FAILED:
            raise ChildFailed(body.decode(errors="replace"))
        if kind != ANSWER:
            break
        left -= len(body)
        yield body
    raise errors.ReadingTookTooMuch


def _relay(stderr: IO[bytes], progress: Progress) -> None:
    """Pass on what the child says of its progress: `stage done total`, one line each."""
    with stderr:
        for line in stderr:
            stage, *numbers = line.decode(errors="replace").split() or [""]
            if stage in STAGES and len(numbers) == 2 and all(n.isdecimal() for n in numbers):
                progress(stage, int(numbers[0]), int(numbers[1]))


def refuse_by_size(size: int) -> None:
    """Raise FileTooLarge for a file of more bytes than a list can have."""
    if size > limits.FILE_BYTES:
        megabytes = round(size / limits.MEGABYTE, 1)
        raise errors.FileTooLarge(size=megabytes, limit=limits.FILE_BYTES // limits.MEGABYTE)


def read_workbook(content: bytes, file_name: str, *, progress: Progress = no_progress) -> Workbook:
    """Every sheet of an XLSX, XLSM, XLS, ODS or CSV file as rows of text.

    Raises a FileRefused when it is none of these, too large, protected or dangerous.
    Formulas, macros and external links are never evaluated: the stored values are read.
    """
    refuse_by_size(len(content))
    task = "surveyapp.respondents.sheet.child:tell_workbook"
    (told,) = run(task, content, file_name=file_name[-100:], progress=progress)
    return workbook_from_reply(file_name, json.loads(told))


def mark_workbook(content: bytes, marking: Marking) -> bytes | None:
    """The workbook with these marks and nothing else changed, or None where it must be written anew.

    Raises ReadingTookTooMuch.
    """
    task = "surveyapp.respondents.sheet.child:mark"
    marked = b"".join(run(task, content, marking=marking))
    return marked or None


def write_anew(content: bytes, file_name: str, marking: Marking, *, header_line: int) -> bytes:
    """An XLSX with the same sheets, rows and columns, and the marks. Raises FileRefused."""
    task = "surveyapp.respondents.sheet.child:write_anew"
    name = file_name[-100:]
    return b"".join(run(task, content, file_name=name, marking=marking, header_line=header_line))
