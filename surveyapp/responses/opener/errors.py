"""Why the opener refuses: each reason is a class of its own and carries its facts."""

from collections.abc import Iterable, Mapping
from typing import Any


class OpenerError(Exception):
    """Root of every refusal. Nothing was written."""


class GroupsMistyped(OpenerError):
    """The check sign of these `groups` of signs, counted from 1, does not fit what was typed."""

    def __init__(self, groups: Iterable[int]) -> None:
        self.groups = tuple(groups)
        super().__init__(", ".join(map(str, self.groups)))


class ShareTooShort(OpenerError):
    """A share has `expected` signs; `found` were typed, and no group can be blamed."""

    def __init__(self, *, found: int, expected: int) -> None:
        super().__init__(f"{found} of {expected}")
        self.found, self.expected = found, expected


class ShareDamaged(OpenerError):
    """Each group of signs fits, the share as a whole does not: several signs are wrong at once."""


class ShareOfAnotherKey(OpenerError):
    """The share belongs to the key with mark `found`, not to the one with mark `expected`."""

    def __init__(self, *, expected: str, found: str) -> None:
        super().__init__(f"{found} is not {expected}")
        self.expected, self.found = expected, found


class SameShareTwice(OpenerError):
    """Both shares are number `number`: two different ones are needed."""

    def __init__(self, number: int) -> None:
        super().__init__(str(number))
        self.number = number


class WrongKey(OpenerError):
    """The shares give a key with the fingerprint `found`; the box was sealed to `expected`."""

    def __init__(self, *, expected: str, found: str) -> None:
        super().__init__(f"{found} is not {expected}")
        self.expected, self.found = expected, found


class FileRefused(OpenerError):
    """Root of what can be wrong with a file that was handed in; `path` names it."""

    def __init__(self, path: object, facts: str = "") -> None:
        super().__init__(f"{path}: {facts}" if facts else str(path))
        self.path = path


class NotThisKind(FileRefused):
    """The file is of the kind `found` ("" where it cannot be told); `expected` was asked for."""

    def __init__(self, path: object, *, expected: str, found: str) -> None:
        super().__init__(path, f"{found} is not {expected}")
        self.expected, self.found = expected, found


class VersionUnknown(FileRefused):
    """The file has format version `found`; this program reads `known`."""

    def __init__(self, path: object, *, found: object, known: int) -> None:
        super().__init__(path, f"version {found}, not {known}")
        self.found, self.known = found, known


class FileDamaged(FileRefused):
    """What the file says and its digest do not agree, or it cannot be read to its end."""


class SignatureWrong(FileRefused):
    """A signature does not fit what was signed."""


class SignerUnknown(FileRefused):
    """Signed, but by none of the `expected` keys: by `found`."""

    def __init__(self, path: object, *, expected: str, found: str) -> None:
        super().__init__(path, f"{found} is not {expected}")
        self.expected, self.found = expected, found


class SignaturesMissing(FileRefused):
    """Two custodians must have signed; `found` have."""

    def __init__(self, path: object, *, found: int) -> None:
        super().__init__(path, str(found))
        self.found = found


class OfAnotherCampaign(FileRefused):
    """The file is of campaign `found`, not `expected`."""

    def __init__(self, path: object, *, expected: str, found: str) -> None:
        super().__init__(path, f"{found} is not {expected}")
        self.expected, self.found = expected, found


class BallotTooLarge(OpenerError):
    """A ballot of `size` bytes does not fit the fixed `limit`: the questionnaire is too long."""

    def __init__(self, *, size: int, limit: int) -> None:
        super().__init__(f"{size} of {limit} bytes")
        self.size, self.limit = size, limit


class BallotUnreadable(OpenerError):
    """The ciphertext was not sealed to this key for this campaign, or is damaged."""


class KindUnknown(OpenerError):
    """Item `item_id` is a question of a `kind` that this version of the opener cannot count."""

    def __init__(self, item_id: str, kind: str) -> None:
        super().__init__(f"{item_id}: {kind}")
        self.item_id, self.kind = item_id, kind


class CountRefused(OpenerError):
    """The custodians' paper says `stated` questionnaires were submitted, the export `submitted`."""

    def __init__(self, *, stated: int, submitted: int) -> None:
        super().__init__(f"{stated}, {submitted}")
        self.stated, self.submitted = stated, submitted


class MinimumsTooLow(OpenerError):
    """The export asks for rows from `rows` ballots on and for counts from `counts` on: fewer than this
    program ever gives them from (`least_rows`, `least_counts`)."""

    def __init__(self, *, rows: int, counts: int, least_rows: int, least_counts: int) -> None:
        super().__init__(f"{rows}, {counts}; at least {least_rows}, {least_counts}")
        self.rows, self.counts = rows, counts
        self.least_rows, self.least_counts = least_rows, least_counts


class Differs(OpenerError):
    """Root of a box that is not whole. `difference` names all that differs, for an exception."""

    def __init__(self, difference: Mapping[str, Any]) -> None:
        super().__init__(", ".join(f"{name} {difference[name]}" for name in sorted(difference)))
        self.difference = dict(difference)


class BallotsForged(Differs):
    """Ballots were not written by the server, or were altered or moved since: their MAC fails."""


class BallotsMissing(Differs):
    """There are fewer ballots, or more, than questionnaires submitted."""


class BallotsOfWrongLength(Differs):
    """Ballots do not have the one length that all ballots have."""


class BallotsDamaged(Differs):
    """Ballots carry a good MAC and are no answers to a questionnaire of this campaign."""


class ReceiptsRepeated(Differs):
    """Two ballots carry one receipt: a questionnaire would be counted twice."""


class CellsDiffer(Differs):
    """Ballots and questionnaires submitted differ for a rated unit × group."""


class GroupTooSmall(OpenerError):
    """Under an exception `groups` (code → ballots left) would hold fewer than `minimum` ballots."""

    def __init__(self, groups: Mapping[str, int], *, minimum: int) -> None:
        super().__init__(", ".join(f"{group}: {n}" for group, n in groups.items()))
        self.groups, self.minimum = dict(groups), minimum


class ExceptionForAnother(OpenerError):
    """The exception was signed for another export, or over another difference than is found."""


class ExceptionNotNeeded(OpenerError):
    """The box is whole: an exception would stand in the minutes without a reason."""
