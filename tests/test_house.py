"""The test house itself: every test finds a clean survey database on the engine it asked for."""

import uuid

import pytest
from sqlalchemy import Engine, func, insert, null, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from surveyapp.accounts.models import AuditEntry, Staff
from surveyapp.db import check_durability, transaction


@pytest.mark.parametrize("turn", [1, 2])
def test_what_one_test_commits_is_unknown_to_the_next(engine, now, turn):
    with transaction() as db:
        assert db.scalar(select(func.count()).select_from(AuditEntry)) == 0
        db.add(
            AuditEntry(number=1, at=now, actor="x", action="y", facts={}, previous=b"", digest=b"")
        )


def test_the_test_databases_are_as_durable_as_the_server_demands(engine: Engine):
    check_durability(engine)


def test_a_refused_row_does_not_spoil_the_end_of_a_test(db: Session, now):
    with pytest.raises(IntegrityError):
        db.execute(insert(Staff).values(id=uuid.uuid4(), username=null()))


def test_moments_come_back_in_utc_from_both_engines(db: Session, now):
    db.add(Staff(id=uuid.uuid4(), username="a", display_name="a", password_hash="", created_at=now))
    db.flush()
    db.expire_all()
    assert db.scalars(select(Staff.created_at)).one() == now
