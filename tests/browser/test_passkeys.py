"""A passkey made and used in real Chromium, with an authenticator that the browser itself plays."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, update

from surveyapp import clock
from surveyapp.accounts.models import StaffSession
from surveyapp.db import transaction
from surveyapp.web import application
from tests import factories
from tests.browser.looking import violations, width
from tests.browser.moving import leave_by, opened
from tests.browser.scene import Scene
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser
WIDTHS = (1280, 360)


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


@pytest.fixture
def office(app: Flask, engine, keys, settings) -> Iterator[Scene]:
    """A server under the one name without TLS for which browsers offer passkeys."""
    now = clock.now()
    with transaction() as db:
        factories.campaign(db, now)
        factories.staff(db, now, "operator", second_factor=False)
    scene = Scene(app, engine, keys, now, {})
    base_url = f"http://localhost:{scene.port}"
    application.configure(app, replace(settings, base_url=base_url), keys)
    scene.start()
    yield scene
    scene.stop()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A browser on a computer that checks its holder by a finger."""
    with opened(browser, viewport={"width": 1280, "height": 800}) as shown:
        devtools = shown.context.new_cdp_session(shown)
        devtools.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        yield shown


def is_for_everybody(page: Page) -> None:
    for wide in WIDTHS:
        page.set_viewport_size({"width": wide, "height": 800})
        assert violations(page) == []
        assert width(page) <= wide
    page.set_viewport_size({"width": 1280, "height": 800})  # where the menu is not folded


def press(page: Page, name: str) -> None:
    leave_by(page.get_by_role("button", name=name, exact=True))


def test_a_passkey_is_made_signs_in_and_is_shown_again_before_a_grave_deed(office, page):
    at = f"http://localhost:{office.port}"
    page.goto(f"{at}/account/sign-in")
    is_for_everybody(page)
    page.fill("#username", "operator")
    page.fill("#password", PASSWORD)
    press(page, "Đăng nhập")
    expect(page.locator("h1")).to_have_text("Thiết lập xác thực hai bước")
    is_for_everybody(page)
    page.fill("#name", "máy cơ quan")
    press(page, "Tạo khóa truy cập")
    expect(page.locator("h1")).to_have_text("Mười mã khôi phục")
    is_for_everybody(page)
    leave_by(page.get_by_role("link", name="Đã cất mã, tiếp tục"))
    press(page, "Đăng xuất")

    page.fill("#username", "operator")
    page.fill("#password", PASSWORD)
    press(page, "Đăng nhập")
    expect(page.locator("h1")).to_have_text("Xác thực bước hai")
    is_for_everybody(page)
    press(page, "Dùng khóa truy cập")
    assert page.url == f"{at}/centre/tiny/"
    press(page, "Đăng xuất")

    press(page, "Đăng nhập bằng khóa truy cập")
    assert page.url == f"{at}/centre/tiny/"

    with transaction() as db:
        db.execute(update(StaffSession).values(factor_at=clock.now() - timedelta(hours=1)))
    page.goto(f"{at}/account/")
    is_for_everybody(page)
    press(page, "Tạo mười mã mới")
    expect(page.locator("h1")).to_have_text("Xác thực lại")
    is_for_everybody(page)
    press(page, "Dùng khóa truy cập")
    expect(page.locator("h1")).to_have_text("Mười mã khôi phục")
    for address in ("staff", "confirmations"):
        page.goto(f"{at}/centre/tiny/{address}")
        is_for_everybody(page)


def test_without_a_script_the_passkey_is_not_offered_and_the_app_works(office, browser):
    with opened(browser, java_script_enabled=False) as page:
        page.goto(f"http://localhost:{office.port}/account/sign-in")
        assert not page.get_by_role("button", name="Đăng nhập bằng khóa truy cập").is_visible()
        page.fill("#username", "operator")
        page.fill("#password", PASSWORD)
        press(page, "Đăng nhập")
        assert not page.get_by_role("button", name="Tạo khóa truy cập").is_visible()
        assert page.locator("#digits").is_visible()
