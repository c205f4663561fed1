"""Looking never changes anything, and every dead end of a respondent says what to do and changes nothing."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from surveyapp.accounts.act import Act
from surveyapp.campaigns.models import Campaign
from surveyapp.db import transaction
from surveyapp.invitations import service
from surveyapp.invitations.credentials import codes as access_codes
from surveyapp.invitations.credentials import links
from surveyapp.keys import KeyRing
from surveyapp.responses.models import SealedBallot
from surveyapp.tables import metadata
from tests import factories
from tests.invitations.roster import Roster, issue_all
from tests.web.browsing import HERE, post, token
from tests.web.person import shown

PAGE, ITEM = "/phieu/1/1", "M2-101"
INSTEAD = ("not_me", "moved", "wrong_group", "decline")


@dataclass(frozen=True)
class Survey:
    """An open campaign: links by what became of them, and one code that nobody has."""

    links: dict[str, str]
    codes: dict[str, str]
    engine: Engine

    def stored(self, *, besides: str = "") -> dict[str, list[str]]:
        """Every row of every table."""
        with self.engine.connect() as connection:
            return {
                table.name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
                for table in metadata.sorted_tables
                if table.name != besides
            }


@pytest.fixture
def survey(engine: Engine, keys: KeyRing, now: datetime, moment) -> Survey:
    with transaction() as db:
        campaign = factories.campaign(db, now, opened=True)
        roster = Roster(db, campaign)
        people = {
            name: roster.named("01", "agency-leaders", "SNV", name=name, email=f"{name}@x.vn")
            for name in ("fresh", "replaced", "revoked")
        }
        issue_all(db, campaign, keys, now)
        invited = {name: roster.invitation(person).id for name, person in people.items()}
        rows = {
            row.full_name: row
            for row in service.mailing(db, campaign, keys=keys, base_url="http://localhost")
        }
        told = {"reason": "thử", "act": Act("centre", now, keys)}
        service.reissue(db, campaign, invited["replaced"], **told)
        service.revoke(db, campaign, invited["revoked"], **told)
    addresses = {name: row.link.removeprefix("http://localhost") for name, row in rows.items()}
    codes = {name: access_codes.read_typed(row.code) for name, row in rows.items()}
    start = codes["fresh"][:-2] + str((int(codes["fresh"][-2]) + 1) % 10)
    codes["foreign"] = start + access_codes.check_digit(start)
    last = addresses["fresh"][-1]
    addresses["tampered"] = addresses["fresh"][:-1] + ("A" if last != "A" else "B")
    addresses["foreign"] = "/t/" + links.sign(keys, codes["foreign"])
    return Survey(addresses, codes, engine)


def looked_at(app: Flask, link: str) -> list[str]:
    """The address of every respondent's page that can be read, with each of its parts filled in."""
    with app.test_request_context():
        build = app.url_map.bind("localhost").build
        return sorted(
            build(
                rule.endpoint,
                {
                    "token": link.removeprefix("/t/"),
                    "number": 1,
                    "page": 1,
                    "digits": "0000000000",
                    "kind": kind,
                    "part": "0f",
                    "mark": "0" * 16,
                    "campaign": "tiny",
                    "code": "tiny",
                },
                method="GET",
                append_unknown=False,
            )
            for rule in app.url_map.iter_rules()
            if rule.endpoint.startswith("respond.") and "GET" in (rule.methods or ())
            for kind in (INSTEAD if "kind" in rule.arguments else INSTEAD[:1])
        )


def begin(client: FlaskClient, survey: Survey) -> TestResponse:
    return client.post(f"{survey.links['fresh']}/start", headers=HERE)


def save(client: FlaskClient, value: str) -> TestResponse:
    return post(client, PAGE, PAGE, **{f"was.{ITEM}": "", ITEM: value}, go="review")


def submit(client: FlaskClient) -> TestResponse:
    version_field = re.search(
        r'name="version" value="([0-9a-f]+)"', client.get("/phieu/1/xem-lai").text
    )
    given = {"version": version_field[1]} if version_field else {}
    return post(client, "/phieu", "/phieu/1/nop", **given)


