"""What forms ask again and again, by a box to tick, or by values that stand fixed, is written out in questions of ours."""

import io

import pytest
from pyxform.xls2xform import convert

from surveyapp.instruments.errors import QuestionnaireRefused
from surveyapp.instruments.xlsform.reading import read_xlsform
from surveyapp.instruments.xlsform.writing import write_xlsform
from tests.instruments.forms import workbook
from tests.instruments.test_xlsform_elsewhere import ASKED, form, items, reasons, taken, told

AGAIN = [
    {"type": "begin_repeat", "name": "office", "label": "Office"},
    {"type": "select_one yn", "name": "good", "label": "Was it good?"},
    {"type": "text", "name": "why", "label": "Why not?", "relevant": "${good} = 'n'"},
    {"type": "end_repeat"},
]


def again(**cells: str) -> list[dict[str, str]]:
    return [AGAIN[0] | cells, *AGAIN[1:]]


def titles(imported) -> list[str]:
    return [section.title.en for section in imported.questionnaire.sections]


def test_what_is_repeated_a_fixed_number_of_times_is_so_many_sections():
    imported = taken(form(*again(repeat_count="3")))
    assert titles(imported) == ["Office (1)", "Office (2)", "Office (3)"]
    asked = items(imported)
    assert list(asked)[:3] == ["GOOD-1", "WHY-1", "GOOD-2"]
    assert asked["WHY-2"].shown_if.all[0].item == "GOOD-2"
    assert told(imported, "survey!D 2: ")


def test_what_is_repeated_as_often_as_a_number_says_is_asked_for_each_up_to_it():
    number = {"type": "integer", "name": "n", "label": "How many?", "constraint": ". <= 4"}
    imported = taken(form(number, *again(repeat_count="${n}")))
    asked_from = [section.shown_if for section in imported.questionnaire.sections]
    assert [shown_if.all[0].least for shown_if in asked_from[1:]] == [1, 2, 3, 4]


def test_a_repeat_without_a_number_asks_each_time_whether_there_is_more():
    imported = taken(form(ASKED, *again(relevant="${a} = 'y'")))
    asked = items(imported)
    assert asked["OFFICE-MORE-1"].shown_if.all[0].item == "A"
    assert [section.shown_if.all[0].item for section in imported.questionnaire.sections[1:]] == [
        f"OFFICE-MORE-{time}" for time in range(1, 6)
    ]
    assert told(imported, "survey!A 3: vòng lặp không ghi số lần")


def test_a_loop_asks_for_each_option_of_its_list_in_its_words():
    choices = [
        {"list_name": list_name, "name": name, "label": label}
        for list_name, name, label in (
            ("ways", "post", "Post"), ("ways", "phone", "Phone"), ("yn", "y", "Yes"), ("yn", "n", "No"),
        )
    ]  # fmt: skip
    rows = [
        {"type": "begin loop over ways", "name": "l"},
        {"type": "select_one yn", "name": "good", "label": "Was %(label)s good?"},
        {"type": "end loop"},
    ]
    imported = taken(form(*rows, choices=choices))
    assert titles(imported) == ["Post", "Phone"]
    assert items(imported)["GOOD-PHONE"].text.en == "Was Phone good?"


@pytest.mark.parametrize("count", ["21", "0", "${later}", "${a} + 1"])
def test_a_repeat_whose_number_nobody_knows_or_that_is_too_long_is_refused_at_its_place(count):
    said = reasons(form(ASKED, *again(repeat_count=count)))
    assert any(reason.startswith("3 survey!A3") for reason in said)
    assert any(reason.startswith("3 survey!D3") for reason in said)


def test_a_fault_in_what_is_asked_again_is_told_once_and_by_its_own_name():
    rows = again(repeat_count="3")
    rows[2] = rows[2] | {"relevant": "${nobody} = 'n' and ${good} = 'x'"}
    said = reasons(form(*rows))
    assert len([reason for reason in said if "survey!" in reason]) == 1
    rows[2] = rows[2] | {"relevant": "${good} = 'x'"}
    (reason,) = reasons(form(*rows))
    assert "câu good không có phương án x" in reason


def test_options_out_of_earlier_answers_are_refused_for_that_and_for_nothing_else():
    rows = [
        *again(repeat_count="2"),
        {"type": "select_one ${why}", "name": "pick", "label": "Which was worst?"},
    ]
    (reason,) = reasons(form(*rows))
    assert reason.startswith("6 survey!A6")


def test_a_copy_takes_no_name_that_the_form_has():
    imported = taken(form(*again(repeat_count="2"), ASKED | {"name": "good_1"}))
    assert len(items(imported)) == 5


