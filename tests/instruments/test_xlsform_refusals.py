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
        (form({"type": "text", "name": "a", "label::Français (fr)": "Où ?"}), "2 survey!C2", "tiếng Việt"),
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
    (reason,) = reasons(form(*rows))
    assert "đã dùng ở dòng 4" in reason


def test_settings_of_an_app_that_collects_change_nothing_and_are_told():
    imported = taken(form(ASKED, form_title="A form", submission_url="https://x.example", auto_send="yes"))  # fmt: skip
    for name in ("submission_url", "auto_send"):
        assert any(name in notice for notice in imported.notices)
