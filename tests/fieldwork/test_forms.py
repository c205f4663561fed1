"""Listed and approved forms on the screens are those of the lists, through every change of a list."""

from surveyapp.accounts.act import Act
from surveyapp.campaigns.models import Unit
from surveyapp.fieldwork.counts import queries
from surveyapp.fieldwork.counts.scope import Scope
from surveyapp.respondents import queries as respondents
from surveyapp.respondents import service
from tests import factories


def shown(db, campaign):
    cells = queries.figures(db, campaign.id, by=("group", "supplying", "rated", "department"))
    return (
        {cell: row.listed for cell, row in cells.items() if row.listed},
        {cell: row.approved for cell, row in cells.items() if row.approved},
    )


def counted(db, campaign):
    return (
        dict(respondents.listed_forms(db, campaign.id)),
        dict(respondents.approved_forms(db, campaign.id)),
    )


def test_forms_follow_acceptance_approval_a_new_version_and_a_removal(db, keys, now):
    campaign = factories.campaign(db, now)
    agencies = factories.accepted_list(db, campaign, now, keys, listed=factories.people(6))
    assert shown(db, campaign) == counted(db, campaign)
    assert sum(shown(db, campaign)[0].values()) == 12  # each gives a form on ministry and province
    factories.approved_list(db, campaign, now, keys, kind="council", listed=factories.people(4, start=20))  # fmt: skip
    service.approve(db, agencies.id, campaign=campaign, act=Act("centre", now, keys))
    assert shown(db, campaign) == counted(db, campaign)
    factories.accepted_list(db, campaign, now, keys, listed=factories.people(2))  # fmt: skip
    assert shown(db, campaign) == counted(db, campaign)
    assert sum(shown(db, campaign)[1].values()) == 16  # the approved version stands until the next
    someone = list(respondents.persons_to_invite(db, campaign.id))[0]  # noqa: RUF015  read to its end
    service.remove_person(
        db,
        someone.person_id,
        unit=db.get_one(Unit, someone.unit_id),
        campaign=campaign,
        reason="moved",
        act=Act("centre", now, keys),
    )
    assert shown(db, campaign) == counted(db, campaign)


def test_plan_and_lists_of_a_part_add_up(db, keys, now):
    campaign = factories.campaign(db, now)
    factories.approved_list(db, campaign, now, keys, listed=factories.people(3))
    whole = queries.figures(db, campaign.id, by=())[()]
    assert (whole.planned, whole.listed, whole.approved) == (71, 6, 6)
    by_group = queries.figures(db, campaign.id, by=("group",))
    by_rated = queries.figures(db, campaign.id, by=("rated",))
    for rows in (by_group, by_rated):
        together = queries.total(rows.values())
        assert (together.planned, together.listed, together.approved) == (71, 6, 6)
    group = next(iter(by_group))[0]
    part = queries.figures(db, campaign.id, by=("supplying",), where=Scope(groups=frozenset({group})))  # fmt: skip
    assert queries.total(part.values()).planned == by_group[group,].planned
    departments = queries.figures(db, campaign.id, by=("department",))
    assert all(row.planned is None for row in departments.values())
