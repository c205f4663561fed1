"""The corpus of dirty workbooks: every planted fault is found, no clean line is complained of."""

import pytest

from surveyapp.respondents import labels
from surveyapp.respondents.lists.uploads.upload import check_file
from tests.files import by_hand
from tests.files.build_corpus import (
    Case,
    Score,
    judge_by_hand,
    readable_cases,
    refused_cases,
    score,
)
from tests.files.by_hand import ByHand
from tests.files.people import context

READABLE = list(readable_cases())
BY_HAND = by_hand.files()
REFUSED = list(refused_cases())


@pytest.mark.parametrize("case", READABLE, ids=[c.name for c in READABLE])
def test_every_planted_fault_is_found_and_no_clean_line_is_blamed(case: Case) -> None:
    total = Score()
    checked = check_file(case.content, case.name, case.context)
    score(case, checked, total)
    assert total.complaints == []
    assert total.caught == total.planted > 0
    assert all(labels.message(finding) for finding in checked.findings)


@pytest.mark.parametrize("case", REFUSED, ids=[c.name for c in REFUSED])
def test_a_file_that_cannot_be_a_list_is_refused_with_a_reason_of_its_own(case: Case) -> None:
    checked = check_file(case.content, case.name, case.context)
    assert checked.refusal is not None
    assert checked.refusal.code == case.refused
    assert checked.reason is not None and len(checked.reason) > 30
    assert "%" not in checked.reason


@pytest.mark.parametrize("case", BY_HAND, ids=[c.name for c in BY_HAND])
def test_a_file_is_read_as_the_person_read_it_who_wrote_its_truth_down(case: ByHand) -> None:
    checked = check_file(case.content, case.name, context(case.kind))
    assert judge_by_hand(case, checked) == []


def test_the_corpus_is_as_large_and_as_mixed_as_promised() -> None:
    assert len(READABLE) >= 60
    assert len(BY_HAND) >= 10
    assert {c.name.rsplit(".", 1)[1] for c in READABLE} == {"xlsx", "xlsm", "xls", "ods", "csv"}
    assert {c.kind for c in READABLE} == {c.kind for c in READABLE if c.planted}
    assert len({p.fault for c in READABLE for p in c.planted}) >= 30
