"""The centre sees the full counts, small ones too: with a second factor, and on record."""

import csv

import pytest
from sqlalchemy import select

from surveyapp.accounts.models import AuditEntry
from surveyapp.db import reading, transaction
from tests import factories
from tests.exports.opened import opened_campaign, released
from tests.web.browsing import HERE, sign_in, token

PAGE = "/centre/tiny/results/full"


def submit(client, address, fields):
    """Post a form of the page of releases' kind, with its token."""
    read = PAGE if address == PAGE else "/centre/tiny/releases"
    data = {**fields, "csrf_token": token(client.get(read))}
    return client.post(address, data=data, headers=HERE)


@pytest.fixture
def built(app, now, keys, settings, moment):
    with transaction() as db:
        campaign = opened_campaign(db, now)
        factories.staff(db, now, "operator")
        factories.staff(db, now, "viewer")
        return released(db, campaign, now, keys, out=settings.instance / "releases")


def test_an_operator_sees_the_count_of_three_that_no_public_table_tells(built, client):
    sign_in(client, "operator")
    assert "<tbody" not in client.get(PAGE).text
    page = submit(client, PAGE, {"group": "M1", "item": "M1-101"})
    assert page.status_code == 200
    assert "Thanh tra Chính phủ" in page.text
    with (built / "scoring" / "counts.csv").open(encoding="utf-8") as file:
        rows = [
            r for r in csv.DictReader(file) if (r["rated_unit"], r["item"]) == ("TTCP", "M1-101")
        ]
    assert rows[0]["n_responses"] == "3"
    assert 'data-label="Phiếu trả lời" data-value="3"' in page.text


def test_a_viewer_sees_no_full_figures(built, client):
    sign_in(client, "viewer")
    assert client.get(PAGE).status_code == 403


def test_each_look_is_in_the_audit_trail(built, client):
    sign_in(client, "operator")
    submit(client, PAGE, {"group": "M1", "item": "M1-101"})
    with reading() as db:
        looks = db.scalars(
            select(AuditEntry).where(AuditEntry.action == "full_results.shown")
        ).all()
    assert [entry.facts["item"] for entry in looks] == ["M1-101"]


def test_what_is_out_is_recorded_on_the_page_of_releases(built, client):
    sign_in(client, "operator")
    page = submit(client, "/centre/tiny/releases/1/published", {})
    assert page.status_code == 303
    shown = client.get("/centre/tiny/releases").text
    assert "Ghi nhận đã công bố" not in shown
    assert submit(client, "/centre/tiny/releases/1/published", {}).status_code == 409
