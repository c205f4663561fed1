"""The centre sees how the server stands; respondents learn from when to when a restore knows nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from surveyapp import clock
from surveyapp.accounts.act import Act
from surveyapp.db import transaction
from surveyapp.operations.backup import restoring
from surveyapp.operations.installation import ownership
from tests import factories
from tests.web.browsing import sign_in


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


@pytest.fixture
def centre(client, keys, now):
    with transaction() as db:
        factories.campaign(db, now)
        factories.staff(db, now, "operator", username="operator")
        ownership.claim(db, keys, now=now)
    sign_in(client, "operator")
    return client


def test_what_fails_stands_first_with_the_command_that_mends_it(centre):
    page = centre.get("/centre/tiny/installation")
    assert page.status_code == 200
    assert "surveyapp backup make-key FILE" in page.text
    assert page.text.index("hỏng") < page.text.index(">tốt<")
    assert "survey_submitted" in page.text


def test_what_is_seen_from_outside_is_tried_when_it_is_asked_for(centre):
    assert "SURVEYAPP_SMTP_URL" not in centre.get("/centre/tiny/installation").text
    page = centre.get("/centre/tiny/installation?outside=yes").text
    assert "SURVEYAPP_SMTP_URL" in page
    assert "Xem thêm từ bên ngoài" not in page


def test_programs_read_the_same_as_json(centre):
    told = centre.get("/centre/tiny/installation?as=json").json
    assert told[0]["level"] == "fail"
    assert {"check", "level", "message", "command"} == set(told[0])


def test_the_nodes_that_gave_a_sign_are_shown(centre):
    assert centre.get("/health/ready").status_code == 200
    assert "phục vụ trang" in centre.get("/centre/tiny/installation").text


def test_after_a_restore_the_page_of_receipts_says_since_when_they_are_unknown(client, keys, now):
    assert "khôi phục" not in client.get("/bien-nhan").text
    at = clock.now()
    with transaction() as db:
        ownership.claim(db, keys, now=now)
        restoring.mark_restored(db, taken_at=at - timedelta(hours=2), act=Act("a", at, keys))
    page = client.get("/bien-nhan").text
    assert "khôi phục từ bản sao lưu" in page
    assert "mã biên nhận vẫn như cũ" in page
