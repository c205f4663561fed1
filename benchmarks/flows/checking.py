"""Asked of the database itself after a run: what was acknowledged is there, and nothing besides."""

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg

from benchmarks.flows.steps import Form, Visitor


class Lost(Exception):
    """What the database holds is not what was acknowledged; the message says where they differ."""


@dataclass(frozen=True)
class Counted:
    """How many the database says."""

    submitted: int
    ballots: int
    lists: int = 0


class Database:
    """A connection beside the server's, that only reads."""

    def __init__(self, address: str) -> None:
        """`address`: an SQLAlchemy address, a file of SQLite, or what psycopg connects to."""
        if "sqlite" in address.partition(":")[0] or address.startswith("/"):
            path = address.removeprefix("sqlite:///")
            self._connection: Any = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
        else:
            plain = address.replace("+psycopg", "")
            self._connection = psycopg.connect(plain, autocommit=True)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """All rows of a statement."""
        return list(self._connection.execute(statement).fetchall())

    def number(self, statement: str) -> int:
        """The one number a statement gives."""
        return int(self.rows(statement)[0][0])

    def close(self) -> None:
        """Let go."""
        self._connection.close()


def counted(database: Database, *, is_plain: bool) -> Counted:
    """Submitted and sealed, in the application's tables or in those of the ceiling."""
    if is_plain:
        return Counted(
            database.number("SELECT count(*) FROM person WHERE state = 'submitted'"),
            database.number("SELECT count(*) FROM ballot"),
        )
    return Counted(
        database.number("SELECT count(*) FROM assignment WHERE state = 'submitted'"),
        database.number("SELECT count(*) FROM sealed_ballot"),
        database.number("SELECT count(*) FROM respondent_list"),
    )


def check(
    before: Counted, after: Counted, *, acknowledged: int, unanswered: int, uploads: int = 0
) -> None:
    """Acknowledged = submitted = ballots. Raises `Lost`.

    A submission that was sent and never answered may have been taken or not: it is the only slack.
    """
    submitted = after.submitted - before.submitted
    ballots = after.ballots - before.ballots
    lists = after.lists - before.lists
    if submitted != ballots or not acknowledged <= submitted <= acknowledged + unanswered:
        raise Lost(
            f"{acknowledged} acknowledged, {unanswered} unanswered, {submitted} submitted, {ballots} ballots"
        )
    if not uploads <= lists <= uploads + 1:  # one may have been under way at the end
        raise Lost(f"{uploads} lists acknowledged, {lists} stored")


def check_answers(
    opened_answers: Iterable[Mapping[str, str]], links: Iterable[str], form: Form
) -> int:
    """The box holds exactly what the people of these links answered; how many. Raises `Lost`."""
    held = Counter(_digest(answers) for answers in opened_answers)
    given = Counter(_digest(Visitor(link, form).chosen) for link in links)
    if held != given:
        lost, strange = (given - held).total(), (held - given).total()
        raise Lost(f"{lost} sheets lost, {strange} that nobody gave")
    return held.total()


def _digest(answers: Mapping[str, str]) -> bytes:
    return hashlib.sha256(json.dumps(answers, sort_keys=True).encode()).digest()
