"""A file between its arrival and its list: one at a time, gone when it is of no more use."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveyapp.campaigns import queries as campaigns
from surveyapp.respondents import errors
from surveyapp.respondents.lists.uploads import intake
from surveyapp.respondents.models import ReceivedFile
from surveyapp.respondents.sheet import Sheet, Workbook, limits
from surveyapp.respondents.sheet import packed_sheets as kept_table
from tests import factories


@pytest.fixture
def arrive(db: Session, now: datetime) -> Any:
    """Let a file arrive for a unit's list of leaders."""
    campaign = factories.campaign(db, now)
    kinds = {k.code: k for k in campaigns.list_kinds(db, campaign.id)}

    def arrived(unit: str = "01", *, after: timedelta = timedelta(), kind: str = "agency-leaders"):
        supplier = campaigns.unit(db, campaign.id, unit)
        given = {"content": b"a", "file_name": "a.csv", "actor": "desk", "now": now + after}
        return intake.receive(db, campaign, supplier, kinds[kind], **given)

    return arrived


def kept(db: Session) -> set[Any]:
    return set(db.scalars(select(ReceivedFile.id)))


def test_the_next_file_replaces_the_one_before_and_no_other_units(db: Session, arrive: Any) -> None:
    _first, other, second = arrive(), arrive("46"), arrive()
    assert kept(db) == {other, second}


def test_a_file_nobody_came_back_for_goes_after_a_day(db: Session, arrive: Any) -> None:
    arrive("46")
    later = arrive(after=timedelta(hours=25))
    assert kept(db) == {later}


def test_the_bytes_of_a_refused_file_are_not_kept_its_reason_is(
    db: Session, arrive: Any, now: datetime
) -> None:
    received_id = arrive()
    unclear = errors.HeaderNotFound(kind="x")
    intake.note_unclear(db, received_id, unclear, table=b"a", now=now)
    intake.note_refused(db, received_id, errors.NotAWorkbook(detected="PDF"), now=now)
    refused_file = db.get_one(ReceivedFile, received_id)
    refusal = intake.refusal_of(refused_file)
    assert (refused_file.file, refused_file.table, type(refusal)) == (b"", b"", errors.NotAWorkbook)


def test_no_file_is_taken_that_is_not_asked_for(arrive: Any) -> None:
    with pytest.raises(errors.ListNotExpected):
        arrive(kind="par-officers")


WORKBOOK = Workbook(
    "a.xlsx",
    "xlsx",
    (Sheet("Ds", False, 3, [["Họ tên", ""], ["An", "x"]], ((3, 0, 4, 0),)),),
    ("m",),
)


def test_a_kept_table_is_the_one_that_was_read() -> None:
    assert kept_table.unpack(kept_table.pack(WORKBOOK, b"file"), b"file", "a.xlsx") == WORKBOOK


def test_a_table_counts_only_for_its_file_its_name_and_its_reader(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    packed = kept_table.pack(WORKBOOK, b"file")
    assert kept_table.unpack(packed, b"another", "a.xlsx") is None
    assert kept_table.unpack(packed, b"file", "b.xlsx") is None
    assert kept_table.unpack(packed[:-1] + b"x", b"file", "a.xlsx") is None
    monkeypatch.setattr(kept_table, "_reader", lambda: b"a later one")
    assert kept_table.unpack(packed, b"file", "a.xlsx") is None


def test_a_vast_table_is_read_again_rather_than_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "KEPT_BYTES", 10)
    assert kept_table.pack(WORKBOOK, b"file") == b""
