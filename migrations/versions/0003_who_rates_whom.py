"""Who rates whom, as rows"""

import json
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "rating",
        sa.Column("supplying_unit_id", sa.Integer(), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("rated_unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["respondent_group.id"], name=op.f("fk_rating_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["kind_id"], ["list_kind.id"], name=op.f("fk_rating_kind_id")
        ),
        sa.ForeignKeyConstraint(
            ["rated_unit_id"], ["unit.id"], name=op.f("fk_rating_rated_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["supplying_unit_id"], ["unit.id"], name=op.f("fk_rating_supplying_unit_id")
        ),
        sa.PrimaryKeyConstraint(
            "supplying_unit_id", "kind_id", "department_id", "group_id", name=op.f("pk_rating")
        ),
    )
    fill(op.get_bind())


def fill(connection: sa.Connection) -> None:
    """The rows of campaigns that are loaded already, by the rule their packs were loaded under."""
    groups = {
        (row.campaign_id, row.code): row
        for row in connection.execute(
            sa.text("select campaign_id, code, id, rates from respondent_group")
        )
    }
    kinds = connection.execute(
        sa.text("select campaign_id, id, supplier, groups from list_kind")
    ).all()
    departments = connection.execute(
        sa.text("select campaign_id, id, rated_unit_id, rates_province from department")
    ).all()
    rows = []
    for unit in connection.execute(sa.text("select campaign_id, id, kind from unit")).all():
        places = [(0, None, True)]
        if unit.kind == "province":
            places += [
                (d.id, d.rated_unit_id, bool(d.rates_province))
                for d in departments
                if d.campaign_id == unit.campaign_id
            ]
        for kind in kinds:
            if (kind.campaign_id, kind.supplier) != (unit.campaign_id, unit.kind):
                continue
            codes = json.loads(kind.groups) if isinstance(kind.groups, str) else kind.groups
            for department_id, ministry_id, rates_province in places:
                for code in codes:
                    group = groups[unit.campaign_id, code]
                    own = unit.id if rates_province else None
                    rated = ministry_id if group.rates == "department_ministry" else own
                    if rated is not None:
                        rows.append(
                            {
                                "supplying_unit_id": unit.id,
                                "kind_id": kind.id,
                                "department_id": department_id,
                                "group_id": group.id,
                                "rated_unit_id": rated,
                            }
                        )
    if rows:
        table = sa.table("rating", *(sa.column(name) for name in rows[0]))
        connection.execute(sa.insert(table), rows)


def downgrade() -> None:
    op.drop_table("rating")
