"""Every kind of question on a small phone with the script: what appears, what excludes what, what is saved."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from surveyapp.campaigns.models import Campaign
from surveyapp.db import bind, transaction
from surveyapp.invitations import service as invitations
from tests import factories
from tests.browser.looking import small_targets, violations
from tests.web.person import Person

SENT_ON = ("content-type", "accept", "sec-fetch-site", "origin", "referer")


@pytest.fixture
def engine(sqlite_engine):
    return sqlite_engine


@pytest.fixture
def hoa(app, engine, now, keys, moment) -> Person:
    """Somebody who is asked every kind of question."""
    bind(engine)
    with transaction() as db:
        campaign = factories.campaign(db, now, pack="../../questionnaires/ddci-pilot", opened=True)
        factories.approved_list(
            db, campaign, now, keys, unit="01", kind="agency-leaders", listed=factories.people(1)
        )
    with transaction() as db:
        campaign = db.scalars(select(Campaign)).one()
        invitations.issue(db, campaign, keys=keys, now=now)
        (row,) = invitations.mailing(db, campaign, keys=keys, base_url="http://localhost")
    person = Person(app.test_client(), row)
    person.start()
    return person


@pytest.fixture
def asked(hoa, phone: Page) -> Page:
    """Her questionnaire; the browser is answered by the application itself, without a server."""

    def serve(route: Route) -> None:
        request = route.request
        parts = urlsplit(request.url)
        sent = {name: request.headers[name] for name in SENT_ON if name in request.headers}
        with hoa.client.open(
            f"{parts.path}?{parts.query}",
            method=request.method,
            data=request.post_data_buffer,
            headers={"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin", **sent},
        ) as answer:
            body = answer.get_data()
        kept = {
            name: value
            for name, value in answer.headers
            if name.lower() in ("content-type", "location")
        }
        route.fulfill(status=answer.status_code, headers=kept, body=body)

    phone.route("http://localhost/**", serve)
    phone.goto("http://localhost/phieu/1/1")
    expect(phone.locator("form[data-joined]")).to_be_attached()
    return phone


def saved(hoa: Person, page: int, name: str) -> str:
    page_html = hoa.get(f"/phieu/1/{page}").text
    return page_html.partition(f'name="was.{name}" value="')[2].partition('"')[0]


def test_a_question_appears_when_its_condition_is_met_and_goes_with_it(asked, hoa):
    number = asked.locator("#DX-102-item")
    expect(number).to_be_hidden()
    asked.get_by_label("Có", exact=True).check()
    expect(number).to_be_visible()
    expect(asked.locator("p.condition:visible")).to_have_count(0)
    expect(asked.locator("form > p[role=status]")).to_have_text("Có thêm câu hỏi bên dưới.")
    asked.locator("#DX-102").fill("12")
    asked.get_by_label("Không", exact=True).check()
    expect(number).to_be_hidden()
    asked.get_by_label("Có", exact=True).check()
    expect(asked.locator("#DX-102")).to_have_value("12")


def test_a_number_and_dont_know_take_turns_and_the_rest_is_saved_in_one_spelling(asked, hoa):
    asked.get_by_label("Có", exact=True).check()
    asked.locator("#DX-102").fill("12")
    asked.locator("#DX-102-item").get_by_label("Không biết / Không có ý kiến").check()
    expect(asked.locator("#DX-102")).to_have_value("")
    asked.locator("#DX-102").fill("0 34".replace(" ", ""))
    expect(asked.locator("#DX-102-98")).not_to_be_checked()
    expect(asked.locator("[name='was.DX-102']")).to_have_value("34")
    assert saved(hoa, 1, "DX-102") == "34"


def test_a_long_list_is_found_by_typing_and_other_asks_for_words(asked, hoa):
    asked.get_by_label("Có", exact=True).check()
    fields = asked.locator("#DX-104-item")
    fields.locator("input[type=search]").fill("giao thong")
    expect(fields.locator(".choice:not(.apart):visible")).to_have_count(1)
    words = asked.locator("[id='DX-103.other']")
    expect(words).to_be_hidden()
    asked.get_by_role("radio", name="Cách khác").check()
    words.fill("Qua Zalo")
    expect(asked.locator("[name='was.DX-103.other']")).to_have_value("Qua Zalo")
    assert saved(hoa, 1, "DX-103.other") == "Qua Zalo"


def test_the_script_passes_over_a_section_in_which_nothing_applies(asked, hoa):
    asked.get_by_label("Không", exact=True).check()
    asked.locator("button.button[name=go][value=next]").click()
    expect(asked.locator("h1")).to_have_text("Đánh giá")
    asked.locator("#DX-203-item").get_by_label("Rất tốt").check()
    asked.locator("button.button[name=go][value=next]").click()
    expect(asked.locator("h1")).to_have_text("Ý kiến khác")
    asked.locator("button.button[name=go][value=back]").click()
    expect(asked.locator("h1")).to_have_text("Đánh giá")
    asked.locator("#DX-203-item").get_by_label("Kém", exact=True).check()
    asked.locator("button.button[name=go][value=next]").click()
    expect(asked.locator("h1")).to_have_text("Chỗ vướng")
    several = asked.locator("#DX-301-item")
    several.get_by_label("Thiếu người").check()
    several.get_by_label("Không có nguyên nhân nào kể trên").check()
    expect(several.get_by_label("Thiếu người")).not_to_be_checked()
    expect(asked.locator("#DX-302-item")).to_be_visible()
    expect(asked.locator("[name='was.DX-301']")).to_have_value("6")
    assert saved(hoa, 3, "DX-301") == "6"


@pytest.mark.parametrize("page", [1, 2, 3])
def test_every_kind_fits_a_small_phone_and_is_accessible(asked, page):
    if page == 1:
        asked.get_by_label("Có", exact=True).check()
    else:
        asked.goto(f"http://localhost/phieu/1/{page}")
        expect(asked.locator("form[data-joined]")).to_be_attached()
    assert violations(asked) == []
    assert small_targets(asked) == []
    assert asked.evaluate("document.documentElement.scrollWidth") <= 360
