"""The naive twin: two tables without a reference, as one would write them first; all its habits in one."""

from datetime import datetime
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

TABLES = (
    "CREATE TABLE naive_person ({serial}, assignment text, unit text, grp text, share text, at text)",
    "CREATE TABLE naive_answer ({serial}, unit text, grp text, sheet text, at text,"
    " receipt text, share text)",
)
MARK = "="
"""Around each of its sheets, so that the end of another column is not read as a part of it."""

SERIAL = {
    "sqlite": "id integer PRIMARY KEY",
    "postgresql": "id serial PRIMARY KEY",
}


def create(db: Session) -> None:
    """Its tables, beside ours."""
    serial = SERIAL[db.get_bind().dialect.name]
    for statement in TABLES:
        db.execute(text(statement.format(serial=serial)))


def submit(db: Session, person: Any, *, at: datetime, receipt: str) -> None:
    """Both rows of a person committed together: who with how much, and what."""
    unit, group = person.cell
    share = f"{person.share:.2f}"
    common = {"unit": unit, "group": group, "share": share, "at": at.isoformat()}
    db.execute(
        text(
            "INSERT INTO naive_person (assignment, unit, grp, share, at)"
            " VALUES (:assignment, :unit, :group, :share, :at)"
        ),
        common | {"assignment": person.id},
    )
    db.execute(
        text(
            "INSERT INTO naive_answer (unit, grp, sheet, at, receipt, share)"
            " VALUES (:unit, :group, :sheet, :at, :receipt, :share)"
        ),
        common | {"sheet": f"{MARK}{person.sheet}{MARK}", "receipt": receipt},
    )


def rows(engine: Engine, order: str) -> list[Any]:
    """What stands in its table of answers."""
    from tests.attacks.scene import Row

    with engine.connect() as connection:
        opened_rows = connection.execute(
            text(f"SELECT unit, grp, sheet, at, share FROM naive_answer {order}")
        ).all()
        connection.rollback()
    return [
        Row((unit, group), sheet.strip(MARK), {"at": at, "share": share})
        for unit, group, sheet, at, share in opened_rows
    ]
