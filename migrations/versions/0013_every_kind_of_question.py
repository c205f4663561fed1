"""Ballots of one of four sizes, a campaign's own; words that answer a question lie beside the remarks

Going back is refused by the check while ballots of a larger size lie in the box.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SIZES = "length(ciphertext) in (5232,9328,13424,17520)"
ONE_SIZE = "length(ciphertext) = 5232"


def upgrade() -> None:
    op.add_column("remark", sa.Column("item", sa.String(), nullable=True))
    _size_ballots(SIZES)


def downgrade() -> None:
    _size_ballots(ONE_SIZE)
    op.drop_column("remark", "item")


def _size_ballots(check: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_sealed_ballot_ciphertext"), "sealed_ballot", type_="check")
        op.create_check_constraint(op.f("ck_sealed_ballot_ciphertext"), "sealed_ballot", check)
        return
    op.rename_table("sealed_ballot", "sealed_ballot_before")
    op.create_table(
        "sealed_ballot",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(check, name=op.f("ck_sealed_ballot_ciphertext")),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_sealed_ballot_id")),
        sa.CheckConstraint("length(mac) = 32", name=op.f("ck_sealed_ballot_mac")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_ballot")),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO sealed_ballot (id, campaign_id, ciphertext, mac) "
        "SELECT id, campaign_id, ciphertext, mac FROM sealed_ballot_before ORDER BY id"
    )
    op.drop_table("sealed_ballot_before")
