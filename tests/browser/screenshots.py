"""Photograph every page and state at phone and desktop width: `make screenshots [NAME...]`."""

import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import LAUNCH, PHONE
from tests.browser.dead_ends import EVERYTHING
from tests.browser.moving import opened
from tests.browser.scene import build
from tests.browser.states import reach

FOLDER = Path("screenshots")
PEOPLE = 320
SCREENS = {360: PHONE, 1280: {"viewport": {"width": 1280, "height": 800}}}
"""By width: what a phone does not show (a hint about keys) must not be in its pictures."""


def main() -> None:
    """Write `screenshots/<width>/<language>-<state>.png` for the states named, or all."""
    names = sys.argv[1:] or list(EVERYTHING)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        scene = build(Path(folder), people=PEOPLE)
        scene.start()
        browser = playwright.chromium.launch(**LAUNCH)
        for width, screen in SCREENS.items():
            for language in ("vi", "en"):
                target = FOLDER / str(width)
                target.mkdir(parents=True, exist_ok=True)
                for name in names:
                    with (
                        opened(browser, **screen) as page,
                        contextmanager(reach)(EVERYTHING[name], page, scene, language),
                    ):
                        file = target / f"{language}-{name}.png"
                        page.screenshot(path=file, full_page=True)
                        print(file, flush=True)
        browser.close()
        scene.stop()
        scene.engine.dispose()


if __name__ == "__main__":
    main()
