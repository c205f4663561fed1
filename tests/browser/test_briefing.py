"""The overview at 8 in the morning: what is missing, why, where and what to do stand within the first screen."""

import pytest
from playwright.sync_api import Page

from surveyapp.campaigns.models import Campaign
from surveyapp.clock import day, now
from surveyapp.db import transaction
from tests.browser.demo_pictures import unseen
from tests.browser.looking import small_targets, violations
from tests.browser.moving import opened, sign_in
from tests.browser.scene import Scene
from tests.fieldwork.counting import count

pytestmark = pytest.mark.browser
OVERVIEW = "/centre/par-index-2023/"
SMALL_PHONE = {"viewport": {"width": 360, "height": 640}, "is_mobile": True, "has_touch": True}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
ENDS = "() => [...document.querySelectorAll('.behind .button')].map((one) => one.getBoundingClientRect().bottom)"
HIGH = "() => document.documentElement.scrollHeight"


@pytest.fixture
def behind(scene: Scene) -> Scene:
    """Seven units and five groups lack forms: the lists are as long as they get."""
    with transaction() as db:
        campaign = db.query(Campaign).one()
        for n, unit in enumerate(("01", "04", "06", "08", "10", "BNV", "BTC")):
            for group in ("P1", "P2", "P3", "M1", "M2", "M3"):
                forms, came = 40 + n, (n, 1)
                count(
                    db, campaign, unit=unit, group=group, forms=forms, sent_on=day(now()),
                    answered=came,
                )  # fmt: skip
    return scene


def overview(page: Page, scene: Scene) -> None:
    sign_in(page, scene)
    page.goto(scene.address + OVERVIEW)


def test_the_briefing_stands_within_the_first_screen(browser, behind: Scene):
    with opened(browser, **DESKTOP) as page:
        overview(page, behind)
        ends = page.evaluate(ENDS)
        assert len(ends) == 10
        assert max(ends) <= 712, "every act, with room for the two ribbons of a demonstration"
        assert page.evaluate(HIGH) <= 2 * 800
    with opened(browser, **SMALL_PHONE) as page:
        overview(page, behind)
        assert unseen(page) == []
        assert small_targets(page) == []
        assert violations(page) == []
        assert page.evaluate(HIGH) <= 3500


def test_the_menu_of_a_phone_unfolds_by_keyboard_and_without_script(browser, scene: Scene):
    for script in (True, False):
        with opened(browser, **SMALL_PHONE, java_script_enabled=script) as page:
            overview(page, scene)
            folded = [page.locator("nav.rooms").first, page.locator("nav.rooms").last]
            folded.append(page.get_by_role("button", name="Đăng xuất"))
            assert [one.is_visible() for one in folded] == [False] * 3
            page.locator(".menu summary").focus()
            page.keyboard.press("Enter")
            assert [one.is_visible() for one in folded] == [True] * 3
            if script:
                assert violations(page) == []
    with opened(browser, **DESKTOP) as page:
        overview(page, scene)
        assert not page.locator(".menu").is_visible()
        assert page.locator("nav.rooms").first.is_visible()
