"""Forms as the field writes them: what each of their ways of asking becomes, compared with what the converter makes of it."""

import io
import re

import pytest
from pyxform.xls2xform import convert

from surveyapp.instruments.errors import QuestionnaireRefused
from surveyapp.instruments.model import Item
from surveyapp.instruments.xlsform.reading import ImportedForm, read_xlsform
from surveyapp.instruments.xlsform.writing import write_xlsform
from tests.instruments.forms import Sheets, workbook

YES_NO = [
    {"list_name": "yn", "name": "y", "label": "Yes"},
    {"list_name": "yn", "name": "n", "label": "No"},
]
ASKED = {"type": "select_one yn", "name": "a", "label": "Was it good?"}


def form(*rows: dict[str, str], choices=YES_NO, **settings: str) -> Sheets:
    sheets: Sheets = {"survey": list(rows), "choices": choices}
    return sheets | ({"settings": [settings]} if settings else {})


def taken(sheets: Sheets) -> ImportedForm:
    """The form as we take it; the converter takes it too."""
    content = workbook(sheets)
    convert(io.BytesIO(content), file_type=".xlsx")
    return read_xlsform(content, file="form.xlsx")


def items(imported: ImportedForm) -> dict[str, Item]:
    return {item.id: item for section in imported.questionnaire.sections for item in section.items}


def reasons(sheets: Sheets) -> list[str]:
    with pytest.raises(QuestionnaireRefused) as refusal:
        read_xlsform(workbook(sheets), file="form.xlsx")
    return [f"{fault.line} {fault.place}: {fault.message}" for fault in refusal.value.faults]


def told(imported: ImportedForm, cell_name: str) -> bool:
    return any(notice.startswith(cell_name) for notice in imported.notices)


PLACES = [
    {"list_name": "region", "name": "north", "label": "North"},
    {"list_name": "region", "name": "south", "label": "South"},
    {"list_name": "office", "name": "hill", "label": "Hill office", "in": "north"},
    {"list_name": "office", "name": "lake", "label": "Lake office", "in": "north"},
    {"list_name": "office", "name": "port", "label": "Port office", "in": "south"},
    {"list_name": "office", "name": "bay", "label": "Bay office", "in": "south"},
]
CASCADE = [
    {"type": "select_one region", "name": "region", "label": "Which region?"},
    {
        "type": "select_one office",
        "name": "office",
        "label": "Which office?",
        "choice_filter": "in = ${region}",
    },
    {
        "type": "text",
        "name": "why",
        "label": "Why that one?",
        "relevant": "${office} = 'port' or ${office} = 'hill'",
    },
]


def test_a_list_cut_by_an_earlier_answer_becomes_one_question_for_each_with_its_condition():
    imported = taken(form(*CASCADE, choices=PLACES))
    asked = items(imported)
    assert list(asked) == ["REGION", "OFFICE-NORTH", "OFFICE-SOUTH", "WHY"]
    scales = {scale.id: scale for scale in imported.questionnaire.scales}
    offered = [o.label.en for o in scales[asked["OFFICE-SOUTH"].scale or ""].options]
    assert offered == ["Port office", "Bay office"]
    assert [test.codes for test in asked["OFFICE-SOUTH"].shown_if.all] == [("2",)]
    meant = {(test.item, test.codes) for test in asked["WHY"].shown_if.any}
    assert meant == {("OFFICE-SOUTH", ("1",)), ("OFFICE-NORTH", ("1",))}
    assert told(imported, "survey 3: choice_filter")


def test_a_list_cut_by_a_fixed_value_is_a_list_of_its_own():
    rows = [
        {
            "type": "select_one office",
            "name": "a",
            "label": "Which in the north?",
            "choice_filter": "in='north'",
        },
        {
            "type": "select_one office",
            "name": "b",
            "label": "Which at all?",
            "choice_filter": "true()",
        },
    ]
    imported = taken(form(*rows, choices=PLACES))
    assert [len(scale.options) for scale in imported.questionnaire.scales] == [4, 2]


@pytest.mark.parametrize("said", ["in != ${region}", "position(..) = 1", "nowhere = ${region}", "in = ${later}"])  # fmt: skip
def test_a_filter_that_we_cannot_say_is_refused_where_it_stands(said):
    rows = [dict(row) for row in CASCADE[:2]]
    rows[1]["choice_filter"] = said
    assert any("survey!D3" in reason for reason in reasons(form(*rows, choices=PLACES)))


