"""Waves keep the count they were confirmed with; messages keep when they were first tried

A draft of before has no parts of its count: its page shows the number of people, and counting again fills them in.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
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


def downgrade() -> None:
    with op.batch_alter_table("delivery") as delivery:
        delivery.drop_column("first_attempt_at")
    with op.batch_alter_table("wave") as wave:
        wave.drop_column("retried_at")
        wave.drop_column("counted_at")
        wave.drop_column("counted")
