"""Whatever the check finds is told in words, and stands in the contract."""

import ast
import re
from pathlib import Path

import pytest

from surveyapp.exports import labels, verify
from surveyapp.exports.verify import ReleaseFault
from surveyapp.exports.verify.faults import CODES
from surveyapp.i18n import speaking

CHECK = Path(verify.__file__).parent
CONTRACT = Path(__file__).parents[2] / "docs" / "release-contract.md"


def given():
    """The codes that are written in the check's own modules."""
    for path in CHECK.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ReleaseFault":
                code = node.args[1]
                assert isinstance(code, ast.Constant), (path.name, node.lineno)
                yield code.value


def test_the_list_of_codes_is_that_of_the_faults_a_check_can_give():
    assert set(given()) == set(CODES)
    assert len(set(CODES)) == len(CODES)


def test_the_contract_explains_every_code():
    table = CONTRACT.read_text().split("## What a check finds")[1]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert {code for row in rows for code in re.findall(r"`(\w+)`", row)} == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_fault_has_words_of_its_own_in_both_languages(code):
    told = {}
    for language in ("vi", "en"):
        with speaking(language):
            told[language] = labels.fault(ReleaseFault("scoring/counts.csv", code, "P1"))
    assert told["vi"] != told["en"]
    for words in told.values():
        assert words.startswith("scoring/counts.csv: ")
        assert words.endswith(" (P1)")


def test_a_code_that_nobody_explained_is_refused():
    with pytest.raises(ValueError, match="novel"):
        ReleaseFault("scoring/counts.csv", "novel", "")