@pytest.mark.parametrize("became", ["fresh", "replaced", "revoked", "tampered", "foreign"])
def test_reading_any_page_of_a_link_changes_no_row_and_leaves_no_cookie(
    app, client, survey, became
):
    before, read = survey.stored(), looked_at(app, survey.links[became])
    assert len(read) > 15
    for address in read:
        for method in ("GET", "HEAD"):
            answer = client.open(address, method=method)
            assert answer.status_code < 500, address
            assert "Set-Cookie" not in answer.headers, address
    assert survey.stored() == before


def test_reading_any_page_while_answering_and_after_changes_no_row_and_no_cookie(
    app, client, survey
):
    before = survey.stored()
    for step in (lambda: begin(client, survey), lambda: save(client, "2"), lambda: submit(client)):
        step()
        assert survey.stored() != before, "a press of a button is seen"
        before = survey.stored()
        for address in looked_at(app, survey.links["fresh"]):
            for method in ("GET", "HEAD"):
                answer = client.open(address, method=method)
                assert answer.status_code in {200, 302}, address
                assert "Set-Cookie" not in answer.headers, address
        assert survey.stored() == before
    with transaction() as db:
        assert len(db.scalars(select(SealedBallot.id)).all()) == 1


def typed(code: str) -> Callable[[FlaskClient, Survey], TestResponse]:
    """Type a code of the survey, or these digits, at the front door."""
    return lambda client, survey: shown(
        client, client.post("/", data={"code": survey.codes.get(code, code)}, headers=HERE)
    )


def opened(became: str, *, then: str = "") -> Callable[[FlaskClient, Survey], TestResponse]:
    """Open a link, or press a button of its page."""
    return lambda client, survey: (
        client.post(survey.links[became] + then, headers=HERE)
        if then
        else client.get(survey.links[became])
    )


DEAD_ENDS = {
    "a tampered link": (opened("tampered"), 404, "bị thay đổi", "nhập mã truy cập"),
    "its button": (opened("tampered", then="/start"), 404, "bị thay đổi", "nhập mã truy cập"),
    "its refusal": (opened("tampered", then="/decline"), 404, "bị thay đổi", "nhập mã truy cập"),
    "a revoked link": (opened("revoked"), 410, "thu hồi", "liên hệ tổ hỗ trợ"),
    "a revoked button": (opened("revoked", then="/start"), 410, "thu hồi", "liên hệ tổ hỗ trợ"),
    "a replaced link": (opened("replaced"), 410, "liên kết mới", "mới nhất"),
    "a replaced button": (opened("replaced", then="/start"), 410, "liên kết mới", "mới nhất"),
    "a link of nobody": (opened("foreign", then="/start"), 404, "Không tìm thấy", "so lại"),
    "a mistyped code": (typed("7123456789012340"), 200, "chưa đúng", "so lại từng số"),
    "a short code": (typed("7123"), 200, "16 chữ số", "nhập đúng cả dãy"),
    "a code of nobody": (typed("foreign"), 200, "Không tìm thấy mã", "so lại từng số"),
    "a revoked code": (typed("revoked"), 200, "Không tìm thấy mã", "so lại từng số"),
    "a replaced code": (typed("replaced"), 200, "Không tìm thấy mã", "so lại từng số"),
}


def test_what_opens_nothing_says_what_to_do_whom_to_call_and_changes_nothing(app, survey):
    # How often a network was wrong is all that is noted, and only of codes typed by hand.
    before = survey.stored(besides="attempt_window")
    wrong = []
    for name, (act, status, what, next_step) in DEAD_ENDS.items():
        attempts = survey.stored()["attempt_window"]
        answer = act(app.test_client(), survey)
        if (
            answer.status_code != status
            or what not in answer.text
            or next_step not in answer.text
            or "mở lại liên kết trong tin nhắn" not in answer.text
            or 'href="tel:02400000000"' not in answer.text
            or "Set-Cookie" in answer.headers
            or survey.stored(besides="attempt_window") != before
            or (" code" not in name and survey.stored()["attempt_window"] != attempts)
        ):
            wrong.append((name, answer.status_code))
    assert wrong == []


def test_codes_of_nobody_revoked_and_replaced_are_answered_in_the_same_words(client, survey):
    def words(name: str) -> str:
        return re.sub(r'value="[^"]*"', "", typed(name)(client, survey).text)

    assert words("foreign") == words("revoked") == words("replaced")


def moved(now: datetime, opens: int, closes: int) -> None:
    """The campaign collects from so many days after `now` to so many."""
    with transaction() as db:
        campaign = db.scalars(select(Campaign)).one()
        campaign.opens_at = now + timedelta(days=opens)
        campaign.closes_at = now + timedelta(days=closes)


