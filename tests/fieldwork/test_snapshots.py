"""A past day's table shows the plan and the lists as they were, not as they have become."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from surveyapp import clock
from surveyapp.campaigns.models import SamplePlan
from surveyapp.db import reading, transaction
from surveyapp.fieldwork.counts import queries
from surveyapp.fieldwork.errors import SnapshotOutOfOrder
from surveyapp.fieldwork.forecast import nightly, snapshots
from surveyapp.fieldwork.models import ApiToken, FormDay, PlanDay, ReportSubscriber, SnapshotDay
from tests import factories
from tests.fieldwork.counting import half_way


def plan_and_lists(db, campaign, *, by=("supplying",), until=None) -> dict:
    figures = queries.figures(db, campaign.id, by=by, until=until)
    return {key: (row.planned, row.listed, row.approved) for key, row in figures.items()}


def test_a_past_day_shows_what_was_planned_and_listed_then(db, keys, now):
    campaign = factories.campaign(db, now)
    today = clock.day(now)
    factories.approved_list(db, campaign, now, keys, listed=factories.people(2))
    monday = plan_and_lists(db, campaign)
    nightly.take(db, campaign, day=today, now=now)
    factories.approved_list(db, campaign, now, keys, listed=factories.people(4))
    db.execute(update(SamplePlan).values(planned=SamplePlan.planned + 3))
    nightly.take(db, campaign, day=today + timedelta(days=1), now=now)
    tuesday = plan_and_lists(db, campaign)

    assert monday != tuesday
    assert plan_and_lists(db, campaign, until=today) == monday
    assert plan_and_lists(db, campaign, until=today + timedelta(days=1)) == tuesday
    assert plan_and_lists(db, campaign, until=today + timedelta(days=5)) == tuesday


def test_every_cut_of_a_past_day_is_what_it_was(db, keys, now):
    campaign = factories.campaign(db, now)
    factories.approved_list(db, campaign, now, keys)
    cuts = [("group",), ("rated",), ("department",), ("supplying", "group"), ()]
    then = [plan_and_lists(db, campaign, by=by) for by in cuts]
    nightly.take(db, campaign, day=clock.day(now), now=now)
    assert [plan_and_lists(db, campaign, by=by, until=clock.day(now)) for by in cuts] == then


def test_before_the_first_snapshot_plan_and_lists_are_those_of_now(db, keys, now):
    campaign = factories.campaign(db, now)
    factories.approved_list(db, campaign, now, keys)
    nightly.take(db, campaign, day=clock.day(now), now=now)
    earlier = clock.day(now) - timedelta(days=3)
    assert plan_and_lists(db, campaign, until=earlier) == plan_and_lists(db, campaign)


def test_a_night_on_which_nothing_changed_adds_no_rows(db, keys, now):
    campaign = factories.campaign(db, now)
    factories.approved_list(db, campaign, now, keys)
    assert nightly.take(db, campaign, day=clock.day(now), now=now) > 0
    assert nightly.take(db, campaign, day=clock.day(now) + timedelta(days=1), now=now) == 0
    assert db.scalar(select(func.count()).select_from(SnapshotDay)) == 2


def test_a_day_taken_twice_is_the_same_as_once(db, keys, now):
    campaign = factories.campaign(db, now)
    factories.approved_list(db, campaign, now, keys)
    nightly.take(db, campaign, day=clock.day(now), now=now)
    once = plan_and_lists(db, campaign, until=clock.day(now))
    nightly.take(db, campaign, day=clock.day(now), now=now)
    assert plan_and_lists(db, campaign, until=clock.day(now)) == once


def test_an_earlier_day_cannot_be_kept_after_a_later_one(db, now):
    campaign = factories.campaign(db, now)
    today = clock.day(now)
    nightly.take(db, campaign, day=today, now=now)
    with pytest.raises(SnapshotOutOfOrder) as refused:
        nightly.take(db, campaign, day=today - timedelta(days=1), now=now)
    assert refused.value.latest == today


def test_the_forecast_made_that_night_is_kept_with_its_path(db, now):
    campaign = factories.campaign(db, now, opened=True)
    today = clock.day(now)
    half_way(db, campaign, sent_on=today - timedelta(days=6))
    nightly.take(db, campaign, day=today, now=now)
    kept = snapshots.last_forecast(db, campaign.id)
    assert kept is not None
    assert kept.low <= kept.final <= kept.high
    assert kept.path[0][0] == today.isoformat()


def test_snapshots_hold_no_person():
    allowed = {"campaign_id", "supplying_unit_id", "rated_unit_id", "group_id", "department_id"}
    figures = {"side", "unit_id", "day", "listed", "approved", "planned"}
    forecast = {"taken_at", "final", "low", "high", "path"}
    for table in (FormDay, PlanDay, SnapshotDay):
        assert set(table.__table__.c.keys()) <= allowed | figures | forecast
    for table in (ReportSubscriber, ApiToken):
        assert not {"person_id", "invitation_id"} & set(table.__table__.c.keys())


def test_the_command_keeps_yesterday(engine, runner, now, keys):
    from surveyapp.cli.main import main

    with transaction() as db:
        campaign = factories.campaign(db, now)
        factories.approved_list(db, campaign, now, keys)
    before = clock.now()
    done = runner.invoke(main, ["counts", "snapshot", "--campaign", "tiny"])
    assert done.exit_code == 0, done.output
    with reading() as db:
        yesterdays = [clock.day(moment) - timedelta(days=1) for moment in (before, clock.now())]
        assert snapshots.latest(db, campaign.id) in yesterdays  # two of them around midnight
    again = runner.invoke(main, ["counts", "snapshot", "--campaign", "tiny", "--day", "2024-01-01"])
    assert again.exit_code == 1
    assert "01/01/2024" in again.output
