"""Nothing beside a name depends on answers

What stood beside a name and told of answers is erased for good: the band of the share answered, dispositions
that followed from it, events of answering, and the counts of them. Drafts are discarded: their lengths and
counts of saves told how much was answered, and nobody but their owners can read and pad them. Whoever had
begun keeps the code and begins the answers anew. `surveyapp migrate` rewrites the tables afterwards, so that
nothing of it stays in free pages.

Going back, every submitted form counts as complete and every begun one as started: more is not known.
"""

import os
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

erases = ("assignment", "assignment_event", "draft", "count_delta", "kept_count", "kept_day", "response")
"""Tables to be rewritten once this is committed."""

BEGUN, SUBMITTED = ("started", "broken_off"), ("complete", "partial", "break_off_submitted")
_KEPT = "campaign_id, cut, supplying_unit_id, rated_unit_id, group_id, department_id, channel"
_CELL = (
    "campaign_id", "supplying_unit_id", "rated_unit_id", "group_id", "department_id", "channel", "day"
)  # fmt: skip
_OLD = {
    "progress": "progress in ('none','some','half','most','all')",
    "submitted_disposition": "(state = 'submitted') = (disposition in ('complete','partial','break_off_submitted'))",
}
_NEW = {
    "begun": "disposition <> 'begun' or begun_on is not null",
    "submitted_disposition": "(state = 'submitted') = (disposition = 'submitted')",
}


def upgrade() -> None:
    _merge_events()
    _change_assignments(
        _OLD,
        _NEW,
        added=sa.Column("begun_on", sa.Date(), nullable=True),
        dropped="progress",
        fill=_fill_begun,
    )
    for new, old in (("begun", BEGUN), ("submitted", SUBMITTED)):
        _fold_kept(new, old)
    _remake_deltas(
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        {name: "begun" for name in BEGUN} | {name: "submitted" for name in SUBMITTED},
    )
    _remake_drafts(
        sa.Column("version", sa.LargeBinary(length=16), nullable=False),
        sa.CheckConstraint("length(version) = 16", name=op.f("ck_draft_version")),
    )
    _one_quality_mark()


def downgrade() -> None:
    op.execute("update assignment_event set event = 'started' where event = 'begun'")
    _change_assignments(
        _NEW,
        _OLD,
        added=sa.Column("progress", sa.String(), nullable=False, server_default="none"),
        dropped="begun_on",
        fill=_fill_progress,
    )
    for new, old in (("started", ("begun",)), ("complete", ("submitted",))):
        _fold_kept(new, old)
    _remake_deltas(
        sa.Column("id", sa.Integer(), nullable=False), {"begun": "started", "submitted": "complete"}
    )
    _remake_drafts(
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("revision > 0", name=op.f("ck_draft_revision")),
    )


def _merge_events() -> None:
    """The day of beginning stays; that of the first answer goes, unless nothing else says who began."""
    op.execute("update assignment_event set event = 'begun' where event = 'started'")
    op.execute(
        "delete from assignment_event where event = 'answered' and (assignment_id in"
        " (select assignment_id from assignment_event where event = 'begun') or exists"
        " (select 1 from assignment_event as earlier where earlier.event = 'answered'"
        " and earlier.assignment_id = assignment_event.assignment_id"
        " and earlier.id < assignment_event.id))"
    )
    op.execute("update assignment_event set event = 'begun' where event = 'answered'")


def _change_assignments(
    before: dict[str, str], after: dict[str, str], *, added: Any, dropped: str, fill: Any
) -> None:
    """Columns and checks in two steps, with the rows rewritten in between."""
    with op.batch_alter_table("assignment", schema=None) as batch:
        batch.add_column(added)
        for name in before:
            batch.drop_constraint(batch.f(f"ck_assignment_{name}"), type_="check")
    fill()
    with op.batch_alter_table("assignment", schema=None) as batch:
        batch.drop_column(dropped)
        if added.server_default is not None:
            batch.alter_column(added.name, server_default=None)
        for name, rule in after.items():
            batch.create_check_constraint(batch.f(f"ck_assignment_{name}"), rule)


