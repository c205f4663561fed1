"""Nothing that an XLSForm says is dropped in silence: the field's own converter says what it would have meant."""

import pytest
from pyxform import aliases, constants
from pyxform.question import MultipleChoiceQuestion, Option
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT
from pyxform.survey import Survey
from pyxform.xls2json import RE_BEGIN_CONTROL, RE_END_CONTROL, RE_SELECT
from xlsxwriter.utility import xl_col_to_name

from surveyapp.instruments.errors import QuestionnaireRefused
from surveyapp.instruments.xlsform.columns import UNDERSTOOD
from surveyapp.instruments.xlsform.headings import SPOKEN, read_heading
from surveyapp.instruments.xlsform.reading import read_xlsform
from surveyapp.instruments.xlsform.rows.left_aside import COMPUTED, METADATA
from surveyapp.instruments.xlsform.rows.limits import BY_WORD
from surveyapp.instruments.xlsform.rows.types import read_type
from tests.instruments.forms import Sheets, row_of, tiny_sheets, workbook


def faults(sheets: Sheets) -> list[str]:
    """What is said of the form; empty where it is taken."""
    try:
        read_xlsform(workbook(sheets), file="form.xlsx")
    except QuestionnaireRefused as refused:
        return [str(fault) for fault in refused.faults]
    return []


def is_told(sheets: Sheets, sheet: str, at: int, heading: str) -> bool:
    """Whether a notice says of the cell, at its place, what becomes of it."""
    columns = list(dict.fromkeys(column for row in sheets[sheet] for column in row))
    cell_name = f"{sheet}!{xl_col_to_name(columns.index(heading))} {at + 2}: "
    notices = read_xlsform(workbook(sheets), file="form.xlsx").notices
    return any(notice.startswith(cell_name) for notice in notices)


def typed(target: str | tuple[str, ...]) -> str:
    """A target of the converter's aliases as a heading that says it in full."""
    return target if isinstance(target, str) else "::".join(target)


@pytest.mark.parametrize("alias", sorted(aliases.survey_header))
def test_a_survey_heading_means_to_us_what_it_means_to_the_converter(alias):
    target = aliases.survey_header[alias]
    if target in ("control", ("control", "jr:count")) or alias in ("compact_tag",):
        return  # a prefix, a spelling of its own below, and one whose name the converter changes
    ours, theirs = read_heading("survey", alias), read_heading("survey", typed(target))
    assert ours.column == theirs.column


@pytest.mark.parametrize("alias", sorted(aliases.list_header))
def test_a_choices_heading_means_to_us_what_it_means_to_the_converter(alias):
    target = typed(aliases.list_header[alias])
    assert read_heading("choices", alias).column == read_heading("choices", target).column


@pytest.mark.parametrize("alias", sorted(aliases.settings_header))
def test_a_settings_heading_means_to_us_what_it_means_to_the_converter(alias):
    target = typed(aliases.settings_header[alias])
    assert read_heading("settings", alias).column == read_heading("settings", target).column


BINDS = [f"bind::{name}" for name in constants.CONVERTIBLE_BIND_ATTRIBUTES]
NESTED = [
    *BINDS,
    *(heading.replace("::", ":") for heading in BINDS),
    "bind::type", "bind::jr:preload", "bind::jr:constraintMsg", "control::appearance", "body::accuracyThreshold",
    "instance::odk:tag", "media::image::English (en)", "image::Tiếng Việt (vi)", "jr:count", "Relevance",
    " Read  Only ", "name::English", "type::x", "label::Français (fr)", "hint::Français", "label::English (fr)",
    "my own notes",
]  # fmt: skip
COLUMNS = sorted({*aliases.survey_header, *MultipleChoiceQuestion.get_slot_names(), *NESTED})


@pytest.mark.parametrize("heading", COLUMNS)
def test_a_filled_cell_of_any_survey_column_is_understood_or_refused_at_its_place(heading):
    sheets = tiny_sheets()
    at = row_of(sheets, "select_one")
    for row in sheets["survey"]:
        if any("::" in column for column in row) and heading.count(":") == 1:
            for column in [column for column in row if "::" in column]:
                row[column.replace("::", ":")] = row.pop(column)
    assert faults(sheets) == []
    sheets["survey"][at][heading] = "${extra} = 1"
    said = faults(sheets)
    if not said:
        assert is_told(sheets, "survey", at, heading)
        return
    assert all(fault.startswith(f"form.xlsx:{at + 2}: survey") for fault in said)
    if read_heading("survey", heading).column not in UNDERSTOOD["select_one"]:
        assert any(" ".join(heading.split()) in fault for fault in said)


