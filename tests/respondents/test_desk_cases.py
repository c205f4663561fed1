"""Lists as desks send them: nobody is lost, nobody is guessed, what is wrong is asked about."""

import pytest

from surveyapp.respondents import labels
from surveyapp.respondents.lists.uploads.upload import check_file
from tests.files.desk_cases import DeskCase, Score, desk_cases, score

CASES = list(desk_cases())


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_file_is_read_as_a_careful_person_reads_it(case: DeskCase) -> None:
    tally = Score()
    checked = check_file(case.content, case.name, case.context)
    score(case, checked, tally)
    assert tally.complaints == []
    assert all(labels.message(finding) for finding in checked.findings)


def test_the_measure_would_notice_a_lost_person_and_a_false_alarm() -> None:
    case = next(c for c in CASES if c.name == "A12_lone_names_org_words.xlsx")
    checked = check_file(case.content, case.name, case.context)
    fewer = type(checked)(True, None, checked.lines[1:], checked.findings)
    tally = Score()
    score(case, fewer, tally)
    assert len(tally.complaints) == 1
    quiet = type(checked)(True, None, checked.lines, ())
    tally = Score()
    score(case, quiet, tally)
    assert tally.recall == 0
