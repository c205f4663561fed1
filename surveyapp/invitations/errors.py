"""What can go wrong with invitations, their links and codes, and the questionnaires they hold."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from surveyapp.errors import SurveyError


class InvitationError(SurveyError):
    """Root of the failures of this package."""


class MistypedCode(InvitationError):
    """What was typed cannot be a code: not 16 digits, or the check digit does not fit.

    `read` are the digits understood, `strange` the signs that belong to no code.
    """

    def __init__(self, digits_given: int, *, read: str = "", strange: str = "") -> None:
        super().__init__(f"{digits_given} digits")
        self.digits_given, self.read, self.strange = digits_given, read, strange


class UnknownCode(InvitationError):
    """No invitation answers to this code. A typed code that was revoked or replaced says the same."""


class TamperedLink(InvitationError):
    """The link was cut, changed or not signed by this server. Nothing was looked up."""


class EndedLink(InvitationError):
    """The link was good once. `settings` are the campaign's: they name whom to ask."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        super().__init__("a link that is no longer good")
        self.settings = settings


class LinkReplaced(EndedLink):
    """A newer one was issued to the same person."""


class LinkRevoked(EndedLink):
    """The invitation was ended: by the centre, or because no list names the person any more."""


class ChallengeNeeded(InvitationError):
    """A stranger from a network, or in a minute, with many wrong codes: work of `effort` hashes, or a wait.

    0: only the wait is left.
    """

    def __init__(self, effort: int) -> None:
        super().__init__(f"effort {effort}")
        self.effort = effort


class CampaignNotOpenYet(InvitationError):
    """The invitation is sound but collection has not begun."""

    def __init__(self, opens_at: datetime) -> None:
        super().__init__(f"opens {opens_at:%F %R}")
        self.opens_at = opens_at


class CampaignClosed(InvitationError):
    """The invitation is sound but collection is over."""

    def __init__(self, closed_at: datetime) -> None:
        super().__init__(f"closed {closed_at:%F %R}")
        self.closed_at = closed_at


class UnknownInvitation(InvitationError):
    """The campaign has no such invitation."""

    def __init__(self, invitation_id: UUID) -> None:
        super().__init__(str(invitation_id))
        self.invitation_id = invitation_id


class UnknownDeclaration(InvitationError):
    """The campaign has no such declaration for the centre to settle."""

    def __init__(self, declaration_id: UUID) -> None:
        super().__init__(str(declaration_id))
        self.declaration_id = declaration_id


class NothingLeftToAnswer(InvitationError):
    """Every questionnaire of the invitation is submitted or taken back: a new code would open nothing."""

    def __init__(self, invitation_id: UUID) -> None:
        super().__init__(str(invitation_id))
        self.invitation_id = invitation_id


class ReasonMissing(InvitationError):
    """Replacing or ending someone's invitation needs a reason for the audit trail."""


class NothingToList(InvitationError):
    """No invitation waits for a mailing file."""


class MoreThanAgreed(InvitationError):
    """More people than two persons agreed to would get a new code: `people` were agreed to."""

    def __init__(self, people: int) -> None:
        super().__init__(str(people))
        self.people = people
