"""What an attack is, and when it did no better than chance."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from scipy.stats import binom

ACCIDENT = 1e-6
"""How often blind guessing may pass the bound: once in a million attacks."""


@dataclass(frozen=True)
class Outcome:
    """How often an attacker claimed something of a named person, and how often that was right.

    `chance` is the number of right claims that guessing without any of what the attack reads would give.
    """

    claims: int
    hits: int
    chance: float = 0.0

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(
            self.claims + other.claims, self.hits + other.hits, self.chance + other.chance
        )

    @property
    def bound(self) -> int:
        """Hits that guessing passes with a probability of less than `ACCIDENT` (binomial)."""
        if not self.claims or not self.chance:
            return 0
        return int(binom.isf(ACCIDENT, self.claims, min(1.0, self.chance / self.claims)))

    @property
    def is_at_chance(self) -> bool:
        """The attack told no more than guessing does."""
        return self.hits <= self.bound


NOTHING = Outcome(0, 0)


def total(outcomes: Iterable[Outcome]) -> Outcome:
    """Several attacks of one kind as one."""
    return sum(outcomes, NOTHING)


@dataclass(frozen=True)
class Attack:
    """One way to join a person to an answer. `run` is given the scene and "real" or "naive"."""

    name: str
    reads: str
    """What the attacker holds."""
    run: Callable[[Any, str], Outcome]
    engines: tuple[str, ...] = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Line:
    """One line of the table: an attack on one engine, against the twin and against the survey."""

    attack: Attack
    engine: str
    naive: Outcome
    real: Outcome

    @property
    def holds(self) -> bool:
        """The twin is broken and the survey is not."""
        return not self.naive.is_at_chance and self.real.is_at_chance


def table(lines: Iterable[Line]) -> str:
    """The attacks with their figures, as text."""
    rows = [("attack", "engine", "naive twin", "survey", "chance", "bound", "")]
    for line in lines:
        naive, real = line.naive, line.real
        rows.append(
            (
                f"{line.attack.name}: {line.attack.reads}",
                line.engine,
                f"{naive.hits} of {naive.claims}",
                f"{real.hits} of {real.claims}",
                f"{real.chance:.1f}",
                str(real.bound),
                "holds" if line.holds else "TWIN STANDS" if naive.is_at_chance else "BROKEN",
            )
        )
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    shown = []
    for row in rows:
        first, engine, *figures, verdict = row
        cells = [first.ljust(widths[0]), engine.ljust(widths[1])]
        cells += [cell.rjust(width) for cell, width in zip(figures, widths[2:-1], strict=True)]
        shown.append("  ".join([*cells, verdict]).rstrip())
    return "\n".join(shown)
