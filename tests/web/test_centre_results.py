"""Results at the centre come from the public tables of the newest release, and tell nothing beyond them."""

import csv
import io
import re
import shutil
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import delete, update

from surveyapp.campaigns import queries
from surveyapp.db import reading, transaction
from surveyapp.exports.download.published_reader import Distribution
from surveyapp.exports.models import Release
from surveyapp.responses.models import Response
from tests import factories
from tests.exports.opened import opened_campaign, released
from tests.web.browsing import sign_in

PAGE = "/centre/tiny/results"
FILE = f"{PAGE}/table.csv"
HIDDEN = "ẩn"
VIEWS = [
    f"by={by}&group={group}&item={item}&unit={unit}"
    for group, item, units in (
        ("M1", "M1-101", ("", "BNV", "TTCP")),
        ("M2", "M2-101", ("", "NHNN")),
        ("M4", "M4-101", ("",)),
        ("P1", "P1-101", ("", "46")),
    )
    for by in ("item", "unit", "group")
    for unit in units
]


@pytest.fixture
def built(app, now, keys, settings, moment) -> Path:
    """The folder of a release, with cells the public tables hide."""
    with transaction() as db:
        campaign = opened_campaign(db, now)
        factories.staff(db, now, "viewer")
        return released(db, campaign, now, keys, out=settings.instance / "releases")


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def public(folder: Path) -> dict[tuple[str, ...], str]:
    """Every cell of the public tables of answers by unit, group, item and option."""
    rows = rows_of((folder / "public" / "answers.csv").read_text())
    return {(r["rated_unit"], r["group"], r["item"], r["option"]): r["n"] for r in rows}


def shown(client, view: str) -> list[dict[str, str]]:
    return rows_of(client.get(f"{FILE}?{view}").data.decode("utf-8-sig"))


def test_every_cell_is_that_of_the_public_table_and_a_hidden_one_says_so(built, client):
    sign_in(client, "viewer")
    told, seen = public(built), set()
    for view in VIEWS:
        for row in shown(client, view):
            cell = row["Mã đơn vị"], row["Nhóm"], row["Mã câu hỏi"], row["Mã phương án"]
            assert row["Số phiếu chọn"] == (told[cell] or HIDDEN)
            assert bool(row["Tỷ lệ"]) == bool(told[cell])
            assert (row["Bản phát hành số"], row["Ngày phát hành"]) == ("1", "15/01/2024")
            seen.add(cell)
    assert any(not told[cell] for cell in seen)
    assert any(told[cell] for cell in seen)


def test_a_page_shows_no_count_but_those_of_its_file(built, client):
    sign_in(client, "viewer")
    for view in VIEWS:
        page = client.get(f"{PAGE}?{view}").text
        counts = re.findall(r'<td class="number" data-label="[^"]*" data-value="(\d*)"', page)
        rows = shown(client, view)
        told = [row["Số phiếu chọn"].replace(HIDDEN, "") for row in rows]
        told += [row["Phiếu trả lời (mẫu số)"].replace(HIDDEN, "") for row in rows]
        assert set(counts) <= {*told, ""}
        assert bool(rows) == bool(counts)


def test_what_the_pages_tell_needs_nothing_beyond_the_public_folder(built, client):
    """Rows, complete counts and answers are gone; every page and file is the same to the letter."""
    sign_in(client, "viewer")

    def everything() -> list[str]:
        pages = [client.get(f"{place}?{view}").text for view in VIEWS for place in (PAGE, FILE)]
        return [re.sub(r'name="csrf_token" value="[^"]*"', "", page) for page in pages]

    before = everything()
    shutil.rmtree(built / "scoring")
    with transaction() as db:
        db.execute(delete(Response))
    assert everything() == before


def test_a_mean_stands_only_where_every_option_of_the_scale_does(built, client):
    """Whoever knew the mean could work out the hidden count."""
    sign_in(client, "viewer")
    told, means = public(built), []
    for unit, group, item in {cell[:3] for cell in told if cell[1] in ("P1", "P3", "M2")}:
        page = client.get(f"{PAGE}?by=unit&group={group}&item={item}").text
        cells = [told.get((unit, group, item, code)) for code in "12345"]
        mean = _mean_of(page, "" if unit == "all" else f"unit={unit}")
        assert ("" in cells) == (mean == "")
        means.append(mean)
    assert any(means)


def test_where_participation_is_hidden_no_answer_is_told_even_if_a_table_told_one(built):
    """The two tables hide together; should one ever slip, the pages still tell nothing."""
    with reading() as db:
        (form, *_) = queries.instruments(db, 1).values()
    told = Distribution(form.items[0], None, {"1": 3, "2": 30})
    assert told.n("2") is told.share("2") is told.hidden is told.mean is None


def _mean_of(page: str, address: str) -> str:
    """Of the row that leads to `address`; the total's comes first."""
    rows = page.partition("<tbody")[2].split("<tr")[1:]
    row = next(row for row in rows if address in row)
    found = re.search(r'data-label="Trung bình \(0–100\)" data-value="([^"]*)"', row)
    assert found
    return found[1]


def test_the_workbook_carries_date_release_and_denominator(built, client):
    sign_in(client, "viewer")
    content = client.get(f"{PAGE}/table.xlsx?by=unit&group=P1&item=P1-101").data
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    said = " ".join(str(sheet.cell(row, 1).value) for row in range(1, 7))
    assert "bản phát hành số 1, ngày 15/01/2024" in said
    assert "dưới 5 phiếu được ẩn" in said
    assert "Phiếu trả lời (mẫu số)" in [cell.value for cell in sheet[7]]


def test_before_a_release_the_page_says_what_must_happen_first(app, now, client):
    with transaction() as db:
        opened_campaign(db, now)
        factories.staff(db, now, "viewer")
    sign_in(client, "viewer")
    page = client.get(PAGE)
    assert page.status_code == 200
    assert 'aria-current="step">Chốt quy tắc làm sạch rồi lập bản phát hành' in page.text
    assert ">Kết quả điều tra</a>" not in page.text
    assert client.get(FILE).status_code == 404


def test_after_a_release_the_centre_leads_to_it(built, client):
    sign_in(client, "viewer")
    assert f'href="{PAGE}"' in client.get("/centre/tiny/releases").text


def test_files_that_are_away_or_altered_are_not_shown(built, client):
    sign_in(client, "viewer")
    answers = built / "public" / "answers.csv"
    answers.chmod(0o644)
    answers.write_text(answers.read_text().replace(",\n", ",9\n"))
    page = client.get(PAGE)
    assert page.status_code == 404
    assert "không còn đúng như khi phát hành" in page.text
    assert client.get(FILE).status_code == 404
    with transaction() as db:
        db.execute(update(Release).values(folder="/nowhere/tiny-release-009"))
    assert "không có trên máy chủ" in client.get(PAGE).text


def test_an_address_the_tables_do_not_know_falls_back_to_what_they_do(built, client):
    sign_in(client, "viewer")
    page = client.get(f"{PAGE}?by=person&group=ZZ&item=../x&unit=99&lang=en")
    assert page.status_code == 200
    assert "All units" in page.text