def _fill_begun() -> None:
    began = (
        "coalesce((select max(e.on_) from (select assignment_id, event, \"on\" as on_ from assignment_event)"
        " as e where e.event = 'begun' and e.assignment_id = assignment.id), submitted_on)"
    )
    opened = (
        "(select min(e.on_) from (select assignment_id, \"on\" as on_ from assignment_event) as e"
        " where e.assignment_id = assignment.id)"
    )
    came_in = f"(disposition in {BEGUN + SUBMITTED} or progress <> 'none')"
    op.execute(f"update assignment set begun_on = coalesce({began}, {opened}) where {came_in}")
    first = "(select cast(opens_at as date) from campaign where campaign.id = assignment.campaign_id)"
    if op.get_bind().dialect.name == "sqlite":
        first = "(select date(opens_at) from campaign where campaign.id = assignment.campaign_id)"
    op.execute(f"update assignment set begun_on = {first} where begun_on is null and {came_in}")
    op.execute(f"update assignment set disposition = 'begun' where disposition in {BEGUN}")
    op.execute(f"update assignment set disposition = 'submitted' where disposition in {SUBMITTED}")


def _fill_progress() -> None:
    op.execute("update assignment set progress = 'all' where disposition = 'submitted'")
    op.execute("update assignment set disposition = 'started' where disposition = 'begun'")
    op.execute("update assignment set disposition = 'complete' where disposition = 'submitted'")


def _fold_kept(new: str, old: tuple[str, ...]) -> None:
    """Counts of several dispositions become the counts of one, by cell and by day."""
    within = ", ".join(f"'{name}'" for name in old)
    for table, keys, figure in (("kept_count", _KEPT, "n"), ("kept_day", f"{_KEPT}, day", "change")):
        op.execute(
            f"insert into {table} ({keys}, disposition, {figure})"
            f" select {keys}, '{new}', sum({figure}) from {table}"
            f" where disposition in ({within}) group by {keys} having sum({figure}) <> 0"
        )
        op.execute(f"delete from {table} where disposition in ({within})")


def _remake_deltas(key: Any, became: dict[str, str]) -> None:
    """The table anew, with the waiting changes added up and in no order."""
    connection = op.get_bind()
    old = sa.table("count_delta", *(sa.column(name) for name in (*_CELL, "disposition", "change")))
    kept: dict[tuple[Any, ...], int] = {}
    for *cell, disposition, change in connection.execute(sa.select(old)):
        place = (*cell, became.get(disposition, disposition))
        kept[place] = kept.get(place, 0) + change
    op.drop_table("count_delta")
    is_random = isinstance(key.type, sa.LargeBinary)
    checks = [sa.CheckConstraint("length(id) = 16", name=op.f("ck_count_delta_id"))] * is_random
    new = op.create_table(
        "count_delta",
        key,
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("supplying_unit_id", sa.Integer(), nullable=False),
        sa.Column("rated_unit_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("disposition", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        *checks,
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_count_delta_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_count_delta")),
        sqlite_with_rowid=not is_random,
    )
    with op.batch_alter_table("count_delta", schema=None) as batch:
        batch.create_index(batch.f("ix_count_delta_campaign_id"), ["campaign_id"], unique=False)
    rows = [
        dict(zip((*_CELL, "disposition"), place, strict=True)) | {"change": change}
        for place, change in sorted(kept.items(), key=str)
        if change
    ]
    if is_random:
        rows = sorted(({"id": os.urandom(16), **row} for row in rows), key=lambda row: row["id"])
    if rows:
        connection.execute(sa.insert(new), _as_dates(rows))


def _as_dates(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    from datetime import date

    for row in rows:
        if isinstance(row["day"], str):
            row["day"] = date.fromisoformat(row["day"])
    return rows


def _remake_drafts(version: Any, check: Any) -> None:
    op.drop_table("draft")
    op.create_table(
        "draft",
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        version,
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        check,
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_draft_assignment_id")
        ),
        sa.PrimaryKeyConstraint("assignment_id", name=op.f("pk_draft")),
        sqlite_with_rowid=False,
    )


def _one_quality_mark() -> None:
    """Of an opened response only whether it came faster than anybody reads."""
    told = (
        "json_extract(quality, '$.duration')"
        if op.get_bind().dialect.name == "sqlite"
        else "quality->>'duration'"
    )
    cast = "" if op.get_bind().dialect.name == "sqlite" else "::json"
    op.execute(
        f"update response set quality = (case {told} when 'below_floor' then '{{\"under_floor\": \"yes\"}}'"
        f" when 'unknown' then '{{\"under_floor\": \"unknown\"}}' else '{{\"under_floor\": \"no\"}}' end){cast}"
        f" where {told} is not null"
    )
