"""A channel is a row of the program's registry: the tables keep its code without a list of their own

Going back, messages of channels that were not there before are told as text messages.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ANY = "length(channel) between 1 and 20"
KNOWN = {
    "delivery": ("email", "sms", "letter"),
    "canary": ("email", "sms", "letter"),
    "assignment": ("none", "file", "email", "sms", "letter"),
}


def upgrade() -> None:
    for table in KNOWN:
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(batch.f(f"ck_{table}_channel"), type_="check")
            batch.create_check_constraint(batch.f(f"ck_{table}_channel"), ANY)


def downgrade() -> None:
    for table, codes in KNOWN.items():
        listed = ",".join(f"'{code}'" for code in codes)
        op.execute(f"UPDATE {table} SET channel = 'sms' WHERE channel NOT IN ({listed})")
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(batch.f(f"ck_{table}_channel"), type_="check")
            batch.create_check_constraint(batch.f(f"ck_{table}_channel"), f"channel in ({listed})")
