"""Packs for the tests: the tiny one, sound or with something changed in it."""

import shutil
from pathlib import Path

from surveyapp.campaigns.errors import PackRefused
from surveyapp.campaigns.pack.reading import Pack, read_pack
from surveyapp.instruments.errors import Fault

TESTS = Path(__file__).resolve().parents[1]
TINY = TESTS / "packs" / "tiny"
SHIPPED = TESTS.parent / "questionnaires"


def copy_pack(folder: Path, *, source: Path = TINY) -> Path:
    """A copy of a pack that a test may spoil."""
    return Path(shutil.copytree(source, folder / source.name))


def edit(pack: Path, file: str, old: str, new: str) -> int:
    """Replace the first `old` in one file; returns the line (from 1) on which it stood."""
    path = pack / file
    text = path.read_text(encoding="utf-8")
    before, matched, after = text.partition(old)
    assert matched, f"{old!r} is not in {file}"
    path.write_text(before + new + after, encoding="utf-8")
    return before.count("\n") + 1


def faults_of(pack: Path) -> tuple[Fault, ...]:
    """What is wrong with the pack; nothing when it is sound."""
    try:
        read_pack(pack)
    except PackRefused as refused:
        return refused.faults
    return ()


def edited_pack(folder: Path, file: str, old: str, new: str) -> Pack:
    """The tiny pack, sound, with one change."""
    pack = copy_pack(folder)
    edit(pack, file, old, new)
    return read_pack(pack)
