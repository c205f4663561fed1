"""The centre's preview: at a phone's width on a desktop, clean for axe in both languages, storing nothing."""

import pytest
from playwright.sync_api import Page

from tests.browser.looking import violations
from tests.browser.moving import sign_in
from tests.browser.scene import Scene

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_preview_shows_a_phone_and_sends_nothing(desktop: Page, scene: Scene, language: str):
    sign_in(desktop, scene)
    rooms = f"{scene.address}/centre/par-index-2023/questionnaires"
    posted: list[str] = []
    desktop.on("request", lambda one: posted.append(one.url) if one.method == "POST" else None)
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
    assert posted == []
