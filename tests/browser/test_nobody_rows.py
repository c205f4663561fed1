"""Before confirming, a coordinator sees every row that is no person, on a phone and at a desk."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PHONE
from tests.browser.moving import opened
from tests.browser.scene import Scene
from tests.browser.test_lists import open_list, send, signed_in, stored
from tests.files import writers
from tests.files.layouts import Grid

ROWS = [
    ["UBND TỈNH", "", "", "", "", ""],
    ["DANH SÁCH LÃNH ĐẠO CÁC SỞ, BAN, NGÀNH", "", "", "", "", ""],
    ["STT", "Họ và tên", "Chức vụ", "Sở, ban, ngành", "Điện thoại", "Email"],
    ["1", "Sở Nội vụ", "", "", "02193860000", "vanthu@hagiang.example.vn"],
    ["", "Lê Văn An", "Giám đốc", "", "0912000001", "an@hagiang.example.vn"],
    ["", "Vũ Thị Hoa", "Phó Giám đốc", "", "0912000021", "hoa@hagiang.example.vn"],
    ["", "", "", "", "0912000301", ""],
    ["", "Tổng cộng: 03 người", "", "", "", ""],
    ["", "", "", "Hà Giang, ngày 20 tháng 12 năm 2023", "", ""],
    ["", "NGƯỜI LẬP BIỂU", "", "TM. ỦY BAN NHÂN DÂN", "", ""],
    ["", "Trần Thị Lập", "", "Phạm Văn Ký", "", ""],
    ["", "Mọi thắc mắc xin liên hệ đ/c Trần Thị Lập, số 0912 345 678", "", "", "", ""],
]


@pytest.fixture(params=[("phone", "24"), ("desktop", "25")], ids=["phone", "desktop"])
def page_and_unit(request: pytest.FixtureRequest, browser: Browser):
    kind, unit = request.param
    size = PHONE if kind == "phone" else {"viewport": {"width": 1280, "height": 800}}
    with opened(browser, **size) as page:
        yield page, unit


def test_every_row_that_is_nobody_is_shown_and_the_gap_is_answered(
    page_and_unit: tuple[Page, str], scene: Scene, tmp_path: Path
) -> None:
    page, unit = page_and_unit
    hand = signed_in(scene, page, unit)
    open_list(hand, scene, unit)
    send(hand, writers.xlsx(Grid(ROWS)))
    shown = page.locator(".asides tbody tr")
    shown.first.wait_for()  # the page goes on by itself where reading takes a while
    reasons = [row.inner_text() for row in shown.all()]
    assert len(reasons) == 7
    page.screenshot(path=tmp_path / "understood.png", full_page=True)
    narrow = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert narrow, "the page runs out of its window"
    hand.click("button", "Đúng, kiểm tra danh sách")
    page.locator("#answer-error").wait_for()
    page.get_by_label("Đây là một người").nth(5).check()
    hand.click("button", "Đúng, kiểm tra danh sách")
    page.get_by_role("heading", name="Từng dòng của danh sách").wait_for()
    page.screenshot(path=tmp_path / "findings.png", full_page=True)
    assert stored(unit).line_count == 3


ODD = [
    ["STT", "Họ và tên", "Vai trò", "Ngành", "Contact", "Email", "Ghi chú"],
    ["1", "Chang A Páo", "Giám đốc", "Sở Nội vụ", "0912000041", "pao@hagiang.example.vn", ""],
    ["2", "Vũ Thị Hoa", "Phó Giám đốc", "Sở Nội vụ", "0912000087", "hoa@hagiang.example.vn", "nghỉ chế độ"],
    ["3", "Hiện chưa có", "Phó Giám đốc", "Sở Y tế", "0912000193", "syt@hagiang.example.vn", ""],
    ["", "Ấn định danh sách: 03 người", "", "", "", "", ""],
]  # fmt: skip


def test_columns_under_unknown_headings_are_shown_as_told_by_their_cells(
    page_and_unit: tuple[Page, str], scene: Scene, tmp_path: Path
) -> None:
    page, unit = page_and_unit
    unit = {"24": "26", "25": "27"}[unit]
    hand = signed_in(scene, page, unit)
    open_list(hand, scene, unit)
    send(hand, writers.xlsx(Grid(ODD)))
    page.get_by_text("được hiểu theo nội dung các ô").wait_for()
    page.screenshot(path=tmp_path / "by_content.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    hand.click("button", "Đúng, kiểm tra danh sách")
    page.get_by_role("heading", name="Từng dòng của danh sách").wait_for()
    page.screenshot(path=tmp_path / "odd_findings.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert stored(unit).line_count == 3
