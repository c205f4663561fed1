"""What can go wrong with a campaign and its pack."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from surveyapp.campaigns.states import CampaignState
from surveyapp.errors import SurveyError
from surveyapp.instruments.errors import Fault


class CampaignError(SurveyError):
    """Root of the failures of this package."""


class PackRefused(CampaignError):
    """The pack has `faults`, all of them at once; nothing of it was used."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults in the campaign pack")
        self.faults = tuple(sorted(faults))


class UnknownCampaign(CampaignError):
    """No campaign has this `code`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"no campaign {code}")
        self.code = code


class UnknownUnit(CampaignError):
    """The campaign has no unit with this `code`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"no unit {code}")
        self.code = code


class WrongState(CampaignError):
    """The campaign is in `state`; what was asked needs one of `needed`."""

    def __init__(self, code: str, *, state: CampaignState, needed: Sequence[CampaignState]) -> None:
        super().__init__(f"{code} is {state}, needs {' or '.join(needed)}")
        self.code, self.state, self.needed = code, state, tuple(needed)


class PackInUse(CampaignError):
    """The pack changed, but lists or answers of the campaign already stand on the loaded one."""

    def __init__(
        self, code: str, *, state: CampaignState, loaded_sha256: str, offered_sha256: str
    ) -> None:
        super().__init__(f"{code} is {state} and was loaded from {loaded_sha256[:12]}")
        self.code, self.state = code, state
        self.loaded_sha256, self.offered_sha256 = loaded_sha256, offered_sha256


class NotForOfficialUse(CampaignError):
    """An official campaign may not open with these `illustrative` questionnaires or this custody."""

    def __init__(self, code: str, *, illustrative: Sequence[str], custody: str) -> None:
        super().__init__(f"{code}: illustrative {', '.join(illustrative)}; custody {custody}")
        self.code, self.illustrative, self.custody = code, tuple(illustrative), custody


class BoxKeyMissing(CampaignError):
    """The campaign has no box key yet, so a ballot could not be sealed."""

    def __init__(self, code: str) -> None:
        super().__init__(f"{code} has no box key")
        self.code = code


class BadDeadline(CampaignError):
    """The deadline asked for does not come after the moment collection begins, or is past."""

    def __init__(self, closes_at: datetime, *, after: datetime) -> None:
        super().__init__(f"{closes_at} is not after {after}")
        self.closes_at, self.after = closes_at, after


class CollectionGoesOn(CampaignError):
    """Before `ends_at`, the deadline and the grace after it, nobody ends collection."""

    def __init__(self, ends_at: datetime) -> None:
        super().__init__(f"collection goes on until {ends_at}")
        self.ends_at = ends_at


class UnknownQuestionnaire(CampaignError):
    """The campaign asks no group with a questionnaire of this `code`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"no questionnaire {code}")
        self.code = code


class QuestionnairesNotApproved(CampaignError):
    """Collection may not begin: `never`, `changed` and `waiting` (for a second person) are codes of
    questionnaires without approval."""

    def __init__(
        self,
        code: str,
        *,
        never: Sequence[str],
        changed: Sequence[str],
        waiting: Sequence[str] = (),
    ) -> None:
        super().__init__(f"{code}: not approved {', '.join([*never, *changed, *waiting])}")
        self.code, self.waiting = code, tuple(waiting)
        self.never, self.changed = tuple(never), tuple(changed)


class ChecksumDiffers(CampaignError):
    """What was looked at is not what the campaign holds now under this questionnaire's `code`."""

    def __init__(self, code: str, *, offered: str, present: str) -> None:
        super().__init__(f"{code} is {present[:12]}, not {offered[:12]}")
        self.code, self.offered, self.present = code, offered, present


class ApprovedBySame(CampaignError):
    """The campaign wants two people, and `by` has approved this very text of `code` already."""

    def __init__(self, code: str, *, by: str) -> None:
        super().__init__(f"{code} waits for another person than {by}")
        self.code, self.by = code, by


class AlreadyApproved(CampaignError):
    """The questionnaire stands approved at this very checksum."""

    def __init__(self, code: str, *, by: str, at: datetime) -> None:
        super().__init__(f"{code} was approved by {by} at {at}")
        self.code, self.by, self.at = code, by, at
