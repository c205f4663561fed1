"""What forms ask again and again, by a box to tick, or by values that stand fixed, is written out in questions of ours."""

import io
import time

import pytest
from lxml import etree
from pyxform.xls2xform import convert

from surveyapp.instruments.errors import QuestionnaireRefused
from surveyapp.instruments.xlsform import xpath
from surveyapp.instruments.xlsform.reading import read_xlsform
from surveyapp.instruments.xlsform.rewriting.fixed import folded
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


def test_a_repeat_without_words_is_called_by_its_name_in_the_languages_of_the_form():
    rows = [
        {"type": "begin_repeat", "name": "visit"},
        {"type": "text", "name": "why", "label::English": "Why?", "label::Vietnamese": "Vì sao?"},
        {"type": "end_repeat"},
    ]
    text = items(taken(form(*rows)))["VISIT-MORE-2"].text
    assert text.vi == "Còn “visit” nữa không?"
    assert text.en == "Is there another “visit”?"


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


@pytest.mark.parametrize("rows", [
    [{"type": "begin_repeat", "name": "r", "repeat_count": "20"}] * 2000,
    [*again(repeat_count="20")[:1] * 400, *AGAIN[1:3], *AGAIN[3:] * 400],
    [*again(repeat_count="20")[:1], *(AGAIN[1] | {"name": f"q{n}"} for n in range(200)), AGAIN[3]],
])  # fmt: skip
def test_what_would_become_too_much_is_refused_and_not_written_out(rows):
    assert any(reason.startswith("2 survey!A2") for reason in reasons(form(*rows)))


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


def test_the_number_of_a_repeat_stands_in_its_words_and_conditions():
    rows = again(repeat_count="3")
    rows[1:1] = [{"type": "calculate", "name": "pos", "calculation": "position(..)"}]
    rows[2] = rows[2] | {"label": "Was office ${pos} good?", "relevant": "${pos} > 1"}
    imported = taken(form(*rows))
    asked = items(imported)
    assert asked["GOOD-2"].text.en == "Was office 2 good?"
    assert not {"GOOD-1", "WHY-1"} & set(asked) and asked["GOOD-2"].shown_if is None
    assert told(imported, "survey!C 4: ")


STATES = [
    {"list_name": list_name, "name": name, "label": name.title()}
    for list_name, name in (
        ("zone", "east"), ("zone", "west"), ("eastern", "hill"), ("eastern", "lake"), ("western", "port"), ("western", "lake"),
    )
]  # fmt: skip


def computed(calculation: str, relevant: str = "${state} = 'lake'") -> list[dict[str, str]]:
    return [
        {"type": "select_one zone", "name": "zone", "label": "Which zone?"},
        {"type": "select_one eastern", "name": "e", "label": "Which state?", "relevant": "${zone}='east'"},
        {"type": "select_one western", "name": "w", "label": "Which state?", "relevant": "${zone}='west'"},
        {"type": "calculate", "name": "state", "calculation": calculation},
        {"type": "text", "name": "why", "label": "Why?", "relevant": relevant},
    ]  # fmt: skip


@pytest.mark.parametrize(
    "calculation",
    [
        "if(${zone} = 'east', ${e}, if(${zone}='west', ${w}, ''))",
        "if(${zone}='east', ${e}, ${w})",
        "coalesce(${e}, ${w})",
        "if(${zone} = 'east', ${e}, if(${zone}='west', ${w}, 'nowhere'))",
    ],
)
def test_what_is_the_answer_to_whichever_question_was_asked_means_these(calculation):
    why = items(taken(form(*computed(calculation), choices=STATES)))["WHY"]
    assert {(test.item, test.codes) for test in why.shown_if.any} == {("E", ("2",)), ("W", ("2",))}
    rows = computed(calculation, "selected(${state}, 'port')")
    why = items(taken(form(*rows, choices=STATES)))["WHY"]
    assert [(test.item, test.codes) for test in why.shown_if.all] == [("W", ("1",))]


@pytest.mark.parametrize(
    "calculation",
    [
        "if(${zone} = 'west', ${e}, ${w})",
        "if(${zone} != 'east', ${e}, ${w})",
        "coalesce(${e}, ${zone})",
        "concat(${e}, ${w})",
        "if(${zone}='east', ${e}, if(${zone}='west', ${w}, 'lake'))",
    ],
)
def test_what_is_computed_of_several_answers_is_not_guessed(calculation):
    (reason,) = reasons(form(*computed(calculation), choices=STATES))
    assert reason.startswith("6 survey!D6")


@pytest.mark.parametrize(
    ("calculation", "relevant", "meant"),
    [
        ("'x'", "${state} = 'x' and ${zone} = 'east'", ("ZONE", ("1",))),
        ("2", "${state} >= 2 and not(${state} = 3) and ${zone}='west'", ("ZONE", ("2",))),
        ("concat('e', 'ast')", "${zone} = ${state}", ("ZONE", ("1",))),
        ("${zone}", "${state} = 'west'", ("ZONE", ("2",))),
        ("once('x')", "${state} = 'y' or ${zone} = 'west'", ("ZONE", ("2",))),
    ],
)
def test_a_value_that_is_the_same_for_everybody_stands_in_the_condition(
    calculation, relevant, meant
):
    rows = computed(calculation, relevant)
    why = items(taken(form(*rows, choices=STATES)))["WHY"]
    assert [(test.item, test.codes) for test in why.shown_if.all] == [meant]


