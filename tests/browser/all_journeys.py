"""Every journey in every engine: `make journeys`, on a quick server and on a slow one. Too long for each run of the tests."""

import pytest
from playwright.sync_api import Browser

from tests.browser.engines import ENGINES, surfing
from tests.browser.journeys import ALL, Stage
from tests.browser.scene import Scene

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ALL)
def test_a_journey_ends_where_it_should(name: str, engine: str, browser: Browser, scene: Scene):
    journey, look = ALL[name]
    with surfing(engine, browser, look) as surfer:
        journey(Stage(surfer, scene))
