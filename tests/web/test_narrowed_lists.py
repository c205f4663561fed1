"""Long lists of the centre are searched without accents, filtered by the address and cut into pages."""

import re

import pytest

from surveyapp import clock
from surveyapp.assignments.count_deltas import Cell, Deltas
from surveyapp.assignments.rules import Disposition
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign
from surveyapp.db import transaction
from surveyapp.web.parts import narrowed_list
from surveyapp.web.parts.narrowed_list import PAGE
from tests import factories
from tests.web.browsing import sign_in

STAFF = "/centre/tiny/staff"


@pytest.fixture
def operator(app, client, now, moment):
    with transaction() as db:
        factories.campaign(db, now, opened=True)
        factories.staff(db, now, "operator")
        for n in range(PAGE + 5):
            unit = "46" if n % 3 else "01"
            factories.staff(db, now, "coordinator", unit=unit, username=f"dau.moi.{n:02d}")
    sign_in(client, "operator")
    return client


def names(page) -> list[str]:
    return re.findall(r'data-label="Tên đăng nhập">([^<]+)<', page.text)


def test_a_page_holds_so_many_rows_and_the_next_the_rest(operator):
    first, second = operator.get(STAFF), operator.get(f"{STAFF}?page=2")
    assert len(names(first)) == PAGE
    assert len({*names(first), *names(second)}) == PAGE + 6
    assert 'href="/centre/tiny/staff?page=2"' in first.text


def test_a_unit_is_found_without_its_accents_and_the_search_stays_with_the_pages(operator):
    thua_thien = operator.get(f"{STAFF}?search=thua+thien")
    assert len(names(thua_thien)) == 20
    assert "Khớp 20 trên 31" in thua_thien.text
    assert 'value="thua thien"' in thua_thien.text
    many = operator.get(f"{STAFF}?search=dau")
    assert "/centre/tiny/staff?search=dau&amp;page=2" in many.text


def test_filters_stay_in_the_address_and_can_be_taken_away(operator):
    page = operator.get(f"{STAFF}?of_role=operator&standing=active")
    assert names(page) == ["operator"]
    assert re.search(r'<option value="operator" selected>', page.text)
    assert 'href="/centre/tiny/staff">Bỏ tìm và lọc' in page.text


@pytest.mark.parametrize("page", ["0", "-3", "99", "hai", ""])
def test_a_page_that_is_not_there_is_the_nearest(operator, page):
    assert names(operator.get(f"{STAFF}?page={page}"))


def test_nothing_found_is_said_and_not_an_empty_table(operator):
    assert "Không có ai như vậy." in operator.get(f"{STAFF}?search=khongco").text


@pytest.mark.parametrize(
    ("address", "is_there", "missing"),
    [
        ("lists?search=thua+thien", "Thừa Thiên Huế", "Hà Nội</a>"),
        ("lists/late?search=ha+noi", "Hà Nội</a>", "Thừa Thiên Huế</a>"),
    ],
)
def test_units_are_found_in_the_lists_of_lists(operator, address, is_there, missing):
    page = operator.get(f"/centre/tiny/{address}").text
    assert is_there in page
    assert missing not in page


@pytest.mark.parametrize("address", ["lists/integrity", "chase", "messages", "messages/calendar"])
def test_the_other_lists_take_a_search_too(operator, address):
    page = operator.get(f"/centre/tiny/{address}?search=khongco")
    assert page.status_code == 200
    assert 'value="khongco"' in page.text


@pytest.fixture
def three_rates(operator, monkeypatch, now):
    """Units with a half, a quarter and nothing answered, and a page that holds two of them."""
    monkeypatch.setattr(narrowed_list, "PAGE", 2)
    with transaction() as db:
        campaign = db.query(Campaign).one()
        units = campaigns.units(db, campaign.id)[:3]
        group = campaigns.groups(db, campaign.id)[0].id
        deltas = Deltas()
        for unit, submitted in zip(units, (2, 1, 0), strict=True):
            cell = Cell(unit.id, unit.id, group, 0, "email")
            deltas.add(cell, Disposition.SENT, 4 - submitted)
            deltas.add(cell, Disposition.SUBMITTED, submitted)
        deltas.write(db, campaign.id, today=clock.day(now))
    return [unit.name_vi for unit in units]


def headings(page) -> list[str]:
    return re.findall(r'<th scope="row"[^>]*><a href="[^"]+">([^<]+)</a>', page.text)


def test_rates_are_sorted_over_all_pages_and_the_order_stays_in_the_address(operator, three_rates):
    half, quarter, none = three_rates
    rates = "/centre/tiny/rates?by=supplying"
    assert headings(operator.get(rates)) == [none, quarter]
    best = operator.get(f"{rates}&sort=-1")
    assert headings(best) == [half, quarter]
    assert 'aria-sort="descending"' in best.text
    assert "by=supplying&amp;sort=-1&amp;page=2" in best.text
    assert headings(operator.get(f"{rates}&sort=-1&page=2"))[0] == none
    assert "Cộng" in best.text


def test_a_row_of_the_rates_is_found_by_its_name_and_no_sum_of_others_stands_below(
    operator, three_rates
):
    half = three_rates[0]
    page = operator.get("/centre/tiny/rates", query_string={"by": "supplying", "search": half})
    assert headings(page) == [half]
    assert "Cộng" not in page.text
    assert '<input type="hidden" name="by" value="supplying">' in page.text
    assert 'href="/centre/tiny/rates?by=supplying">Bỏ tìm và lọc' in page.text


@pytest.mark.parametrize("sort", ["99", "-99", "x", "1;2", "--1"])
def test_an_order_that_makes_no_sense_changes_nothing(operator, three_rates, sort):
    page = operator.get(f"/centre/tiny/rates?by=supplying&sort={sort}")
    assert headings(page) == headings(operator.get("/centre/tiny/rates?by=supplying"))
