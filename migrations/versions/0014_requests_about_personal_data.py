"""What people ask about the data held on them: who took it, who answered, by when

Going back forgets the requests.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "data_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("wish", sa.String(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_by", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_answer_by", sa.Date(), nullable=False),
        sa.Column("finish_by", sa.Date(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.String(), nullable=True),
        sa.Column("put_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("put_off_by", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.CheckConstraint(
            "kind in ('see','correct','erase','object')", name=op.f("ck_data_request_kind")
        ),
        sa.CheckConstraint(
            "way in ('letter','email','telephone','in_person','desk')",
            name=op.f("ck_data_request_way"),
        ),
        sa.CheckConstraint(
            "outcome in ('given','corrected','removed','nothing_held','refused')",
            name=op.f("ck_data_request_outcome"),
        ),
        sa.CheckConstraint(
            "(outcome is null) = (answered_at is null)", name=op.f("ck_data_request_answered")
        ),
        sa.CheckConstraint(
            "(put_off_at is null) = (put_off_by is null)", name=op.f("ck_data_request_put_off")
        ),
        sa.CheckConstraint(
            "received_on <= first_answer_by and received_on <= finish_by",
            name=op.f("ck_data_request_terms"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_data_request_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_data_request_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_request")),
    )
    op.create_index(
        "ix_data_request_campaign_id_received_on", "data_request", ["campaign_id", "received_on"]
    )
    op.create_index(op.f("ix_data_request_person_id"), "data_request", ["person_id"])


def downgrade() -> None:
    op.drop_table("data_request")
