"""Forms from elsewhere: a refusal tells every true reason and no consequence of another; what changes nothing of what
is asked is left aside, and said so."""

import pytest

from surveyapp.instruments.errors import QuestionnaireRefused
from surveyapp.instruments.reading import read_questionnaire
from surveyapp.instruments.xlsform.reading import ImportedForm, read_xlsform
from surveyapp.instruments.yaml_writing import as_yaml
from tests.instruments.forms import Sheets, workbook

YES_NO = [
    {"list_name": "yn", "name": "y", "label": "Yes"},
    {"list_name": "yn", "name": "n", "label": "No"},
]


def form(*rows: dict[str, str], choices=None, **settings: str) -> Sheets:
    sheets: Sheets = {"survey": list(rows), "choices": YES_NO if choices is None else choices}
    return sheets | ({"settings": [settings]} if settings else {})


def reasons(sheets: Sheets) -> list[str]:
    with pytest.raises(QuestionnaireRefused) as refusal:
        read_xlsform(workbook(sheets), file="form.xlsx")
    return [f"{fault.line} {fault.place}: {fault.message}" for fault in refusal.value.faults]


def taken(sheets: Sheets) -> ImportedForm:
    return read_xlsform(workbook(sheets), file="form.xlsx")


ASKED = {"type": "select_one yn", "name": "a", "label": "Was it good?"}


@pytest.mark.parametrize(
    ("sheets", "stands_at", "word"),
    [
        (form({"type": "rank yn", "name": "a", "label": "Order"}), "2 survey!A2", "rank"),
        (form({"type": "geopoint", "name": "a", "label": "Where?"}), "2 survey!A2", "geopoint"),
        (form({"type": "note", "name": "a", "label": "Hello"}), "1 survey", "không có câu hỏi"),
        (
            form(ASKED, choices=[{"list_name": "yn", "name": str(n), "label": f"No. {n}"} for n in range(25)]),
            "22 choices!B22", "dài quá 20",
        ),
    ],
)  # fmt: skip
def test_a_refusal_names_its_one_reason_and_nothing_that_follows_from_it(sheets, stands_at, word):
    (reason,) = reasons(sheets)
    assert reason.startswith(stands_at)
    assert word in reason


def test_a_third_language_is_left_aside_where_ours_is_there_and_said_so():
    row = ASKED | {"label::Français (fr)": "Était-ce bien ?", "hint::Español": "Elija"}
    imported = taken(form(row | {"hint": "Choose"}))
    for heading in ("label::Français (fr)", "hint::Español"):
        assert any(heading in notice for notice in imported.notices)


def test_a_translation_that_is_missing_here_and_there_is_stood_in_for_and_said_so():
    rows = [
        {"type": "text", "name": "a", "label::English": "First?", "label::Vietnamese": "Câu một?"},
        {"type": "text", "name": "b", "label::English": "Second?"},
    ]
    imported = taken(form(*rows))
    text = imported.questionnaire.sections[0].items[1].text
    assert (text.vi, text.en) == ("Second?", "Second?")
    assert any("“Second?”" in notice for notice in imported.notices)


def test_names_too_long_too_strange_or_taken_become_ours_and_stand_in_the_table(tmp_path):
    long = "how_often_has_the_office_answered_within_the_time_set"
    rows = [
        {"type": "text", "name": long, "label": "How often?"},
        {"type": "text", "name": long + "_by_law", "label": "How often by law?"},
        {"type": "text", "name": "Age", "label": "Old?"},
        {"type": "text", "name": "age", "label": "How old?"},
        {"type": "text", "name": "all", "label": "All?"},
        {"type": "text", "name": "đường", "label": "Street?"},
    ]
    imported = taken(form(*rows))
    items = [item.id for item in imported.questionnaire.sections[0].items]
    assert items == [
        "HOW-OFTEN-HAS-THE-OFFICE-ANSWERE", "HOW-OFTEN-HAS-THE-OFFICE-ANSWE-2", "AGE", "AGE-2", "ALL-1", "DUONG",
    ]  # fmt: skip
    assert {name.written for name in imported.mapped} >= {row["name"] for row in rows}
    path = tmp_path / "form.yaml"
    path.write_text(as_yaml(imported.questionnaire), encoding="utf-8")
    assert read_questionnaire(path) == imported.questionnaire


