"""`demo.json`: what there is to open, for people and for programs."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from surveyapp.assignments.models import Assignment
from surveyapp.assignments.rules import Disposition
from surveyapp.assignments.states import AssignmentState
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign
from surveyapp.invitations.credentials import codes as access_codes
from surveyapp.invitations.credentials import links
from surveyapp.invitations.models import Invitation
from surveyapp.invitations.states import InvitationState
from surveyapp.keys import KeyRing


def untouched(db: Session, campaign: Campaign, *, keys: KeyRing, base_url: str) -> dict[str, Any]:
    """Links and codes that nobody has used: a link per group, codes of other people, two forms."""
    taken: list[Any] = []
    addresses: list[str] = []
    codes: list[str] = []
    for group in campaigns.groups(db, campaign.id):
        of_group = select(Assignment.invitation_id).where(Assignment.group_id == group.id)
        query = _waiting(campaign).where(Invitation.id.in_(of_group))
        chosen = db.execute(query.where(Invitation.id.not_in(taken)).limit(2)).all()
        taken += [row.id for row in chosen]
        made = [_code(campaign, row, keys) for row in chosen]
        addresses += [links.address(base_url, keys, code, number) for code, number in made[:1]]
        codes += [access_codes.show(code) for code, _ in made[1:]]
    held = select(Assignment.invitation_id).where(
        Assignment.campaign_id == campaign.id, Assignment.state == AssignmentState.ACTIVE
    )
    two = held.group_by(Assignment.invitation_id).having(func.count() == 2)
    waiting = _waiting(campaign).where(Invitation.id.in_(two), Invitation.id.not_in(taken))
    double = db.execute(waiting.limit(1)).first()
    address = links.address(base_url, keys, *_code(campaign, double, keys)) if double else ""
    return {"links": addresses, "codes": codes, "two_form_link": address}


def one_link(db: Session, campaign_code: str, *, keys: KeyRing, base_url: str) -> str:
    """The link of somebody who has not used it; "" where everybody has, or where there is no such round."""
    for campaign in campaigns.campaigns(db):
        if campaign.code == campaign_code:
            row = db.execute(_waiting(campaign).limit(1)).first()
            return links.address(base_url, keys, *_code(campaign, row, keys)) if row else ""
    return ""


def _waiting(campaign: Campaign) -> Select[UUID, int, int, int]:
    """Invitations sent of which nothing has been opened, in an order that says nothing."""
    begun = select(Assignment.invitation_id).where(
        Assignment.campaign_id == campaign.id, Assignment.disposition != Disposition.SENT
    )
    return (
        select(Invitation.id, Invitation.issue_number, Invitation.counter, Invitation.key_number)
        .where(
            Invitation.campaign_id == campaign.id,
            Invitation.state == InvitationState.ACTIVE,
            Invitation.id.not_in(begun),
        )
        .order_by(Invitation.id)
    )


def _code(campaign: Campaign, row: Any, keys: KeyRing) -> tuple[str, int]:
    code = access_codes.make_code(
        keys,
        campaign_code=campaign.code,
        invitation_id=row.id,
        issue_number=row.issue_number,
        counter=row.counter,
        key_number=row.key_number,
    )
    return code, row.key_number


def write(path: Path, *, base_url: str, staff: Sequence[Mapping[str, str]], shown: Any) -> None:
    """Write `demo.json`, readable by its owner alone: it holds passwords."""
    content = {"base_url": base_url, **shown, "staff": list(staff)}
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    fresh.replace(path)


def read(path: Path) -> dict[str, Any]:
    """What `write` wrote."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
