"""Whichever page one asks, the next step for a unit is the same."""

import re
from datetime import timedelta

import pytest

from surveyapp import clock
from surveyapp.accounts.act import Act
from surveyapp.db import transaction
from surveyapp.delivery.states import WaveState
from surveyapp.delivery.waves import planning
from surveyapp.delivery.waves.counting import DryRun
from surveyapp.delivery.waves.planning import WavePlan
from tests.web.browsing import sign_in
from tests.web.test_centre_rates import campaign, count  # noqa: F401

SAID = {
    "Nhắc": {"sent": 300, "begun": 40},
    "Nhắc người làm dở": {"sent": 120, "begun": 220},
    "Sửa liên hệ": {"sent": 140, "bounced": 200},
    "Gửi lời mời": {"sent": 140, "not_sent": 200},
}
ADVICE = "|".join(("Nhắc người làm dở", "Nhắc", "Sửa liên hệ", "Gửi lời mời", "Gọi điện", "Chờ"))


def told(client) -> dict[str, str]:
    """What each page says is to be done next about the unit 01."""
    pages = {
        "overview": ("", r"units/01/\">.*?</li>"),
        "unit": ("units/01/", r"id=.advice.>.*?</p>"),
        "rates": ("rates?supplying=01", r"id=.advice.>.*?</p>"),
        "chase": ("chase", r"units/01/\">.*?</tr>"),
        "representativeness": ("representativeness", r"Nhóm nào tụt lại</h2>.*?</tbody>"),
    }
    said = {}
    for name, (address, part) in pages.items():
        text = client.get(f"/centre/tiny/{address}").text
        advice_shown = re.search(part, text, re.S)
        assert advice_shown is not None, name
        words = re.sub(r"<[^>]+>", "|", advice_shown[0])
        advice = re.search(rf"(?:[|]|: )\s*({ADVICE})\s*(?:[|]|\()", words)
        said[name] = advice[1] if advice else words
    return said


def remind(of, keys, now, *, starts_at, units=("01",)) -> None:
    """A reminder to the unit that is going, or is confirmed to."""
    with transaction() as db:
        plan = WavePlan(kind="reminder_not_started", starts_at=starts_at, units=units)
        wave = planning.plan_wave(db, of, plan, DryRun(people=7), act=Act("operator", now, keys))
        wave.state = WaveState.RUNNING if starts_at <= now else WaveState.TESTING


@pytest.fixture
def operator(campaign, client, now):  # noqa: F811
    count(
        campaign, clock.day(now) - timedelta(days=2), group="P2", unit="46", sent=10, submitted=400
    )
    sign_in(client, "operator")
    return client


@pytest.mark.parametrize("words", SAID)
def test_every_page_says_the_same_by_what_is_missing(campaign, operator, now, words):  # noqa: F811
    count(campaign, clock.day(now) - timedelta(days=2), group="P2", submitted=90, **SAID[words])
    assert set(told(operator).values()) == {words}


@pytest.mark.parametrize(("hours", "words"), [(-60, "Gọi điện"), (-1, "Chờ"), (20, "Chờ")])
def test_every_page_says_the_same_after_a_reminder(campaign, operator, keys, now, hours, words):  # noqa: F811
    count(campaign, clock.day(now) - timedelta(days=2), group="P2", submitted=90, sent=300)
    remind(campaign, keys, now, starts_at=now + timedelta(hours=hours))
    assert set(told(operator).values()) == {words}
