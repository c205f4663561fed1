"""Results at the centre: for everybody on a phone and on a desktop, in both languages, without scripts."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine

from surveyapp.db import transaction
from tests import factories
from tests.browser.engines import surfing
from tests.browser.engines import width as width_in
from tests.browser.looking import small_targets, violations, width, width_of_large_text
from tests.browser.moving import leave_by, opened, sign_in
from tests.browser.scene import Scene
from tests.exports.opened import opened_campaign, released
from tests.factories import PASSWORD
from tests.web.browsing import unused_code

pytestmark = pytest.mark.browser
PLACES = (
    "results?lang=vi",
    "results?lang=en&by=unit&group=P1",
    "results?lang=vi&by=group&group=M1&unit=BNV",
    "results/overview?lang=vi&level=province",
    "results/units/BNV?lang=en",
    "results/units/01?lang=vi&near=level",
    "releases?lang=en",
    "releases/tokens?lang=vi",
    "remarks?lang=vi",
)
ARROWS_ALONE = """(() => [...document.querySelectorAll("thead .arrow")].filter(arrow => {
  const word = document.createRange(), before = arrow.previousSibling;
  word.setStart(before, before.length - 1);
  word.setEnd(before, before.length);
  return arrow.getBoundingClientRect().top > word.getBoundingClientRect().bottom;
}).map(arrow => arrow.parentNode.textContent))()"""
"""Headings whose arrow has slipped to a line of its own."""
REMARKS = (
    ("ministry", "Anh Nguyễn Văn An (0912 345 678) trả lời chậm. " * 3),
    ("province", "x" * 400),
)


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


@pytest.fixture
def centre(app: Flask, engine, keys, now, settings, moment) -> Iterator[Scene]:
    """A server whose campaign is released."""
    with transaction() as db:
        campaign = opened_campaign(db, now, remarks=REMARKS, reviewed=False)
        factories.staff(db, now, "operator")
        released(db, campaign, now, keys, out=settings.instance / "releases")
    scene = Scene(app, engine, keys, now, {})
    scene.start()
    yield scene
    scene.stop()


def test_the_pages_can_be_used_by_everybody(centre: Scene, phone: Page):
    sign_in(phone, centre)
    for page_path in PLACES:
        phone.goto(f"{centre.address}/centre/tiny/{page_path}")
        assert violations(phone) == []
        for wide in (1440, 1024, 768, 360):
            phone.set_viewport_size({"width": wide, "height": 700})
            assert width(phone) <= wide


def test_remarks_are_reviewed_with_a_thumb_and_large_text(centre: Scene, phone: Page):
    sign_in(phone, centre)
    phone.goto(f"{centre.address}/centre/tiny/remarks?lang=vi")
    assert phone.locator("section.remark").count() == len(REMARKS)
    assert phone.locator("mark").count() > 0
    phone.set_viewport_size({"width": 360, "height": 700})
    assert small_targets(phone) == []
    assert width_of_large_text(phone) <= 360
    later, leave = (phone.locator(f"section.remark label:has-text('{text}')").first
                    for text in ("Để sau", "Phát hành ý kiến này"))  # fmt: skip
    assert later.is_visible()
    leave.click()
    leave_by(phone.get_by_role("button", name="Ghi quyết định"))
    assert "1 ý kiến chờ người thứ hai" in phone.locator("body").inner_text()


def test_the_filters_work_without_a_script(centre: Scene, browser: Browser):
    with opened(browser, java_script_enabled=False) as page:
        sign_in(page, centre)
        page.goto(f"{centre.address}/centre/tiny/results?by=unit")
        page.select_option("#group", "P3")
        leave_by(page.locator("form.filters button"))
        assert "P3-101" in page.locator("main h2").first.inner_text()
        assert page.locator("svg.whole").count() == page.locator("main tbody tr").count()


def test_no_page_of_results_pans_and_no_sort_arrow_stands_alone_in_webkit(
    centre: Scene, browser: Browser
):
    with surfing("webkit", browser) as surfer:
        surfer.go(f"{centre.address}/account/sign-in")
        surfer.write("#username", "operator")
        surfer.write("#password", PASSWORD)
        surfer.press("main form:has(#password) button:last-of-type")
        surfer.write("#factor_code", unused_code("operator"))
        surfer.press("main form:has(#factor_code) button")
        arrows = 0
        for page_path in (*PLACES[:6], "rates?by=unit"):
            surfer.go(f"{centre.address}/centre/tiny/{page_path}")
            assert width_in(surfer) <= surfer.run("window.innerWidth"), page_path
            assert surfer.run(ARROWS_ALONE) == [], page_path
            arrows += surfer.count("thead .arrow")
        assert arrows > 3
