"""What a person sees who opens the tables in LibreOffice: accents whole, codes as they are, no formula run."""

import csv
import subprocess
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

OPENED = ("names/units.csv", "public/means.csv")
AS_TEXT = "CSV:44,34,76,1," + "/".join(f"{column}/2" for column in range(1, 21))
"""As the contract says to open a CSV: comma, quotes, UTF-8, from the first line, every column as text."""


@pytest.fixture(scope="module")
def opened(released, tmp_path_factory):
    """Two tables and both workbooks, each opened by LibreOffice once and saved in the other's format."""
    out = tmp_path_factory.mktemp("office")

    def ask(kind: str, paths: list[Path], *options: str) -> None:
        folder = out / kind.split(":")[0] / "-".join(options)[:8]
        profile = f"-env:UserInstallation=file://{out}/profile"
        asked = [
            "soffice",
            "--headless",
            profile,
            *options,
            "--convert-to",
            kind,
            "--outdir",
            str(folder),
        ]
        subprocess.run([*asked, *map(str, paths)], check=True, capture_output=True, timeout=120)

    ask("xlsx", [released.folder / path for path in OPENED], f"--infilter={AS_TEXT}")
    ask("ods", [released.folder / "public" / "results.xlsx"])
    return out


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def cells(sheet):
    return [
        ["" if one is None else str(one) for one in row]
        for row in sheet.iter_rows(values_only=True)
    ]


@pytest.mark.parametrize("path", OPENED)
def test_a_csv_opened_with_its_columns_as_text_shows_every_cell_as_it_was_written(
    released, opened, path
):
    (made,) = opened.rglob(f"{Path(path).stem}.xlsx")
    book = load_workbook(made, read_only=True)
    assert cells(book.worksheets[0]) == rows(released.folder / path)


def test_the_public_workbook_shows_names_numbers_and_codes_without_being_told_anything(
    released, opened
):
    (made,) = opened.rglob("results.ods")
    with zipfile.ZipFile(made) as packed:
        content = packed.read("content.xml").decode()
    for unit in ("Thừa Thiên Huế", "Ngân hàng Nhà nước Việt Nam"):
        assert unit in content
    assert (
        '<table:table-cell office:value-type="string" calcext:value-type="string"><text:p>01</text:p>'
        in content
    )
    assert 'office:value-type="float"' in content
    assert "table:formula" not in content
    assert "Err:" not in content
