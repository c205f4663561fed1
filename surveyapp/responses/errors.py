"""What can go wrong with drafts, submission and the sealed box."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from uuid import UUID

from surveyapp.campaigns.states import CampaignState
from surveyapp.errors import SurveyError
from surveyapp.instruments.kinds.kind import NOT_OFFERED, Said
from surveyapp.responses.opener.errors import OpenerError


class ResponsesError(SurveyError):
    """Root of the failures of this package."""


class UnknownItem(ResponsesError):
    """The questionnaire asks nothing under `item_id`."""

    def __init__(self, item_id: str) -> None:
        super().__init__(item_id)
        self.item_id = item_id


class NotAnOption(ResponsesError):
    """`value` is not an answer that `item_id` takes, for the reason `said`. Nothing was saved."""

    def __init__(self, item_id: str, value: str, *, said: Said = NOT_OFFERED) -> None:
        super().__init__(item_id)
        self.item_id, self.value, self.said = item_id, value, said


class RemarkTooLong(ResponsesError):
    """The remark has `length` UTF-16 units, as browsers count, and may have `limit`."""

    def __init__(self, item_id: str, *, length: int, limit: int) -> None:
        super().__init__(f"{item_id}: {length} of {limit}")
        self.item_id, self.length, self.limit = item_id, length, limit


class DraftUnreadable(ResponsesError):
    """The draft was not written with this code, for this form: altered, moved or of an older code."""

    def __init__(self, assignment_id: UUID) -> None:
        super().__init__(str(assignment_id))
        self.assignment_id = assignment_id


class BegunElsewhere(ResponsesError):
    """Answers are saved from other devices, and this one holds nothing that opens them."""


class BegunTooOften(ResponsesError):
    """This form was begun anew on as many devices as it may be."""

    def __init__(self, assignment_id: UUID) -> None:
        super().__init__(str(assignment_id))
        self.assignment_id = assignment_id


class DraftSecretMissing(ResponsesError):
    """The campaign's draft secret exists, but not in `path`: copy it from the server that made it."""

    def __init__(self, campaign_code: str, path: Path) -> None:
        super().__init__(f"{campaign_code}: {path}")
        self.campaign_code, self.path = campaign_code, path


class DraftTooLarge(ResponsesError):
    """More answers than any questionnaire of the campaign can give. A fault of the program."""

    def __init__(self, *, size: int, limit: int) -> None:
        super().__init__(f"{size} bytes, room for {limit}")
        self.size, self.limit = size, limit


class DraftChanged(ResponsesError):
    """Another device changed the draft after the review page was shown. Nothing was submitted."""

    def __init__(self, assignment_id: UUID) -> None:
        super().__init__(str(assignment_id))
        self.assignment_id = assignment_id


class NothingToSubmit(ResponsesError):
    """There is not one answer to seal: an empty ballot could never be told from a lost one."""

    def __init__(self, assignment_id: UUID) -> None:
        super().__init__(str(assignment_id))
        self.assignment_id = assignment_id


class BoxError(ResponsesError):
    """Root of what can go wrong with the box of `campaign_code`."""

    def __init__(self, campaign_code: str, facts: str) -> None:
        super().__init__(f"{campaign_code}: {facts}" if facts else campaign_code)
        self.campaign_code = campaign_code


class BoxKeysExist(BoxError):
    """A key file stands already at `path`; overwriting it would lose every sealed ballot."""

    def __init__(self, campaign_code: str, path: Path) -> None:
        super().__init__(campaign_code, str(path))
        self.path = path


class BoxKeyRefused(BoxError):
    """The key file at `path` cannot be used; `reason` says why."""

    def __init__(self, campaign_code: str, path: Path, reason: str) -> None:
        super().__init__(campaign_code, f"{path}: {reason}")
        self.path, self.reason = path, reason


class OfflineCustody(BoxError):
    """The key of this campaign belongs to its custodians and is never made on the server."""

    def __init__(self, campaign_code: str) -> None:
        super().__init__(campaign_code, "offline custody")


class WrongBoxKey(BoxError):
    """The private key is not the half of the public key the ballots were sealed to."""

    def __init__(self, campaign_code: str, *, expected: str, found: str) -> None:
        super().__init__(campaign_code, f"{found} is not {expected}")
        self.expected, self.found = expected, found