REFUSED = (
    "relevant", "choice_filter", "calculation", "trigger", "bind::type", "bind::jr:preload", "label::English (fr)",
    "intent", "name::English", "Read Only", "repeat_count", "save_to", "parameters", "itemset",
)  # fmt: skip


@pytest.mark.parametrize("heading", REFUSED)
def test_what_would_change_what_is_asked_is_never_only_told(heading):
    sheets = tiny_sheets()
    row = sheets["survey"][row_of(sheets, "select_one")]
    if heading == "label::English (fr)":
        for column in [column for column in row if column.startswith("label")]:
            row.pop(column)
    row[heading] = "${extra} = 1"
    assert faults(sheets)


@pytest.mark.parametrize(
    "heading", sorted({*aliases.list_header, *Option.get_slot_names(), "region"})
)
def test_a_filled_cell_of_any_choices_column_is_understood_or_refused_at_its_place(heading):
    sheets = tiny_sheets()
    if read_heading("choices", heading).column in ("name", "list_name"):
        return  # the columns that are there already
    sheets["choices"][1][heading] = "${extra}"
    said = faults(sheets)
    if not said:
        assert is_told(sheets, "choices", 1, heading)
        return
    assert said[0].startswith("form.xlsx:3: choices!")


SETTINGS = sorted({*aliases.settings_header, *Survey.get_slot_names()} - {"form_id"})


@pytest.mark.parametrize("heading", SETTINGS)
def test_a_filled_setting_is_understood_or_refused_at_its_place(heading):
    sheets = tiny_sheets()
    sheets["settings"][0][heading] = "something else"
    said = faults(sheets)
    if not said:
        form = read_xlsform(workbook(sheets), file="form.xlsx")
        assert heading == "version" or is_told(sheets, "settings", 0, heading) or form.mapped
        return
    assert said[0].startswith("form.xlsx:2: settings")


def test_a_form_id_that_we_write_otherwise_is_told():
    sheets = tiny_sheets()
    sheets["settings"][0]["form_id"] = "household_survey"
    form = read_xlsform(workbook(sheets), file="form.xlsx")
    assert [(name.written, name.ours) for name in form.mapped] == [
        ("household_survey", "household-survey")
    ]


TYPES = sorted({*QUESTION_TYPE_DICT, *aliases.select, *(f"begin {c}" for c in aliases.control)})


@pytest.mark.parametrize("word", TYPES)
def test_a_type_is_asked_only_where_the_converter_asks_the_same(word):
    """What we take for one choice, text, note or group is that to the converter too, and nothing else is taken."""
    select = RE_SELECT.search(f"{word} quality")
    kind = read_type(f"{word} quality" if select else word).kind
    if select:
        from_file = select["select_command"] in aliases.select_from_file
        one = aliases.select[select["select_command"]] == constants.SELECT_ONE and not from_file
        assert (kind == "select_one") == one
    elif control := RE_BEGIN_CONTROL.search(word) or RE_END_CONTROL.search(word):
        group = aliases.control[control["type"]] == constants.GROUP
        assert (kind == "begin_group") == group
    elif kind in ("text", "note", "integer"):
        means = QUESTION_TYPE_DICT[word]
        assert means["control"]["tag"] == "input"
        assert means["bind"]["type"] == ("int" if kind == "integer" else "string")
        assert (means["bind"].get("readonly") == "true()") == (kind == "note")
    else:
        sheets = tiny_sheets()
        at = row_of(sheets, "select_one")
        sheets["survey"].insert(at, {"type": word, "name": "extra", "label": "A"})
        if kind in BY_WORD and not BY_WORD[kind].has_options:
            assert not any("survey!" in fault for fault in faults(sheets))
            return
        if kind == "acknowledge":
            assert QUESTION_TYPE_DICT[word]["control"]["tag"] == "trigger"
            assert not any("survey!" in fault for fault in faults(sheets))
            return
        if word.lower() in METADATA | COMPUTED:
            assert faults(sheets) == []
            notices = read_xlsform(workbook(sheets), file="form.xlsx").notices
            assert any(notice.startswith(f"survey!A {at + 2}: {word}") for notice in notices)
            return
        assert any(
            fault.startswith(f"form.xlsx:{at + 2}: survey!A{at + 2}: ") for fault in faults(sheets)
        )


def test_the_list_of_what_is_understood_names_columns_of_the_sheets():
    assert set(SPOKEN) <= {column for known in UNDERSTOOD.values() for column in known}


