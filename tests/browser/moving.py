"""Going from page to page: whoever presses what leads on waits until the next page is there."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.scene import Scene
from tests.factories import PASSWORD
from tests.web.browsing import unused_code

PATIENCE = 60_000
"""Milliseconds that a page may take on a machine with much else to do; nobody waits for them in vain."""
expect.set_options(timeout=PATIENCE)


@contextmanager
def opened(browser: Browser, **look: Any) -> Iterator[Page]:
    """A page of a browser that has not been here before; gone after the block, whatever happens in it."""
    with closing(browser.new_context(**look)) as context:
        context.set_default_timeout(PATIENCE)
        yield context.new_page()


def leave_by(one: Locator, *, touch: bool = False) -> None:
    """Press what leads to another page, and wait until that page has loaded.

    Chromium does not wait by itself: what comes next would meet the old page, the new one or none.
    """
    with one.page.expect_navigation():
        one.tap() if touch else one.click()


def leave_by_key(page: Page, key: str = "Enter") -> None:
    """Press a key that leads to another page, and wait until that page has loaded."""
    with page.expect_navigation():
        page.keyboard.press(key)


def sign_in(page: Page, scene: Scene, username: str = "operator") -> None:
    """Begin a session at the centre or a desk."""
    page.goto(f"{scene.address}/account/sign-in")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    leave_by(page.get_by_role("button", name="Đăng nhập", exact=True))
    page.fill("#factor_code", unused_code(username))
    leave_by(page.get_by_role("button", name="Tiếp tục", exact=True))
