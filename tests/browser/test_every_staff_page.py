"""Every page of the centre and the desks on a phone: found by following links, each kind of page once."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.exceptions import HTTPException

from surveyapp.campaigns.models import Campaign
from surveyapp.db import transaction
from tests import factories
from tests.browser.looking import small_targets, width, width_of_large_text
from tests.browser.moving import opened, sign_in
from tests.browser.scene import Scene

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 640}
LINKS = "() => [...document.querySelectorAll('a[href]:not([download])')].map((one) => one.href)"


def pages(page: Page, scene: Scene, first: str) -> dict[str, list[str]]:
    """What is wrong with each kind of page that links lead to from `first`, by its endpoint."""
    routes = scene.app.url_map.bind("127.0.0.1")
    seen: dict[str, list[str]] = {}
    waiting = [first]
    while waiting:
        address = waiting.pop(0)
        path = urlsplit(address).path
        try:
            endpoint, _ = routes.match(path, method="GET")
        except HTTPException:
            continue
        if endpoint in seen or endpoint.startswith(("respond.", "static")):
            continue
        try:
            answer = page.goto(scene.address + path)
        except Exception as exc:
            if "Download is starting" not in str(exc):
                raise
            seen[endpoint] = []
            continue
        if answer is None or "html" not in answer.headers.get("content-type", ""):
            seen[endpoint] = []
            continue
        faults = small_targets(page)
        if (wide := width(page)) > PHONE["width"]:
            faults.append(f"{wide} px wide")
        if (wide := width_of_large_text(page)) > PHONE["width"]:
            faults.append(f"{wide} px wide with text at 200 %")
        seen[endpoint] = faults
        waiting += [one for one in page.evaluate(LINKS) if one.startswith(scene.address)]
    return seen


def test_pages_of_the_centre_can_be_pressed_and_read_on_a_phone(browser: Browser, scene: Scene):
    with opened(browser, viewport=PHONE) as page:
        sign_in(page, scene)
        seen = pages(page, scene, urlsplit(page.url).path)
        assert {name: faults for name, faults in seen.items() if faults} == {}


def test_pages_of_a_desk_can_be_pressed_and_read_on_a_phone(browser: Browser, scene: Scene):
    with transaction() as db:
        code = db.query(Campaign).one().code
        factories.staff(
            db,
            scene.now,
            "coordinator",
            unit="01",
            campaign_code=code,
            username="desk01",
            keys=scene.keys,
        )
    with opened(browser, viewport=PHONE) as page:
        sign_in(page, scene, "desk01")
        seen = pages(page, scene, urlsplit(page.url).path)
        assert {name: faults for name, faults in seen.items() if faults} == {}
