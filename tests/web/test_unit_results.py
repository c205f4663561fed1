"""Results of one unit and of all: made of the published tables, beside neighbours and the round before."""

import csv
import io
import re
import shutil
from datetime import timedelta
from pathlib import Path
from statistics import quantiles

import pypdfium2
import pytest
from sqlalchemy import delete, update

from surveyapp.campaigns.models import Campaign, Unit
from surveyapp.db import transaction
from surveyapp.exports.release import publication
from surveyapp.responses.models import Response
from tests import factories
from tests.exports.opened import released, store_results
from tests.web.browsing import sign_in

RED_RIVER = "Đồng bằng sông Hồng"
MORE = {
    "22": RED_RIVER,
    "26": RED_RIVER,
    "27": RED_RIVER,
    "30": RED_RIVER,
    "31": RED_RIVER,
    "48": "",
}
UNITS = ("01", "46", *MORE)
SIZES = {(unit, "P1"): 12 + n for n, unit in enumerate(UNITS)} | {("BNV", "M1"): 14}
OVERVIEW = "/centre/wide/results/overview"
PAGE = "/centre/wide/results/units"
PLACES = [
    OVERVIEW,
    f"{OVERVIEW}?level=province",
    f"{OVERVIEW}.csv?level=province",
    *(f"{PAGE}/{unit}?near={beside}" for unit in ("01", "46", "BNV") for beside in ("region", "level")),
]  # fmt: skip


def opened(db, now, code: str, year: int, seed: int) -> Campaign:
    """The tiny campaign under another code, with six more provinces and a box that is open."""
    campaign = factories.campaign(db, now, code=code, opened=True)
    for n, (unit, region) in enumerate(MORE.items(), 50):
        names = {"name_vi": f"Tỉnh {unit}", "name_en": f"Province {unit}"}
        db.add(Unit(campaign_id=campaign.id, code=unit, kind="province", ranked=True, position=n, region_vi=region or None, **names))  # fmt: skip
    db.execute(update(Campaign).where(Campaign.id == campaign.id).values(state="opened", year=year))
    store_results(db, campaign, now, SIZES, seed=seed)
    db.refresh(campaign)
    return campaign


@pytest.fixture
def built(app, now, keys, settings, moment) -> Path:
    """The folder of a release in which eight provinces are told."""
    with transaction() as db:
        campaign = opened(db, now, "wide", 2023, seed=1)
        factories.staff(db, now, "viewer", campaign_code="wide")
        return released(db, campaign, now, keys, out=settings.instance / "releases")


@pytest.fixture
def before(built, now, keys, settings) -> Path:
    """The same round a year earlier, in which one province bore another name."""
    with transaction() as db:
        campaign = opened(db, now - timedelta(days=365), "earlier", 2022, seed=9)
        other_name = update(Unit).where(Unit.campaign_id == campaign.id, Unit.code == "46")
        db.execute(other_name.values(name_vi="Bình Trị Thiên"))
        return released(db, campaign, now, keys, out=settings.instance / "releases")


def table(folder: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / "public" / name).read_text())))


def cells(page: str, row: str, *, sorts: bool = False) -> dict[str, str]:
    """What the first table row shows whose heading begins with `row`, by column; or what it `sorts` by."""
    of_row = re.search(rf'<th scope="row"[^>]*>\s*{re.escape(row)}.*?</tr>', page, re.S)
    assert of_row, row
    told = r'data-value="([^"]*)"' if sorts else r"[^>]*>(.*?)</td>"
    shown = re.findall(rf'<td[^>]*? data-label="([^"]*)" ?{told}', of_row[0], re.S)
    return {label: re.sub(r"<[^>]*>", "", words).strip() for label, words in shown}


def middle(row: dict[str, str]) -> float:
    return (float(row["mean_low"]) + float(row["mean_high"])) / 2


def near(value: float) -> object:
    return pytest.approx(value, abs=1e-4)


def test_quartiles_are_those_of_the_other_units_as_published(built, client):
    sign_in(client, "viewer")
    region, level = (client.get(f"{PAGE}/01?near={beside}").text for beside in ("region", "level"))
    rows = [row for row in table(built, "criteria.csv") if row["level"] == "province"]
    for criterion in {row["criterion"] for row in rows}:
        means = {
            r["rated_unit"]: middle(r)
            for r in rows
            if r["criterion"] == criterion and r["rated_unit"] != "all"
        }
        assert set(means) == set(UNITS)
        for page, others in (
            (region, [u for u in UNITS if MORE.get(u) == RED_RIVER]),
            (level, [u for u in UNITS if u != "01"]),
        ):
            shown = cells(page, f"{criterion}.", sorts=True)
            low, median, _high = quantiles([means[u] for u in others], n=4, method="inclusive")
            assert float(shown["Trung bình (0–100)"]) == near(means["01"])
            assert float(shown["Nửa giữa của các đơn vị được so"]) == near(low)
            assert float(shown["Trung vị"]) == near(median)
            assert shown["Số đơn vị được so"] == str(len(others))


def test_too_few_neighbours_have_no_quartiles(built, client):
    """Of two ministries' three one is told."""
    sign_in(client, "viewer")
    shown = cells(client.get(f"{PAGE}/BNV").text, "M1-101.")
    assert (shown["Trung vị"], shown["Số đơn vị được so"]) == ("–", "0")
    assert shown["Phiếu trả lời"] == "14"


