"""A questionnaire is frozen word for word, the same on every machine."""

from pathlib import Path

import pytest

from surveyapp.instruments.errors import QuestionnaireRefused
from surveyapp.instruments.freeze import freeze
from surveyapp.instruments.model import (
    DONT_KNOW,
    DONT_KNOW_LABEL,
    Instrument,
    Questionnaire,
    variable_name,
)
from surveyapp.instruments.reading import read_questionnaire

M1 = Path(__file__).resolve().parents[1] / "packs" / "tiny" / "questionnaires" / "M1.yaml"


@pytest.fixture(scope="module")
def questionnaire() -> Questionnaire:
    return read_questionnaire(M1)


@pytest.fixture(scope="module")
def instrument(questionnaire: Questionnaire) -> Instrument:
    return freeze(questionnaire)


def test_an_item_has_the_options_of_its_scale(instrument: Instrument) -> None:
    item = instrument.item("M1-103")
    assert [option.code for option in item.options] == ["1", "2", "3", "4", "5"]
    assert item.options[0].label.vi == "Hoàn toàn đồng ý"
    assert item.best == "1"


def test_dont_know_is_an_answer_apart_from_the_scale(instrument: Instrument) -> None:
    assert instrument.item("M1-101").codes == {"1", "2", "3", "4", "5", DONT_KNOW}
    assert instrument.item("M1-203").codes == {"1", "2", "3", "4", "5"}
    assert DONT_KNOW_LABEL.vi == "Không biết / Không có ý kiến"


def test_items_come_in_the_order_asked(instrument: Instrument) -> None:
    ids = [item.id for section in instrument.sections for item in section.items]
    assert [item.id for item in instrument.items] == ids
    assert ids == ["M1-101", "M1-102", "M1-103", "M1-201", "M1-202", "M1-203"]


def test_an_unknown_item_is_no_item(instrument: Instrument) -> None:
    with pytest.raises(KeyError):
        instrument.item("M1-999")


def test_canonical_text_brings_back_the_same_instrument(instrument: Instrument) -> None:
    again = Instrument.from_json(instrument.to_json())
    assert again == instrument
    assert again.sha256 == instrument.sha256


def test_one_changed_word_changes_the_fingerprint(
    questionnaire: Questionnaire, instrument: Instrument
) -> None:
    changed = questionnaire.model_copy(update={"minutes": questionnaire.minutes + 1})
    assert freeze(changed).sha256 != instrument.sha256


def test_texts_follow_the_locale_and_fall_back_to_vietnamese(instrument: Instrument) -> None:
    label = instrument.item("M1-101").options[0].label
    assert [label.get(locale) for locale in ("vi", "en", "en_GB", "fr")] == [
        "Rất tốt", "Very good", "Very good", "Rất tốt",
    ]  # fmt: skip


def test_an_item_id_is_a_variable_name() -> None:
    assert variable_name("M1-103") == "M1_103"


def test_a_faulty_questionnaire_is_refused_with_every_fault(tmp_path: Path) -> None:
    text = M1.read_text(encoding="utf-8")
    text = text.replace("scale: quality", "scale: nothing").replace("minutes: 2", "minutes: 0")
    path = tmp_path / "M1.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(QuestionnaireRefused) as refused:
        read_questionnaire(path)
    places = [fault.place for fault in refused.value.faults]
    assert places == [
        "minutes",
        "scales[quality]",
        "sections[A].items[M1-101].scale",
        "sections[A].items[M1-102].scale",
        "sections[C].items[M1-201].scale",
    ]
    assert [fault.file for fault in refused.value.faults] == ["M1.yaml"] * 5
