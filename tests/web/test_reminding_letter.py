"""Desks and the centre chase with counts and letters: the page names nobody and knows nothing of today."""

import io
import re
import zipfile
from datetime import timedelta

import pytest

from surveyapp import clock
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import transaction
from tests import factories
from tests.fieldwork.counting import count
from tests.web.browsing import sign_in


@pytest.fixture(autouse=True)
def staff(engine, now, moment):
    with transaction() as db:
        campaign = factories.campaign(db, now, opened=True)
        yesterday = clock.day(now) - timedelta(days=1)
        for group, forms in (("P1", 40), ("P2", 30), ("P3", 3), ("P4", 4)):
            count(db, campaign, unit="01", group=group, forms=forms, sent_on=yesterday, answered=(2, 1))  # fmt: skip
        factories.staff(db, now, "coordinator", unit="01")
        factories.staff(db, now, "coordinator", unit="46")
        factories.staff(db, now, "viewer")


def test_a_desk_sees_what_is_missing_until_yesterday_and_hides_small_groups(client):
    sign_in(client, "coordinator-01")
    page = client.get("/desk/tiny/01/chase").text
    assert "hết ngày 14/01/2024" in page
    assert "trên 77 phiếu được mời" in page
    assert ">69<" in page
    assert page.count("ẩn</td>") == 6
    assert "/desk/tiny/01/contacts" in page


def test_what_a_desk_sees_is_told_by_the_campaigns_own_minimum(app, client):
    with transaction() as db:
        campaign = campaigns.campaign(db, "tiny")
        disclosure = {"row_minimum": 40, "table_minimum": 40}
        campaign.settings = {**campaign.settings, "disclosure": disclosure}
    sign_in(client, "coordinator-01")
    rates = client.get("/desk/tiny/01/rates").text
    assert "Nhóm có dưới 40 phiếu" in rates
    assert "ẩn</td>" in re.search(r"<th[^>]*>P2\..*?</tr>", rates, re.S)[0]
    page = client.get("/desk/tiny/01/chase").text
    assert "Dòng có dưới 40 phiếu" in page
    assert page.count("ẩn</td>") > 6
    centre = app.test_client()
    sign_in(centre, "viewer")
    assert "dưới 40 phiếu" in centre.get("/centre/tiny/chase").text


def test_the_letter_is_handed_out_as_pdf_and_docx(client):
    sign_in(client, "coordinator-01")
    assert client.get("/desk/tiny/01/chase/letter.pdf").data.startswith(b"%PDF")
    typed = client.get("/desk/tiny/01/chase/letter.docx")
    assert "cong-van-don-doc-tiny-01-2024-01-14.docx" in typed.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(typed.data)) as archive:
        assert "HÀ NỘI" in archive.read("word/document.xml").decode()


def test_where_few_were_asked_there_is_neither_figure_nor_letter(client):
    sign_in(client, "coordinator-46")
    assert "Chưa có đủ 5 phiếu" in client.get("/desk/tiny/46/chase").text
    assert client.get("/desk/tiny/46/chase/letter.pdf").status_code == 404


def test_the_centre_has_a_letter_for_each_unit_that_was_asked(client):
    sign_in(client, "viewer")
    page = client.get("/centre/tiny/chase").text
    assert "/centre/tiny/chase/01/letter.docx" in page
    assert "/centre/tiny/chase/46/" not in page
    with zipfile.ZipFile(io.BytesIO(client.get("/centre/tiny/chase/01/letter.docx").data)) as archive:  # fmt: skip
        assert (
            "Kính gửi: Ủy ban nhân dân thành phố Hà Nội"
            in archive.read("word/document.xml").decode()
        )
