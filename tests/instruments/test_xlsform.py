"""Questionnaires go out as XLSForm and come back the same; what we cannot ask is named with its row."""

import io
import unicodedata
from collections.abc import Callable

import pytest
from click.testing import CliRunner
from pyxform.xls2xform import convert

from surveyapp.cli.campaigns.campaign import campaign
from surveyapp.instruments.errors import QuestionnaireRefused
from surveyapp.instruments.freeze import freeze, thaw
from surveyapp.instruments.model import Text
from surveyapp.instruments.reading import read_questionnaire
from surveyapp.instruments.xlsform.reading import read_xlsform
from surveyapp.instruments.xlsform.writing import write_xlsform
from surveyapp.instruments.yaml_writing import as_yaml
from tests.campaigns.packs import SHIPPED, TINY
from tests.instruments.forms import EN, TINY_FORM, VI, Sheets, row_of, tiny_sheets, workbook

FORMS = [TINY_FORM, SHIPPED / "par-index-2023" / "questionnaires" / "P2.yaml"]


@pytest.fixture
def sheets() -> Sheets:
    """The tiny questionnaire as sheets that a test may spoil."""
    return tiny_sheets()


def faults(sheets: Sheets) -> list[str]:
    with pytest.raises(QuestionnaireRefused) as refused:
        read_xlsform(workbook(sheets), file="form.xlsx")
    return [str(fault) for fault in refused.value.faults]


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_out_and_back_in_is_the_same_questionnaire(path, tmp_path):
    questionnaire = read_questionnaire(path)
    back = read_xlsform(write_xlsform(questionnaire), file="form.xlsx").questionnaire
    assert back == questionnaire
    written = tmp_path / path.name
    written.write_text(as_yaml(back), encoding="utf-8")
    assert read_questionnaire(written) == questionnaire


@pytest.mark.parametrize(
    "words", ["=1+1", "+84 \"và\" 'hoặc'", "Dòng một\nDòng hai", "007", "true"]
)
def test_words_that_a_spreadsheet_would_take_for_something_else_come_back(words, tmp_path):
    questionnaire = read_questionnaire(TINY_FORM)
    text = Text(vi=words, en=words)
    section = questionnaire.sections[0]
    item = section.items[0].model_copy(update={"text": text, "hint": text})
    section = section.model_copy(update={"items": (item, *section.items[1:])})
    asked = questionnaire.model_copy(update={"sections": (section, *questionnaire.sections[1:])})
    back = read_xlsform(write_xlsform(asked), file="form.xlsx").questionnaire
    assert back == asked
    written = tmp_path / "M1.yaml"
    written.write_text(as_yaml(back), encoding="utf-8")
    assert read_questionnaire(written) == asked


def test_one_scale_asked_with_and_without_dont_know_comes_back_as_one_scale():
    questionnaire = read_questionnaire(TINY_FORM)
    first, *others = questionnaire.sections[0].items
    items = (first.model_copy(update={"dont_know": not first.dont_know}), *others)
    section = questionnaire.sections[0].model_copy(update={"items": items})
    changed = {"sections": (section, *questionnaire.sections[1:]), "remark": None}
    asked = questionnaire.model_copy(update=changed)
    assert read_xlsform(write_xlsform(asked), file="form.xlsx").questionnaire == asked


def test_words_typed_on_another_system_are_read_as_the_same_words(sheets):
    row = sheets["survey"][row_of(sheets, "select_one")]
    row[VI] = "Ông/Bà đánh giá\nthế nào?"
    expected = read_xlsform(workbook(sheets), file="form.xlsx").questionnaire
    row[VI] = unicodedata.normalize("NFD", row[VI]).replace("\n", "\r\n") + "\u00a0"
    assert read_xlsform(workbook(sheets), file="form.xlsx").questionnaire == expected


def test_an_instrument_thaws_to_a_questionnaire_with_its_checksum():
    instrument = freeze(read_questionnaire(FORMS[1]))
    assert freeze(thaw(instrument)).sha256 == instrument.sha256


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_pyxform_takes_the_form_without_a_warning(path):
    questionnaire = read_questionnaire(path)
    warnings: list[str] = []
    form = convert(io.BytesIO(write_xlsform(questionnaire)), warnings=warnings, file_type=".xlsx")
    assert warnings == []
    straight = str.maketrans("“”’", '""\'')  # ODK's converter writes straight quotes
    for section in questionnaire.sections:
        for item in section.items:
            assert item.text.vi.translate(straight) in form.xform
            assert item.text.en.translate(straight) in form.xform
            assert f"/{item.id.replace('-', '_')}" in form.xform
    assert form.xform.count("<select1") == sum(len(s.items) for s in questionnaire.sections)


