"""Results at the centre come from the public tables of the newest release, and tell nothing beyond them."""

import csv
import io
import re
import shutil
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import delete, update

from surveyapp.db import transaction
from surveyapp.exports.models import Release
from surveyapp.responses.models import Response
from tests import factories
from tests.exports.opened import opened_campaign, released
from tests.web.browsing import sign_in

PAGE = "/centre/tiny/results"
FILE = f"{PAGE}/table.csv"
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


def public(folder: Path) -> dict[tuple[str, ...], tuple[str, str]]:
    """Least and most of every count of the public tables by unit, group, item and option."""
    told = {}
    for row in rows_of((folder / "public" / "answers.csv").read_text()):
        run = row["options"].split()
        for code in run:
            low = row["n_low"] if len(run) == 1 else "0"
            told[row["rated_unit"], row["group"], row["item"], code] = low, row["n_high"]
    return told


def shown(client, view: str) -> list[dict[str, str]]:
    return rows_of(client.get(f"{FILE}?{view}").data.decode("utf-8-sig"))


def test_every_count_is_that_of_the_public_table(built, client):
    sign_in(client, "viewer")
    told, seen = public(built), set()
    for view in VIEWS:
        for row in shown(client, view):
            cell = row["Mã đơn vị"], row["Nhóm"], row["Mã câu hỏi"], row["Mã phương án"]
            assert (row["Số phiếu chọn, ít nhất"], row["Số phiếu chọn, nhiều nhất"]) == told[cell]
            assert (row["Bản phát hành số"], row["Ngày phát hành"]) == ("1", "15/01/2024")
            seen.add(cell)
    assert any(told[cell][0] != told[cell][1] for cell in seen)
    assert any(told[cell][0] == told[cell][1] for cell in seen)


def test_a_page_says_of_merged_options_how_many_chose_them_at_most(built, client):
    sign_in(client, "viewer")
    page = client.get(f"{PAGE}?by=unit&group=M1&item=M1-101").text
    rows = shown(client, "by=unit&group=M1&item=M1-101")
    merged = next(row for row in rows if row["Gộp với"] and row["Mã đơn vị"] == "BNV")
    assert f"≤ {merged['Số phiếu chọn, nhiều nhất']} " in page
    assert "Quá ít phiếu để nêu: Thanh tra Chính phủ" in page


def test_what_the_pages_tell_needs_nothing_beyond_the_public_folder(built, client):
    """Rows, complete counts and answers are gone; every page and file is the same to the letter."""
    sign_in(client, "viewer")

    def everything() -> list[str]:
        pages = [client.get(f"{address}?{view}").text for view in VIEWS for address in (PAGE, FILE)]
        return [re.sub(r'name="csrf_token" value="[^"]*"', "", page) for page in pages]

    before = everything()
    shutil.rmtree(built / "scoring")
    with transaction() as db:
        db.execute(delete(Response))
    assert everything() == before


def test_every_row_has_the_mean_of_the_public_table_with_how_far_it_may_be_off(built, client):
    sign_in(client, "viewer")
    means = rows_of((built / "public" / "means.csv").read_text())
    assert means
    for row in means:
        page = client.get(f"{PAGE}?by=unit&group={row['group']}&item={row['item']}").text
        unit = row["rated_unit"]
        shown = _mean_of(page, "" if unit == "all" else f"unit={unit}")
        assert float(shown) == pytest.approx(float(row["mean"]), abs=1e-3)


def _mean_of(page: str, address: str) -> str:
    """Of the row that leads to `address`; the total's comes first."""
    rows = page.partition("<tbody")[2].split("<tr")[1:]
    row = next(row for row in rows if address in row)
    value_shown = re.search(r'data-label="Trung bình \(0–100\)" data-value="([^"]*)"', row)
    assert value_shown
    return value_shown[1]


def test_the_workbook_carries_date_release_and_denominator(built, client):
    sign_in(client, "viewer")
    content = client.get(f"{PAGE}/table.xlsx?by=unit&group=P1&item=P1-101").data
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    said = " ".join(str(sheet.cell(row, 1).value) for row in range(1, 7))
    assert "bản phát hành số 1, ngày 15/01/2024" in said
    assert "dưới 5 phiếu được gộp" in said
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
    answers.write_text(answers.read_text().replace(",5,", ",6,"))
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
