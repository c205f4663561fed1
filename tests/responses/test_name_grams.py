"""Names of the lists are found in remarks by prints under a key, which goes with the one use of them."""

import pytest
from sqlalchemy import func, select

from surveyapp.responses.models import NameGrams
from surveyapp.responses.sealed_box import name_grams
from tests import factories

NAMES = ["Nguyễn Văn An", "Trần Thị Bích Ngọc", "Lò Thu Hoà"]


@pytest.fixture
def campaign(db, now):
    return factories.campaign(db, now)


@pytest.fixture
def known(db, campaign):
    name_grams.keep(db, campaign.id, NAMES)
    return name_grams.take(db, campaign.id)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("do nguyễn văn an phụ trách", ["nguyễn văn an"]),
        ("do nguyen van an phu trach", ["nguyen van an"]),
        ("chị thu hòa và ông an chậm", ["thu hòa", "an"]),
        ("Thị Bích Ngọc, Văn An", ["Thị Bích Ngọc", "Văn An"]),
        ("thu hoà vốn, an toàn; văn an", []),
        ("Nguyễn Văn Bình", []),
    ],
)
def test_a_name_is_found_as_people_write_it(known, text, names):
    assert [text[start:end] for start, end in known.spans(text)] == names


def test_prints_and_key_are_gone_once_they_were_used(db, campaign, known):
    assert db.scalar(select(func.count()).select_from(NameGrams)) == 0
    assert name_grams.take(db, campaign.id) is None


def test_the_prints_of_two_campaigns_have_nothing_in_common(db, campaign):
    stored = []
    for _ in range(2):
        name_grams.keep(db, campaign.id, NAMES)
        kept = db.scalars(select(NameGrams)).one()
        stored.append({kept.prints[i : i + 8] for i in range(0, len(kept.prints), 8)})
        db.expunge(kept)
    assert stored[0] and not stored[0] & stored[1]