def test_a_form_from_elsewhere_needs_only_its_missing_columns(sheets):
    for row in sheets["survey"]:
        row.pop("item_id", None)
        row.pop("section_id", None)
        row.pop("required", None)
        row["type"] = row["type"].replace("_group", " group")
        if VI in row:
            row["label"] = row.pop(VI)
    back = read_xlsform(workbook(sheets), file="form.xlsx").questionnaire
    assert back == read_questionnaire(TINY_FORM)


UNSUPPORTED = [
    ("rank", "rank"),
    ("geopoint", "ẩn danh"),
    ("begin_repeat", "begin_repeat"),
    ("image", "ẩn danh"),
]


@pytest.mark.parametrize(("kind", "said"), UNSUPPORTED)
def test_a_type_we_cannot_ask_is_named_with_its_row_and_the_way_out(sheets, kind, said):
    at = row_of(sheets, "select_one")
    sheets["survey"].insert(at, {"type": kind, "name": "extra", VI: "A", EN: "B"})
    (fault,) = faults(sheets)
    assert fault.startswith(f"form.xlsx:{at + 2}: survey!A{at + 2}: ")
    assert said in fault


def _cell(column: str, value: str) -> Callable[[Sheets], None]:
    def spoil(sheets: Sheets) -> None:
        sheets["survey"][row_of(sheets, "select_one")][column] = value

    return spoil


def _without_98_label(sheets: Sheets) -> None:
    row = next(row for row in sheets["choices"] if row["name"] == "98")
    row[VI] = "Bỏ qua"


def _two_best(sheets: Sheets) -> None:
    sheets["choices"][1]["best"] = "yes"


SPOILED: list[tuple[Callable[[Sheets], None], str]] = [
    (_cell("relevant", "${a} = '1'"), "không phải câu hỏi đứng trước"),
    (_cell("calculation", "1 + 1"), "việc tính làm sau khi thu phiếu"),
    (_cell("constraint", ". > 1"), "constraint"),
    (_cell("type", "select_one nothing"), "không có danh sách nothing"),
    (_cell("criterion", "?"), "sai dạng"),
    (_cell(EN, ""), "thiếu lời tiếng Anh"),
    (_without_98_label, "luôn mang nhãn"),
    (_two_best, "chỉ một phương án"),
    (lambda sheets: sheets["survey"].pop(-2), "nhóm"),
    (lambda sheets: sheets["settings"][0].update(minutes="often"), "phải là số nguyên"),
    (lambda sheets: sheets.pop("choices"), "trang choices không có danh sách"),
]


@pytest.mark.parametrize(("spoil", "said"), SPOILED, ids=[said for _spoil, said in SPOILED])
def test_what_does_not_fit_is_told(sheets, spoil, said):
    spoil(sheets)
    assert any(said in fault for fault in faults(sheets))


def test_every_fault_is_told_at_once(sheets):
    first = row_of(sheets, "select_one")
    sheets["survey"][first]["relevant"] = "x"
    sheets["survey"][first + 1]["type"] = "geopoint"
    told = faults(sheets)
    assert [fault.split(":")[1] for fault in told] == [str(first + 2), str(first + 3)]


def test_what_is_no_workbook_is_refused():
    with pytest.raises(QuestionnaireRefused) as refused:
        read_xlsform(b"PK not a workbook", file="form.xlsx")
    assert "form.xlsx:1" in str(refused.value.faults[0])


def test_the_commands_write_and_read_and_do_not_overwrite(tmp_path):
    runner, file = CliRunner(), tmp_path / "m1.xlsx"
    out = ["-o", str(file)]
    assert runner.invoke(campaign, ["xlsform", "export", str(TINY), *out]).exit_code == 2
    asked = ["xlsform", "export", str(TINY), "--questionnaire", "M1", *out]
    assert runner.invoke(campaign, asked).exit_code == 0
    back = ["xlsform", "import", str(file), "-o", str(tmp_path / "new")]
    assert runner.invoke(campaign, back).exit_code == 0
    assert read_questionnaire(tmp_path / "new" / "M1.yaml") == read_questionnaire(TINY_FORM)
    assert "--replace" in runner.invoke(campaign, back).stderr
    assert runner.invoke(campaign, [*back, "--replace"]).exit_code == 0
    file.write_bytes(b"nothing")
    refused = runner.invoke(campaign, back)
    assert (refused.exit_code, "m1.xlsx:1" in refused.stderr) == (1, True)


def test_a_whole_pack_goes_into_a_folder(tmp_path):
    asked = ["xlsform", "export", str(TINY), "-o", str(tmp_path / "forms")]
    assert CliRunner().invoke(campaign, asked).exit_code == 0
    assert len(list((tmp_path / "forms").glob("*.xlsx"))) == 9
