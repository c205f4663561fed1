"""What is out stays out: a later release tells of a cell what was published, or nothing."""

import csv
import shutil

import pytest
from sqlalchemy import select

from surveyapp.accounts.act import Act
from surveyapp.accounts.models import AuditEntry
from surveyapp.exports.cleaning.rulesets import read_rules
from surveyapp.exports.disclosure.option_merging import OptionRow
from surveyapp.exports.errors import AlreadyPublished, ReleaseAway, UnknownFile
from surveyapp.exports.release import building, publication
from surveyapp.exports.verify import verify
from tests.exports.attack import PublishedFigures, questions
from tests.exports.conftest import written
from tests.exports.opened import opened_campaign

SLOW = [written("under_floor", "exclude", groups=["P1"])]


@pytest.fixture
def act(now, keys):
    return Act("vu.cchc", now, keys)


@pytest.fixture
def campaign(db, now):
    return opened_campaign(db, now, {("BNV", "M1"): 14, ("01", "P1"): 40, ("46", "P1"): 21})


def table(folder, name):
    with (folder / "public" / name).open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["rated_unit"] != "all"]


def told(folder):
    return {(row["rated_unit"], row["group"]) for row in table(folder, "means.csv")}


def test_a_cell_that_differs_from_what_is_out_is_told_nothing_of(db, campaign, act, tmp_path):
    first = building.build(db, campaign, out=tmp_path, act=act)
    publication.record_publication(db, campaign, 1, act=act)
    second = building.build(db, campaign, out=tmp_path, act=act, rules=read_rules(SLOW))
    assert told(first) == {("BNV", "M1"), ("01", "P1"), ("46", "P1")}
    assert told(second) == {("BNV", "M1")}
    for name in ("answers.csv", "means.csv"):
        same = [row for row in table(first, name) if row["group"] == "M1"]
        assert table(second, name) == same
    assert verify(second) == []


def test_both_releases_together_tell_no_small_count(db, campaign, act, tmp_path):
    first = building.build(db, campaign, out=tmp_path, act=act)
    publication.record_publication(db, campaign, 1, act=act)
    second = building.build(db, campaign, out=tmp_path, act=act, rules=read_rules(SLOW))
    frame = building.read_frame(db, campaign)
    for group, item in questions(first / "public")[:4]:
        row = OptionRow.of(frame.instrument(group).item(item))
        attack = PublishedFigures([first / "public", second / "public"], group, item, row)
        assert attack.found_small(frame.table_minimum) == {}


def test_without_the_check_the_difference_tells_the_forms_left_out(db, campaign, act, tmp_path):
    """What is kept from happening: two published tables of one unit differ by few forms."""
    first = building.build(db, campaign, out=tmp_path, act=act)
    second = building.build(db, campaign, out=tmp_path, act=act, rules=read_rules(SLOW))
    before, after = (
        {(row["rated_unit"], row["group"]): row["responses"] for row in table(folder, "means.csv")}
        for folder in (first, second)
    )
    assert 0 < int(before["46", "P1"]) - int(after["46", "P1"]) < 10


def test_a_release_is_not_built_while_what_is_out_is_not_at_hand(db, campaign, act, tmp_path):
    first = building.build(db, campaign, out=tmp_path, act=act)
    publication.record_publication(db, campaign, 1, act=act)
    shutil.rmtree(first)
    with pytest.raises(ReleaseAway):
        building.build(db, campaign, out=tmp_path, act=act)


def test_a_publication_is_recorded_once_and_in_the_audit_trail(db, campaign, act, tmp_path):
    building.build(db, campaign, out=tmp_path, act=act)
    publication.record_publication(db, campaign, 1, act=act)
    with pytest.raises(AlreadyPublished):
        publication.record_publication(db, campaign, 1, act=act)
    with pytest.raises(UnknownFile):
        publication.record_publication(db, campaign, 2, act=act)
    entered = db.scalars(select(AuditEntry.action)).all()
    assert entered.count("release.published") == 1
    (registered,) = publication.published(db, campaign.id)
    assert (registered.number, registered.published_by) == (1, "vu.cchc")
