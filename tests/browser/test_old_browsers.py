"""What browsers of other kinds lack or do otherwise, each once; whole ways through them are the journeys."""

import re
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import surveyapp
from tests.browser.scene import Scene
from tests.browser.states import Walk

pytestmark = pytest.mark.browser
LOOKS_AT_RETURN_VALUE = "BeforeUnloadEvent.prototype.preventDefault = () => {};"
"""Chrome before 119."""
NO_PAGEHIDE = """
    const listen = window.addEventListener;
    window.addEventListener = function (kind, ...rest) {
      if (kind !== "pagehide") listen.call(this, kind, ...rest);
    };
"""
"""Safari before 14.5."""
HIDE = """
    Object.defineProperty(document, "hidden", { get: () => true });
    Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
"""


def walk_of(page: Page, scene: Scene) -> Walk:
    return Walk(page, scene, "vi", scene.person(1), ExitStack())


def test_leaving_with_unsaved_answers_warns_where_only_the_return_value_counts(phone, scene):
    phone.add_init_script(LOOKS_AT_RETURN_VALUE)
    walk_of(phone, scene).open()
    phone.context.set_offline(True)
    phone.locator("fieldset.item:visible .choice label").nth(1).tap()
    expect(phone.locator("#saved")).to_contain_text("Chưa lưu")
    with phone.expect_event("dialog") as asked:
        phone.on("dialog", lambda dialog: dialog.dismiss())
        phone.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    phone.context.set_offline(False)


def test_a_remark_half_written_is_saved_on_hiding_where_no_page_is_told_of_its_end(phone, scene):
    phone.add_init_script(NO_PAGEHIDE)
    walk = walk_of(phone, scene)
    walk.open()
    pages = phone.locator("#answers").get_attribute("data-pages")
    walk.go(f"/phieu/1/{pages}")
    phone.clock.pause_at(
        datetime.now(UTC) + timedelta(minutes=1)
    )  # no pause of the writer's sends it
    phone.fill("textarea:visible", "Cần rút ngắn thời gian giải quyết.")
    with phone.expect_response("**/luu"):
        phone.evaluate(HIDE)
    walk.go(f"/phieu/1/{pages}")
    assert phone.locator("textarea:visible").input_value().startswith("Cần rút ngắn")


def test_a_refused_code_is_told_first_and_stays_on_the_page_in_the_other_language(phone, scene):
    walk = walk_of(phone, scene)
    walk.type_code("7123-45x6")
    assert phone.evaluate("document.activeElement.id") == "errors"
    told = phone.locator("#errors").inner_text()
    phone.locator(".language a, .language button").first.click()
    expect(phone.locator("html")).to_have_attribute("lang", "en")
    expect(phone).to_have_url(re.compile(r"sai=1"))
    expect(phone.locator("#errors")).to_be_focused()
    assert phone.locator("#errors").inner_text() != told


def test_what_was_declared_is_told_in_the_other_language_too(phone, scene):
    walk = walk_of(phone, scene)
    walk.go(f"{walk.link}/moved")
    phone.locator("main button.grave").click()
    expect(phone.locator("main h1")).to_contain_text("Đã ghi nhận")
    where = phone.url.partition("?")[0]
    phone.locator(".language a, .language button").first.click()
    expect(phone.locator("html")).to_have_attribute("lang", "en")
    assert phone.url.partition("?")[0] == where


def test_no_date_is_asked_in_the_order_that_a_browsers_own_language_writes_it():
    """An English browser shows mm/dd/yyyy in such a field, whatever the page's language."""
    templates = Path(surveyapp.__file__).parent / "templates"
    pages = {one.name: one.read_text(encoding="utf-8") for one in templates.rglob("*.html")}
    field = re.compile(r"""type=["'](?:date|datetime-local|month|week|time)["']""")
    assert [name for name, page in pages.items() if field.search(page)] == []
