"""What can go wrong with a release."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from surveyapp.campaigns.states import CampaignState
from surveyapp.errors import SurveyError


class ReleaseError(SurveyError):
    """Root of the failures of this package."""


class NotReleasable(ReleaseError):
    """Results are released once the box is opened; `campaign_code` is in `state`."""

    def __init__(self, campaign_code: str, *, state: CampaignState) -> None:
        super().__init__(f"{campaign_code}: {state}")
        self.campaign_code, self.state = campaign_code, state


class ReleaseExists(ReleaseError):
    """Something stands at `path` already; a release is never written over."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


class NumberTaken(ReleaseError):
    """Another release of `campaign_code` took `number` meanwhile; nothing was released."""

    def __init__(self, campaign_code: str, number: int) -> None:
        super().__init__(f"{campaign_code}: {number}")
        self.campaign_code, self.number = campaign_code, number


class ResponsesChanged(ReleaseError):
    """`found` responses were read where the record of the opening says `expected`."""

    def __init__(self, campaign_code: str, *, expected: int, found: int) -> None:
        super().__init__(f"{campaign_code}: {found} of {expected}")
        self.campaign_code, self.expected, self.found = campaign_code, expected, found


class AlreadyPublished(ReleaseError):
    """That the public part of release `number` is out was recorded before."""

    def __init__(self, number: int) -> None:
        super().__init__(str(number))
        self.number = number


class ReleaseAway(ReleaseError):
    """The register knows release `number`, but its files are not on this machine; `folder` is where they
    were written."""

    def __init__(self, number: int, folder: Path) -> None:
        super().__init__(f"{number}: {folder}")
        self.number, self.folder = number, folder


class ReleaseNotShared(ReleaseError):
    """The store that every node sees did not take release `number`; nothing was released."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(f"{number}: {reason}")
        self.number, self.reason = number, reason


class ReleaseAltered(ReleaseError):
    """The files of release `number` are not those that were registered; nothing of them is used."""

    def __init__(self, number: int) -> None:
        super().__init__(str(number))
        self.number = number


class UnknownFile(ReleaseError):
    """There is no release `number`, or its manifest names no file `name`."""

    def __init__(self, number: int, name: str) -> None:
        super().__init__(f"{number}: {name}")
        self.number, self.name = number, name


@dataclass(frozen=True, order=True)
class SipasFault:
    """One fault of the SIPAS table: the line as a text editor counts it, the column, a code."""

    line: int
    column: str
    code: str
    value: str


class SipasRefused(ReleaseError):
    """The SIPAS table has `faults`, all of them at once; nothing was released."""

    def __init__(self, faults: Sequence[SipasFault]) -> None:
        super().__init__(f"{len(faults)} faults in the SIPAS table")
        self.faults = tuple(sorted(faults))


class RuleRefused(ReleaseError):
    """The rule `rule_id` would not be sound with what was asked for; nothing was changed."""

    def __init__(self, rule_id: str) -> None:
        super().__init__(rule_id)
        self.rule_id = rule_id


class RuleReasonMissing(ReleaseError):
    """Cleaning rules of `campaign_code` are frozen, and cells held, only with a reason."""

    def __init__(self, campaign_code: str) -> None:
        super().__init__(campaign_code)
        self.campaign_code = campaign_code


class NothingChanged(ReleaseError):
    """The rules are those of version `number` already; there is nothing to freeze."""

    def __init__(self, campaign_code: str, *, number: int) -> None:
        super().__init__(f"{campaign_code}: {number}")
        self.campaign_code, self.number = campaign_code, number


class RemarksAltered(ReleaseError):
    """The remarks `ids` would leave with other words than were written, or are not there; nothing was recorded."""

    def __init__(self, ids: Sequence[str]) -> None:
        super().__init__(f"{len(ids)} remarks")
        self.ids = tuple(ids)


class UnknownCell(ReleaseError):
    """The campaign has no such rated unit or group."""

    def __init__(self, campaign_code: str, *, unit: str, group: str) -> None:
        super().__init__(f"{campaign_code}: {unit} × {group}")
        self.campaign_code, self.unit, self.group = campaign_code, unit, group
