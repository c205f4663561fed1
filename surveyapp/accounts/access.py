"""Who may see what: the one place where scope is decided."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from surveyapp.accounts.errors import BadGrant, NotPermitted, NotVisible

OPERATOR, VIEWER, AUDITOR, COORDINATOR = "operator", "viewer", "auditor", "coordinator"
ROLES = (OPERATOR, VIEWER, AUDITOR, COORDINATOR)


@dataclass(frozen=True)
class Grant:
    """One role on one campaign; a coordinator's is on one unit, the others' on all (`unit_code` "")."""

    campaign_code: str
    role: str
    unit_code: str = ""

    def check(self) -> None:
        """Raise `BadGrant` where the role does not exist or does not go with the unit."""
        if self.role not in ROLES or (self.role == COORDINATOR) != bool(self.unit_code):
            raise BadGrant(self.role, self.unit_code)


@dataclass(frozen=True)
class Actor:
    """A signed-in person of the centre or of a desk."""

    staff_id: uuid.UUID
    username: str
    display_name: str
    grants: tuple[Grant, ...]
    locale: str

    def roles_in(self, campaign_code: str) -> frozenset[str]:
        """Every role held on the campaign."""
        return frozenset(g.role for g in self.grants if g.campaign_code == campaign_code)

    def role_in(self, campaign_code: str) -> str | None:
        """The role to show: the one that can do most."""
        held = self.roles_in(campaign_code)
        return next((role for role in ROLES if role in held), None)

    @property
    def reach(self) -> str:
        """Of which units this person may see people, as the database is told it: `*`, or campaign/unit."""
        from surveyapp.db import (
            EVERY_UNIT,  # the command line reads the roles for its help, without a database
        )

        if any(grant.role != COORDINATOR for grant in self.grants):
            return EVERY_UNIT
        return ",".join(sorted(f"{g.campaign_code}/{g.unit_code}" for g in self.grants))

    def units_in(self, campaign_code: str) -> frozenset[str] | None:
        """Codes of the units in reach; None means all of them."""
        if self.roles_in(campaign_code) - {COORDINATOR}:
            return None
        return frozenset(
            g.unit_code for g in self.grants if g.campaign_code == campaign_code and g.unit_code
        )


def require(actor: Actor, *roles: str, campaign_code: str, unit_code: str | None = None) -> None:
    """Pass if the person holds one of `roles` on the campaign, and on the unit where one is named.

    Raises `NotVisible` for a campaign or unit out of reach: whether it exists is not told.
    Raises `NotPermitted` where it is in reach, but for other roles.
    """
    held = actor.roles_in(campaign_code)
    units = actor.units_in(campaign_code)
    if not held or (unit_code is not None and units is not None and unit_code not in units):
        raise NotVisible
    if unit_code is not None and not _is_coordinator_of(actor, campaign_code, unit_code):
        held -= {COORDINATOR}
    if not held & set(roles):
        raise NotPermitted(roles)


def require_authority(actor: Actor, over: Iterable[Grant]) -> None:
    """Pass if the person runs every campaign in which the holder of these grants has a role.

    Raises `NotPermitted`: else an account of two campaigns could be taken over from the smaller one.
    """
    if not all(OPERATOR in actor.roles_in(grant.campaign_code) for grant in over):
        raise NotPermitted((OPERATOR,))


def _is_coordinator_of(actor: Actor, campaign_code: str, unit_code: str) -> bool:
    return Grant(campaign_code, COORDINATOR, unit_code) in actor.grants
