"""Remarks leave as two persons decided; names of the lists as keyed prints until the opening

Going back forgets the decisions: the remarks themselves stay as they came out of the box.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "name_grams",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("prints", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(key) = 32", name=op.f("ck_name_grams_key")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_name_grams_campaign_id")
        ),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_name_grams")),
    )
    op.create_table(
        "remark_review",
        sa.Column("remark_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("leaves", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("first_by", sa.String(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("second_by", sa.String(), nullable=True),
        sa.Column("second_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(remark_id) = 16", name=op.f("ck_remark_review_remark_id")),
        sa.CheckConstraint("leaves or text = ''", name=op.f("ck_remark_review_text")),
        sa.CheckConstraint(
            "(second_by is null) = (second_at is null)", name=op.f("ck_remark_review_second")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_remark_review_campaign_id")
        ),
        sa.PrimaryKeyConstraint("remark_id", name=op.f("pk_remark_review")),
    )
    op.create_index(op.f("ix_remark_review_campaign_id"), "remark_review", ["campaign_id"])
    op.add_column("remark", sa.Column("named", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("remark", "named")
    op.drop_table("remark_review")
    op.drop_table("name_grams")
