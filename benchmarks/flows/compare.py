"""Two commits side by side: the same flows in alternating pairs, and where a ratio moved beyond noise.

.venv/bin/python -m benchmarks.flows.compare BASE                    BASE against HEAD, five pairs
.venv/bin/python -m benchmarks.flows.compare BASE --head COMMIT --only saves,pages --engines sqlite --pairs 7

Both run in work trees of their own with the libraries of this environment. Every run measures its ceiling
too, so what is compared is ratio with ratio: of the rate, and of the processor's time.
"""

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.flows.figures import MEASURES
from benchmarks.flows.serving import ROOT

LEAST = 0.03
"""A change smaller than this is not told, however steady."""
PATIENCE = 900
"""Seconds of one run, staging included."""
Key = tuple[str, int, str, str]
"""Engine, clients, measure, and which ratio: `rate` or `processor`."""


@dataclass(frozen=True)
class Moved:
    """What became of one ratio from base to head, over all pairs."""

    key: Key
    base: float
    head: float
    factors: tuple[float, ...]
    """Head over base, pair by pair."""

    @property
    def factor(self) -> float:
        """The median of the pairs."""
        return statistics.median(self.factors)

    @property
    def is_beyond_noise(self) -> bool:
        """Every pair says the same direction, the median by more than `LEAST` and the pairs' own scatter.

        The scatter is the median distance of a pair from the median. With five pairs and no change
        at all, one ratio in sixteen has all pairs on one side; few of these pass the other two.
        """
        away = self.factor - 1
        scatter = statistics.median(abs(each - self.factor) for each in self.factors)
        is_one_way = all(each > 1 for each in self.factors) or all(each < 1 for each in self.factors)  # fmt: skip
        return is_one_way and abs(away) > max(LEAST, scatter)

    @property
    def is_worse(self) -> bool:
        """Slower, or more work."""
        return (self.factor < 1) == (self.key[3] == "rate")


def moved(pairs: Sequence[tuple[Sequence[dict[str, Any]], Sequence[dict[str, Any]]]]) -> list[Moved]:  # fmt: skip
    """Each ratio that stands in every run of both sides."""
    base = [_by_key(one) for one, _ in pairs]
    head = [_by_key(other) for _, other in pairs]
    shared = [key for key in base[0] if all(key in run for run in (*base, *head))]
    return [
        Moved(
            key,
            statistics.median(run[key] for run in base),
            statistics.median(run[key] for run in head),
            tuple(other[key] / one[key] for one, other in zip(base, head, strict=True)),
        )
        for key in shared
    ]


def _by_key(ratios: Sequence[dict[str, Any]]) -> dict[Key, float]:
    return {
        (one["engine"], one["clients"], one["measure"], kind): one[kind]
        for one in ratios
        for kind in ("rate", "processor")
    }


def words(moves: Sequence[Moved]) -> list[str]:
    """A line for each ratio, and a last one that says what moved."""
    lines = [f"{'':44} {'base':>7} {'head':>7}   head ÷ base, median (least–most)"]
    for each in moves:
        engine, clients, measure, kind = each.key
        verdict = ("WORSE" if each.is_worse else "better") if each.is_beyond_noise else "noise"
        what = "of the ceiling's rate" if kind == "rate" else "× its processor time"
        lines.append(
            f"{engine:10} {clients:3} {measure:8} {what:21} {each.base:7.2f} {each.head:7.2f}   "
            f"{each.factor:.2f} ({min(each.factors):.2f}–{max(each.factors):.2f}) {verdict}"
        )
    worse = sum(each.is_beyond_noise and each.is_worse for each in moves)
    better = sum(each.is_beyond_noise and not each.is_worse for each in moves)
    return [*lines, f"{worse} worse and {better} better beyond noise, of {len(moves)}"]


# ---- running


@contextmanager
def work_trees(base: str, head: str) -> Iterator[dict[str, Path]]:
    """Both commits checked out in folders of their own, taken away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="surveyapp-compare-"))
    folder.chmod(0o711)
    trees = {"base": folder / "base", "head": folder / "head"}
    try:
        for name, commit in (("base", base), ("head", head)):
            _git("worktree", "add", "--detach", "--quiet", str(trees[name]), commit)
        _lend(trees)
        yield trees
    finally:
        for tree in trees.values():
            if tree.exists():
                _git("worktree", "remove", "--force", str(tree))
        shutil.rmtree(folder, ignore_errors=True)


def _lend(trees: dict[str, Path]) -> None:
    """A base from before these benchmarks gets those of the head; whether they fit it shows by itself."""
    if not (trees["base"] / "benchmarks" / "flows").exists():
        print("the base has no benchmarks/flows: it is measured with those of the head")
        shutil.copytree(trees["head"] / "benchmarks" / "flows", trees["base"] / "benchmarks" / "flows")  # fmt: skip
    locks = [(tree / "requirements.lock").read_bytes() for tree in trees.values()]
    if locks[0] != locks[1]:
        print("the two pin other libraries: both are measured with those of this environment")


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)  # fmt: skip
    return done.stdout.strip()


def _measure(tree: Path, options: Sequence[str]) -> list[dict[str, Any]]:
    """The ratios of one run in a tree, by that tree's own benchmarks."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.json"
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.flows", "--json", str(path), *options],
            cwd=tree,
            env={**os.environ, "PYTHONPATH": str(tree)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{tree.name} could not be measured:\n{done.stdout}")
        ratios: list[dict[str, Any]] = json.loads(path.read_text())["ratios"]
        return ratios


def main() -> None:
    """Print what moved; exit code 1 if anything got worse beyond noise."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("base", help="a commit to compare with")
    parser.add_argument("--head", default="HEAD")
    parser.add_argument("--only", default="pages,script,opens,saves", help=", ".join(MEASURES))
    parser.add_argument("--engines", default="sqlite,postgresql")
    parser.add_argument("--clients", default="8")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--seconds", default="4")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    options = [f"--{name}={getattr(given, name)}" for name in ("only", "engines", "clients", "seconds")]  # fmt: skip
    pairs = []
    with work_trees(given.base, given.head) as trees:
        for number in range(given.pairs):
            order = ("base", "head") if number % 2 == 0 else ("head", "base")
            ran = {
                name: _measure(trees[name], [*options, "--rounds=1", "--lean"]) for name in order
            }
            pairs.append((ran["base"], ran["head"]))
            print(f"pair {number + 1} of {given.pairs} measured", flush=True)
    moves = moved(pairs)
    print("\n".join(words(moves)))
    if any(each.is_beyond_noise and each.is_worse for each in moves):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
