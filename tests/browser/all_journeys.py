"""Every journey in every engine: `make journeys`, on a quick server and on a slow one. Too long for each run of the tests."""

import pytest
from playwright.sync_api import Browser

from tests.browser.corridors import EVERY, FORCED
from tests.browser.engines import ENGINES, surfing
from tests.browser.journeys import Stage
from tests.browser.scene import Scene
from tests.browser.twists import TWISTS

pytestmark = pytest.mark.browser
WALKED = EVERY | TWISTS


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", WALKED)
def test_a_journey_ends_where_it_should(name: str, engine: str, browser: Browser, scene: Scene):
    journey, look = WALKED[name]
    with surfing(engine, browser, look) as surfer:
        journey(Stage(surfer, scene))


@pytest.mark.parametrize("engine", ["chromium", "firefox"])
def test_a_journey_in_the_colours_of_the_system(engine: str, browser: Browser, scene: Scene):
    journey, look = FORCED
    with surfing(engine, browser, look) as surfer:
        journey(Stage(surfer, scene))
