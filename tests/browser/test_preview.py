"""The centre's preview: at a phone's width on a desktop, clean for axe in both languages, storing nothing."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import small_targets, violations
from tests.browser.moving import sign_in
from tests.browser.scene import Scene
from tests.campaigns.packs import SHIPPED

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
