"""Each kind: what it takes, what it refuses and why, how it is told and what of it leaves the box."""

import pytest

from surveyapp.instruments.errors import QuestionnaireRefused
from surveyapp.instruments.fingerprints import fingerprints
from surveyapp.instruments.freeze import freeze, thaw
from surveyapp.instruments.kinds import routing
from surveyapp.instruments.kinds.registry import kind_of
from surveyapp.instruments.model import Instrument
from surveyapp.instruments.reading import read_questionnaire
from surveyapp.instruments.yaml_writing import as_yaml
from tests.instruments.kinds.forms_of_kinds import DDCI, ddci, spoilt


def refused(path) -> list[str]:
    with pytest.raises(QuestionnaireRefused) as refusal:
        read_questionnaire(path)
    return [str(fault) for fault in refusal.value.faults]


def test_a_form_with_every_kind_goes_to_json_and_to_yaml_and_back_without_loss(tmp_path):
    written = read_questionnaire(DDCI)
    assert Instrument.from_json(ddci().to_json()) == ddci()
    assert freeze(thaw(ddci())).sha256 == ddci().sha256
    path = tmp_path / "again.yaml"
    path.write_text(as_yaml(written), encoding="utf-8")
    assert read_questionnaire(path) == written


@pytest.mark.parametrize(
    ("item", "sent", "value"),
    [
        ("DX-102", [" 007 "], "7"),
        ("DX-102", ["1.200"], "1200"),
        ("DX-102", ["", "-98"], "-98"),
        ("DX-301", ["3", "1"], "1 3"),
        ("DX-301", ["1 3"], "1 3"),
        ("DX-302", ["a\u200b\r\nb "], "a\nb"),
        ("DX-101", ["", "2"], "2"),
    ],
)
def test_an_answer_has_one_spelling_however_it_was_sent(item, sent, value):
    asked = ddci().item(item)
    assert kind_of(asked).read(asked, sent) == value


