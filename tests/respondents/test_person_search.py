"""Somebody is found as she is typed: with accents they count, without any they do not."""

import pytest
from sqlalchemy import select

from surveyapp.respondents.models import Person
from surveyapp.respondents.people import person_search
from tests import factories
from tests.invitations.roster import Roster

NAMES = ("Đặng Thị Hoà", "Đặng Thị Hóa", "Y Hăng Niê-Kđăm", "Đỗ Ngọc Ưu")


@pytest.fixture
def roster(db, now) -> Roster:
    made = Roster(db, factories.campaign(db, now, opened=True))
    for n, name in enumerate(NAMES):
        made.named("01", "council", name=name, email=f"n{n}@so.example.vn")
    return made


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("dang thi hoa", {"Đặng Thị Hoà", "Đặng Thị Hóa"}),
        ("HOA DANG", {"Đặng Thị Hoà", "Đặng Thị Hóa"}),
        ("đặng thị hòa", {"Đặng Thị Hoà"}),
        ("kdam", {"Y Hăng Niê-Kđăm"}),
        ("uu", {"Đỗ Ngọc Ưu"}),
        ("n3@so", {"Đỗ Ngọc Ưu"}),
        ("dang%", set()),
    ],
)
def test_accents_count_where_they_are_typed(db, roster, typed, names):
    assert set(db.scalars(select(Person.full_name).where(person_search.matches(typed)))) == names
