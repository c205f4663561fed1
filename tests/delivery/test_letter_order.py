"""Letters lie in the order in which a post office sorts them."""

import random

import pypdfium2
from sqlalchemy import select, update

from surveyapp.accounts.act import Act
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import transaction
from surveyapp.delivery.letters import batches, letter_order
from surveyapp.delivery.letters.letter_order import Office
from surveyapp.respondents.models import Person, PersonEntry
from tests.delivery.sending import Sending


def office(workplace="", *, district="", department="", name="Người Thử"):
    return Office("Tỉnh Hà Giang", district, department, workplace, name)


IN_ORDER = [
    office(department="Sở Công Thương"),
    office("Văn phòng", department="Sở Nội vụ"),
    office("Phòng Quản lý đường bộ", department="Sở Giao thông vận tải", name="Xuân"),
    office("Phòng Nội vụ, UBND huyện Bắc Mê"),
    office("UBND huyện", district="Huyện Đồng Văn", name="An"),
    office("UBND xã Lũng Cú, huyện Đồng Văn"),
    office("Số 5 phố Trần Phú, phường Minh Khai, TP Hà Giang"),
    office("12 phố Trần Phú - phường Minh Khai - thành phố Hà Giang"),
    office("2 đường Nguyễn Trãi, phường Nguyễn Trãi, TP Hà Giang"),
    office("Trạm y tế, quận 2"),
    office("Trạm y tế, quận 10"),
]


def test_offices_are_sorted_by_district_ward_street_and_number_and_then_by_name():
    mixed = IN_ORDER.copy()
    random.Random(3).shuffle(mixed)
    departments_first = [IN_ORDER[0], IN_ORDER[2], IN_ORDER[1]]
    by_digit = IN_ORDER[-2:]
    assert sorted(mixed, key=letter_order.order) == departments_first + by_digit + IN_ORDER[3:-2]


def test_words_that_only_look_like_places_are_not_taken_for_them():
    for workplace in (
        "Huyện ủy",
        "Phòng Quản lý đường bộ",
        "Sở Lao động, Thương binh và Xã hội",
        "Phó Giám đốc",
        "Ban Quản lý dự án",
        "Tỉnh ủy",
    ):
        assert letter_order.order(office(workplace))[1:5] == ("", "", "", ""), workplace


def test_a_pile_is_printed_in_postal_order_and_its_cover_says_so(
    sqlite_engine, keys, now, tmp_path
):
    survey = Sending(keys, now, tmp_path / "outbox")
    survey.invite(("", ""), ("", ""), ("", ""))
    said = {
        "Người Thứ 0": ("Phòng Nội vụ, huyện Yên Minh", ""),
        "Người Thứ 1": ("UBND huyện", "Huyện Bắc Mê"),
        "Người Thứ 2": ("Số 3 phố Trần Phú, huyện Bắc Mê", ""),
    }
    with transaction() as db:
        for name, (workplace, district) in said.items():
            person = db.scalar(select(Person.id).where(Person.full_name == name))
            db.execute(update(Person).where(Person.id == person).values(workplace=workplace))
            entry = update(PersonEntry).where(PersonEntry.person_id == person)
            db.execute(entry.values(district=district))
    wave = survey.wave(channels=("letter",))
    survey.work(2)
    with transaction() as db:
        campaign = campaigns.campaign(db, "tiny")
        unit = campaigns.unit(db, campaign.id, "01")
        pile = batches.make_batch(db, campaign, wave, unit, act=Act("operator", now, keys))
        base_url = "https://khaosat.example.vn"
        pdf = batches.write(db, campaign, pile, unit, base_url=base_url, keys=keys, now=now)
    with pypdfium2.PdfDocument(pdf) as pages:
        texts = [page.get_textpage().get_text_range() for page in pages]
    assert "theo địa chỉ: huyện, xã, đường, số nhà" in " ".join(texts[0].split())
    order = [next(name for name in said if name in text) for text in texts[1:]]
    assert order == ["Người Thứ 1", "Người Thứ 2", "Người Thứ 0"]
    assert "Huyện Bắc Mê" in texts[1]
