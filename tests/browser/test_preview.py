"""The centre's preview: at a phone's width on a desktop, clean for axe in both languages, storing nothing."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import small_targets, violations
from tests.browser.moving import sign_in
from tests.browser.scene import Scene
from tests.campaigns.packs import SHIPPED
from tests.instruments.kinds.forms_of_kinds import spoilt

pytestmark = pytest.mark.browser

DDCI = SHIPPED / "ddci-pilot" / "questionnaires" / "DDCI.yaml"
NOTHING_KEPT = {"vi": "không lưu gì", "en": "nothing is saved"}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_preview_shows_a_phone_and_says_that_nothing_is_kept(
    desktop: Page, scene: Scene, language: str
):
    sign_in(desktop, scene)
    rooms = f"{scene.address}/centre/par-index-2023/questionnaires"
    for address in (rooms, f"{rooms}/M2", f"{rooms}/M2/0", f"{rooms}/M2/1", f"{rooms}/M2/8"):
        desktop.goto(f"{address}?lang={language}")
        desktop.evaluate(
            "document.querySelectorAll('main details').forEach(one => one.open = true)"
        )
        assert violations(desktop) == []
        assert desktop.locator("html").get_attribute("lang") == language
    desktop.goto(f"{rooms}/M2/1?lang={language}")
    desktop.locator("fieldset.item .choice label").first.click()
    assert desktop.locator("body").bounding_box()["width"] <= 400
    expect(desktop.locator("#saved")).to_contain_text(NOTHING_KEPT[language])


def test_a_draft_is_walked_through_on_a_small_phone_with_the_respondents_own_script(
    phone: Page, scene: Scene
):
    sign_in(phone, scene)
    phone.goto(f"{scene.address}/centre/par-index-2023/questionnaires/draft")
    phone.locator("input[type=file]").set_input_files(DDCI)
    phone.get_by_role("button", name="Đọc tệp").click()
    phone.get_by_role("button", name="Đi qua phiếu").click()
    number = phone.locator("#DX-102-item")
    expect(number).to_be_hidden()
    phone.locator("#DX-101-item").get_by_label("Có", exact=True).check()
    expect(number).to_be_visible()
    phone.locator("#DX-102").fill("0120")
    expect(phone.locator("[name='was.DX-102']")).to_have_value("120")
    assert violations(phone) == []
    assert small_targets(phone) == []
    phone.locator("button.button[name=go][value=next]").click()
    phone.locator("#DX-203-item").get_by_label("Kém", exact=True).check()
    phone.locator("button.button[name=go][value=next]").click()
    expect(phone.locator("h1")).to_have_text("Chỗ vướng")
    phone.locator("button.button[name=go][value=review]").click()
    expect(phone.locator("h1")).to_have_text("Xem lại và nộp")
    expect(phone.locator("dl.answers").first).to_contain_text("120 lượt")
    assert violations(phone) == []
    assert small_targets(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360


def test_what_rests_on_none_of_some_answers_and_on_a_decimal_shows_itself_by_keyboard_alone(
    phone: Page, scene: Scene, tmp_path
):
    """The script's own reading of `without` and of numbers with decimals, in a draft that has both."""
    changed = spoilt(
        tmp_path,
        ('item: DX-101, codes: ["1"]', 'item: DX-101, without: ["2"]'),
        ("most: 500\n", "most: 500\n          decimals: 2\n"),
        ('item: DX-101, codes: ["1"]', "item: DX-102, least: 8"),
    )
    sign_in(phone, scene)
    phone.goto(f"{scene.address}/centre/par-index-2023/questionnaires/draft")
    phone.locator("input[type=file]").set_input_files(changed)
    phone.get_by_role("button", name="Đọc tệp").press("Enter")
    phone.get_by_role("button", name="Đi qua phiếu").press("Enter")
    number, way = phone.locator("#DX-102-item"), phone.locator("#DX-103-item")
    expect(number).to_be_visible()  # not answered: it has none of them
    expect(way).to_be_hidden()
    first = phone.locator("#DX-101-item input[type=radio]").first
    first.focus()
    phone.keyboard.press("ArrowDown")
    expect(number).to_be_hidden()
    phone.keyboard.press("ArrowUp")
    expect(number).to_be_visible()
    expect(first).to_be_focused()
    for _step in range(3):  # over the button that takes the choice back
        if phone.evaluate("document.activeElement.id") != "DX-102":
            phone.keyboard.press("Tab")
    expect(phone.locator("#DX-102")).to_be_focused()
    phone.keyboard.type("7,99")
    expect(phone.locator("[name='was.DX-102']")).to_have_value("7.99")
    expect(way).to_be_hidden()
    phone.keyboard.press("ControlOrMeta+a")
    phone.keyboard.type("8,5")
    expect(way).to_be_visible()
    assert violations(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