def test_the_same_fault_of_a_column_is_told_once_with_all_its_rows():
    sheets = tiny_sheets()
    for row in sheets["survey"]:
        if row["type"].startswith("select_one"):
            row["choice_filter"] = "position(..) = 1"
    asked = [i + 2 for i, row in enumerate(sheets["survey"]) if "choice_filter" in row]
    (fault,) = faults(sheets)
    assert fault.startswith(f"form.xlsx:{asked[0]}: survey!")
    assert f"{asked[-1]}" in fault.partition("cả ở dòng")[2]


@pytest.mark.parametrize("cell", ["${a}", "${a} = '1'", "often"])
def test_a_condition_under_required_is_told_as_what_nobody_must_answer(cell):
    sheets = tiny_sheets()
    at = row_of(sheets, "select_one")
    sheets["survey"][at]["required"] = cell
    assert faults(sheets) == []
    assert is_told(sheets, "survey", at, "required")


def test_words_that_would_show_what_no_earlier_question_asks_are_refused():
    sheets = tiny_sheets()
    sheets["survey"][row_of(sheets, "select_one")]["label::en"] = "You said ${before}"
    sheets["survey"][row_of(sheets, "select_one")].pop("label::English (en)")
    assert any("${before}" in fault for fault in faults(sheets))


def test_a_second_column_of_one_language_may_repeat_the_words_and_not_change_them():
    sheets = tiny_sheets()
    row = sheets["survey"][row_of(sheets, "select_one")]
    row["label::English"] = row["label::English (en)"]
    assert faults(sheets) == []
    row["label::English"] = "Another question?"
    assert ["label::English" in fault for fault in faults(sheets)] == [True]


def test_a_cell_under_no_heading_and_a_second_row_of_settings_are_told_at_their_places():
    sheets = tiny_sheets()
    sheets["survey"][0][""] = "ask Lan"
    sheets["settings"].append({"form_id": "M2"})
    notices = read_xlsform(workbook(sheets), file="form.xlsx").notices
    assert is_told(sheets, "survey", 0, "")
    assert any(notice.startswith("settings 3: ") for notice in notices)


def test_an_open_answer_after_a_list_becomes_an_option_that_asks_for_words():
    form = read_xlsform(workbook(OPEN), file="form.xlsx")
    (scale,) = form.questionnaire.scales
    assert [(one.label.en, one.other) for one in scale.options][-1] == ("Other", True)
    assert any("or_other" in notice for notice in form.notices)


def test_a_sheet_that_the_converter_would_read_is_refused_and_a_page_of_notes_is_told():
    sheets = tiny_sheets()
    sheets["Notes"] = [{"to do": "ask Lan"}]
    form = read_xlsform(workbook(sheets), file="form.xlsx")
    assert ["Notes" in notice for notice in form.notices] == [True]
    sheets["entities"] = [{"list_name": "people"}]
    assert ["entities" in fault for fault in faults(sheets)] == [True]


OPEN: Sheets = {
    "survey": [{"type": "select_one ways or_other", "name": "way", "label": "How?"}],
    "choices": [
        {"list_name": "ways", "name": "a", "label": "By post"},
        {"list_name": "ways", "name": "b", "label": "By hand"},
    ],
    "settings": [{"default_language": "English (en)"}],
}
KINDS: Sheets = {
    "survey": [
        {"type": "select_one yes_no", "name": "ok", "label": "All right?", "required": "yes"},
        {"type": "integer", "name": "age", "label": "How old?", "constraint": ". >= 18 and .<=99",
         "relevant": "${ok} = 'yes'"},
        {"type": "note", "name": "n", "label": "Now a list."},
        {"type": "select_multiple yes_no", "name": "which", "label": "Which?", "appearance": "minimal",
         "constraint": "count-selected(.) <= 2"},
        {"type": "text", "name": "why", "label": "Why?",
         "relevant": "selected(${which}, 'yes') or selected(${which}, 'no') or ${age} >= 60"},
    ],
    "choices": [
        {"list_name": "yes_no", "name": "yes", "label": "Yes"},
        {"list_name": "yes_no", "name": "no", "label": "No"},
    ],
}  # fmt: skip
ELSEWHERE: Sheets = {
    "survey": [
        {"type": "note", "name": "hello", "label": "Welcome"},
        {"type": "select one from yes_no", "name": "asked_before", "label": "Asked before?"},
        {"type": "select_one quality", "name": "quality", "label": "How good?", "required": "no"},
    ],
    "choices": [
        {"list name": "yes_no", "name": "yes", "label": "Yes"},
        {"list name": "yes_no", "name": "no", "label": "No"},
        {"list name": "quality", "name": "5", "label": "Very good"},
        {"list name": "quality", "name": "3", "label": "Middling"},
        {"list name": "quality", "name": "1", "label": "Bad"},
        {"list name": "colours", "name": "red", "label": "Red"},
    ],
}