class BoxNotReady(BoxError):
    """The box is opened while the campaign is `closed`, once; it is in `state` now."""

    def __init__(self, campaign_code: str, *, state: CampaignState) -> None:
        super().__init__(campaign_code, state)
        self.state = state


class BallotsMissing(BoxError):
    """`ballots` lie in the box but `submitted` assignments are recorded: fewer, or more."""

    def __init__(self, campaign_code: str, *, ballots: int, submitted: int) -> None:
        super().__init__(campaign_code, f"{ballots} ballots, {submitted} submitted")
        self.ballots, self.submitted = ballots, submitted


class CellsDiffer(BoxError):
    """Rated unit × group cells whose ballots and submitted assignments differ: (found, expected)."""

    def __init__(
        self, campaign_code: str, differences: Mapping[tuple[str, str], tuple[int, int]]
    ) -> None:
        super().__init__(campaign_code, f"{len(differences)} cells")
        self.differences = dict(differences)


class BallotsForged(BoxError):
    """`count` ballots were not written by this server, or were altered since: their MAC fails."""

    def __init__(self, campaign_code: str, *, count: int) -> None:
        super().__init__(campaign_code, str(count))
        self.count = count


class BallotsDamaged(BoxError):
    """`count` ballots carry a good MAC but cannot be read with the box key."""

    def __init__(self, campaign_code: str, *, count: int) -> None:
        super().__init__(campaign_code, str(count))
        self.count = count


class BallotsOfWrongLength(BoxError):
    """`count` ballots do not have the one length that all ballots have."""

    def __init__(self, campaign_code: str, *, count: int) -> None:
        super().__init__(campaign_code, str(count))
        self.count = count


class ReceiptsRepeated(BoxError):
    """`count` ballots carry a receipt that another ballot carries too: a form was counted twice."""

    def __init__(self, campaign_code: str, *, count: int) -> None:
        super().__init__(campaign_code, str(count))
        self.count = count


class CustodyFileRefused(BoxError):
    """A file of the custodians cannot be taken; `reason` is what the opener says of it."""

    def __init__(self, campaign_code: str, reason: OpenerError) -> None:
        super().__init__(campaign_code, f"{type(reason).__name__} {reason}")
        self.reason = reason


class NotRegistered(BoxError):
    """No custodians are registered for the campaign's key."""

    def __init__(self, campaign_code: str) -> None:
        super().__init__(campaign_code, "no custodians")


class ServerCustody(BoxError):
    """The campaign's key is in the server's custody: there are no custodians to register or to ask."""

    def __init__(self, campaign_code: str) -> None:
        super().__init__(campaign_code, "server custody")


class AlreadyRecorded(BoxError):
    """This very attestation is recorded already."""

    def __init__(self, campaign_code: str, digest: str) -> None:
        super().__init__(campaign_code, digest)
        self.digest = digest


class OldExport(BoxError):
    """The bundle was made of the export `found`; the last one is `expected`."""

    def __init__(self, campaign_code: str, *, expected: str, found: str) -> None:
        super().__init__(campaign_code, f"{found} is not {expected}")
        self.expected, self.found = expected, found


class CustodyNotProven(BoxError):
    """Of `missing` (`drill`, `shares`) there is no record since `since` (None: at any time)."""

    def __init__(self, campaign_code: str, *, missing: tuple[str, ...], since: date | None) -> None:
        super().__init__(campaign_code, f"{', '.join(missing)} since {since}")
        self.missing, self.since = missing, since


class OpenedByOlderRules(BoxError):
    """The box was opened before cells and digests were kept: rows of small cells lie among the responses,
    and nothing tells whether they are still what was opened."""

    def __init__(self, campaign_code: str) -> None:
        super().__init__(campaign_code, "opened before digests were kept")


class DigestDiffers(BoxError):
    """What is stored of the opening gives the digest `found`; the opening gave `expected`."""

    def __init__(self, campaign_code: str, *, expected: str, found: str) -> None:
        super().__init__(campaign_code, f"{found} is not {expected}")
        self.expected, self.found = expected, found
