"""Drafts belong to the devices that began them, and to a secret of their campaign"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

erases = ("draft",)
"""Tables to be rewritten once this is committed."""


def upgrade() -> None:
    # What is in the drafts of before was encrypted without a device's secret: nobody could open it any more.
    op.drop_table("draft")
    op.create_table(
        "draft",
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("strand", sa.LargeBinary(length=16), nullable=False),
        sa.Column("version", sa.LargeBinary(length=16), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(version) = 16", name=op.f("ck_draft_version")),
        sa.CheckConstraint("length(strand) = 16", name=op.f("ck_draft_strand")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_draft_assignment_id")
        ),
        sa.PrimaryKeyConstraint("assignment_id", "strand", name=op.f("pk_draft")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "draft_secret",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("drafts_left", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(destroyed_at is null) = (drafts_left is null)",
            name=op.f("ck_draft_secret_destroyed_with_its_drafts"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_draft_secret_campaign_id")
        ),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_draft_secret")),
    )


def downgrade() -> None:
    op.drop_table("draft_secret")
    op.drop_table("draft")
    op.create_table(
        "draft",
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.LargeBinary(length=16), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(version) = 16", name=op.f("ck_draft_version")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_draft_assignment_id")
        ),
        sa.PrimaryKeyConstraint("assignment_id", name=op.f("pk_draft")),
        sqlite_with_rowid=False,
    )
