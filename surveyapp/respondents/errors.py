"""What can go wrong with respondent lists; attributes carry the facts, labels.py the words."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from surveyapp.campaigns.states import CampaignState
from surveyapp.errors import SurveyError
from surveyapp.respondents.states import ListState


class RespondentsError(SurveyError):
    """A rule about respondent lists was broken."""


class FileRefused(RespondentsError):
    """The file cannot be read as a list; nothing was stored. `facts` fill the message."""

    code = "refused"

    def __init__(self, **facts: Any) -> None:
        super().__init__(f"{self.code}: {facts}" if facts else self.code)
        self.facts = facts


class NotAWorkbook(FileRefused):
    """Not a spreadsheet at all, or of a kind that is not read. Facts: `detected`."""

    code = "not_a_workbook"


class SavedAsWeb(FileRefused):
    """A web page or XML of Excel 2003 under the name of a workbook: Excel opens it, we do not."""

    code = "saved_as_web"


class FileTooLarge(FileRefused):
    """More bytes than a list can have. Facts: `size`, `limit` (MB)."""

    code = "file_too_large"


class UnpacksTooLarge(FileRefused):
    """A small archive that unpacks into too much (a zip bomb). Facts: `limit` (MB)."""

    code = "unpacks_too_large"


class PasswordProtected(FileRefused):
    """The workbook is encrypted, so nobody but its author can read it."""

    code = "password_protected"


class EntitiesRefused(FileRefused):
    """The file's XML declares a document type or entities, which no spreadsheet writes."""

    code = "entities"


class TooManyRows(FileRefused):
    """Facts: `sheet`, `rows`, `limit`."""

    code = "too_many_rows"


class TooManyColumns(FileRefused):
    """Facts: `sheet`, `columns`, `limit`."""

    code = "too_many_columns"


class BrokenWorkbook(FileRefused):
    """It claims to be a spreadsheet but its content cannot be read. Facts: `detected`."""

    code = "broken_workbook"


class ReadingTookTooMuch(FileRefused):
    """Reading went over its limit of time or memory and was stopped."""

    code = "took_too_much"


class EmptyWorkbook(FileRefused):
    """No sheet holds any text."""

    code = "empty_workbook"


class HeaderNotFound(FileRefused):
    """No row looks like the headings of a list of people."""

    code = "header_not_found"


class ColumnsMissing(FileRefused):
    """Columns without which this kind of list makes no sense. Facts: `missing`, `found`, `kind`."""

    code = "columns_missing"


class WrongList(FileRefused):
    """A list of another kind. Facts: `kind` (name expected), `column` (what gave it away)."""

    code = "wrong_list"


class WrongTemplate(FileRefused):
    """Our template, but made for another list or unit. Facts: `kind`, `unit`, `found_kind`, `found_unit`."""

    code = "wrong_template"


class NobodyListed(FileRefused):
    """The headings were found, but no person below them. Facts: `sheet`."""

    code = "nobody_listed"


def refused_as(code: str, facts: Mapping[str, Any]) -> FileRefused:
    """The refusal of that code, with its facts, as it was stored or sent."""
    kinds = {kind.code: kind for kind in FileRefused.__subclasses__()}
    return kinds[code](**facts)


class NotPatchable(RespondentsError):
    """The workbook cannot be changed without touching the rest, so it has to be written anew."""


class UnknownList(RespondentsError):
    """The unit has no such list."""

    def __init__(self, list_id: UUID) -> None:
        super().__init__(f"no list {list_id}")
        self.list_id = list_id


class UnknownLine(RespondentsError):
    """The list has no such line."""

    def __init__(self, list_id: UUID, line: int) -> None:
        super().__init__(f"list {list_id} has no line {line}")
        self.list_id, self.line = list_id, line


class NothingWritten(RespondentsError):
    """A person to be added of whom nothing was written down."""

    def __init__(self, list_id: UUID) -> None:
        super().__init__(f"nothing written for list {list_id}")
        self.list_id = list_id


class UnknownPerson(RespondentsError):
    """The unit has no such person, or she was removed already."""

    def __init__(self, person_id: UUID) -> None:
        super().__init__(f"no active person {person_id}")
        self.person_id = person_id


class ListNotExpected(RespondentsError):
    """The unit is not asked for a list of this kind."""

    def __init__(self, unit_code: str, kind_code: str) -> None:
        super().__init__(f"{unit_code} supplies no {kind_code}")
        self.unit_code, self.kind_code = unit_code, kind_code


class ListInOtherState(RespondentsError):
    """The list is in `state`; what was asked needs one of `needed`."""

    def __init__(self, list_id: UUID, *, state: ListState, needed: Sequence[ListState]) -> None:
        super().__init__(f"list {list_id} is {state}, needs {' or '.join(needed)}")
        self.list_id, self.state, self.needed = list_id, state, tuple(needed)


class ListUnfinished(RespondentsError):
    """Findings that must be mended are open, so the list cannot be accepted or approved."""

    def __init__(self, list_id: UUID, *, must_count: int) -> None:
        super().__init__(f"list {list_id} has {must_count} open findings")
        self.list_id, self.must_count = list_id, must_count


class NobodyLeft(RespondentsError):
    """Every line was left out: whoever has nobody for a list declares that, with a reason."""

    def __init__(self, list_id: UUID) -> None:
        super().__init__(f"list {list_id} has no line left")
        self.list_id = list_id


class ListHeld(RespondentsError):
    """The centre holds the list for review, so it cannot be approved yet."""

    def __init__(self, list_id: UUID, *, hold_note: str) -> None:
        super().__init__(f"list {list_id} is held")
        self.list_id, self.hold_note = list_id, hold_note


class DeadlineNotLater(RespondentsError):
    """An extension has to end after the day that counts now."""

    def __init__(self, due: date) -> None:
        super().__init__(f"due {due} already")
        self.due = due


class BadHeadcount(RespondentsError):
    """A headcount is a whole number from 0 to `limit`."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"not between 0 and {limit}")
        self.limit = limit


class BadDeskAddress(RespondentsError):
    """Not an e-mail address a desk can be written to."""


class ListsNoLongerTaken(RespondentsError):
    """The campaign is past collection, so its lists stand as they are."""

    def __init__(self, campaign_code: str, *, state: CampaignState) -> None:
        super().__init__(f"{campaign_code} is {state}")
        self.campaign_code, self.state = campaign_code, state


class NoteMissing(RespondentsError):
    """Whoever sends a list back has to say why."""


class UnknownListKind(RespondentsError):
    """No list kind of that code in the campaign."""

    def __init__(self, kind: str, known: tuple[str, ...]) -> None:
        super().__init__(f"{kind}, known are {', '.join(known)}")
        self.kind = kind
        self.known = known
