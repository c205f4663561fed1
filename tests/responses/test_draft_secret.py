"""The secret of a campaign's drafts: drawn once, kept in a file of its own, destroyed after the close."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveyapp.accounts.act import Act
from surveyapp.accounts.models import AuditEntry
from surveyapp.keys import KeyRing
from surveyapp.responses import draft_secret
from surveyapp.responses.errors import BoxNotReady, DraftSecretMissing
from surveyapp.responses.models import Draft
from tests.factories import close_campaign
from tests.responses.world import World, survey


@pytest.fixture
def world(db: Session, keys: KeyRing, now) -> World:
    return survey(db, keys, now, people=2)


@pytest.fixture
def act(world) -> Act:
    return Act("vanhanh", world.now, world.keys)


@pytest.fixture
def where(tmp_path: Path) -> Path:
    return tmp_path / "secrets"


def test_a_campaign_has_one_secret_for_its_owner_alone(db, world, act, where):
    made = draft_secret.make(db, world.campaign, where=where, act=act)
    assert len(made) == 32
    assert draft_secret.make(db, world.campaign, where=where, act=act) == made
    assert draft_secret.read(where, world.campaign.code) == made
    assert (where / world.campaign.code).stat().st_mode & 0o777 == 0o600
    assert where.stat().st_mode & 0o777 == 0o700
    assert made.hex() not in repr(draft_secret.standing(db, world.campaign).fingerprint)
    assert db.scalar(select(func.count()).select_from(AuditEntry)) == 1


def test_a_file_left_by_an_attempt_that_was_not_committed_is_taken_up(db, world, act, where):
    where.mkdir(mode=0o700)
    (where / world.campaign.code).write_bytes(bytes(range(32)))
    assert draft_secret.make(db, world.campaign, where=where, act=act) == bytes(range(32))


def test_another_server_needs_a_copy_and_makes_none_of_its_own(db, world, act, where, tmp_path):
    made = draft_secret.make(db, world.campaign, where=where, act=act)
    second = tmp_path / "second"
    with pytest.raises(DraftSecretMissing):
        draft_secret.make(db, world.campaign, where=second, act=act)
    second.mkdir()
    (second / world.campaign.code).write_bytes(bytes(32))
    with pytest.raises(DraftSecretMissing):
        draft_secret.make(db, world.campaign, where=second, act=act)
    (second / world.campaign.code).write_bytes(made)
    assert draft_secret.make(db, world.campaign, where=second, act=act) == made


def test_a_campaign_that_takes_answers_keeps_its_secret(db, world, act, where):
    draft_secret.make(db, world.campaign, where=where, act=act)
    with pytest.raises(BoxNotReady):
        draft_secret.destroy(db, world.campaign, where=where, act=act)
    assert draft_secret.read(where, world.campaign.code)


def test_after_the_close_secret_and_drafts_go_for_good_and_once(db, world, act, where, tmp_path):
    draft_secret.make(db, world.campaign, where=where, act=act)
    for form in world.forms:
        world.save(db, form, {"P1-101": "2"})
    close_campaign(db, world.campaign.code, now=world.now)
    assert draft_secret.minutes(db, world.campaign) is None
    gone = draft_secret.destroy(db, world.campaign, where=where, act=act)
    assert (gone.destroyed_at, gone.drafts_left) == (world.now, 2)
    assert list(where.iterdir()) == []
    assert db.scalar(select(func.count()).select_from(Draft)) == 0
    assert draft_secret.minutes(db, world.campaign).startswith(b"%PDF")
    with pytest.raises(DraftSecretMissing):
        draft_secret.make(db, world.campaign, where=where, act=act)
    copy = tmp_path / "second"
    copy.mkdir()
    (copy / world.campaign.code).write_bytes(bytes(32))
    later = replace(act, actor="another")
    assert draft_secret.destroy(db, world.campaign, where=copy, act=later).drafts_left == 2
    assert list(copy.iterdir()) == []
    assert db.scalar(select(func.count()).select_from(AuditEntry)) == 2


def test_where_nobody_began_there_is_nothing_to_destroy(db, world, act, where):
    close_campaign(db, world.campaign.code, now=world.now)
    assert draft_secret.destroy(db, world.campaign, where=where, act=act) is None
