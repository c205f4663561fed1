"""Who may see what."""

import uuid

import pytest

from surveyapp.accounts.access import Actor, Grant, require
from surveyapp.accounts.errors import BadGrant, NotPermitted, NotVisible


def actor(*grants: Grant) -> Actor:
    return Actor(uuid.uuid4(), "a.b", "A B", grants, "vi")


COORDINATOR = actor(Grant("c23", "coordinator", "BNV"))
OPERATOR = actor(Grant("c23", "operator"))


def test_a_coordinator_works_on_the_own_unit_only():
    require(COORDINATOR, "coordinator", campaign_code="c23", unit_code="BNV")
    with pytest.raises(NotVisible):
        require(COORDINATOR, "coordinator", campaign_code="c23", unit_code="01")


def test_a_unit_of_another_campaign_is_another_unit():
    with pytest.raises(NotVisible):
        require(COORDINATOR, "coordinator", campaign_code="c25", unit_code="BNV")


def test_a_coordinator_has_no_business_at_the_centre():
    with pytest.raises(NotPermitted):
        require(COORDINATOR, "operator", "viewer", "auditor", campaign_code="c23")


def test_the_centre_reaches_every_unit_of_its_campaign():
    require(OPERATOR, "operator", campaign_code="c23", unit_code="01")
    assert OPERATOR.units_in("c23") is None
    assert COORDINATOR.units_in("c23") == frozenset({"BNV"})
    assert COORDINATOR.units_in("c25") == frozenset()


def test_an_operator_is_not_a_coordinator_of_a_unit_nobody_gave_her():
    with pytest.raises(NotPermitted):
        require(OPERATOR, "coordinator", campaign_code="c23", unit_code="01")


def test_a_viewer_who_is_also_coordinator_of_one_unit_acts_for_that_unit_alone():
    both = actor(Grant("c23", "viewer"), Grant("c23", "coordinator", "BNV"))
    require(both, "coordinator", campaign_code="c23", unit_code="BNV")
    require(both, "viewer", campaign_code="c23", unit_code="01")
    with pytest.raises(NotPermitted):
        require(both, "coordinator", campaign_code="c23", unit_code="01")


@pytest.mark.parametrize(
    "grant", [Grant("c", "coordinator"), Grant("c", "operator", "BNV"), Grant("c", "chief")]
)
def test_a_grant_that_means_nothing_is_refused(grant):
    with pytest.raises(BadGrant):
        grant.check()