def test_a_number_with_decimals_comes_in_and_keeps_to_its_bounds():
    row = {"type": "decimal", "name": "n", "label": "Hours?", "constraint": ". >= 0 and . <= 24"}
    (item,) = items(taken(form(row))).values()
    assert (item.kind, item.settings) == ("number", {"decimals": 2, "least": 0, "most": 24})
    (reason,) = reasons(form(row | {"constraint": ". > 0 and . < 24"}))
    assert reason.startswith("2 survey!D2")


def test_a_condition_above_a_number_with_decimals_is_not_from_the_next_whole_number_on():
    rows = [{"type": "decimal", "name": "n", "label": "Hours?"}]
    rows.append({"type": "text", "name": "w", "label": "Why?", "relevant": "${n} > 8"})
    assert ["relevant" in reason for reason in reasons(form(*rows))] == [True]
    rows[1]["relevant"] = "${n} >= 8"
    assert items(taken(form(*rows)))["W"].shown_if.all[0].least == 8


@pytest.mark.parametrize("word", ["date", "time", "dateTime"])
def test_days_and_hours_are_answered_in_words_and_that_is_told(word):
    imported = taken(form({"type": word, "name": "d", "label": "When?"}))
    assert items(imported)["D"].kind == "text"
    assert told(imported, "survey!A 2: câu ")


def test_words_that_show_an_earlier_answer_name_its_question_instead():
    rows = [
        {"type": "text", "name": "office", "label": "Which office?"},
        {"type": "text", "name": "b", "label": "What of ${office} should change?"},
    ]
    imported = taken(form(*rows, default_language="English (en)"))
    text = items(imported)["B"].text.en
    assert text == "What of [your answer to “Which office?”] should change?"
    assert told(imported, "survey!C 3: ")


def test_a_note_of_a_value_that_nobody_is_asked_is_left_aside_and_a_question_with_it_is_refused():
    rows = [
        ASKED,
        {"type": "calculate", "name": "c", "calculation": "1 + 1"},
        {"type": "note", "name": "n", "label": "That makes ${c}."},
    ]
    assert told(taken(form(*rows)), "survey!A 4: note")
    rows.append({"type": "text", "name": "b", "label": "Is ${c} enough?"})
    (reason,) = reasons(form(*rows))
    assert reason.startswith("5 survey!C5") and "${c}" in reason


def test_a_note_with_a_condition_goes_only_to_a_question_with_the_same():
    note = {"type": "note", "name": "n", "label": "Think back.", "relevant": "${a} = 'n'"}
    why = {"type": "text", "name": "b", "label": "Why not?", "relevant": "${a} = 'n'"}
    assert items(taken(form(ASKED, note, why)))["B"].hint.en == "Think back."
    (reason,) = reasons(form(ASKED, note, why | {"relevant": "${a} = 'y'"}))
    assert reason.startswith("3 survey!D3")
    group = {"type": "begin_group", "name": "g", "label": "G", "relevant": "${a} = 'n'"}
    bare = {key: value for key, value in note.items() if key != "relevant"}
    rows = [ASKED, group, bare, {"type": "end_group"}, {"type": "text", "name": "z", "label": "Z?"}]
    (reason,) = reasons(form(*rows))
    assert reason.startswith("4 survey")


def test_an_option_that_a_constraint_sets_apart_excludes_all_others_and_only_there():
    choices = [
        *({"list_name": "l", "name": n, "label": n.title()} for n in ("post", "phone", "none")),
    ]
    both = [
        {"type": "select_multiple l", "name": "m", "label": "By which ways?",
         "constraint": "not(selected(., 'none') and count-selected(.) > 1) and count-selected(.) <= 2"},
        {"type": "select_one l", "name": "o", "label": "By which most?"},
    ]  # fmt: skip
    imported = taken(form(*both, choices=choices))
    asked = items(imported)
    scales = {scale.id: scale for scale in imported.questionnaire.scales}
    assert asked["M"].settings == {"most": 2}
    assert [o.alone for o in scales[asked["M"].scale].options] == [False, False, True]
    assert not any(o.alone for o in scales[asked["O"].scale].options)


def test_two_options_that_exclude_each_other_are_at_most_one_of_two_and_more_than_we_can_say_of_three():
    row = {"type": "select_multiple yn", "name": "m", "label": "Which?"}
    row["constraint"] = "not(selected(., 'y') and selected (., 'n'))"
    assert items(taken(form(row)))["M"].settings == {"most": 1}
    three = [*YES_NO, {"list_name": "yn", "name": "p", "label": "Perhaps"}]
    (reason,) = reasons(form(row, choices=three))
    assert reason.startswith("2 survey!D2")
    imported = taken(form(row | {"type": "select_one yn"}, choices=three))
    assert told(imported, "survey!D 2: ")


