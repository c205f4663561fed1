"""No regular expression takes more than linear time, whatever foreign text it is put to."""

import re
from pathlib import Path

import pytest

import surveyapp
from tests.architecture.patterns import BOUND, Pattern, collect, growth

ROOT = Path(surveyapp.__file__).parent


def test_the_work_of_every_pattern_grows_as_the_text_does() -> None:
    patterns = list(collect(ROOT))
    assert len(patterns) > 150
    slow = []
    for pattern in patterns:
        grown, attack = growth(pattern)
        if grown >= BOUND:
            slow.append(f"{pattern.where}: ×{grown:.0f} on {attack}")
    assert slow == []


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (r"\s*\(\d+\)$", "sub"),
        (r"^(a|a)*$", "match"),
        (r"^(?:\w+\s?)*$", "fullmatch"),
        (r"<.*>$", "search"),
        (rb'<c\b(?=[^>]*\br="1")', "finditer"),
        (r"(ông|bà)*\s+(ông|bà)*\s*:", "search"),
    ],
)
def test_a_pattern_that_goes_back_and_forth_is_seen(pattern: str | bytes, method: str) -> None:
    assert growth(Pattern("", re.compile(pattern), frozenset({method})))[0] >= BOUND


@pytest.mark.parametrize(
    ("pattern", "method"),
    [(r"(?<!\s)\s*+\(\d++\)$", "sub"), (r"^(?>a|a)*+$", "match"), (r"\s+$", "match")],
)
def test_a_linear_pattern_passes(pattern: str, method: str) -> None:
    assert growth(Pattern("", re.compile(pattern), frozenset({method})))[0] < BOUND


def test_a_pattern_put_together_of_unknown_parts_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "house").mkdir()
    (tmp_path / "house" / "odd.py").write_text(
        "import re\n\ndef f(a, b):\n    return re.sub(a, '', b)\n"
    )
    with pytest.raises((NameError, ModuleNotFoundError)):
        list(collect(tmp_path / "house"))
