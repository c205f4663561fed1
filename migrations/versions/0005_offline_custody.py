"""Offline custody"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "box_attestation",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("custodians", sa.JSON(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind in ('drill','shares','destroyed')", name=op.f("ck_box_attestation_kind")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_box_attestation_campaign_id")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "digest", name=op.f("pk_box_attestation")),
    )
    op.create_table(
        "box_export",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("exported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("exported_by", sa.String(), nullable=False),
        sa.Column("ballots", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_box_export_campaign_id")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "number", name=op.f("pk_box_export")),
    )
    op.create_table(
        "box_registration",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_by", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("custodians", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_box_registration_campaign_id")
        ),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_box_registration")),
    )
    op.create_table(
        "opened_cell",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("rated_unit_code", sa.String(), nullable=False),
        sa.Column("group_code", sa.String(), nullable=False),
        sa.Column("gives", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.CheckConstraint("gives in ('rows','counts','n')", name=op.f("ck_opened_cell_gives")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_opened_cell_campaign_id")
        ),
        sa.PrimaryKeyConstraint(
            "campaign_id", "rated_unit_code", "group_code", name=op.f("pk_opened_cell")
        ),
    )
    with op.batch_alter_table("box_opening", schema=None) as batch_op:
        batch_op.add_column(sa.Column("digest", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("box_opening", schema=None) as batch_op:
        batch_op.drop_column("digest")

    op.drop_table("opened_cell")
    op.drop_table("box_registration")
    op.drop_table("box_export")
    op.drop_table("box_attestation")
