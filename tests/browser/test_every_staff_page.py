"""Every page of the centre and the desks on a phone: found by following links, each kind of page once."""

from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import func, select
from werkzeug.exceptions import HTTPException

from surveyapp import clock
from surveyapp.accounts.act import Act
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign
from surveyapp.db import transaction
from surveyapp.delivery.models import LetterBatch, Wave
from surveyapp.delivery.states import WaveState
from surveyapp.delivery.waves import planning
from surveyapp.delivery.waves.counting import DryRun
from surveyapp.delivery.waves.planning import WavePlan
from surveyapp.followup.models import CallAttempt
from surveyapp.invitations.models import Declaration, Invitation
from tests import factories
from tests.browser.looking import small_targets, width, width_of_large_text
from tests.browser.moving import opened, sign_in
from tests.browser.scene import Scene

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 640}
OFFICE = {"width": 1024, "height": 768}
LONGEST = 11_000
"""Pixels of a page at that width, however many rows its list has: seventeen screens, and a sixth of what a list had once."""
MANY = 120
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
        if (high := page.evaluate("document.documentElement.scrollHeight")) > LONGEST:
            faults.append(f"{high} px long")
        page.set_viewport_size(OFFICE)
        if (wide := width(page)) > OFFICE["width"]:
            faults.append(f"{wide} px wide on an old office screen")
        page.set_viewport_size(PHONE)
        seen[endpoint] = faults
        waiting += [one for one in page.evaluate(LINKS) if one.startswith(scene.address)]
    return seen


@pytest.fixture
def filled(scene: Scene) -> Scene:
    """Lists with more rows than a page holds: accounts, waves with their piles of letters, declarations, calls."""
    with transaction() as db:
        campaign = db.query(Campaign).one()
        units = campaigns.units(db, campaign.id)
        if (db.scalar(select(func.count()).select_from(Wave)) or 0) >= MANY:
            return scene
        for n in range(MANY):
            factories.staff(
                db, scene.now, "coordinator", unit=units[n % len(units)].code, keys=scene.keys,
                campaign_code=campaign.code, username=f"many{n}",
            )  # fmt: skip
        invited = db.scalars(select(Invitation.id)).all()
        act, nobody = Act("operator", scene.now, scene.keys), DryRun(people=7)
        for n in range(MANY):
            plan = WavePlan(kind="last_day", starts_at=scene.now + timedelta(days=n % 5))
            wave = planning.plan_wave(db, campaign, plan, nobody, act=act)
        wave.state = WaveState.RUNNING
        for unit in units:
            db.add(
                LetterBatch(
                    id=uuid4(), wave_id=wave.id, unit_id=unit.id, letters=3, made_by="operator",
                    made_at=scene.now,
                )
            )  # fmt: skip
        for invitation in invited[:MANY]:
            db.add(
                Declaration(
                    id=uuid4(), invitation_id=invitation, kind="moved", on=clock.day(scene.now)
                )
            )
            db.add(
                CallAttempt(
                    id=uuid4(), campaign_id=campaign.id, invitation_id=invitation, result="busy",
                    at=scene.now, operator="operator",
                )
            )  # fmt: skip
    return scene


def test_pages_of_the_centre_can_be_pressed_and_read_on_a_phone(browser: Browser, filled: Scene):
    scene = filled
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
