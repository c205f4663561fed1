"""A receipt is compared with the published list, and the server does not learn which."""

import hashlib
import re

import pytest
from sqlalchemy import event

from surveyapp.db import transaction
from surveyapp.responses import receipts
from surveyapp.responses.models import Receipt
from tests import factories

MINE = "BCFG-HJKM-2345-6789"


@pytest.fixture
def campaign(engine, now):
    with transaction() as db:
        return factories.campaign(db, now, opened=True)


@pytest.fixture
def published(campaign):
    """The list of 40 receipts, mine among them."""
    tags = [receipts.tag(MINE), *(hashlib.sha256(bytes([n])).digest()[:16] for n in range(39))]
    with transaction() as db:
        db.add_all(Receipt(tag=tag, campaign_id=campaign.id) for tag in tags)
    return sorted(tags)


def words(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def test_before_the_opening_the_page_says_calmly_when_to_come_back(client, campaign):
    page = client.get("/bien-nhan")
    assert page.status_code == 200
    assert "hộp phiếu chưa mở nên chưa có danh sách" in words(page)
    assert "trở lại sau thời điểm đó" in words(page)
    assert "Không có mã này" not in page.text
    assert 'name="receipt"' not in page.text


def test_where_there_is_no_campaign_there_is_no_list(client, engine):
    assert "Chưa có danh sách nào được công bố" in words(client.get("/bien-nhan"))


def test_no_form_sends_a_receipt_to_the_server(client, published):
    page = client.get("/bien-nhan").text
    form = re.search(r"<form[^>]*data-receipt[^>]*>", page)[0]
    assert "hidden" in form
    assert "action=" not in form
    assert client.post("/bien-nhan", data={"receipt": MINE}).status_code in (403, 405)


def test_a_part_of_the_list_is_fetched_by_two_signs_that_others_share(client, published):
    mark = receipts.tag(MINE).hex()
    part = client.get(f"/bien-nhan/{mark[:2]}.txt")
    assert part.mimetype == "text/plain"
    assert part.text.split() == [tag.hex() for tag in published if tag.hex()[:2] == mark[:2]]
    for nothing in ("zz", "A1", "1", "123"):
        assert client.get(f"/bien-nhan/{nothing}.txt").status_code == 404


def test_without_a_script_the_part_is_shown_to_be_compared_by_eye(client, published):
    mark = receipts.tag(MINE).hex()
    assert receipts.grouped(mark) in client.get(f"/bien-nhan?dau={mark[:2]}").text
    assert "từ 0 đến 9 hoặc chữ từ a đến f" in client.get("/bien-nhan?dau=zz").text


def test_the_whole_list_gives_the_digest_that_the_page_names(client, campaign, published):
    listed = client.get(f"/bien-nhan/danh-sach/{campaign.code}.txt").text.split()
    assert [bytes.fromhex(mark) for mark in listed] == published
    digest = hashlib.sha256(b"".join(published)).hexdigest()
    assert digest in client.get("/bien-nhan").text


def test_nothing_asked_of_the_database_names_a_receipt(client, published, engine):
    seen = []
    event.listen(engine, "before_cursor_execute", lambda *given: seen.append(repr(given[2:4])))
    mark = receipts.tag(MINE)
    client.get(f"/bien-nhan/{mark.hex()[:2]}.txt")
    assert seen
    assert not any(repr(mark) in asked or mark.hex() in asked for asked in seen)
