"""What answers mean against their instrument."""

import pytest

from surveyapp.instruments.freeze import freeze
from surveyapp.instruments.reading import read_questionnaire
from surveyapp.responses import box, rules
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


def test_the_duration_is_kept_as_a_band_of_the_instruments_own_floor():
    floor = rules.floor_seconds(INSTRUMENT)
    syllables = sum(len(item.text.vi.split()) for item in INSTRUMENT.items)
    assert floor == pytest.approx(syllables * 0.2)
    bands = [rules.duration_band(INSTRUMENT, int(floor * n)) for n in (0.5, 1.5, 4, 9)]
    assert bands == ["below_floor", "brisk", "usual", "long"]
    assert rules.duration_band(INSTRUMENT, None) == "unknown"


@pytest.mark.parametrize(
    "path",
    sorted(PROJECT_PACKS.glob("*/questionnaires/*.yaml")),
    ids=lambda path: f"{path.parent.parent.name}-{path.stem}",
)
def test_the_longest_ballot_of_every_questionnaire_fits_the_box(path):
    assert box.largest(freeze(read_questionnaire(path))) <= box.ROOM
