"""How the deadline is told on the way, and the grace in which whoever was answering can still submit."""

import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from surveyapp.campaigns.models import Campaign
from surveyapp.db import reading
from tests.web.browsing import HERE, led_to
from tests.web.person import Person
from tests.web.test_parts import Page
from tests.web.test_respond import move, submit, words

PAGES = ("/phieu", "/phieu/1/1", "/phieu/1/xem-lai")


def closes_at() -> datetime:
    with reading() as db:
        return db.scalars(select(Campaign.closes_at)).one()


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (timedelta(days=2), None),
        (timedelta(hours=23), "Còn chưa đầy một ngày"),
        (timedelta(minutes=59), "Còn chưa đầy một giờ"),
        (timedelta(minutes=9), "Còn chưa đầy 10 phút"),
        (-timedelta(minutes=1), "phiếu còn được nhận đến 17:30"),
    ],
)
def test_every_page_on_the_way_tells_the_deadline_and_how_near_it_is(binh, moment, before, told):
    deadline = closes_at()
    moment.at = deadline - max(before, timedelta(minutes=5))
    binh.start()
    moment.at = deadline - before
    for address in PAGES:
        page = Page(binh.get(address).text)
        assert "17:00" in page.text and "Hạn trả lời" in page.text, address
        (near,) = [part for part in page.all("p") if "data-due" in part]
        assert ("hidden" in near) == (told is None)
        assert int(near["data-due"]) == before.total_seconds()
        if told:
            assert told in page.text
        starts = [start for start, _words in json.loads(near["data-stages"])]
        assert starts == [-1800, 0, 600, 3600, 86400]  # the script finds the first that has come


def test_whoever_was_answering_submits_within_the_grace_and_nobody_after_it(ann, moment):
    deadline = closes_at()
    moment.at = deadline - timedelta(minutes=1)
    ann.start()
    item = ann.items(1, 1)[0]
    moment.at = deadline + timedelta(minutes=29)
    assert ann.send(1, 1, {item: "3"}).status_code == 303
    moment.at = deadline + timedelta(minutes=30)
    assert "đã kết thúc" in words(ann.get("/phieu/1/xem-lai"))
    moment.at = deadline + timedelta(minutes=29)
    assert led_to(submit(ann)).endswith("bien-nhan")


def test_the_link_leads_back_within_the_grace_only_whoever_had_begun(ann, binh, moment):
    deadline = closes_at()
    moment.at = deadline - timedelta(minutes=1)
    ann.start()
    moment.at = deadline + timedelta(minutes=10)
    assert "Tiếp tục trả lời" in ann.get(ann.link).text
    assert ann.start().status_code == 303
    assert "đã kết thúc" in words(binh.get(binh.link))
    assert binh.client.post(f"{binh.link}/start", headers=HERE).status_code == 403


def test_the_campaign_says_how_long_the_grace_is(ann: Person, moment):
    with reading() as db:
        settings = dict(db.scalars(select(Campaign)).one().settings)
    assert settings["grace_minutes"] == 30
    move(settings={**settings, "grace_minutes": 0})
    deadline = closes_at()
    moment.at = deadline - timedelta(minutes=1)
    ann.start()
    moment.at = deadline
    assert "đã kết thúc" in words(ann.get("/phieu/1/1"))
