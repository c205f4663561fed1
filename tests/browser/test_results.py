"""Results at the centre: for everybody on a phone and on a desktop, in both languages, without scripts."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine

from surveyapp.db import transaction
from tests import factories
from tests.browser.looking import violations, width
from tests.browser.moving import leave_by, opened, sign_in
from tests.browser.scene import Scene
from tests.exports.opened import opened_campaign, released

pytestmark = pytest.mark.browser
PLACES = (
    "results?lang=vi",
    "results?lang=en&by=unit&group=P1",
    "results?lang=vi&by=group&group=M1&unit=BNV",
    "releases?lang=en",
    "releases/tokens?lang=vi",
)


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


@pytest.fixture
def centre(app: Flask, engine, keys, now, settings, moment) -> Iterator[Scene]:
    """A server whose campaign is released."""
    with transaction() as db:
        campaign = opened_campaign(db, now)
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
        for wide in (1440, 360):
            phone.set_viewport_size({"width": wide, "height": 700})
            assert width(phone) <= wide


def test_the_filters_work_without_a_script(centre: Scene, browser: Browser):
    with opened(browser, java_script_enabled=False) as page:
        sign_in(page, centre)
        page.goto(f"{centre.address}/centre/tiny/results?by=unit")
        page.select_option("#group", "P3")
        leave_by(page.locator("form.filters button"))
        assert "P3-101" in page.locator("main h2").first.inner_text()
        assert page.locator("svg.whole").count() == page.locator("main tbody tr").count()
