"""Runs of lines that stand again in another module: one piece of code should serve where the logic is one."""

import re
from collections import defaultdict
from itertools import combinations
from pathlib import Path

RUN = 6
TOO_COMMON = 8
"""Places a run may stand in before it is an idiom and no copy."""
_TABLES = re.compile(r"(?:^|/)(?:models|actions)\.py$|migrations/")
_NOTHING = re.compile(r"^(?:\W*|from .* import .*|import .*|#.*)$")


def copied(root: Path, *folders: str) -> dict[tuple[str, str], int]:
    """How many runs of six lines or more each two modules share to the letter; one run is let pass.

    Lines are taken without their indentation; blank lines, comments, imports and lone punctuation do
    not count, nor do modules that are tables.
    """
    lines: dict[str, list[str]] = {}
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            if not _TABLES.search(name):
                lines[name] = _code(path)
    places: dict[tuple[str, ...], list[tuple[str, int]]] = defaultdict(list)
    for name, code in lines.items():
        for start in range(len(code) - RUN + 1):
            places[tuple(code[start : start + RUN])].append((name, start))
    shared: dict[tuple[str, str], set[tuple[int, int]]] = defaultdict(set)
    for spots in places.values():
        if 1 < len(spots) <= TOO_COMMON:
            for (one, here), (other, there) in combinations(spots, 2):
                if one != other:
                    shared[one, other].add((here, there))
    runs = {pair: _runs(starts) for pair, starts in shared.items()}
    return {pair: n for pair, n in runs.items() if n > 1}


def _code(path: Path) -> list[str]:
    stripped = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in stripped if not _NOTHING.match(line)]


def _runs(starts: set[tuple[int, int]]) -> int:
    """Starts that follow each other on both sides are one run."""
    return sum((here - 1, there - 1) not in starts for here, there in starts)
