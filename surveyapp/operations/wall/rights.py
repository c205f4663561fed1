"""What each database role of the second wall may do with each table: the least it needs.

The first wall is the program, which shows people what they may see. The second holds if the first is broken: whoever
makes a process of one audience say any SQL finds in its reach what that audience's pages work with, and no more.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class WallRole(StrEnum):
    """Who speaks to the database. Migration is whoever owns the tables; a backup reads all of them."""

    RESPONDENT = "respondent"
    STAFF = "staff"
    WORKER = "worker"
    OPENER = "opener"
    BACKUP = "backup"


VERBS: Final = {"r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE"}
"""By the letters that PostgreSQL's own lists use."""

_ALL = "rawd"
_ORDER = (WallRole.RESPONDENT, WallRole.STAFF, WallRole.WORKER, WallRole.OPENER)
_TABLES = """
alembic_version        r    r    r    r
api_token              .    raw  r    .
assignment             r    raw  raw  raw
assignment_event       a    ra   ra   ra
attempt_window         rawd rawd rawd .
audit_entry            ra   ra   ra   ra
backup_record          .    r    ra   .
box_attestation        .    ra   r    ra
box_export             .    ra   .    ra
box_opening            r    ra   r    ra
box_registration       .    rad  r    rad
call_attempt           .    raw  r    .
call_hold              .    rawd rawd .
call_lease             .    rawd rawd .
call_shift             .    rawd r    .
campaign               r    raw  rw   rw
canary                 .    rawd rawd .
channel_rest           .    rawd rawd .
cleaning_version       .    ra   r    r
confirmation           .    rawd r    .
contact_request        .    rawd .    .
count_delta            a    rad  rad  .
data_request           .    raw  .    .
dead_address           .    rawd rawd .
declaration            rawd raw  r    .
delivery               .    rawd rawd .
department             r    raw  r    r
desk_address           .    rawd rawd .
desk_reminder          .    rawd rawd .
draft                  rawd .    .    .
draft_secret           ra   raw  .    rw
expected_list          .    raw  r    .
form_day               .    rawd rawd .
handoff                rawd d    rd   .
headcount              .    rawd r    .
installation           r    r    r    r
installation_key       r    r    r    r
instrument             r    raw  r    r
invitation             r    raw  rw   .
kept_count             .    rawd rawd .
kept_day               .    rawd rawd .
kept_mark              .    rawd rawd .
letter_batch           .    rawd rawd .
list_deadline          .    rawd r    .
list_finding           .    rawd r    .
list_forms             .    rawd r    .
list_kind              .    raw  r    .
list_line              .    rawd r    .
message_words          .    rawd r    .
name_grams             .    rad  .    rd
node_sign              raw  raw  raw  raw
opened_cell            .    ra   .    ra
passkey_challenge      .    rawd rd   .
person                 .    raw  r    .
person_entry           .    rawd r    .
plan_day               .    rawd rawd .
questionnaire_approval .    ra   r    .
rating                 .    raw  r    .
receipt                r    ra   .    ra
received_file          .    rawd rd   .
recovery_code          .    rawd .    .
release                .    raw  r    .
release_rehearsal      .    r    rawd .
remark                 .    ra   .    ra
remark_review          .    raw  .    .
report_subscriber      .    rawd r    .
respondent_group       r    raw  r    r
respondent_list        .    rawd r    .
response               .    ra   .    ra
retired_tag            r    rad  r    .
sample_plan            .    raw  r    .
sealed_ballot          a    rd   .    rd
skipped_count          .    rawd rawd .
snapshot_day           .    rawd rawd .
staff                  .    raw  r    .
staff_device           .    rawd rd   .
staff_grant            .    rawd r    .
staff_link             .    rawd raw  .
staff_passkey          .    rawd .    .
staff_session          .    rawd rd   .
timer_run              .    rawd rawd .
unit                   r    raw  r    r
unit_hold              .    rawd rawd .
unit_note              .    rawd r    .
wave                   .    rawd rawd .
worker_sign            .    rawd rawd .
"""

COLUMNS: Final[Mapping[tuple[WallRole, str], Mapping[str, tuple[str, ...]]]] = {
    # Whose pages: the unit that listed her; her name and contact are on no page of hers.
    (WallRole.RESPONDENT, "person"): {"r": ("id", "unit_id")},
    (WallRole.RESPONDENT, "assignment"): {
        "w": ("state", "disposition", "begun_on", "submitted_on")
    },
    # To lock a row is to change nothing of it; the number of a campaign cannot be another.
    (WallRole.RESPONDENT, "campaign"): {"w": ("id",)},
    (WallRole.RESPONDENT, "invitation"): {"w": ("id",)},
    # What becomes of a draft that nobody can submit any more; never what is in it.
    (WallRole.STAFF, "draft"): {"r": ("assignment_id", "strand", "version"), "d": ()},
    (WallRole.OPENER, "draft"): {"r": ("assignment_id", "strand", "version"), "d": ()},
    (WallRole.WORKER, "draft"): {"r": ("assignment_id", "strand", "version"), "d": ()},
    (WallRole.OPENER, "invitation"): {"r": ("id", "campaign_id", "state")},
}
"""Rights to some columns only, and rights to delete rows of a table that is otherwise closed."""

BY_UNIT: Final[Mapping[str, str]] = {
    "person": "unit_id",
    "respondent_list": "unit_id",
    "received_file": "unit_id",
    "contact_request": "unit_id",
    "unit_note": "unit_id",
    "desk_address": "unit_id",
    "list_line": "list_id",
    "list_finding": "list_id",
    "list_forms": "list_id",
    "person_entry": "person_id",
    "data_request": "person_id",
}
"""Tables of which a coordinator's request is given the rows of her own units: by which column they hang."""
PARENTS: Final = {"list_id": "respondent_list", "person_id": "person"}


@dataclass(frozen=True)
class TableRight:
    """One right of one role: on the whole table, or on `columns`."""

    role: WallRole
    table: str
    verb: str
    columns: tuple[str, ...] = ()


def tables() -> frozenset[str]:
    """Every table that the wall knows."""
    return frozenset(line.split()[0] for line in _TABLES.strip().splitlines())


def rights() -> Iterator[TableRight]:
    """Everything that is granted."""
    for line in _TABLES.strip().splitlines():
        table, *letters = line.split()
        for role, held in zip(_ORDER, letters, strict=True):
            yield from (TableRight(role, table, VERBS[one]) for one in held if one != ".")
        yield TableRight(WallRole.BACKUP, table, "SELECT")
    for (role, table), given in COLUMNS.items():
        for letter, columns in given.items():
            yield TableRight(role, table, VERBS[letter], columns)
