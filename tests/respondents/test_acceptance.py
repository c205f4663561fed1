"""A list handed to the centre is approved, or sent back with a reason."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveyapp.campaigns.models import Campaign
from surveyapp.keys import KeyRing
from surveyapp.respondents import queries, service
from surveyapp.respondents.errors import (
    ListInOtherState,
    ListUnfinished,
    NobodyLeft,
    NoteMissing,
    UnknownList,
)
from surveyapp.respondents.models import Person, RespondentList
from tests import factories

UNFINISHED = [("Nguyễn Văn An", "0912000001", ""), ("Lê Văn Chi", "", "chi@@snv")]


def persons(db: Session, state: str = "active") -> int:
    return db.scalar(select(func.count()).where(Person.state == state)) or 0


def test_a_list_with_an_open_must_is_not_accepted(
    db: Session, campaign: Campaign, by_desk: dict[str, Any], now: datetime, keys: KeyRing
) -> None:
    staged = factories.staged_list(db, campaign, now, keys, listed=UNFINISHED)
    with pytest.raises(ListUnfinished) as refused:
        service.accept(db, staged.id, **by_desk)
    assert refused.value.must_count == 1
    assert staged.state == "staged"


def test_leaving_the_faulty_line_out_lets_the_list_be_accepted(
    db: Session, campaign: Campaign, by_desk: dict[str, Any], now: datetime, keys: KeyRing
) -> None:
    staged = factories.staged_list(db, campaign, now, keys, listed=UNFINISHED)
    service.leave_out(db, staged.id, 3, left_out=True, **by_desk)
    service.accept(db, staged.id, **by_desk)
    assert (staged.state, staged.accepted_by, staged.line_count) == ("accepted", "desk", 1)


def test_a_list_whose_every_line_was_left_out_is_not_accepted(
    db: Session, campaign: Campaign, by_desk: dict[str, Any], now: datetime, keys: KeyRing
) -> None:
    staged = factories.staged_list(db, campaign, now, keys, listed=factories.people(1))
    service.leave_out(db, staged.id, 2, left_out=True, **by_desk)
    with pytest.raises(NobodyLeft):
        service.accept(db, staged.id, **by_desk)
    assert staged.state == "staged"


def test_a_newly_accepted_version_takes_the_place_of_the_one_before(
    db: Session, campaign: Campaign, now: datetime, keys: KeyRing
) -> None:
    first = factories.accepted_list(db, campaign, now, keys)
    factories.accepted_list(db, campaign, now, keys, listed=factories.people(4))
    db.refresh(first)
    assert first.state == "superseded"


def test_nobody_becomes_a_person_before_the_centre_approves(
    db: Session, campaign: Campaign, by_centre: dict[str, Any], now: datetime, keys: KeyRing
) -> None:
    accepted = factories.accepted_list(db, campaign, now, keys)
    assert persons(db) == 0
    changes = service.approve(db, accepted.id, **by_centre)
    assert (changes.added, changes.kept, changes.removed) == (3, 0, 0)
    assert persons(db) == 3


def test_a_list_its_desk_has_not_confirmed_cannot_be_approved(
    db: Session, campaign: Campaign, by_centre: dict[str, Any], now: datetime, keys: KeyRing
) -> None:
    staged = factories.staged_list(db, campaign, now, keys)
    with pytest.raises(ListInOtherState):
        service.approve(db, staged.id, **by_centre)


def test_a_list_is_sent_back_with_a_reason_and_can_be_mended_and_accepted_again(
    db: Session,
    campaign: Campaign,
    by_desk: dict[str, Any],
    by_centre: dict[str, Any],
    now: datetime,
    keys: KeyRing,
) -> None:
    accepted = factories.accepted_list(db, campaign, now, keys)
    with pytest.raises(NoteMissing):
        service.return_list(db, accepted.id, note="  ", **by_centre)
    service.return_list(db, accepted.id, note="Thiếu phó giám đốc", **by_centre)
    assert (accepted.state, accepted.note) == ("returned", "Thiếu phó giám đốc")
    service.leave_out(db, accepted.id, 4, left_out=True, **by_desk)
    service.accept(db, accepted.id, **by_desk)
    assert (accepted.state, accepted.line_count) == ("accepted", 2)


def test_a_list_of_another_campaign_is_not_there(
    db: Session, campaign: Campaign, by_centre: dict[str, Any], now: datetime, keys: KeyRing
) -> None:
    accepted = factories.accepted_list(db, campaign, now, keys)
    with pytest.raises(UnknownList):
        service.approve(db, accepted.id, **{**by_centre, "campaign": Campaign(id=-1, code="other")})


def test_all_accepted_lists_are_approved_in_one_go_and_the_others_stay(
    db: Session, campaign: Campaign, by_centre: dict[str, Any], now: datetime, keys: KeyRing
) -> None:
    factories.accepted_list(db, campaign, now, keys)
    factories.accepted_list(
        db, campaign, now, keys, unit="46", listed=factories.people(5, start=50)
    )
    waiting = factories.staged_list(db, campaign, now, keys, kind="council")
    done = dict(service.approve_many(db, **by_centre))
    assert sorted(changes.added for changes in done.values()) == [3, 5]
    states = db.scalars(select(RespondentList.state).order_by(RespondentList.state)).all()
    assert states == ["approved", "approved", "staged"]
    assert waiting.id not in done


def test_the_matrix_names_every_expected_list_with_its_state(
    db: Session, campaign: Campaign, now: datetime, keys: KeyRing
) -> None:
    factories.approved_list(db, campaign, now, keys)
    factories.staged_list(db, campaign, now, keys, kind="council")
    rows = queries.expected(db, campaign.id)
    states = {(r.unit.code, r.kind.code): r.state for r in rows}
    assert len(rows) == 3 * 3 - 1 + 2 * 4
    assert states["01", "agency-leaders"] == "approved"
    assert states["01", "council"] == "staged"
    assert states["46", "council"] == "missing"
    assert ("TTCP", "associations") not in states


def test_what_was_approved_stands_while_a_newer_version_is_being_mended(
    db: Session, campaign: Campaign, now: datetime, keys: KeyRing
) -> None:
    approved = factories.approved_list(db, campaign, now, keys)
    newer = factories.staged_list(db, campaign, now, keys, listed=factories.people(4))
    row = next(r for r in queries.expected(db, campaign.id) if r.current is not None)
    assert row.current is not None and row.approved is not None
    assert (row.current.id, row.approved.id) == (newer.id, approved.id)
    assert persons(db) == 3
