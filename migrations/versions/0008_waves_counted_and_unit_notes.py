"""Waves keep the count they were confirmed with, messages when they were first tried; notes about units

A draft of before has no parts of its count: its page shows the number of people, and counting again fills them in.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("wave") as wave:
        wave.add_column(sa.Column("counted", sa.JSON(), nullable=True))
        wave.add_column(sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True))
        wave.add_column(sa.Column("retried_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("delivery") as delivery:
        delivery.add_column(sa.Column("first_attempt_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE delivery SET first_attempt_at = attempted_at")
    op.create_table(
        "unit_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_unit_note_campaign_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_note_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_note")),
    )
    op.create_index(op.f("ix_unit_note_unit_id"), "unit_note", ["unit_id"])



def downgrade() -> None:
    op.drop_index(op.f("ix_unit_note_unit_id"), table_name="unit_note")
    op.drop_table("unit_note")
    with op.batch_alter_table("delivery") as delivery:
        delivery.drop_column("first_attempt_at")
    with op.batch_alter_table("wave") as wave:
        wave.drop_column("retried_at")
        wave.drop_column("counted_at")
        wave.drop_column("counted")
