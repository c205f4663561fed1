"""The centre sees each morning how last night's rehearsal of the release went."""

from datetime import timedelta

import pytest

from surveyapp.db import transaction
from surveyapp.exports.release import rehearsal
from surveyapp.exports.release.rehearsal import RehearsalResult
from tests import factories
from tests.web.browsing import sign_in

PAGE = "/centre/tiny/releases"


@pytest.fixture
def rehearsed(app, now, moment):
    """Tell what became of last night's rehearsal, four days after the opening."""
    today = now + timedelta(days=4)
    moment.at = today
    with transaction() as db:
        campaign = factories.campaign(db, now, opened=True)
        factories.staff(db, now, "viewer")

    def tell(*facts, **more) -> None:
        with transaction() as db:
            rehearsal.begin(db, campaign, now=today - timedelta(hours=8))
            told = RehearsalResult(*facts, **more)
            rehearsal.finish(db, campaign, told, started_at=today - timedelta(hours=8))

    return tell


def test_a_good_night_is_told_with_date_time_memory_and_sizes(rehearsed, client):
    rehearsed("good", 50155, 41.5, 700 * 1024, {"scoring/responses.csv": 3 << 20})
    sign_in(client, "viewer")
    page = client.get(PAGE).text
    for words in (
        "02:00 19/01/2024",
        "</svg>đạt</span>",
        "50.155",
        "41,5 giây",
        "700 MB",
        "1 tệp, 3 MB",
    ):
        assert words in page
    assert "diễn tập" not in client.get("/centre/tiny/").text


def test_a_failed_night_warns_on_both_pages_and_says_what_went_wrong(rehearsed, client):
    rehearsed("failed", 10, 1.0, 1024, error="OSError: [Errno 28] No space left on device")
    sign_in(client, "viewer")
    page = client.get(PAGE).text
    assert "không lập được bản phát hành" in page
    assert "No space left on device" in page
    assert f'href="{PAGE}#rehearsal"' in client.get("/centre/tiny/").text


def test_nights_without_any_rehearsal_warn_too(rehearsed, client):
    sign_in(client, "viewer")
    assert "Chưa lần nào diễn tập" in client.get(PAGE).text
    assert "Chưa lần nào diễn tập" in client.get("/centre/tiny/").text
