"""Staff of the demo: the centre's three roles and coordinators of some units, with new passwords."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from surveyapp.accounts import service
from surveyapp.accounts.access import AUDITOR, COORDINATOR, OPERATOR, VIEWER, Grant
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign
from surveyapp.demo.lists import CENTRE, coordinator

_CENTRE = (
    (OPERATOR, CENTRE, "Người vận hành"),
    (VIEWER, "theo-doi", "Người theo dõi"),
    (AUDITOR, "giam-sat", "Người giám sát"),
)
_MINISTRIES, _PROVINCES = 2, 3
_LETTERS = "abcdefghkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Account:
    """Somebody who can sign in to the demo, as `demo.json` lists them; `unit` "" is the centre."""

    role: str
    unit: str
    username: str
    password: str

    def to_json(self) -> dict[str, str]:
        """As `demo.json` has it."""
        return asdict(self)


def create(
    db: Session, campaign: Campaign, *, others: Sequence[Campaign], now: datetime
) -> list[Account]:
    """Accounts for `campaign` that see `others` too, where their unit takes part."""
    made = [
        _create(db, role, "", name, shown, [campaign, *others], now=now)
        for role, name, shown in _CENTRE
    ]
    units = [
        *campaigns.units(db, campaign.id, kind="ministry")[:_MINISTRIES],
        *campaigns.units(db, campaign.id, kind="province")[:_PROVINCES],
    ]
    for unit in units:
        there = [c for c in others if unit.code in {u.code for u in campaigns.units(db, c.id)}]
        shown = f"Đầu mối {unit.name_vi}"
        made.append(
            _create(
                db,
                COORDINATOR,
                unit.code,
                coordinator(unit.code),
                shown,
                [campaign, *there],
                now=now,
            )
        )
    return made


def _create(
    db: Session,
    role: str,
    unit: str,
    username: str,
    shown: str,
    of: Sequence[Campaign],
    *,
    now: datetime,
) -> Account:
    password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
    grants = [Grant(campaign.code, role, unit) for campaign in of]
    service.create_staff(
        db, username=username, display_name=shown, password=password, grants=grants, now=now
    )
    return Account(role, unit, username, password)
