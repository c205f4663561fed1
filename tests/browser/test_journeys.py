"""What everybody's browser must do: the short journeys in Chromium, Firefox and WebKit, on a browser of 2019 too."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.engines import ENGINES, Surfer, surfing
from tests.browser.journeys import ALL, SHORT, Stage
from tests.browser.scene import Aged, Scene

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", params=ENGINES)
def surfer(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Surfer]:
    """One browser an engine; each journey begins with nothing kept."""
    with surfing(request.param, browser) as one:
        yield one


@pytest.mark.parametrize("name", SHORT)
def test_a_journey_ends_where_it_should(name: str, surfer: Surfer, scene: Scene):
    journey, _look = SHORT[name]
    with scene.beside(Aged(scene.app)) as old:
        surfer.forget(old.address)
        journey(Stage(surfer, old))


def test_short_journeys_are_among_all():
    assert set(SHORT) < set(ALL)
