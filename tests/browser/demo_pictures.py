"""Photograph the demo for the documents: `make pictures`. Each is what a person sees at once, sharp at twice the size.

What the overview answers in ten seconds (docs/ten-seconds.md) is looked up on the way: a picture on which one of the
answers is not to be seen is not made, and the command ends with 1.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import LAUNCH
from tests.ports import free_port

IMAGES = Path("docs/images")
CAMPAIGN = "par-index-2023"
MOST_SECONDS = 900
DESKTOP = {"viewport": {"width": 1280, "height": 800}, "device_scale_factor": 2}
PHONE = {
    "viewport": {"width": 360, "height": 780},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
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
    """Photograph a demo; ends with 1 where the first screen of the overview lacks an answer."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--instance", type=Path, help="a demo that stands; else one is built")
    options.add_argument("--unit", default="01")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name, served(given.instance or Path(name)) as known:
        faults = photograph(known, unit=given.unit)
    print("\n".join(faults) or "every answer stands within the first screen")
    sys.exit(1 if faults else 0)


@contextmanager
def served(instance: Path) -> Iterator[dict[str, Any]]:
    """What `demo.json` of the demo in this folder says, while the demo answers."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "surveyapp",
        "demo",
        "serve",
        "--size",
        "tenth",
        "--port",
        str(port),
    ]
    address = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "SURVEYAPP_INSTANCE": str(instance)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as server:
        try:
            _wait_for(address, server)
            known = json.loads((instance / "demo.json").read_text())
            built_for = known["base_url"]
            links = [link.replace(built_for, address) for link in known["links"]]
            yield {**known, "base_url": address, "links": links}
        finally:
            server.terminate()
            server.wait(30)


def _wait_for(address: str, server: "subprocess.Popen[bytes]") -> None:
    """Until somebody answers there: building a demo takes minutes."""
    end = time.monotonic() + MOST_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with urlopen(address, timeout=10):
                return
        except OSError:
            time.sleep(1)
    raise SystemExit("the demo does not answer")


def photograph(known: dict[str, Any], *, unit: str) -> list[str]:
    """Write the pictures; the answers that a first screen lacks."""
    address = known["base_url"]
    operator = next(one for one in known["staff"] if one["role"] == "operator")
    faults = []
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**LAUNCH)
        for name, screen in (("overview", DESKTOP), ("overview-phone", PHONE)):
            with looking(browser, screen) as page:
                sign_in(page, address, operator)
                page.goto(f"{address}/centre/{CAMPAIGN}/")
                faults += unseen(page)
                page.screenshot(path=IMAGES / f"{name}.png")
                if screen is DESKTOP:
                    page.screenshot(path=IMAGES / "overview-whole.png", full_page=True)
                    page.goto(f"{address}/centre/{CAMPAIGN}/units/{unit}/")
                    page.screenshot(path=IMAGES / "unit.png")
        with looking(browser, PHONE) as page:
            page.goto(known["links"][0])
            page.screenshot(path=IMAGES / "phone.png")
        browser.close()
    return faults


if __name__ == "__main__":
    main()
