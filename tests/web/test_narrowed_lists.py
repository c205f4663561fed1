"""Long lists of the centre are searched without accents, filtered by the address and cut into pages."""

import re

import pytest

from surveyapp.db import transaction
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
