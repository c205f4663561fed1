"""Photograph the demo for the documents: `make pictures`. Each is what a person sees at once, sharp at twice the size.

What the overview answers in ten seconds (docs/ten-seconds.md) is looked up on the way: a picture on which one of the
answers is not to be seen is not made, and the command ends with 1.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import LAUNCH

IMAGES = Path("docs/images")
CAMPAIGN = "par-index-2023"
DESKTOP = {"viewport": {"width": 1280, "height": 800}, "device_scale_factor": 2}
PHONE = {"viewport": {"width": 360, "height": 780}, "device_scale_factor": 2, "is_mobile": True}
ANSWERS = {
    "deadline": "#deadline",
    "missing": ".figures .figure",
    "why": ".whole-parts .whole",
    "next act": ".behind .button",
}
"""What the reader of the overview finds within the first screen, and where it stands."""


@contextmanager
def looking(browser: Browser, screen: dict[str, Any]) -> Iterator[Page]:
    """A page in Vietnamese, white, without what was there before."""
    context = browser.new_context(**screen, locale="vi-VN", color_scheme="light")
    context.set_default_timeout(60_000)
    try:
        yield context.new_page()
    finally:
        context.close()


def sign_in(page: Page, address: str, account: dict[str, str]) -> None:
    """As one of the demo's accounts, which need no second factor."""
    page.goto(f"{address}/account/sign-in")
    page.fill("#username", account["username"])
    page.fill("#password", account["password"])
    with page.expect_navigation():
        page.locator("main form button").first.click()


def unseen(page: Page) -> list[str]:
    """The answers that do not stand within the first screen."""
    high = page.viewport_size["height"] if page.viewport_size else 0
    missing = []
    for what, where in ANSWERS.items():
        box = page.locator(where).first.bounding_box() if page.locator(where).count() else None
        if box is None or box["y"] + box["height"] > high:
            missing.append(
                f"{what} ({'absent' if box is None else round(box['y'] + box['height'])} px)"
            )
    return missing


def main() -> None:
    """Write the pictures; ends with 1 where the first screen of the overview lacks an answer."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--address", default="http://127.0.0.1:8000")
    options.add_argument("--accounts", type=Path, default=Path("instance/demo.json"))
    options.add_argument("--unit", default="01")
    given = options.parse_args()
    known = json.loads(given.accounts.read_text())
    operator = next(one for one in known["staff"] if one["role"] == "operator")
    faults = []
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**LAUNCH)
        for name, screen in (("overview", DESKTOP), ("overview-phone", PHONE)):
            with looking(browser, screen) as page:
                sign_in(page, given.address, operator)
                page.goto(f"{given.address}/centre/{CAMPAIGN}/")
                faults += [f"{name}: {one}" for one in unseen(page)]
                page.screenshot(path=IMAGES / f"{name}.png")
                if screen is DESKTOP:
                    page.screenshot(path=IMAGES / "overview-whole.png", full_page=True)
                    page.goto(f"{given.address}/centre/{CAMPAIGN}/units/{given.unit}/")
                    page.screenshot(path=IMAGES / "unit.png")
        with looking(browser, PHONE) as page:
            page.goto(known["links"][0])
            page.screenshot(path=IMAGES / "phone.png")
        browser.close()
    print("\n".join(faults) or "every answer stands within the first screen")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