def test_other_please_say_is_added_for_the_question_that_asks_it_and_for_no_other():
    rows = [ASKED, {"type": "select_one yn or_other", "name": "b", "label": "And now?"}]
    imported = taken(form(*rows))
    asked = items(imported)
    scales = {scale.id: len(scale.options) for scale in imported.questionnaire.scales}
    assert (scales[asked["A"].scale], scales[asked["B"].scale]) == (2, 3)


def test_pictures_beside_words_are_left_aside_and_a_code_stands_for_a_picture_alone():
    choices = [row | {"image": f"{row['name']}.jpg"} for row in YES_NO]
    imported = taken(form(ASKED | {"media::image": "a.jpg"}, choices=choices))
    assert told(imported, "survey!D 2: ") and told(imported, "choices!D 2–3: ")
    choices = [{key: row[key] for key in row if key != "label"} for row in choices]
    imported = taken(form(ASKED, choices=choices))
    assert [o.label.en for o in imported.questionnaire.scales[0].options] == ["y", "n"]
    assert told(imported, "choices!C 2–3: ")
    (reason,) = reasons(form({"type": "select_one yn", "name": "a", "image": "a.jpg"}))
    assert reason.startswith("2 survey!C2")


def test_columns_of_one_apps_own_and_messages_in_several_languages_are_told_with_their_rows():
    row = ASKED | {
        "bind::oc:itemgroup": "one",
        "constraint_message::English (en)": "No.",
        "constraint_message::Français (fr)": "Non.",
    }
    imported = taken(form(row, path="somewhere", **{"attribute::app": "x"}))
    for cell_name in ("survey!D 2", "survey!E 2", "survey!F 2", "settings!A 2", "settings!B 2"):
        assert told(imported, cell_name), cell_name


def test_rows_of_remarks_and_groups_without_a_question_are_told():
    rows = [
        {"hint": "To be discussed"},
        {"type": "begin_group", "name": "inputs", "relevant": "./source = 'user'"},
        {"type": "hidden", "name": "source"},
        {"type": "end_group"},
        ASKED,
        ASKED | {"name": "b", "relevant": "false()"},
    ]
    imported = taken(form(*rows))
    assert list(items(imported)) == ["A"]
    for cell_name in ("survey 2: ", "survey!B 3: ", "survey!B 4: ", "survey!B 7: "):
        assert told(imported, cell_name), cell_name


def test_curled_quotes_in_a_condition_are_straight_ones():
    row = {"type": "text", "name": "b", "label": "Why?", "relevant": "${a} = ‘n’"}
    assert items(taken(form(ASKED, row)))["B"].shown_if.all[0].codes == ("2",)


def test_the_same_words_stand_once_in_each_section():
    rows = []
    for name in ("one", "two"):
        rows += [
            {"type": "begin_group", "name": name, "label": f"Office {name}"},
            ASKED | {"name": f"q_{name}"},
            {"type": "end_group"},
        ]
    assert len(items(taken(form(*rows)))) == 2
    rows[5:5] = [ASKED | {"name": "again"}]
    imported = taken(form(*rows))
    assert items(imported)["AGAIN"].text.en == "Was it good? (2)"
    assert told(imported, "survey!C 7: ")


def test_a_refused_form_of_many_faults_names_each_once_and_at_its_place():
    rows = [
        {"type": "geopoint", "name": "g", "label": "Where?"},
        {"type": "phone number", "name": "p", "label": "Phone?"},
        {"type": "barcode", "name": "k", "label": "Agree?"},
        {"type": "rank yn", "name": "r", "label": "Order?"},
        {"type": "text", "name": "t", "label": "Id?", "constraint": "regex(., '^[0-9]+$')"},
        {"type": "text", "name": "u", "label": "So?", "relevant": "${g} != ''"},
    ]
    stands_at = [re.match(r"\d+ \S+?(?=:)", reason)[0] for reason in reasons(form(*rows))]
    assert sorted(stands_at) == ["2 survey!A2", "3 survey!A3", "4 survey!A4", "5 survey!A5", "6 survey!D6"]  # fmt: skip


def test_what_came_in_goes_out_and_comes_back_the_same():
    rows = [
        ASKED,
        {"type": "text", "name": "t", "label": "Why?"},
        {"type": "decimal", "name": "d", "label": "Hours?", "relevant": "${a} = 'y'"},
        {"type": "date", "name": "w", "label": "When?", "relevant": "${d} >= 2"},
    ]
    first = taken(form(*rows)).questionnaire
    content = write_xlsform(first)
    convert(io.BytesIO(content), file_type=".xlsx")
    assert read_xlsform(content, file="form.xlsx").questionnaire == first
