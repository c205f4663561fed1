"""One server and one browser for the whole run; every test brings a person of its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from surveyapp.accounts import passwords
from surveyapp.db import bind
from tests.browser.moving import opened
from tests.browser.scene import Scene, build_once

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SHELL = shutil.which("chromium-headless-shell")
"""The same browser without its windows: a page costs a quarter of the time."""
ARGUMENTS = ["--no-sandbox", "--disable-gpu"]
LAUNCH = {"executable_path": SHELL or CHROMIUM, "args": ARGUMENTS}
WITH_SETTINGS = {"executable_path": CHROMIUM or SHELL, "args": ARGUMENTS}
"""For what a person sets in the browser's own pages, which the shell does not have."""
PHONE = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, **LAUNCH}


@pytest.fixture(scope="session")
def scene_of_the_run(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    passwords.use_cost(memory_kib=8, passes=1)
    built = build_once(run_folder, tmp_path_factory.mktemp("scene"))
    built.start()
    yield built
    built.stop()
    built.engine.dispose()


@pytest.fixture
def scene(scene_of_the_run: Scene) -> Scene:
    """The running server; other tests of this process may have bound another database meanwhile."""
    bind(scene_of_the_run.engine)
    scene_of_the_run.forget_attempts()
    return scene_of_the_run


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A page on a small phone."""
    with opened(browser, **PHONE) as page:
        yield page


@pytest.fixture
def desktop(browser: Browser) -> Iterator[Page]:
    """A page on an office computer."""
    with opened(browser, viewport={"width": 1280, "height": 800}) as page:
        yield page


@pytest.fixture
def without_script(browser: Browser) -> Iterator[BrowserContext]:
    """A small phone whose browser runs no scripts."""
    with opened(browser, **PHONE, java_script_enabled=False) as page:
        yield page.context