def test_the_words_of_an_answer_are_named_by_its_question():
    rows = computed("jr:choice-name(${zone}, '${zone}')", "")
    rows[-1]["label"] = "Why ${state}?"
    asked = items(taken(form(*rows, choices=STATES, default_language="English (en)")))
    assert asked["WHY"].text.en == "Why [your answer to “Which zone?”]?"
    assert reasons(form(*computed("jr:choice-name(${zone}, '${zone}')"), choices=STATES))


def test_a_group_that_nobody_sees_is_left_aside_with_all_that_stands_in_it():
    rows = [
        {"type": "begin_group", "name": "g", "label": "Off", "relevant": "false()"},
        ASKED | {"name": "off"},
        {"type": "end_group"},
        ASKED,
    ]
    imported = taken(form(*rows))
    assert list(items(imported)) == ["A"]
    assert told(imported, "survey!A 2: ")


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


def test_an_answer_that_another_would_fill_in_is_asked_as_one_with_a_default_is():
    row = {
        "type": "integer",
        "name": "b",
        "label": "How many?",
        "calculation": "1 + 1",
        "trigger": "${a}",
    }
    imported = taken(form(ASKED, row))
    assert list(items(imported)) == ["A", "B"]
    assert told(imported, "survey!D 3: ") and told(imported, "survey!E 3: ")
    for alone in ("calculation", "trigger"):
        other = {key: said for key, said in row.items() if key != alone}
        (reason,) = reasons(form(ASKED, other))
        assert reason.startswith("3 survey!D3")


def test_what_says_nothing_at_all_is_told_and_refuses_nothing():
    rows = [
        {"type": "note", "name": "n", "image": "n.jpg"},
        ASKED | {"choice_filter": "1 < 2"},
        {"type": "text", "name": "b", "label": "Why?", "constraint": "string-length(.) > 0",
         "noAppErrorString::English (en)": "No app."},
    ]  # fmt: skip
    imported = taken(form(*rows))
    assert list(items(imported)) == ["A", "B"]
    for cell_name in ("survey!A 2: ", "survey!G 4: "):
        assert told(imported, cell_name)


def test_a_list_out_of_a_file_is_refused_for_that_alone():
    row = {"type": "select_one_from_file towns.csv", "name": "t", "label": "Which?", "choice_filter": "in=${a}"}  # fmt: skip
    (reason,) = reasons(form(ASKED, row))
    assert reason.startswith("3 survey!A3")


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


@pytest.mark.parametrize("sign", ["=", "!=", "<", ">", "<=", ">="])
@pytest.mark.parametrize(
    ("one", "other"),
    [("'01'", "'1'"), ("'01'", "1"), ("1", "1.0"), ("'a'", "1"), ("'a'", "'a'"), ("'nan'", "'nan'"),
     ("2", "10"), ("'2'", "'10'"), ("''", "'a'"), ("-1", "0")],
)  # fmt: skip
def test_what_stands_fixed_is_compared_as_xpath_compares_it(one, other, sign):
    holds = etree.XML("<form/>").xpath(f"{one} {sign} {other}")
    assert folded(f"{one} {sign} {other}") == ("true()" if holds else "false()")


@pytest.mark.parametrize("column", ["relevant", "constraint", "choice_filter"])
@pytest.mark.parametrize(
    "said",
    [
        "(" * 9000 + "1" + ")" * 9000,
        "not(" * 5000 + "1" + ")" * 5000,
        "(${a} = 'y' and " * 1500 + "${a} = 'y'" + ")" * 1500,
    ],
    ids=["brackets", "denials", "conditions"],
)
def test_brackets_within_brackets_end_in_an_answer(column, said):
    rows = [ASKED, ASKED | {"name": "b", column: said}]
    try:
        read_xlsform(workbook(form(*rows)), file="form.xlsx")
    except QuestionnaireRefused as refused:
        assert all(fault.line == 3 for fault in refused.faults)


def test_brackets_around_all_of_it_are_taken_off_in_linear_work():
    def seconds(many: int) -> float:
        text, began = "(" * many + "1" + ")" * many, time.process_time()
        assert xpath.bare(text) == "1"
        return time.process_time() - began

    assert min(seconds(40_000) for _ in range(3)) < 12 * min(seconds(10_000) for _ in range(3))


def test_words_with_an_apostrophe_stand_in_a_condition_as_they_are():
    rows = [
        {"type": "calculate", "name": "k", "calculation": '"it\'s"'},
        ASKED,
        ASKED | {"name": "b", "relevant": '${k} = "it\'s"'},
    ]
    assert [item.shown_if for item in items(taken(form(*rows))).values()] == [None, None]
