"""The centre's menu: every page belongs to a place in it, and the menu says where one is."""

import re

import pytest

from surveyapp.db import transaction
from surveyapp.web.centre import menu as centre_menu
from tests import factories
from tests.web.browsing import sign_in


@pytest.fixture
def campaign(app, now, moment):
    with transaction() as db:
        opened = factories.campaign(db, now, opened=True)
        for role in ("operator", "auditor"):
            factories.staff(db, now, role)
    return opened


def menu(page) -> list[dict[str, str]]:
    """Both rows: words of each link → how it says that one is there."""
    return [
        {words: state for state, words in re.findall(r'<a href="[^"]*"(?: aria-current="(\w+)")?>([^<]+)', row)}
        for row in re.findall(r'<nav class="rooms.*?</nav>', page.text, re.S)
    ]  # fmt: skip


def test_every_page_of_the_centre_belongs_to_a_place_in_the_menu(app):
    known = {
        module for _part, inside in centre_menu.PARTS for room in inside for module in room.modules
    }
    pages = {
        rule.endpoint: app.view_functions[rule.endpoint].__module__.rpartition(".")[2]
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("centre.")
    }
    assert len(pages) > 60
    assert {page: module for page, module in pages.items() if module not in known} == {}


def test_the_menu_shows_the_parts_and_the_pages_of_the_one_that_is_open(campaign, client):
    sign_in(client, "operator")
    parts, pages = menu(client.get("/centre/tiny/rates"))
    assert list(parts) == ["Tiến độ", "Chuẩn bị", "Gửi và đôn đốc", "Dữ liệu", "Quản trị"]
    assert [part for part, state in parts.items() if state] == ["Tiến độ"]
    assert list(pages) == ["Tổng quan", "Tỷ lệ trả lời", "Dự báo", "Tính đại diện", "Báo cáo"]
    assert {page: state for page, state in pages.items() if state} == {"Tỷ lệ trả lời": "page"}


@pytest.mark.parametrize(
    ("address", "part", "room"),
    [
        ("messages/channels", "Gửi và đôn đốc", "Gửi tin"),
        ("messages/words", "Gửi và đôn đốc", "Gửi tin"),
        ("rates/details", "Tiến độ", "Tỷ lệ trả lời"),
        ("releases/tokens", "Dữ liệu", "Phát hành"),
        ("audit/verify", "Quản trị", "Nhật ký"),
    ],
)
def test_a_page_below_another_says_where_it_belongs(campaign, client, address, part, room):
    sign_in(client, "auditor" if "audit" in address else "operator")
    parts, pages = menu(client.get(f"/centre/tiny/{address}"))
    assert parts[part] == "true"
    assert {page: state for page, state in pages.items() if state} == {room: "true"}


def test_nobody_is_shown_a_link_that_would_be_refused(campaign, client):
    sign_in(client, "auditor")
    page = client.get("/centre/tiny/")
    for address in re.findall(r'<nav class="rooms.*</nav>', page.text, re.S):
        for link in re.findall(r'href="([^"]+)', address):
            assert client.get(link).status_code == 200, link
    assert "Kết quả điều tra" not in page.text
