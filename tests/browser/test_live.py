"""Figures change on the open page: nothing is reloaded, and the reader keeps focus, place and order."""

import pytest
from playwright.sync_api import Page

from surveyapp.campaigns.models import Campaign
from surveyapp.clock import day, now
from surveyapp.db import transaction
from tests.browser.moving import sign_in
from tests.browser.scene import Scene
from tests.fieldwork.counting import count

pytestmark = pytest.mark.browser
RATES = "/centre/par-index-2023/rates?by=group"


@pytest.fixture
def rates(desktop: Page, scene: Scene) -> Page:
    """The table of rates, its script waiting for a clock that the test turns."""
    desktop.clock.install()
    sign_in(desktop, scene)
    desktop.goto(f"{scene.address}{RATES}")
    desktop.evaluate("window.sameDocument = true")
    return desktop


def more_forms() -> None:
    with transaction() as db:
        campaign = db.query(Campaign).one()
        count(db, campaign, unit="01", group="P1", forms=7, sent_on=day(now()), answered=(3,))


def invited(page: Page) -> str:
    """The row of P1 as it stands on the page."""
    return page.locator("tbody tr", has_text="P1").inner_text()


def test_new_figures_appear_and_the_reader_is_not_disturbed(rates: Page):
    rates.set_viewport_size({"width": 900, "height": 400})
    rates.locator("thead button.sort").last.click()
    order = rates.locator("tbody th").all_inner_texts()
    link = rates.locator("tbody a").last
    link.focus()
    held = link.inner_text()
    rates.evaluate("window.scrollTo(0, 250)")
    rates.locator("#until").fill("2024-01-02")
    link.focus()
    scrolled = rates.evaluate("scrollY")
    before = invited(rates)
    more_forms()
    rates.clock.fast_forward("00:46")
    rates.locator("[data-live-said]", has_text="Đã cập nhật").wait_for()
    assert invited(rates) != before
    assert rates.evaluate("window.sameDocument")
    assert rates.evaluate("document.activeElement.textContent") == held
    assert rates.evaluate("scrollY") == scrolled
    assert rates.locator("tbody th").all_inner_texts() == order
    assert rates.locator("#until").input_value() == "2024-01-02"


def test_it_rests_while_the_page_is_hidden_or_paused(rates: Page):
    asked: list[int] = []
    rates.on("response", lambda one: asked.append(one.status))
    rates.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    rates.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    rates.clock.fast_forward("10:00")
    assert asked == []
    rates.evaluate("Object.defineProperty(document, 'hidden', {value: false})")
    with rates.expect_response("**/rates*") as answer:
        rates.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        rates.clock.run_for(10)
    assert answer.value.status == 304
    rates.locator(".live button").click()
    assert rates.locator(".live button").inner_text() == "Tiếp tục tự cập nhật"
    rates.clock.fast_forward("10:00")
    assert asked == [304]
