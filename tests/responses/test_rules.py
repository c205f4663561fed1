"""What answers mean against their instrument."""

import pytest

from surveyapp.instruments.freeze import freeze
from surveyapp.instruments.reading import read_questionnaire
from surveyapp.responses import rules
from surveyapp.responses.sealed_box import box
from tests.factories import PACKS

INSTRUMENT = freeze(read_questionnaire(PACKS / "tiny" / "questionnaires" / "P1.yaml"))
PROJECT_PACKS = PACKS.parent.parent / "questionnaires"


def test_gaps_are_named_in_the_order_asked_and_the_remark_is_none():
    answers = {"P1-102": "3", "P1-203": "1", "P1-900": "x"}
    assert rules.answered(INSTRUMENT, answers) == (2, 6)
    assert rules.gaps(INSTRUMENT, answers) == ("P1-101", "P1-103", "P1-201", "P1-202")


def test_answers_in_order_come_back_by_item():
    answers = {"P1-101": "98", "P1-203": "5"}
    codes = rules.in_order(INSTRUMENT, answers)
    assert codes == ("98", "", "", "", "", "5")
    assert rules.by_item(INSTRUMENT, codes) == answers


@pytest.mark.parametrize("codes", [("1",), ("1",) * 7, ("7", "", "", "", "", "")])
def test_codes_of_another_form_are_no_answers(codes):
    with pytest.raises(ValueError):
        rules.by_item(INSTRUMENT, codes)


def test_a_run_is_broken_by_a_gap_and_by_another_answer():
    assert rules.longest_run(("1", "1", "", "1", "2", "2", "2")) == 3
    assert rules.longest_run(("", "")) == 0


def test_the_one_quality_mark_goes_by_the_instruments_own_floor():
    floor = rules.floor_seconds(INSTRUMENT)
    syllables = sum(len(item.text.vi.split()) for item in INSTRUMENT.items)
    assert floor == pytest.approx(syllables * 0.2)
    marks = [rules.under_floor(INSTRUMENT, int(floor * n)) for n in (0.5, 1.5, 9)]
    assert marks == ["yes", "no", "no"]
    assert rules.under_floor(INSTRUMENT, None) == "unknown"


def test_how_complete_an_opened_response_is_goes_by_the_shares_of_the_campaign():
    facts = {"items": 10, "complete": 0.8, "partial": 0.5}
    completeness = [rules.completeness(n, **facts) for n in (10, 8, 7, 5, 4, 0)]
    assert completeness == ["complete", "complete", "partial", "partial", "break_off", "break_off"]


@pytest.mark.parametrize(
    "path",
    sorted(PROJECT_PACKS.glob("*/questionnaires/*.yaml")),
    ids=lambda path: f"{path.parent.parent.name}-{path.stem}",
)
def test_the_longest_ballot_of_every_questionnaire_fits_the_box(path):
    assert box.largest(freeze(read_questionnaire(path))) <= box.ROOM