def test_a_form_from_elsewhere_comes_in_and_all_that_was_set_or_renamed_is_told():
    form = read_xlsform(workbook(ELSEWHERE), file="household_survey.xlsx", best="first")
    asked = form.questionnaire
    assert (asked.code, asked.version, asked.status) == ("household-survey", "1", "illustrative")
    assert [item.id for item in asked.sections[0].items] == ["ASKED-BEFORE", "QUALITY"]
    assert [option.code for option in asked.scales[1].options] == ["1", "2", "3"]
    assert [
        (name.row, name.written, name.ours) for name in form.mapped if name.sheet == "choices"
    ] == [
        (2, "yes_no = yes", "yes_no = 1"),
        (3, "yes_no = no", "yes_no = 2"),
        (4, "quality = 5", "quality = 1"),
        (5, "quality = 3", "quality = 2"),
        (6, "quality = 1", "quality = 3"),
    ]
    told = "\n".join(form.notices)
    for word in ("version", "status", "form_id", "form_title", "criterion", "area", "minutes"):
        assert word in told
    for words in ("colours", "begin_group", "một ngôn ngữ"):
        assert words in told


def test_a_list_that_names_no_best_end_is_not_guessed_to_be_a_ladder():
    form = read_xlsform(workbook(ELSEWHERE), file="form.xlsx")
    assert [scale.best for scale in form.questionnaire.scales] == ["none", "none"]
    assert sum("--best" in notice for notice in form.notices) == 2


def test_what_a_form_from_elsewhere_asks_in_other_kinds_comes_in():
    form = read_xlsform(workbook(KINDS), file="form.xlsx")
    items = {item.id: item for section in form.questionnaire.sections for item in section.items}
    assert [item.kind for item in items.values()] == ["single", "number", "multiple", "text"]
    assert items["AGE"].settings == {"least": 18, "most": 99}
    assert items["AGE"].shown_if.all[0].codes == ("1",)
    assert items["WHICH"].settings == {"most": 2}
    assert items["WHY"].shown_if.any[0].codes == ("1", "2")
    assert items["WHY"].shown_if.any[1].least == 60
    told = "\n".join(form.notices)
    for words in ("required", "appearance", "note"):
        assert words in told


@pytest.mark.parametrize(
    "condition",
    [
        "${age} != 5", "${which} = 'yes'", "not(${age} > 5)", "${ok} = ''", "${age} > 18 and ${ok} = 'yes' or ${age} < 5",
        "${later} = 'yes'", "${ok} = 'perhaps'", "string-length(${ok}) > 2", "${age} + 1 > 3",
    ],
)  # fmt: skip
def test_a_condition_that_we_cannot_say_is_refused_whole(condition):
    sheets = {name: [dict(row) for row in rows] for name, rows in KINDS.items()}
    sheets["survey"][3]["relevant"] = condition
    assert ["relevant" in fault for fault in faults(sheets)] == [True]


def test_plain_english_beside_a_plain_label_is_the_second_language():
    sheets = {
        name: [
            {**{k: v for k, v in row.items() if k != "label"}, "label": "Lời " + row["label"],
             "label::English": row["label"]}
            for row in rows
        ]
        for name, rows in ELSEWHERE.items()
    }  # fmt: skip
    sheets["settings"] = [{"form_title": "Phiếu thử"}]
    asked = read_xlsform(workbook(sheets), file="form.xlsx", best="first").questionnaire
    text = asked.sections[0].items[1].text
    assert (text.vi, text.en) == ("Lời How good?", "How good?")


def test_a_plain_label_is_in_the_forms_own_default_language():
    sheets = tiny_sheets()
    sheets["settings"][0]["default_language"] = "English (en)"
    for row in sheets["survey"]:
        if "label::English (en)" in row:
            row["label"] = row.pop("label::English (en)")
    asked = read_xlsform(workbook(sheets), file="form.xlsx").questionnaire
    assert asked == read_xlsform(workbook(tiny_sheets()), file="form.xlsx").questionnaire


def test_one_forgotten_criterion_is_a_fault_where_the_form_states_criteria():
    sheets = tiny_sheets()
    sheets["survey"][row_of(sheets, "select_one")].pop("criterion")
    assert ["criterion" in fault for fault in faults(sheets)] == [True]


def test_two_options_of_one_code_are_refused():
    sheets = tiny_sheets()
    sheets["choices"][1]["name"] = sheets["choices"][0]["name"]
    assert faults(sheets)[0].startswith("form.xlsx:3: choices!")