@pytest.mark.parametrize(
    ("opens", "closes", "what", "next_step"),
    [(-9, -1, "đã kết thúc", "gia hạn"), (1, 9, "khảo sát mở lúc", "mở lại sau")],
)
def test_outside_the_window_every_button_says_so_and_changes_nothing(
    client, survey, now, opens, closes, what, next_step
):
    begin(client, survey)
    save(client, "2")
    given = token(client.get(PAGE))
    moved(now, opens, closes)
    before = survey.stored()
    assert what in client.get(survey.links["fresh"]).text
    fields = {"csrf_token": given, f"was.{ITEM}": "2", ITEM: "3", "version": "01"}
    for address in (f"{survey.links['fresh']}/start", "/phieu/bat-dau", PAGE, "/phieu/1/nop"):
        answer = shown(client, client.post(address, data=fields, headers=HERE))
        assert answer.status_code == 403, address
        assert what in answer.text and next_step in answer.text, address
    assert survey.stored() == before


def test_an_answer_that_is_not_an_option_comes_back_with_the_page_and_is_not_kept(client, survey):
    begin(client, survey)
    before = survey.stored()
    for value in ("6", "0", "97", "Rất tốt", "1,2", "<script>", "٢"):
        answer = shown(client, save(client, value))
        assert answer.status_code == 422, value
        assert "không có trong câu hỏi này" in answer.text
        assert f'name="was.{ITEM}"' in answer.text
    assert survey.stored() == before


def test_an_answer_to_a_question_that_was_not_asked_is_not_kept(client, survey):
    begin(client, survey)
    before = survey.stored()
    post(client, PAGE, PAGE, **{"was.P2-101": "", "P2-101": "2"}, go="review")
    assert survey.stored() == before


def test_a_second_submission_shows_the_same_receipt_and_changes_nothing(client, survey):
    begin(client, survey)
    save(client, "2")
    first = client.get(submit(client).location).text
    before = survey.stored()
    again = submit(client)
    second = client.get(again.location).text
    receipt = r'data-copy="([A-Z0-9-]{19})"'
    assert re.search(receipt, first)[1] == re.search(receipt, second)[1]
    assert survey.stored() == before


def test_saving_after_submitting_says_that_it_is_sealed_and_changes_nothing(client, survey):
    begin(client, survey)
    save(client, "2")
    given = token(client.get(PAGE))
    submit(client)
    before = survey.stored()
    fields = {"csrf_token": given, f"was.{ITEM}": "2", ITEM: "3"}
    for address in (PAGE, "/phieu/1/luu"):
        answer = shown(client, client.post(address, data=fields, headers=HERE))
        assert answer.status_code == 409
        assert "niêm phong" in answer.text
    assert survey.stored() == before


def test_an_empty_questionnaire_is_not_submitted(client, survey):
    begin(client, survey)
    before = survey.stored()
    answer = shown(client, submit(client))
    assert (answer.status_code, "chưa có câu trả lời nào" in answer.text) == (422, True)
    assert survey.stored() == before


def test_without_a_session_the_code_is_asked_for_and_nothing_changes(client, survey):
    before = survey.stored()
    for address in ("/phieu", PAGE, "/phieu/1/xem-lai", "/phieu/1/bien-nhan"):
        answer = client.get(address)
        assert answer.status_code == 401
        assert 'name="code"' in answer.text
    assert survey.stored() == before


def test_a_questionnaire_or_page_that_is_not_there_is_said_and_changes_nothing(client, survey):
    begin(client, survey)
    before = survey.stored()
    for address in ("/phieu/3/1", "/phieu/1/99", "/phieu/0/1", "/phieu/3/nop"):
        answer = shown(client, post(client, "/phieu", address, **{ITEM: "1"}))
        assert answer.status_code == 404, address
        assert "danh sách phiếu" in answer.text
    assert survey.stored() == before


def test_another_site_can_neither_start_nor_decline_for_somebody(client, survey):
    before = survey.stored()
    for button in ("start", *INSTEAD):
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://x.vn"}):
            answer = client.post(f"{survey.links['fresh']}/{button}", headers=headers)
            assert answer.status_code in {400, 403}, button
            assert "Set-Cookie" not in answer.headers
    assert survey.stored() == before
