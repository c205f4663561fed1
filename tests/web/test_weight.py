"""What answering weighs on the line: bytes as this server sends them, compressed by itself, without any proxy."""

import gzip
import html
import re
from collections.abc import Sequence
from datetime import timedelta

import pytest
from flask import Flask, Response
from sqlalchemy import select
from werkzeug.test import TestResponse

from surveyapp.campaigns.models import Campaign
from surveyapp.db import transaction
from surveyapp.invitations import service as invitations
from tests import factories
from tests.web.browsing import HERE
from tests.web.person import Person
from tests.web.test_parts import Page

GZIP = {"Accept-Encoding": "gzip"}
FIRST_VISIT, WHOLE = 20_000, 80_000
"""Bytes: the page under the link, and 32 questions from the link to the receipt."""


def size(answer: TestResponse) -> int:
    return len(answer.data) + sum(len(f"{name}: {value}\r\n") for name, value in answer.headers)


def assets(page: TestResponse) -> list[str]:
    parsed = Page(page.text)
    styles = [one["href"] for one in parsed.all("link") if one.get("rel") == "stylesheet"]
    return styles + [one["src"] for one in parsed.all("script")]


def test_the_first_page_is_light_and_asks_for_little(ann):
    parts = assets(ann.client.get(ann.link))
    assert 1 + len(parts) <= 3
    total = weight(ann, ann.link)
    assert total <= 12_000, total
    ann.start()  # even with all that the first questions ask for besides
    total += weight(ann, "/phieu/1/1", without=parts)
    assert total <= 24_000, total


def weight(person: Person, address: str, *, without: Sequence[str] = ()) -> int:
    """Bytes of a page and its assets as this server sends them, without any proxy."""
    page = person.client.get(address, headers=GZIP)
    total = size(page)
    for part in assets(person.client.get(address)):
        if part not in without:
            with person.client.get(part, headers=GZIP) as answer:
                assert "immutable" in answer.headers["Cache-Control"]
                total += size(answer)
    return total


@pytest.mark.parametrize(
    ("unit", "kind", "forms"), [("01", "agency-leaders", 2), ("BNV", "par-officers", 1)]
)
def test_later_pages_are_at_most_six_kilobytes_on_real_questionnaires(
    app, now, keys, moment, unit, kind, forms
):
    person = real_respondent(app, now, keys, unit=unit, kind=kind)
    pages = ["/phieu", "/phieu/may-khac"]
    for number in range(1, forms + 1):
        last = len(re.findall('name="go" value="[0-9]+"', person.get(f"/phieu/{number}/1").text))
        pages += [f"/phieu/{number}/{page}" for page in range(1, last + 1)]
        pages.append(f"/phieu/{number}/xem-lai")
    _all_light(person, [page for page in pages if page.endswith("xem-lai")])  # gaps take room
    for address in pages[2:]:
        if address.rpartition("/")[2].isdecimal():
            number, page = (int(part) for part in address.split("/")[2:])
            person.send(number, page, dict.fromkeys(person.items(number, page), "2"))
    _all_light(person, pages)


def _all_light(person: Person, pages: list[str]) -> None:
    for address in pages:
        for language in ("vi", "en"):
            answer = person.client.get(f"{address}?lang={language}", headers=GZIP)
            assert answer.status_code == 200
            assert size(answer) <= 6_000, (address, language, size(answer))


def real_respondent(app: Flask, now, keys, *, unit: str, kind: str, begun: bool = True) -> Person:
    """Somebody in the campaign of full size."""
    with transaction() as db:
        campaign = factories.campaign(
            db, now, pack="../../questionnaires/par-index-2023", opened=True
        )
        listed = factories.people(1)
        factories.approved_list(db, campaign, now, keys, unit=unit, kind=kind, listed=listed)
    with transaction() as db:
        campaign = db.scalars(select(Campaign)).one()
        invitations.issue(db, campaign, keys=keys, now=now)
        (row,) = invitations.mailing(db, campaign, keys=keys, base_url="http://localhost")
    with transaction() as db:
        db.scalars(select(Campaign)).one().opens_at = now - timedelta(days=1)
    person = Person(app.test_client(), row)
    if begun:
        person.start()
    return person


class Line:
    """What came over the line to one browser that keeps what is immutable."""

    def __init__(self, person: Person) -> None:
        self.person, self.bytes, self.requests = person, 0, 0
        self.kept: set[str] = set()

    def take(self, answer: TestResponse) -> TestResponse:
        """Count the answer, those that it leads to, and the files that they ask for the first time."""
        self.bytes, self.requests = self.bytes + size(answer), self.requests + 1
        if answer.status_code == 303:
            return self.take(self.person.client.get(answer.location, headers=GZIP | HERE))
        assert answer.status_code == 200, answer.status_code
        for part in set(assets(plain(answer))) - self.kept:
            self.kept.add(part)
            with self.person.client.get(part, headers=GZIP) as file:
                self.bytes, self.requests = self.bytes + size(file), self.requests + 1
        return answer

    def send(self, page: TestResponse, form: str, **chosen: str) -> TestResponse:
        """Post the form of the page whose address ends so, with what stands in it."""
        body = plain(page).text
        whole = re.search(rf'<form[^>]* action="([^"]*{form}[^"]*)".*?</form>', body, re.DOTALL)
        assert whole, form
        hidden = [one for one in Page(whole[0]).all("input") if one.get("type") == "hidden"]
        fields = {one["name"]: one.get("value") or "" for one in hidden}
        address = html.unescape(whole[1])
        given = fields | chosen
        return self.take(self.person.client.post(address, data=given, headers=GZIP | HERE))


def plain(answer: TestResponse) -> TestResponse:
    """The answer as it reads once unpacked."""
    if answer.headers.get("Content-Encoding") != "gzip":
        return answer
    unpacked = Response(gzip.decompress(answer.data), mimetype=answer.mimetype)
    return TestResponse(unpacked.response, "200", answer.headers, answer.request)


def test_a_whole_questionnaire_without_the_script_weighs_eighty_kilobytes_at_most(
    app, now, keys, moment
):
    person = real_respondent(app, now, keys, unit="BNV", kind="department-leaders", begun=False)
    line = Line(person)
    page = line.take(person.client.get(person.link, headers=GZIP))
    assert line.requests <= 3
    assert line.bytes <= FIRST_VISIT
    page, answered = line.send(page, "/start"), 0
    while items := [one["data-item"] for one in Page(plain(page).text).all("fieldset")]:
        answered += len(items)
        page = line.send(page, "/phieu/1/[0-9]+", go="next", **dict.fromkeys(items, "2"))
    page = line.send(page, "/phieu/1/[0-9]+", go="review")
    page = line.send(page, "/nop")
    assert "Đã nhận phiếu" in plain(page).text
    assert answered >= 32
    assert line.bytes <= WHOLE, line.bytes