def test_a_round_before_stands_beside_where_the_same_was_asked_of_the_same_unit(
    built, before, client
):
    sign_in(client, "viewer")
    page = client.get(f"{PAGE}/01").text
    assert "Đợt trước là đợt earlier" in page
    then = {r["item"]: r for r in table(before, "means.csv") if r["rated_unit"] == "01"}
    assert then
    for item, row in then.items():
        assert float(cells(page, f"{item}.", sorts=True)["Đợt trước"]) == near(middle(row))
    assert "Đợt trước" not in client.get(f"{PAGE}/46").text, "another name is another unit"


def test_a_change_is_told_only_where_the_intervals_are_apart(built, before, client):
    sign_in(client, "viewer")
    page = client.get(f"{PAGE}/01").text
    now, then = (
        {r["item"]: r for r in table(folder, "means.csv") if r["rated_unit"] == "01"}
        for folder in (built, before)
    )
    told = set()
    for item, row in now.items():
        low, high, low_then, high_then = (
            float(r[f"interval_{end}"]) for r in (row, then[item]) for end in ("low", "high")
        )
        words = (
            "cao hơn"
            if low > high_then
            else "thấp hơn"
            if high < low_then
            else "chưa phân biệt được"
        )
        assert cells(page, f"{item}.")["So với đợt trước"] == words
        told.add(words)
    assert told


def test_items_asked_in_other_words_do_not_stand_in_a_series(built, before, client, monkeypatch):
    from surveyapp.exports.download import unit_results
    from surveyapp.instruments.comparability import Comparison

    reworded = ("earlier", [Comparison("P1-101", ("wording",)), Comparison("P1-102", ())])
    monkeypatch.setattr(unit_results, "round_before", lambda *_of: reworded)
    sign_in(client, "viewer")
    page = client.get(f"{PAGE}/01").text
    assert cells(page, "P1-101.")["Đợt trước"] == "–"
    assert cells(page, "P1-102.")["Đợt trước"] != "–"


def test_what_the_pages_tell_needs_nothing_beyond_the_public_folder(built, client):
    sign_in(client, "viewer")

    def everything() -> list[str]:
        pages = [client.get(address).text for address in PLACES]
        return [re.sub(r'name="csrf_token" value="[^"]*"', "", page) for page in pages]

    told = everything()
    shutil.rmtree(built / "scoring")
    with transaction() as db:
        db.execute(delete(Response))
    assert everything() == told


def test_the_overview_has_every_unit_the_lowest_first_and_leads_to_each(built, client):
    sign_in(client, "viewer")
    rows = [r for r in table(built, "criteria.csv") if r["level"] == "province"]
    criterion = rows[0]["criterion"]
    page = client.get(f"{OVERVIEW}?level=province&criterion={criterion}").text
    means = {r["rated_unit"]: float(r["mean"]) for r in rows if r["criterion"] == criterion}
    body = page.partition("<tbody")[2]
    shown = re.findall(rf'href="{PAGE}/([^"]+)"', body)
    assert set(shown) == set(means) - {"all"} and len(set(shown)) == len(shown)
    assert [means[unit] for unit in shown] == sorted(means[unit] for unit in shown)
    assert page.count('class="other"') >= len(shown) * len({r["criterion"] for r in rows})
    told = list(csv.DictReader(io.StringIO(client.get(f"{OVERVIEW}.csv?level=province").data.decode("utf-8-sig"))))  # fmt: skip
    assert {(r["Mã tiêu chí"], r["Mã đơn vị"]) for r in told} == {
        (r["criterion"], r["rated_unit"]) for r in rows
    }


def test_the_paper_says_what_the_page_says(built, client):
    sign_in(client, "viewer")
    page = client.get(f"{PAGE}/01").text
    paper = client.get(f"{PAGE}/01.pdf")
    assert paper.mimetype == "application/pdf"
    with pypdfium2.PdfDocument(paper.data) as pages:
        words = " ".join(" ".join(one.get_textpage().get_text_range() for one in pages).split())
    assert "bản phát hành số 1" in words
    for item in ("P1-101", "P1-102"):
        shown = cells(page, f"{item}.")
        assert shown["Trung bình (0–100)"] in words
        assert shown["Trung vị"] in words


def test_figures_that_are_not_yet_recorded_as_out_are_marked(built, client, now, keys):
    from surveyapp.accounts.act import Act
    from surveyapp.campaigns import queries

    sign_in(client, "viewer")
    warning = "chưa được ghi nhận là đã công bố"
    assert warning in client.get(f"{PAGE}/01").text
    with transaction() as db:
        campaign = queries.campaign(db, "wide")
        publication.record_publication(db, campaign, 1, act=Act("x", now, keys))
    assert warning not in client.get(f"{PAGE}/01").text


def test_the_pages_lead_to_each_other(built, client):
    sign_in(client, "viewer")
    assert f'href="{OVERVIEW}?level=province"' in client.get("/centre/wide/results?group=P1").text
    assert f'href="{PAGE}/01"' in client.get("/centre/wide/results?group=P1&unit=01").text
    assert f'href="{PAGE}/01"' in client.get("/centre/wide/units/01/").text
    assert client.get(f"{PAGE}/99").status_code == 404


def test_before_a_release_there_is_nothing_to_hand_over(app, now, client):
    with transaction() as db:
        factories.campaign(db, now, opened=True)
        factories.staff(db, now, "viewer")
    sign_in(client, "viewer")
    assert client.get("/centre/tiny/results/units/01").status_code == 404
    assert client.get("/centre/tiny/results/overview").status_code == 404
    assert "results/units" not in client.get("/centre/tiny/units/01/").text
