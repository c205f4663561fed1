"""An operator calls from a phone and without a script: reason, list, card, result, clean for axe at every step."""

import pytest
from playwright.sync_api import BrowserContext, Page

from surveyapp.accounts.act import Act
from surveyapp.campaigns.models import Campaign
from surveyapp.clock import now
from surveyapp.db import transaction
from surveyapp.invitations import service
from tests.browser.looking import violations
from tests.browser.moving import leave_by, sign_in
from tests.browser.scene import Scene

pytestmark = pytest.mark.browser
CALLS = "/centre/par-index-2023/calls"


@pytest.fixture
def sent(scene: Scene) -> None:
    """Everybody's invitation has gone out."""
    with transaction() as db:
        campaign = db.query(Campaign).one()
        facts = Act("operator", now(), scene.keys)
        service.mark_listed(db, campaign, everyone=True, act=facts)
        service.mark_sent(db, campaign, act=facts)


def clean(page: Page) -> None:
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_call_from_the_reason_to_the_result(phone: Page, scene: Scene, sent: None):
    sign_in(phone, scene)
    phone.goto(f"{scene.address}{CALLS}")
    clean(phone)
    if phone.locator("#reason").count():
        phone.fill("#reason", "Gọi nhắc người chưa trả lời")
        leave_by(phone.locator("main form .button").first)
    phone.goto(f"{scene.address}{CALLS}/people?unit=01")
    clean(phone)
    leave_by(phone.locator("form[action*='/claim'] button").first)
    clean(phone)
    assert not phone.locator("#until").is_visible()
    phone.locator("input[value=unavailable] + label").click()
    assert phone.locator("#until").is_visible()
    phone.locator("input[value=reminded] + label").click()
    leave_by(phone.locator("form.result button.button"))
    assert phone.url.startswith(f"{scene.address}{CALLS}/people?")
    assert phone.locator(".banner.good").count() == 1


def test_without_a_script_a_missing_day_is_asked_for_beside_its_field(
    without_script: BrowserContext, scene: Scene, sent: None
):
    page = without_script.new_page()
    sign_in(page, scene)
    page.goto(f"{scene.address}{CALLS}")
    if page.locator("#reason").count():
        page.fill("#reason", "Gọi nhắc người chưa trả lời")
        leave_by(page.locator("main form .button").first)
    page.goto(f"{scene.address}{CALLS}/people?unit=BNV")
    leave_by(page.locator("form[action*='/claim'] button").first)
    page.locator("input[value=unavailable] + label").click()
    leave_by(page.locator("form.result button.button"))
    assert page.locator("#errors a[href='#until']").count() == 1
    assert page.locator("#until").is_visible()
