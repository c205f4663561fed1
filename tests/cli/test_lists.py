"""`surveyapp lists`: what an upload would find, as words and as the JSON other programs rely on."""

import json
from pathlib import Path
from shutil import copytree

import pytest
from click.testing import CliRunner, Result

from surveyapp.campaigns.errors import PackRefused
from surveyapp.campaigns.pack.reading import read_pack
from surveyapp.cli.lists import lists
from tests.files import writers
from tests.files.layouts import Grid

TINY = str(Path(__file__).parent.parent / "packs" / "tiny")
ROWS = [
    ["Họ và tên", "Chức vụ", "Sở", "Điện thoại", "Email"],
    ["Lê Văn An", "Giám đốc", "Sở Nội vụ", "0599000001", "an@x.example.vn"],
    ["Bùi Thị Hà", "Giám đốc", "Thanh tra", "0599000002", "ha@gmial.com"],
]


@pytest.fixture
def run(tmp_path: Path):  # type: ignore[no-untyped-def]
    def invoke(
        content: bytes,
        *more: str,
        kind: str = "agency-leaders",
        unit: str = "46",
        campaign: str = TINY,
    ) -> Result:
        file = tmp_path / "list.xlsx"
        file.write_bytes(content)
        given = ["check", str(file), "--campaign", campaign, "--unit", unit, "--kind", kind]
        return CliRunner().invoke(lists, [*given, *more])

    return invoke


def test_the_json_holds_exactly_what_programs_rely_on(run) -> None:  # type: ignore[no-untyped-def]
    result = run(writers.xlsx(Grid(ROWS)), "--json")
    reply = json.loads(result.stdout)
    assert result.exit_code == 0
    assert list(reply) == ["readable", "reason", "lines", "clean", "findings"]
    assert (reply["readable"], reply["reason"], reply["lines"], reply["clean"]) == (
        True,
        None,
        2,
        1,
    )
    typo = next(f for f in reply["findings"] if f["code"] == "email_typo")
    assert list(typo) == ["line", "column", "severity", "code", "value", "proposal", "message"]
    assert (typo["line"], typo["column"], typo["severity"]) == (3, "email", "check")
    assert (typo["value"], typo["proposal"]) == ("ha@gmial.com", "ha@gmail.com")


def test_a_list_is_checked_while_a_questionnaire_of_its_campaign_is_still_being_written(
    run, tmp_path: Path
) -> None:  # type: ignore[no-untyped-def]
    """Reading the questionnaires would take longer than all else of the check, and lists ask nothing of them."""
    pack = tmp_path / "pack"
    copytree(TINY, pack)
    (pack / "questionnaires" / "P1.yaml").write_text("sections: [", encoding="utf-8")
    with pytest.raises(PackRefused):
        read_pack(pack)
    assert run(writers.xlsx(Grid(ROWS)), campaign=str(pack)).exit_code == 0


def test_a_refused_file_ends_with_one_and_says_why(run) -> None:  # type: ignore[no-untyped-def]
    result = run(b"%PDF-1.7", "--json")
    reply = json.loads(result.stdout)
    assert result.exit_code == 1
    assert reply["readable"] is False and "bảng tính" in reply["reason"]
    assert (reply["lines"], reply["clean"], reply["findings"]) == (0, 0, [])


@pytest.mark.parametrize(
    ("unit", "kind"),
    [("99", "agency-leaders"), ("46", "nobody"), ("TTCP", "associations"), ("BNV", "council")],
)
def test_a_list_that_nobody_asked_for_is_wrong_usage(run, unit: str, kind: str) -> None:  # type: ignore[no-untyped-def]
    assert run(writers.xlsx(Grid(ROWS)), unit=unit, kind=kind).exit_code == 2


def test_the_template_command_writes_a_workbook_for_the_list(tmp_path: Path, run) -> None:  # type: ignore[no-untyped-def]
    out = tmp_path / "mau.xlsx"
    given = ["--campaign", TINY, "--unit", "46", "--kind", "agency-leaders", "--out", str(out)]
    assert CliRunner().invoke(lists, ["template", *given]).exit_code == 0
    refused = run(out.read_bytes(), unit="01")
    assert refused.exit_code == 1 and "Thừa Thiên Huế" in refused.stdout
