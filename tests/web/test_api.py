"""Figures for dashboards: only with a token of the campaign, and exactly as docs/openapi.yaml says."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from surveyapp import clock
from surveyapp.campaigns.models import Campaign
from surveyapp.db import reading, transaction
from surveyapp.fieldwork.reports import readers
from tests import factories
from tests.fieldwork.counting import half_way
from tests.web.browsing import HERE, post, sign_in, token

pytestmark = pytest.mark.usefixtures("moment")

OPENAPI: dict[str, Any] = YAML(typ="safe").load(
    (Path(__file__).parents[2] / "docs" / "openapi.yaml").read_text()
)
TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def faults(schema: dict[str, Any], value: Any, path: str = "") -> list[str]:
    """Where `value` is not what the schema says: the parts of JSON Schema that the document uses."""
    if "$ref" in schema:
        referred: Any = OPENAPI
        for part in schema["$ref"].removeprefix("#/").split("/"):
            referred = referred[part]
        return faults(referred, value, path)
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    is_number = isinstance(value, bool) and "boolean" not in types
    if is_number or not isinstance(value, tuple(_flat(TYPES[name] for name in types))):
        return [f"{path}: {value!r} is not {schema['type']}"]
    if value is None:
        return []
    wrong = []
    if value not in schema.get("enum", [value]):
        wrong.append(f"{path}: {value!r} is none of {schema['enum']}")
    if isinstance(value, int | float) and value < schema.get("minimum", value):
        wrong.append(f"{path}: {value} is too small")
    if isinstance(value, dict):
        known = schema["properties"]
        wrong += [f"{path}.{name} is missing" for name in set(schema["required"]) - set(value)]
        wrong += [f"{path}.{name} is not described" for name in set(value) - set(known)]
        for name in set(value) & set(known):
            wrong += faults(known[name], value[name], f"{path}.{name}")
    if isinstance(value, list):
        for n, each in enumerate(value):
            wrong += faults(schema["items"], each, f"{path}[{n}]")
    return wrong


def _flat(types: Any) -> list[type]:
    return [each for one in types for each in (one if isinstance(one, tuple) else (one,))]


def described(path: str, status: str) -> dict[str, Any]:
    """The schema of an answer."""
    answer = OPENAPI["paths"]["/campaigns/{campaign}/" + path]["get"]["responses"][status]
    if "$ref" in answer:
        answer = OPENAPI["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    return dict(answer["content"]["application/json"]["schema"])


@pytest.fixture
def key(app, now) -> str:
    """A token of a campaign a week after its sending."""
    with transaction() as db:
        campaign = factories.campaign(db, now, opened=True)
        half_way(db, campaign, sent_on=clock.day(now) - timedelta(days=7))
        factories.staff(db, now, "operator")
        factories.staff(db, now, "viewer")
        return readers.make_token(db, campaign.id, "bảng điều khiển", actor="x", now=now)


def ask(client, path: str, key: str, campaign: str = "tiny"):
    return client.get(
        f"/api/v1/campaigns/{campaign}/{path}", headers={"Authorization": f"Bearer {key}"}
    )


@pytest.mark.parametrize("path", ["figures", "figures?by=supplying", "figures?by=rated", "figures?by=department", "figures?by=channel", "figures?by=group&until=2024-01-10", "curve", "forecast", "representativeness"])  # fmt: skip
def test_every_answer_is_as_the_document_says(client, key, path):
    answer = ask(client, path, key)
    assert answer.status_code == 200
    assert faults(described(path.partition("?")[0], "200"), answer.json) == []
    assert answer.headers["Cache-Control"] == "no-store"


def test_before_anybody_is_invited_the_answers_are_as_described_too(client, app, now):
    with transaction() as db:
        campaign = factories.campaign(db, now)
        key = readers.make_token(db, campaign.id, "x", actor="x", now=now)
    for path in ("figures", "curve", "forecast", "representativeness"):
        answer = ask(client, path, key)
        assert faults(described(path, "200"), answer.json) == []


def test_the_document_describes_every_route_and_no_other(app):
    routes = {
        re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule.rule).removeprefix("/api/v1")
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
    }
    assert routes == set(OPENAPI["paths"])
    assert OPENAPI["openapi"].startswith("3.1")


def test_the_check_sees_what_is_wrong():
    schema = described("curve", "200")
    assert faults(schema, {"days": [{"day": 1}]}) != []
    assert faults(described("figures", "401"), {"error": "other"}) != []
    assert faults(described("figures", "401"), {"error": "bad_day", "more": 1}) != []


def test_every_rate_comes_with_its_counts_and_by_channel_too(client, key):
    (row,) = ask(client, "figures?by=channel", key).json["rows"]
    assert (row["code"], row["name_vi"], row["name_en"]) == ("email", "Thư điện tử", "E-mail")
    assert row["letters"] == {"S": row["submitted"], "R": 0, "NC": 0, "U": row["invited"] - row["submitted"], "out": 0}  # fmt: skip
    rates = row["rates"]
    assert (rates["e"], rates["coop2"], rates["ref1"]) == (1, 1, 0)
    assert rates["con1"] == rates["rr2"] == pytest.approx(row["submitted"] / row["invited"], abs=1e-4)  # fmt: skip


def test_the_figures_are_those_of_the_counts(client, key):
    rows = {row["code"]: row for row in ask(client, "figures?by=supplying", key).json["rows"]}
    assert rows["01"]["submitted"] == 58 + 170
    assert rows["01"]["rates"]["rr2"] == pytest.approx(228 / 400, abs=1e-4)
    first_day = ask(client, "figures?by=supplying&until=2024-01-08", key).json
    assert first_day["is_live"] is False
    assert {row["code"]: row["submitted"] for row in first_day["rows"]}["01"] == 80


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic abc", "pix_x"])
def test_without_a_live_token_there_is_one_and_the_same_refusal(client, key, header):
    answer = client.get("/api/v1/campaigns/tiny/figures", headers={"Authorization": header})
    unknown = ask(client, "figures", key, campaign="no-such-campaign")
    assert answer.status_code == unknown.status_code == 401
    assert answer.json == unknown.json == {"error": "token_refused"}
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert faults(described("figures", "401"), answer.json) == []


def another_campaign(db) -> Campaign:
    """A second one, like the first but in its code."""
    first = db.get_one(Campaign, 1)
    names = set(Campaign.__table__.c.keys()) - {"id", "code"}
    second = Campaign(code="other", **{name: getattr(first, name) for name in names})
    db.add(second)
    db.flush()
    return second


@pytest.mark.parametrize("fault", ["another campaign's", "another purpose's", "expired", "revoked"])
def test_a_token_that_was_made_for_something_else_or_is_over_opens_nothing(client, key, now, fault):
    with transaction() as db:
        for_ = another_campaign(db).id if "campaign" in fault else 1
        made = now - timedelta(days=3)
        scope = readers.RELEASES if "purpose" in fault else readers.FIGURES
        days = 2 if fault == "expired" else 30
        other = readers.make_token(db, for_, "x", actor="x", now=made, days=days, scope=scope)
        if fault == "revoked":
            (made_then,) = (one for one in readers.tokens(db, 1) if one.name == "x")
            assert readers.revoke_token(db, 1, made_then.id, now=now)
    for path in ("figures", "curve", "forecast", "representativeness"):
        answer = ask(client, path, other)
        assert (answer.status_code, answer.json) == (401, {"error": "token_refused"})
    assert ask(client, "curve", key).status_code == 200


def test_what_cannot_be_asked_is_refused_with_the_reason(client, key):
    for path, error in (("figures?by=person", "unknown_dimension"), ("figures?until=x", "bad_day")):
        answer = ask(client, path, key)
        assert (answer.status_code, answer.json) == (400, {"error": error})
        assert faults(described("figures", "400"), answer.json) == []


def test_using_a_token_is_noted_by_day(client, key, now):
    ask(client, "figures", key)
    with reading() as db:
        (kept,) = readers.tokens(db, 1)
        assert kept.used_on == clock.day(now)


def test_an_operator_makes_a_token_sees_it_once_and_revokes_it(client, key):
    sign_in(client, "operator")
    made = post(client, "/centre/tiny/report", "/centre/tiny/report/tokens", name="Bảng của Bộ")
    shown = made.text.partition("pix_")[2].partition("<")[0]
    given = "pix_" + shown
    assert ask(client, "figures", given).status_code == 200
    page = client.get("/centre/tiny/report")
    assert given not in page.text
    address = page.text.partition('action="/centre/tiny/report/tokens/')[2].partition('"')[0]
    fields = {"csrf_token": token(page)}
    client.post(f"/centre/tiny/report/tokens/{address}", data=fields, headers=HERE)
    codes = [ask(client, "figures", each).status_code for each in (given, key)]
    assert sorted(codes) == [200, 401]


def test_an_operator_subscribes_an_address_and_a_wrong_one_is_told(client, key):
    sign_in(client, "operator")
    page = "/centre/tiny/report"
    wrong = post(client, page, f"{page}/subscribers", email="nobody", language="vi")
    assert wrong.status_code == 422
    assert 'value="nobody"' in wrong.text
    post(client, page, f"{page}/subscribers", email="vanthu@donvi.example.vn", language="vi")
    assert "vanthu@donvi.example.vn" in client.get(page).text


def test_a_viewer_sees_forecast_and_picture_but_no_tokens(client, key):
    sign_in(client, "viewer")
    assert "Dự báo tỷ lệ cuối đợt" in client.get("/centre/tiny/forecast").text
    assert "P1." in client.get("/centre/tiny/forecast?supplying=01").text
    assert "Thừa Thiên Huế" in client.get("/centre/tiny/forecast?group=P1").text
    assert "Chỉ số R" in client.get("/centre/tiny/representativeness").text
    report = client.get("/centre/tiny/report?day=2024-01-10")
    assert "10/01/2024" in report.text
    assert "bảng điều khiển" not in report.text
    pdf = client.get("/centre/tiny/report/daily.pdf?day=2024-01-10")
    assert pdf.data.startswith(b"%PDF")
    csv = client.get("/centre/tiny/forecast/table.csv").data.decode("utf-8-sig")
    assert csv.count("\r\n") == 6
