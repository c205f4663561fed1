"""A wave over several days: who is written to on which day, and who was left out when it was filled."""

from collections import Counter
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from surveyapp.accounts.act import Act
from surveyapp.assignments.models import Assignment
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import transaction
from surveyapp.delivery import queries
from surveyapp.delivery.errors import WaveInOtherState, WaveRefused
from surveyapp.delivery.waves import exclusions, staggering, wave_lookup
from tests.delivery.sending import Sending, emails


@pytest.fixture
def survey(engine, keys, now, tmp_path):
    return Sending(keys, now, tmp_path / "outbox")


def spread(survey: Sending, wave_id: UUID, *shares: int) -> None:
    with transaction() as db:
        campaign = campaigns.campaign(db, "tiny")
        act = Act("operator", survey.now, survey.keys)
        staggering.change(db, campaign, wave_lookup.locked(db, campaign, wave_id), shares, act=act)


def test_every_day_gets_its_share_of_every_stretch_of_the_order():
    people = [uuid4() for _ in range(1000)]
    dealt = staggering.deal(people, (5, 45, 50))
    assert Counter(dealt.values()) == {0: 50, 1: 450, 2: 500}
    for start in range(0, 1000, 40):  # a unit of forty people, wherever it stands
        unit = Counter(dealt[one] for one in people[start : start + 40])
        assert abs(unit[0] - 2) <= 1
        assert abs(unit[1] - 18) <= 1


@pytest.mark.parametrize(
    ("shares", "fault"),
    [((), "shares"), ((0, 100), "shares"), ((50, 40), "sum"), ((3,) * 32, "shares"), ((100,), "")],
)
def test_shares_of_days_make_a_hundred(shares, fault):
    assert staggering.fault(shares) == fault


def test_a_staggered_wave_writes_to_each_share_on_its_day(survey):
    survey.invite(*emails(10), unit="01")
    survey.invite(*emails(10, domain="bo.example.vn"), unit="BNV", kind="par-officers")
    wave = survey.wave(spread=(20, 30, 50))
    assert survey.counted(wave).by_day == {0: 4, 1: 6, 2: 10}
    sent = []
    for _day in range(3):
        survey.email.taken.clear()
        survey.work(3)
        sent.append(Counter(r.partition("@")[2] for r in survey.email.recipients))
        survey.later(days=1)
    shares = {"so.example.vn": (2, 3, 5), "bo.example.vn": (2, 3, 5)}
    assert sent == [{domain: of_days[n] for domain, of_days in shares.items()} for n in range(3)]
    survey.work(2)
    assert survey.state(wave) == ("done", "")


def test_the_days_can_be_changed_until_people_are_queued(survey):
    survey.invite(*emails(4))
    wave = survey.wave()
    with pytest.raises(WaveRefused):
        spread(survey, wave, 50, 40)
    spread(survey, wave, 25, 75)
    survey.work(2)
    assert len(survey.email.taken) == 1
    with pytest.raises(WaveInOtherState):
        spread(survey, wave, 100)


def test_whoever_is_left_out_when_a_wave_is_filled_is_counted_by_unit_and_reason(survey):
    first, *_others = survey.invite(*emails(3), ("", "024 3825 1234"))
    with transaction() as db:
        refused = update(Assignment).where(Assignment.invitation_id == first)
        db.execute(refused.values(disposition="refused"))
    wave = survey.wave(channels=("email",))
    survey.work(3)
    with transaction() as db:
        wave_row = wave_lookup.wave(db, survey.campaign_id, wave)
        progress = queries.progress(db, wave_row)
        rows = [(unit.code, *row) for unit, *row in exclusions.per_unit(db, wave)]
    assert progress.left_out == {"declined": 1, "no_contact": 1}
    assert progress.total == 2
    assert rows == [
        ("01", "", "not_queued", "declined", 1),
        ("01", "", "not_queued", "no_contact", 1),
        ("01", "email", "handed_over", "", 2),
    ]


def test_people_left_out_are_added_up_over_batches(survey):
    survey.invite(*emails(1))
    wave = survey.wave()
    with transaction() as db:
        unit = campaigns.unit(db, survey.campaign_id, "01").id
        exclusions.note(db, wave, [(unit, "started")] * 2)
        exclusions.note(db, wave, [(unit, "started"), (unit, "moved")])
        assert exclusions.by_reason(db, wave) == {"started": 3, "moved": 1}
        assert db.scalars(select(Assignment.disposition)).all() == ["not_sent"]
