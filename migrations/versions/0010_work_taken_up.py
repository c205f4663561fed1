"""Work on a list is taken up by another process"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("received_file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("worker", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("confirmed", sa.JSON(), nullable=True))
    with op.batch_alter_table("received_file", schema=None) as batch_op:
        batch_op.alter_column("worker", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("received_file", schema=None) as batch_op:
        batch_op.drop_column("confirmed")
        batch_op.drop_column("worker")
