"""What changed between two versions of a list is worked out when it is shown"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.drop_column("respondent_list", "changes")


def downgrade() -> None:
    op.add_column("respondent_list", sa.Column("changes", sa.JSON(), nullable=True))
