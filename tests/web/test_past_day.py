"""A past day is told by counts alone: no page or file of it names anybody, or leads to anybody."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from surveyapp import clock
from surveyapp.assignments.models import Assignment
from surveyapp.db import reading, transaction
from surveyapp.fieldwork.counts import folding
from surveyapp.fieldwork.forecast import nightly
from surveyapp.invitations.models import Invitation
from surveyapp.respondents.models import Person
from tests import factories
from tests.invitations.roster import issue_all
from tests.web.browsing import sign_in

PAGES = (
    "?until={day}",
    *(f"rates?by={by}&until={{day}}" for by in ("group", "supplying", "rated", "department", "channel")),
    "rates?by=department&supplying=01&group=P2&until={day}",
    "rates/details?supplying=01&until={day}",
    "rates/table.csv?by=department&supplying=01&until={day}",
    "days/table.csv?until={day}",
    "charts/map.svg?until={day}",
)  # fmt: skip


@pytest.fixture
def day(app, now, keys, moment):
    """Yesterday, of a campaign in which three people of Hà Nội were invited the day before."""
    with transaction() as db:
        campaign = factories.campaign(db, now, opened=True)
        before = now - timedelta(days=2)
        factories.approved_list(db, campaign, before, keys)
        issue_all(db, campaign, keys, before)
        folding.fold(db)
        yesterday = clock.day(now) - timedelta(days=1)
        nightly.take(db, campaign, day=yesterday, now=now)
        factories.staff(db, now, "viewer")
    return yesterday


@pytest.fixture
def people(day) -> set[str]:
    """All that tells one person from another."""
    with reading() as db:
        told = {
            words
            for person in db.scalars(select(Person))
            for words in (person.full_name, person.email, person.phone, str(person.id))
        }
        told |= {str(id_) for id_ in db.scalars(select(Invitation.id))}
        told |= {str(id_) for id_ in db.scalars(select(Assignment.id))}
    assert len(told) == 21
    return told


def test_no_page_or_file_of_a_past_day_tells_who(client, day, people):
    sign_in(client, "viewer")
    told = {}
    for address in PAGES:
        page = client.get(f"/centre/tiny/{address.format(day=day)}")
        assert page.status_code == 200, address
        told[address] = {words for words in people if words in page.text}
    assert {address: words for address, words in told.items() if words} == {}
