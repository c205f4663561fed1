"""One person and thirty items: by touch, without scripts, by keyboard alone, and while the server is killed."""

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from playwright.sync_api import Error as PlaywrightError

from tests.browser.conftest import PHONE
from tests.browser.moving import leave_by, leave_by_key, opened
from tests.browser.scene import Scene
from tests.browser.states import Walk
from tests.browser.test_answering import ballots, chosen
from tests.ports import free_port

pytestmark = pytest.mark.browser

SCREEN = PHONE["viewport"]["height"]
ITEMS = 30
"""The person has the questionnaire of a ministry's department leaders: 32 items, illustrative."""


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def hand(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A small phone that is only ever touched."""
    with opened(browser, **PHONE, java_script_enabled=request.param) as page:
        yield page


def walk_of(page: Page, scene: Scene) -> Walk:
    return Walk(page, scene, "vi", scene.person(1), ExitStack())


def scroll_to(one: Locator) -> float:
    """Scroll as little as shows all of `one` above the line that tells about saving; points scrolled.

    The page is read and moved as a thumb would: nothing is scrolled by focus or by an address.
    """
    return float(
        one.evaluate(
            """one => {
                const line = document.querySelector('.saving');
                const sticks = line && getComputedStyle(line).position === 'sticky';
                const end = innerHeight - (sticks ? line.offsetHeight : 0);
                const {top, bottom} = one.getBoundingClientRect(), before = scrollY;
                if (top < 0 || bottom > end) scrollBy({top: top < 0 ? top : bottom - end, behavior: 'instant'});
                const now = one.getBoundingClientRect();
                if (now.top < -1 || now.bottom > end + 1) return Infinity;
                return Math.abs(scrollY - before);
            }"""
        )
    )


def touch(one: Locator, *, within: Locator | None = None) -> None:
    """Touch `one` after scrolling all of `within` (or of itself) into sight, at most by one screen."""
    assert scroll_to(within or one) <= SCREEN, "more than one screen to scroll"
    assert one.evaluate(
        """one => {
            const {x, y, width, height} = one.getBoundingClientRect();
            return one.contains(document.elementFromPoint(x + width / 2, y + height / 2));
        }"""
    ), "it is out of sight or covered"
    one.tap()


def test_a_person_gets_through_by_touch_and_never_scrolls_more_than_a_screen_to_the_next_item(
    hand: Page, scene: Scene
):
    walk, before = walk_of(hand, scene), ballots(scene)
    hand.goto(scene.link(walk.person))
    with hand.expect_navigation():
        touch(hand.locator("form[action*='/start'] button").first)
    items = 0
    while hand.locator("fieldset.item:visible").count():
        for item in hand.locator("fieldset.item:visible").all():
            touch(item.locator(".choice label").nth(items % 5), within=item)
            items += 1
        with hand.expect_navigation():
            touch(hand.locator(".actions:visible button[value='next']"))
    assert items >= ITEMS
    hand.fill("textarea:visible", "Cần rút ngắn thời gian giải quyết hồ sơ.")
    with hand.expect_navigation():
        touch(hand.locator(".actions:visible button[value='review']"))
    expect(hand.locator("main")).to_contain_text(f"đã trả lời đủ {items} câu")
    expect(hand.locator(".written")).to_contain_text("Cần rút ngắn")
    with hand.expect_navigation():
        touch(hand.locator("form[action$='/nop'] button"))
    expect(hand.locator("h1")).to_have_text("Đã nhận phiếu của Ông/\u2060Bà")
    receipt = hand.locator("#receipt").inner_text()
    assert re.fullmatch(r"([2-9A-Z]{4}-){3}[2-9A-Z]{4}", receipt)
    assert ballots(scene) == before + 1
    hand.reload()
    assert hand.locator("#receipt").inner_text() == receipt


def test_the_whole_way_by_keyboard_alone(desktop: Page, scene: Scene):
    walk, before = walk_of(desktop, scene), ballots(scene)
    desktop.goto(scene.link(walk.person))
    press = desktop.keyboard.press
    press("Tab")
    assert _focused(desktop, "textContent").startswith("Đến nội dung chính")
    _tab_to(desktop, "Bắt đầu trả lời")
    leave_by_key(desktop)
    expect(desktop).to_have_url(re.compile("/phieu/1/1"))
    items = 0
    while desktop.locator("fieldset.item:visible").count():
        for position in range(desktop.locator("fieldset.item:visible").count()):
            _tab_to_item(desktop, position)
            press(str(1 + position % 5))
            items += 1
        leave_by_key(desktop)  # as in any form: goes on, and does not change the language
        assert desktop.locator("html").get_attribute("lang") == "vi"
    assert items >= ITEMS
    _tab_to(desktop, "Lưu và xem lại")
    leave_by_key(desktop)
    expect(desktop.locator("main")).to_contain_text("đã trả lời đủ")
    _tab_to(desktop, "Nộp phiếu")
    leave_by_key(desktop)
    expect(desktop.locator("h1")).to_have_text("Đã nhận phiếu của Ông/\u2060Bà")
    assert ballots(scene) == before + 1


def _focused(page: Page, what: str) -> str:
    return str(page.evaluate(f"(document.activeElement.{what} || '').trim()"))


def _tab_to(page: Page, words: str) -> None:
    for _step in range(60):
        page.keyboard.press("Tab")
        if _focused(page, "textContent") == words:
            return
    raise AssertionError(f"the keyboard does not reach “{words}”")


def _tab_to_item(page: Page, position: int) -> None:
    """The order of focus is the order of the page, and what has the focus is never covered."""
    item_id = page.locator("fieldset.item:visible").nth(position).get_attribute("data-item")
    for _step in range(30):
        page.keyboard.press("Tab")
        if _focused(page, "name") == item_id:
            break
    else:
        raise AssertionError(f"the keyboard does not reach {item_id}")
    covered = page.evaluate(
        """() => {
            const box = document.activeElement.getBoundingClientRect();
            const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            return Boolean(top && top.closest('.saving'));
        }"""
    )
    assert not covered, f"{item_id} has the focus under the line that tells about saving"


class Process:
    """The same survey served by a program of its own, which can be killed like a machine without power."""

    def __init__(self, scene: Scene, folder: Path) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        # The drafts' secret lies beside the data of the scene.
        instance = Path(scene.engine.url.database or "").parent
        instance.chmod(0o700)
        if scene.engine.dialect.name == "sqlite":
            for end in ("", "-wal", "-shm"):
                file = Path(f"{scene.engine.url.database}{end}")
                if file.exists():
                    file.chmod(0o600)
        keys = folder / "keys.json"
        keys.write_text(json.dumps({n: b64encode(k).decode() for n, k in scene.keys.roots.items()}))
        keys.chmod(0o600)
        self.environment = {
            **os.environ,
            "DATABASE_URL": scene.engine.url.render_as_string(hide_password=False),
            "SURVEYAPP_INSTANCE": str(instance),
            "SURVEYAPP_KEYS": str(keys),
            "SURVEYAPP_BASE_URL": self.address,
        }

    def start(self) -> None:
        serve = f"run_simple('127.0.0.1', {self.port}, app, threaded=True)"
        program = f"from werkzeug.serving import run_simple; from wsgi import app; {serve}"
        quiet = subprocess.DEVNULL
        self.running = subprocess.Popen(
            [sys.executable, "-c", program], env=self.environment, stdout=quiet, stderr=quiet
        )
        end = time.monotonic() + 60
        while time.monotonic() < end:
            assert self.running.poll() is None, "the server ended by itself"
            with socket.socket() as door:
                if door.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("the server did not start within a minute")

    def kill(self) -> None:
        self.running.kill()
        self.running.wait(timeout=60)


@pytest.fixture
def process(scene: Scene, tmp_path: Path) -> Iterator[Process]:
    server = Process(scene, tmp_path)
    server.start()
    yield server
    server.kill()


def test_the_server_is_killed_between_two_answers_and_the_third_save_brings_everything_back(
    phone: Page, scene: Scene, process: Process
):
    walk = walk_of(phone, scene)
    phone.goto(walk.person.link.replace("http://localhost", process.address))
    leave_by(phone.locator("form[action*='/start'] button").first, touch=True)
    walk.answer(1)
    process.kill()
    phone.locator("fieldset.item:visible").nth(1).locator(".choice label").nth(3).tap()
    expect(phone.locator("#saved")).to_contain_text("Chưa lưu, đang thử lại")
    # Going on does not wait, and nothing is lost by it.
    phone.locator(".actions:visible button[value='next']").tap()
    expect(phone).to_have_url(re.compile("/phieu/1/2"))
    expect(phone.locator("#saved")).to_contain_text("Chưa lưu, đang thử lại")
    process.start()
    with phone.expect_response("**/luu"):
        phone.locator("fieldset.item:visible").nth(2).locator(".choice label").nth(0).tap()
    expect(phone.locator("#saved")).to_contain_text("Đã lưu")
    phone.reload()
    assert chosen(phone) == ["1"]
    leave_by(phone.locator(".actions:visible button[value='back']"), touch=True)
    assert chosen(phone) == ["2", "4"]


def test_without_scripts_a_page_sent_to_a_dead_server_is_sent_again_by_loading_it_anew(
    without_script: BrowserContext, scene: Scene
):
    page = without_script.new_page()
    walk = walk_of(page, scene)
    walk.start()
    page.locator("fieldset.item:visible").first.locator(".choice label").nth(1).tap()
    walk.press("next")
    item = page.locator("fieldset.item:visible").first
    item.locator(".choice label").nth(3).tap()
    scene.stop()
    try:
        with page.expect_event("requestfailed"), contextlib.suppress(PlaywrightError):
            page.locator(".actions:visible button[value='next']").tap()
        page.wait_for_url("chrome-error://**")
    finally:
        scene.start()
    page.reload()
    walk.go("/phieu/1/1")
    assert chosen(page) == ["2"]
    walk.go("/phieu/1/2")
    assert chosen(page) == ["4"]
