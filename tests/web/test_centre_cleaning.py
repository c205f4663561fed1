"""The centre sees what rules would do, freezes them with a reason, and holds a cell on record."""

import re

import pytest
from sqlalchemy import delete

from surveyapp.accounts.act import Act
from surveyapp.db import reading, transaction
from surveyapp.exports.cleaning import rulesets
from surveyapp.exports.cleaning.rulesets import read_rules
from surveyapp.responses import queries as responses
from surveyapp.responses.models import Response
from tests import factories
from tests.exports.opened import opened_campaign
from tests.exports.test_sensitivity import FLAT
from tests.web.browsing import post, sign_in

PAGE = "/centre/tiny/cleaning"
EVIDENCE = f"{PAGE}/coordination"


@pytest.fixture
def campaign(app, now, keys, moment):
    with transaction() as db:
        opened = opened_campaign(db, now)
        act = {"reason": "Đầu tiên", "act": Act("operator", now, keys)}
        rulesets.freeze(db, opened, read_rules([FLAT]), **act)
        for role in ("operator", "viewer"):
            factories.staff(db, now, role)
    return opened


def in_force(campaign):
    with reading() as db:
        return rulesets.in_force(db, campaign)


def test_a_threshold_is_tried_shown_and_only_then_frozen(campaign, client):
    sign_in(client, "operator")
    tried = f"{PAGE}?at_least.flat=0,5&effect.flat=exclude"
    page = client.get(tried)
    assert "chưa chốt" in page.text
    assert in_force(campaign).number == 1
    fields = {"at_least.flat": "0.5", "effect.flat": "exclude", "reason": "Biên bản 7"}
    assert post(client, tried, PAGE, **fields).status_code == 303
    made = in_force(campaign)
    assert (made.number, made.frozen_by, made.reason) == (2, "operator", "Biên bản 7")
    assert (made.rules[0].at_least, made.rules[0].effect) == (0.5, "exclude")
    assert "Phiên bản 1" in client.get(f"{PAGE}?version=1").text


def test_an_unsound_threshold_is_refused_in_words(campaign, client):
    sign_in(client, "operator")
    assert "không nhận giá trị này" in client.get(f"{PAGE}?at_least.flat=many").text


def test_holding_needs_a_reason_and_is_a_new_version(campaign, client):
    sign_in(client, "operator")
    cell = {"unit": "01", "group": "P3"}
    assert post(client, EVIDENCE, f"{PAGE}/hold", **cell).status_code == 409
    assert post(client, EVIDENCE, f"{PAGE}/hold", **cell, reason="Biên bản 8").status_code == 303
    assert rulesets.held_cells(in_force(campaign).rules) == {("01", "P3"): "Biên bản 8"}
    assert "Biên bản 8" in client.get(EVIDENCE).text


def test_the_studies_come_as_csv_and_a_viewer_changes_nothing(campaign, client):
    sign_in(client, "viewer")
    for study, first in (
        ("sensitivity", "rule"),
        ("coordination", "rated_unit"),
        ("days", "supplying_unit"),
    ):
        assert client.get(f"{PAGE}/{study}.csv").data.decode("utf-8-sig").startswith(first)
    assert "Chốt thành phiên bản mới" not in client.get(f"{PAGE}?at_least.flat=0.5").text


def test_two_versions_are_compared_in_words_and_what_differs_is_told(campaign, client):
    sign_in(client, "operator")
    proposed = f"{PAGE}?at_least.flat=0,5"
    shown = client.get(proposed).text
    assert shown.index("Tác động của từng quy tắc") < shown.index("Chốt thành phiên bản mới")
    assert (
        post(client, proposed, PAGE, **{"at_least.flat": "0.5", "reason": "Họp"}).status_code == 303
    )
    page = client.get(f"{PAGE}?version=1").text
    versions = page.partition("Các phiên bản")[2]
    assert "Chỉ đánh dấu <strong>(khác với quy tắc đang xem)</strong>" in versions
    assert "at_least" not in versions
    assert "đang xem" not in client.get(f"{PAGE}?version=2").text


def test_numbers_with_a_comma_carry_what_they_are_sorted_by(campaign, client):
    sign_in(client, "viewer")
    for address in (PAGE, EVIDENCE):
        table = client.get(address).text.partition("data-sortable")[2].partition("</table>")[0]
        cells = re.findall(r'<td class="number"([^>]*)>(\d+,\d+)<', table)
        assert address == EVIDENCE or cells
        for told, shown in cells:
            value = re.search(r'data-value="([^"]*)"', told)
            assert value, shown
            assert abs(float(value[1]) - float(shown.replace(",", "."))) < 0.06


def test_the_report_is_downloaded_as_a_page_and_on_paper(campaign, client):
    sign_in(client, "viewer")
    assert f"{PAGE}/report.pdf?version=1" in client.get(PAGE).text
    page = client.get(f"{PAGE}/report.html?version=0")
    assert "phiên bản 0" in page.text
    assert page.headers["Content-Disposition"].endswith('"tiny-cleaning-0.html"')
    assert client.get(f"{PAGE}/report.pdf").data.startswith(b"%PDF")


def test_the_second_visit_reads_no_response_again(campaign, client, monkeypatch):
    sign_in(client, "viewer")
    studies = [f"{PAGE}/sensitivity.csv", f"{PAGE}/coordination.csv"]
    first = [client.get(study).data for study in studies]
    monkeypatch.setattr(responses, "responses", lambda db, campaign_id: pytest.fail("read again"))
    assert [client.get(study).data for study in studies] == first
    assert client.get(EVIDENCE).status_code == 200
    assert "chưa chốt" in client.get(f"{PAGE}?at_least.flat=0,5").text


def test_what_is_kept_in_memory_is_only_of_the_responses_that_are_there(campaign, client):
    sign_in(client, "viewer")
    before = client.get(f"{PAGE}/sensitivity.csv").data
    with transaction() as db:
        db.execute(delete(Response).where(Response.rated_unit_code == "46"))
    after = client.get(f"{PAGE}/sensitivity.csv").data
    assert b",46," in before
    assert b",46," not in after
