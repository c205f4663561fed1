"""Guard: every requirement in docs/security.md names a test that exists, or says why there is none."""

import re
from pathlib import Path

PROJECT = Path(__file__).parents[2]
PAGE = PROJECT / "docs" / "security.md"
FEWEST = 80
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| (.+) \| (.+) \|$", re.MULTILINE)


def rows(text: str) -> list[tuple[str, str]]:
    """Number of the requirement and what holds it."""
    return [(row[1], row[3]) for row in ROW.finditer(text)]


def existing() -> frozenset[str]:
    """The names of all tests of the house."""
    texts = (path.read_text(encoding="utf-8") for path in (PROJECT / "tests").rglob("*.py"))
    return frozenset(
        name for text in texts for name in re.findall(r"^ *def (test_\w+)\(", text, re.MULTILINE)
    )


def faults(text: str, tests: frozenset[str]) -> list[str]:
    """Rows whose test does not exist, and rows that name neither a test nor a reason."""
    missing = []
    for number, held in rows(text):
        named = re.findall(r"`(test_\w+)`", held)
        missing += [f"{number}: no test {name}" for name in named if name not in tests]
        if not named and not re.match(r"not (tested|held).*: \S", held):
            missing.append(f"{number}: neither a test nor a reason")
    return missing


def test_every_requirement_names_its_test_or_the_reason_why_not():
    assert faults(PAGE.read_text(encoding="utf-8"), existing()) == []


def test_at_least_eighty_requirements_are_looked_at_each_once():
    numbers = [number for number, _held in rows(PAGE.read_text(encoding="utf-8"))]
    assert len(numbers) == len(set(numbers)) >= FEWEST


def test_a_test_that_is_gone_and_a_row_without_a_reason_are_seen():
    text = "| 1.1.1 | a | `test_gone` |\n| 1.1.2 | b | yes |\n| 1.1.3 | c | not held: costs |\n"
    assert faults(text, frozenset()) == [
        "1.1.1: no test test_gone",
        "1.1.2: neither a test nor a reason",
    ]