def test_a_question_without_words_is_asked_by_its_hint_and_one_that_is_off_is_not_asked():
    imported = taken(
        form(
            {
                "type": "text",
                "name": "a",
                "hint": "Your views",
                "guidance_hint::English": "Briefly",
            },
            ASKED | {"name": "b", "disabled": "yes"},
            ASKED | {"name": "c", "disabled": "no"},
        )
    )
    first, second = imported.questionnaire.sections[0].items
    assert (first.text.en, first.hint.en, second.id) == ("Your views", "Briefly", "C")
    told = "\n".join(imported.notices)
    assert "disabled" in told and "(label)" in told


def test_the_same_words_under_another_condition_are_another_question():
    why = {"type": "text", "label": "Please say why."}
    rows = [ASKED, why | {"name": "b", "relevant": "${a} = 'y'"}]
    rows.append(why | {"name": "c", "relevant": "${a} = 'n'"})
    assert len(taken(form(*rows)).questionnaire.sections[0].items) == 3
    rows.append(why | {"name": "d", "relevant": "${a} = 'n'"})
    asked = taken(form(*rows)).questionnaire.sections[0].items
    assert [item.text.en for item in asked[2:]] == ["Please say why.", "Please say why. (2)"]


def test_settings_of_an_app_that_collects_change_nothing_and_are_told():
    imported = taken(form(ASKED, form_title="A form", submission_url="https://x.example", auto_send="yes"))  # fmt: skip
    for name in ("submission_url", "auto_send"):
        assert any(name in notice for notice in imported.notices)


@pytest.mark.parametrize(
    ("condition", "meant"),
    [
        ("${a} != 'y'", {"all": [("without", ("1",))]}),
        ("not(selected(${a}, 'y'))", {"all": [("without", ("1",))]}),
        ("not(${a} = 'y' or ${n} = '')", None),
        ("${a}!='y' and ${a} != 'n'", {"all": [("without", ("1", "2"))]}),
        ("not(not(${a}='y'))", {"all": [("codes", ("1",))]}),
        ("string-length(${a}) > 0", {"all": [("answered", True)]}),
    ],
)
def test_what_is_not_chosen_is_asked_for_as_the_converter_does(condition, meant):
    rows = [ASKED, {"type": "integer", "name": "n", "label": "How many?"}]
    rows.append({"type": "text", "name": "b", "label": "Why?", "relevant": condition})
    if meant is None:
        meant = {"all": [("without", ("1",)), ("answered", True)]}
    shown_if = taken(form(*rows)).questionnaire.sections[0].items[2].shown_if
    for mode, tests in meant.items():
        written = zip(getattr(shown_if, mode), tests, strict=True)
        assert all(getattr(test, name) == value for test, (name, value) in written)


def test_what_nobody_answers_is_left_aside_and_what_rests_on_it_is_refused_by_its_name():
    rows = [ASKED, {"type": "calculate", "name": "c", "calculation": "1 + 1"}]
    assert any("calculate" in notice for notice in taken(form(*rows)).notices)
    rows.append({"type": "text", "name": "b", "label": "Why?", "relevant": "${c} > 1"})
    (reason,) = reasons(form(*rows))
    assert "giá trị do máy tính ra" in reason


def test_a_form_in_another_language_stands_in_both_and_says_so():
    imported = taken(form({"type": "text", "name": "a", "label::Français (fr)": "Où ?"}))
    assert imported.questionnaire.sections[0].items[0].text.vi == "Où ?"
    assert any("Français (fr)" in notice for notice in imported.notices)


def test_a_range_is_a_number_in_whole_steps():
    row = {"type": "range", "name": "a", "label": "How much?", "parameters": "start=0 end=5 step=1"}
    (item,) = taken(form(row)).questionnaire.sections[0].items
    assert item.settings == {"least": 0, "most": 5}
    (reason,) = reasons(form(row | {"parameters": "start=0 end=5 step=0.5"}))
    assert reason.startswith("2 survey!D2")
