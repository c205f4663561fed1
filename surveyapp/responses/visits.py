"""What a page of a questionnaire reads, in one statement: the invitation, its forms, and what is saved of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import cast
from uuid import UUID

from sqlalchemy import LargeBinary, Table, and_, bindparam, select

from surveyapp.assignments.models import Assignment
from surveyapp.db import PreparedStatement, converted, read_once
from surveyapp.invitations import queries as invitations
from surveyapp.invitations.queries import INVITED_COLUMNS, INVITED_FROM, Invited
from surveyapp.keys import KeyRing
from surveyapp.responses.drafts import StoredDraft
from surveyapp.responses.models import Draft

_FORM = cast(Table, Assignment.__table__)
_OWN = cast(Table, Draft.__table__).alias("own")
_OTHER = cast(Table, Draft.__table__).alias("other")
_MARK = bindparam("mark", type_=LargeBinary)
_BESIDE = (
    select(_OTHER.c.strand)
    .where(_OTHER.c.assignment_id == _FORM.c.id, _OTHER.c.strand != _MARK)
    .correlate(_FORM)
    .exists()
)
_SAVED = slice(len(INVITED_COLUMNS), None)
_FORM_ID = INVITED_COLUMNS.index(_FORM.c.id)


@dataclass(frozen=True)
class SavedForm:
    """What lies in the database of one form: the draft of one's own devices, and whether others have one."""

    stored: StoredDraft | None
    beside: bool


@cache
def _query(live_keys: int) -> PreparedStatement:
    own = and_(_OWN.c.assignment_id == _FORM.c.id, _OWN.c.strand == _MARK)
    wanted = select(*INVITED_COLUMNS, _OWN.c.version, _OWN.c.ciphertext, _BESIDE.label("beside"))
    wanted = wanted.select_from(INVITED_FROM.outerjoin(_OWN, own))
    return PreparedStatement(invitations.with_code(wanted, live_keys))


def find(code: str, mark: bytes, *, keys: KeyRing) -> tuple[Invited, Mapping[UUID, SavedForm]]:
    """Who holds this code, and what is saved of each form by the devices of this `mark` and by others.

    Raises what `invitations.queries.find` raises.
    """
    query = _query(len(keys.roots))
    values = {**invitations.tag_values(code, keys=keys), "mark": mark}
    rows = read_once(query, values)
    invited = invitations.from_rows(query, rows, code, keys=keys)
    saved = [converted(query, row, _SAVED) for row in rows if row[_FORM_ID] is not None]
    forms = (each.id for each in invited.assignments)
    return invited, {
        form: SavedForm(None if version is None else StoredDraft(version, sealed), bool(beside))
        for form, (version, sealed, beside) in zip(forms, saved, strict=True)
    }