@pytest.mark.parametrize(
    ("item", "value"),
    [
        ("DX-101", "3"), ("DX-102", "0"), ("DX-102", "501"), ("DX-102", "1,5"), ("DX-102", "7 -98"),
        ("DX-102", "-1"), ("DX-102", "٣"), ("DX-301", "1 2 3 4"), ("DX-301", "1 6"),
        ("DX-301", "2 1"), ("DX-301", "98 1"), ("DX-302", "a" * 201),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused(item, value):
    asked = ddci().item(item)
    assert kind_of(asked).refusal(asked, value) is not None


def test_a_number_leaves_the_box_as_the_band_it_lies_in():
    item = ddci().item("DX-102")
    kind = kind_of(item)
    opened = [kind.opened(item, value) for value in ("1", "5", "6", "100", "101", "500", "-98", "")]
    assert opened == ["1", "1", "2", "4", "5", "5", "98", ""]
    assert [one.vi for one in kind.categories(item)][:5] == [
        "1–5",
        "6–20",
        "21–50",
        "51–100",
        "101–500",
    ]


@pytest.fixture
def hours(tmp_path):
    """A number with decimals, in the bands of the form."""
    path = spoilt(tmp_path, ("most: 500\n", "most: 500\n          decimals: 2\n"))
    return freeze(read_questionnaire(path)).item("DX-102")


@pytest.mark.parametrize(
    ("sent", "value"),
    [
        ("12,50", "12.5"),
        ("7.0", "7"),
        ("1,25", "1.25"),
        ("007,10", "7.1"),
        ("1.200,5", "1200.5"),
        ("1.200.300", "1200300"),
    ],
)
def test_a_number_with_decimals_has_one_spelling_whichever_sign_sets_them_apart(hours, sent, value):
    assert kind_of(hours).read(hours, [sent]) == value


@pytest.mark.parametrize("value", ["1.234", "500.01", "0.99", "5.", ".5", "12.50", "1.200", "1e2"])
def test_what_is_no_number_of_so_many_decimals_is_refused(hours, value):
    assert kind_of(hours).refusal(hours, value) is not None


def test_bands_of_a_number_with_decimals_leave_nothing_between_them(hours):
    kind = kind_of(hours)
    assert [kind.opened(hours, value) for value in ("5.99", "6", "100.5", "500")] == ["1", "2", "4", "5"]  # fmt: skip
    bands = [one.en for one in kind.categories(hours)]
    assert bands[:2] == ["1 to under 6", "6 to under 21"]
    assert bands[4] == "101 to 500"
    assert all(kind.refusal(hours, value) is None for value in ("1", "1.5", "499.99", "500"))
    assert kind.told(hours, "12.5", "vi").startswith("12,5")


def test_a_nominal_list_is_never_scored_and_a_middle_best_scale_scores_its_middle_best():
    assert kind_of(ddci().item("DX-103")).scores(ddci().item("DX-103")) == {}
    pace = ddci().item("DX-204")
    assert kind_of(pace).scores(pace) == {"1": 0, "2": 50, "3": 100, "4": 50, "5": 0}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("kind: number", "kind: date", "chỉ nhận một trong: single, multiple, number, text"),
        ("least: 1\n", "least: 900\n", "phải nhỏ hơn số lớn nhất"),
        ("bands: [6, 21", "bands: [21, 6", "các mốc tăng dần"),
        ("settings: {most: 3}", "settings: {most: 7}", "phải là số nguyên từ 1 đến 6"),
        ("settings: {max_length: 200}", "settings: {length: 200}", "không có trường nào tên như vậy"),
        ('{item: DX-101, codes: ["1"]}', '{item: DX-103, codes: ["1"]}', "chỉ được dựa vào câu hỏi đứng trước: DX-103"),
        ('{item: DX-101, codes: ["1"]}', '{item: DX-999, codes: ["1"]}', "không có câu hỏi DX-999"),
        ('{item: DX-101, codes: ["1"]}', '{item: DX-101, codes: ["7"]}', "câu DX-101 không có mã 7"),
        ('{item: DX-101, codes: ["1"]}', "{item: DX-101, least: 1}", "câu DX-101 không phải là số"),
        ('{item: DX-101, codes: ["1"]}', "{item: DX-101}", "mỗi điều kiện nêu đúng một điều"),
        ("{item: DX-102, least: 101}", "{item: DX-102, least: 900}", None),
        ("kind: text\n        dont_know: false\n", "kind: text\n", "câu ghi chữ không có “Không biết”"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_found_when_the_file_is_read(tmp_path, old, new, told):
    path = spoilt(tmp_path, (old, new))
    if told is None:
        read_questionnaire(path)
        return
    assert any(told in fault for fault in refused(path)), refused(path)


def test_an_item_that_no_answers_lead_to_is_named(tmp_path):
    path = spoilt(
        tmp_path,
        ('- {item: DX-203, codes: ["3", "4", "5"]}\n        - {item: DX-102, least: 101}', '- {item: DX-102, least: 900}'),
    )  # fmt: skip
    faults = refused(path)
    assert any("DX-301" in fault and "không câu trả lời nào dẫn đến" in fault for fault in faults)


def test_an_answer_to_what_does_not_apply_leads_nowhere():
    given = {"DX-101": "2", "DX-102": "400", "DX-203": "1", "DX-301": "1"}
    assert list(routing.applying(ddci().sections, given)) == [
        "DX-101", "DX-201", "DX-202", "DX-203", "DX-204",
    ]  # fmt: skip


def test_another_condition_is_another_question_in_a_time_series(tmp_path):
    path = spoilt(tmp_path, ('{item: DX-101, codes: ["1"]}', '{item: DX-101, codes: ["2"]}'))
    before, after = fingerprints(ddci()), fingerprints(freeze(read_questionnaire(path)))
    assert before["DX-102"].routing != after["DX-102"].routing
    assert before["DX-103"] == after["DX-103"]


def test_what_is_not_said_is_not_written():
    condition = ddci().item("DX-102").shown_if
    assert condition.model_dump(mode="json") == {"all": [{"item": "DX-101", "codes": ["1"]}]}
    assert '"any":[]' not in ddci().to_json()


def test_a_form_whose_answers_would_not_fit_a_ballot_is_refused_with_their_size(tmp_path):
    text = DDCI.read_text(encoding="utf-8")
    start = text.index("      - id: DX-302")
    one = text[start : text.index("remark:", start)] if "remark:" in text[start:] else text[start:]
    long = one.replace("max_length: 200", "max_length: 1000")
    more = "".join(
        long.replace("DX-302", f"DX-4{n:02}").replace("vi: ", f"vi: {n} ", 1) for n in range(8)
    )
    path = tmp_path / DDCI.name
    path.write_text(text.replace(one, one + more), encoding="utf-8")
    assert any("quá 16384" in fault for fault in refused(path)), refused(path)
