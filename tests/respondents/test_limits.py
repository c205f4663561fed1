"""What a file may not do to the server: memory, time, size. Each limit has a file or an act that meets it."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from surveyapp.respondents import errors
from surveyapp.respondents.sheet import guarded, limits, mark_workbook, read_workbook
from surveyapp.respondents.sheet.marks.marking import Mark, Marking
from tests.files import refused, writers
from tests.files.layouts import Grid

MARKING = Marking("DS", (Mark(2, 1, "must", "Phải sửa", "x", "DS"),), (), ())


def in_child(
    act: str, *, cpu_seconds: int = limits.CPU_SECONDS
) -> subprocess.CompletedProcess[bytes]:
    """`act` in a process that has limited itself as the reading child does."""
    code = (
        "from surveyapp.respondents.sheet import child, limits\n"
        f"limits.CPU_SECONDS = {cpu_seconds}\n"
        f"child._limit_itself()\n{act}"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=300)


def test_the_child_gets_no_more_memory_than_its_share() -> None:
    done = in_child(f"bytearray({limits.MEMORY_BYTES})")
    assert b"MemoryError" in done.stderr


def test_the_child_is_ended_when_its_time_is_over() -> None:
    assert in_child("while True: pass", cpu_seconds=1).returncode < 0


def test_the_child_writes_no_file(tmp_path: Path) -> None:
    in_child(f"open({str(tmp_path / 'left')!r}, 'w').write('x')")
    assert (tmp_path / "left").read_text() == ""


def test_a_child_that_is_ended_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    content = writers.xlsx(Grid([["Họ và tên", "Chức vụ"], ["Lê Văn An", "Giám đốc"]]))
    monkeypatch.setattr(limits, "WALL_SECONDS", 0.001)
    with pytest.raises(errors.ReadingTookTooMuch):
        read_workbook(content, "a.xlsx")


def test_a_file_over_ten_megabytes_never_reaches_the_child(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guarded, "run", None)
    with pytest.raises(errors.FileTooLarge):
        read_workbook(b"a" * (limits.FILE_BYTES + 1), "a.csv")


def test_a_child_that_says_too_much_is_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    row = b"Le Van An,0912000001\n"
    monkeypatch.setattr(limits, "ANSWER_BYTES", 1000)
    assert len(read_workbook(row * 10, "a.csv").sheets[0].rows) == 10
    with pytest.raises(errors.ReadingTookTooMuch):
        read_workbook(row * 100, "a.csv")


def test_a_fault_of_our_own_in_the_child_is_not_blamed_on_the_file() -> None:
    with pytest.raises(guarded.ChildFailed, match=r"TypeError at child\.py"):
        guarded.run("surveyapp.respondents.sheet.child:tell_workbook", b"a,b")


def test_who_waits_for_a_place_says_so_and_gets_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "_PATIENCE", 0.001)
    monkeypatch.setattr(guarded, "_places", threading.BoundedSemaphore(1))
    guarded._places.acquire()
    said: list[str] = []

    def heard(stage: str, _done: int, _total: int) -> None:
        said.append(stage)
        if len(said) == 3:
            guarded._places.release()

    assert read_workbook(b"a,b", "a.csv", progress=heard).sheets[0].rows == [["a", "b"]]
    assert said[:3] == ["unpacking"] * 3


def test_a_row_beyond_the_limit_is_refused_and_the_last_one_within_it_read() -> None:
    row = b"Le Van An,0912000001\n"
    assert len(read_workbook(row * limits.ROWS, "a.csv").sheets[0].rows) == limits.ROWS
    with pytest.raises(errors.TooManyRows):
        read_workbook(row * (limits.ROWS + 1), "a.csv")


def test_a_column_beyond_the_limit_is_refused_and_the_last_one_within_it_read() -> None:
    def line(columns: int) -> bytes:
        return (",".join(["x"] * columns) + "\n").encode()

    assert len(read_workbook(line(limits.COLUMNS), "a.csv").sheets[0].rows[0]) == limits.COLUMNS
    with pytest.raises(errors.TooManyColumns):
        read_workbook(line(limits.COLUMNS + 1), "a.csv")


@pytest.mark.parametrize("name", ["bomb.xlsx", "ratio.xlsx", "entries.xlsx", "far.xlsx"])
def test_what_is_refused_for_reading_is_never_patched(name: str) -> None:
    content = next(content for n, _kind, _code, content in refused.files() if n == name)
    assert mark_workbook(content, MARKING) is None


def test_entities_are_refused_before_anything_is_patched() -> None:
    content = next(c for _n, _kind, code, c in refused.files() if code == "entities")
    assert mark_workbook(content, MARKING) is None
