"""Every page and state, in both languages: clean for axe, no scrolling sideways, titled, in one language."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.dead_ends import DEAD_ENDS, DOWN
from tests.browser.looking import small_targets, violations, width, width_of_large_text
from tests.browser.moving import opened
from tests.browser.scene import Scene
from tests.browser.states import STATES, reach

PHONE = {"width": 360, "height": 640}
WIDTHS = (320, 360, 768, 1280)
ENLARGED = {"width": 320, "height": 256}
"""What is left of 1280 × 1024 points at 400 % (WCAG 1.4.10)."""
LINGERS = {"section-session-ends", "section-not-saved"}
"""Their clock is turned, or what is saved at last answers, with a cookie, when the next test is under way."""
ERRORS = {"code-too-short", "code-mistyped", "code-unknown", "section-error", "remark-too-long"}


@pytest.fixture(scope="module")
def screen_of_the_run(browser: Browser) -> Iterator[Page]:
    with opened(browser) as page:
        yield page


@pytest.fixture
def screen(screen_of_the_run: Page, browser: Browser, state: str) -> Iterator[Page]:
    """A page of a browser that has not been here before; what lingers has one of its own."""
    if state in LINGERS:
        with opened(browser, viewport=PHONE) as page:
            yield page
        return
    yield _as_new(screen_of_the_run)


def _as_new(page: Page) -> Page:
    """The page as if this browser had not been here before."""
    page.goto("about:blank")
    page.context.clear_cookies()
    page.set_viewport_size(PHONE)
    return page


@pytest.mark.browser
@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("state", STATES)
def test_a_state_of_the_pages_can_be_used_by_everybody(
    scene: Scene, screen: Page, state: str, language: str
):
    page = screen
    with contextmanager(reach)(STATES[state], page, scene, language):
        assert violations(page) == []
        assert page.locator("html").get_attribute("lang") == language
        assert page.locator("h1").count() == 1
        assert _words_of_the_other_language(page, language) == []
        mark = {"vi": "Lỗi: ", "en": "Error: "}[language]
        assert page.title().startswith(mark) == (state in ERRORS)
        assert small_targets(page) == []
        assert width_of_large_text(page) <= PHONE["width"]
        for wide in WIDTHS:
            page.set_viewport_size({"width": wide, "height": 640})
            assert width(page) <= wide, f"scrolls sideways at {wide}"
        page.set_viewport_size(ENLARGED)
        assert width(page) <= ENLARGED["width"]
        assert _obscured(page) == []


def _obscured(page) -> list[str]:
    """What can have the focus but is then covered, cut off or out of sight (WCAG 2.4.11)."""
    return page.evaluate(
        """() => {
            const wanted = 'a[href], button, input:not([type=hidden]), textarea, select, summary';
            const seen = (x, y, one) => {
                const top = document.elementFromPoint(x, y);
                return top && (one.contains(top) || [...(one.labels || [])].some((label) => label.contains(top)));
            };
            return [...document.querySelectorAll(wanted)]
                .filter((one) => one.checkVisibility() && !one.closest('.unseen') && one.tabIndex >= 0)
                .filter((one) => {
                    one.focus();
                    const lines = [...one.getClientRects()];  // a link may run over two lines
                    const first = lines[0], last = lines.at(-1), inside = Math.min(8, first.height / 2);
                    const ends = [[first, first.top + inside]];
                    if (last.bottom - first.top <= innerHeight / 2) ends.push([last, last.bottom - inside]);
                    return !ends.every(([line, y]) =>
                        seen((line.left + line.right) / 2, y, one) || seen(line.left + 8, y, one));
                })
                .map((one) => one.outerHTML.slice(0, 120));
        }"""
    )


def _words_of_the_other_language(page, language: str) -> list[str]:
    """Vietnamese letters on an English page, outside what is marked as Vietnamese and proper names."""
    if language == "vi":
        return []
    text = page.evaluate(
        "() => [...document.querySelectorAll('main *')].filter((one) => !one.closest('[lang=vi], textarea'))"
        ".flatMap((one) => [...one.childNodes].filter((node) => node.nodeType === 3))"
        ".map((node) => node.textContent).join(' | ')"
    )
    return re.findall(r"\S*[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]\S*", text)


def test_what_few_people_ever_see_can_be_used_by_everybody(screen_of_the_run: Page, scene: Scene):
    page, faults = screen_of_the_run, {}
    for state, how in DEAD_ENDS.items():
        with contextmanager(reach)(how, _as_new(page), scene, "vi"):
            alike = state.startswith("error-") and state != "error-404"  # the same template
            state_faults = [] if alike else violations(page)
            page.set_viewport_size(ENLARGED)
            state_faults += _obscured(page)
            state_faults += ["sideways"] if width(page) > ENLARGED["width"] else []
            state_faults += [] if page.locator("h1").count() == 1 else ["no heading"]
            faults |= {state: state_faults} if state_faults else {}
    assert faults == {}


def test_the_proxys_page_for_when_we_are_down_can_be_used_by_everybody(browser: Browser):
    for look in ({}, {"color_scheme": "dark"}):
        with opened(browser, viewport={"width": 320, "height": 256}, **look) as page:
            page.goto(DOWN.as_uri())
            assert violations(page) == []
            assert width(page) <= 320