def test_a_box_to_tick_is_a_question_of_yes_or_no():
    rows = [
        {"type": "acknowledge", "name": "k", "label": "I have read it."},
        {"type": "text", "name": "b", "label": "What then?", "relevant": "${k} = 'OK'"},
    ]
    imported = taken(form(*rows))
    (scale,) = imported.questionnaire.scales
    assert [option.label.en for option in scale.options] == ["OK", "No"]
    assert items(imported)["B"].shown_if.all[0].codes == ("1",)
    one = [{"list_name": "one", "name": "seen", "label": "I have seen it"}]
    row = {"type": "select_multiple one", "name": "s", "label": "Seen?"}
    imported = taken(form(row, choices=one))
    assert items(imported)["S"].kind == "single"
    assert told(imported, "survey!A 2: danh sách one")


def test_two_options_of_one_code_are_two_options_where_the_form_says_so():
    choices = [
        {"list_name": "l", "name": name, "label": label}
        for name, label in (("a", "Post"), ("b", "Phone"), ("a", "Letter"))
    ]
    rows = [
        {"type": "select_one l", "name": "x", "label": "How?"},
        {"type": "text", "name": "y", "label": "Why?", "relevant": "${x} = 'b'"},
    ]
    sheets = form(*rows, choices=choices, allow_choice_duplicates="yes")
    imported = taken(sheets)
    assert len(imported.questionnaire.scales[0].options) == 3
    assert told(imported, "choices!B 4: ")
    sheets["survey"][1]["relevant"] = "${x} = 'a'"
    (reason,) = reasons(sheets)
    assert reason.startswith("3 survey!D3")


def test_an_option_that_shows_an_answer_names_its_question():
    rows = [
        {"type": "text", "name": "first", "label": "The first office?"},
        {"type": "select_one l", "name": "x", "label": "Which one?"},
    ]
    choices = [
        {"list_name": "l", "name": "1", "label": "${first}"},
        {"list_name": "l", "name": "2", "label": "Another"},
    ]
    imported = taken(form(*rows, choices=choices, default_language="English (en)"))
    label = imported.questionnaire.scales[0].options[0].label.en
    assert label == "[your answer to “The first office?”]"


def test_a_filter_by_answers_alone_is_a_condition_of_the_whole_question():
    row = {
        "type": "select_one yn",
        "name": "b",
        "label": "And now?",
        "choice_filter": "selected(${a}, 'y')",
    }
    imported = taken(form(ASKED, row))
    assert items(imported)["B"].shown_if.all[0].codes == ("1",)
    assert told(imported, "survey!D 3: ")


def test_a_value_that_is_computed_and_shown_to_nobody_is_no_question():
    row = {"type": "integer", "name": "c", "calculation": "1 + 1"}
    imported = taken(form(ASKED, row))
    assert list(items(imported)) == ["A"]
    assert told(imported, "survey!A 3: ")
    rest = {"type": "text", "name": "d", "label": "Why?", "relevant": "${c} > 1"}
    (reason,) = reasons(form(ASKED, row, rest))
    assert reason.startswith("4 survey!E4")


def test_the_limit_of_a_day_that_is_answered_in_words_is_told_to_be_none():
    row = {"type": "date", "name": "d", "label": "When?", "constraint": ". <= today()"}
    imported = taken(form(row))
    assert items(imported)["D"].settings == {"max_length": 40}
    assert told(imported, "survey!D 2: ")


def test_a_workbook_of_one_sheet_is_the_survey_whatever_its_name():
    content = workbook({"Sheet1": [{"type": "text", "name": "a", "label": "Where?"}]})
    convert(io.BytesIO(content), file_type=".xlsx")
    assert list(items(read_xlsform(content, file="form.xlsx"))) == ["A"]


def test_a_form_between_commas_is_read_as_the_converter_reads_it():
    lines = [
        "survey,,,", ",type,name,label", ",select_one yn,a,Was it good?", ",text,b,Why?",
        "choices,,,", ",list_name,name,label", ",yn,y,Yes", ",yn,n,No",
    ]  # fmt: skip
    content = "\n".join(lines).encode()
    convert(content.decode(), file_type=".csv")
    imported = read_xlsform(content, file="form.csv")
    assert list(items(imported)) == ["A", "B"]
    lines[3] = ",geopoint,b,Where?"
    with pytest.raises(QuestionnaireRefused) as refusal:
        read_xlsform("\n".join(lines).encode(), file="form.csv")
    assert [(fault.line, fault.place) for fault in refusal.value.faults] == [(4, "survey!B4")]


def test_what_was_written_out_goes_out_and_comes_back_the_same():
    number = {"type": "integer", "name": "n", "label": "How many?", "constraint": ". <= 4"}
    box = {"type": "acknowledge", "name": "k", "label": "I have read it."}
    first = taken(form(box, number, *again(repeat_count="${n}"))).questionnaire
    content = write_xlsform(first)
    convert(io.BytesIO(content), file_type=".xlsx")
    assert read_xlsform(content, file="form.xlsx").questionnaire == first
