"""The scoring stage fetches finished releases with a token of its own kind, and every fetch is on record."""

import hashlib
import json
from base64 import b64decode
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from surveyapp.accounts.models import AuditEntry
from surveyapp.campaigns.models import Campaign
from surveyapp.db import reading, transaction
from surveyapp.exports.download import service
from surveyapp.exports.models import Release
from surveyapp.exports.verify import verify
from surveyapp.fieldwork.reports import readers
from tests import factories
from tests.exports.opened import opened_campaign, released
from tests.web.browsing import HERE, post, sign_in, token
from tests.web.test_api import described, faults

BASE = "/api/v1/campaigns/tiny/releases"


@pytest.fixture
def built(app, now, keys, settings, moment) -> Path:
    with transaction() as db:
        campaign = opened_campaign(db, now)
        factories.staff(db, now, "operator")
        return released(db, campaign, now, keys, out=settings.instance / "releases")


@pytest.fixture
def given(built, now) -> str:
    with transaction() as db:
        kind = readers.RELEASES
        return readers.make_token(db, 1, "chấm điểm", actor="x", now=now, scope=kind)


def ask(client, path: str, given: str, **headers: str):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    headers["Authorization"] = f"Bearer {given}"
    return client.get(f"{BASE}{path}", headers=headers, buffered=True)


def fetches() -> list[dict[str, object]]:
    with reading() as db:
        action = AuditEntry.action == "release_file.fetched"
        entries = db.execute(select(AuditEntry.actor, AuditEntry.facts).where(action))
        return [{"actor": actor, **facts} for actor, facts in entries]


def test_everything_fetched_is_a_release_that_the_receiver_finds_whole(
    client, given, tmp_path, built
):
    listed = ask(client, "", given)
    assert faults(described("releases", "200"), listed.json) == []
    (one,) = listed.json["releases"]
    folder = tmp_path / "fetched"
    manifest = ask(client, f"/{one['number']}/manifest.json", given).data
    assert hashlib.sha256(manifest).hexdigest() == one["manifest_sha256"]
    names = ["manifest.json", "manifest.sig", *(f["path"] for f in json.loads(manifest)["files"])]
    for name in names:
        answer = ask(client, f"/{one['number']}/{name}", given)
        assert answer.status_code == 200
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(answer.data)
    assert verify(folder) == []
    assert len(names) == one["files"] + 2
    assert [each["file"] for each in fetches()] == ["manifest.json", *names]


def test_the_zip_is_that_of_the_folder(client, given, built):
    answer = ask(client, "/1.zip", given)
    assert answer.data == built.with_name(built.name + ".zip").read_bytes()
    assert fetches()[0]["file"] == "tiny-release-001.zip"


def test_a_fetch_carries_its_sha256_and_names_the_token_in_the_trail(client, given, built):
    answer = ask(client, "/1/scoring/counts.csv", given)
    sha256 = hashlib.sha256(answer.data).hexdigest()
    assert answer.headers["ETag"] == f'"{sha256}"'
    digest = answer.headers["Repr-Digest"].removeprefix("sha-256=:").rstrip(":")
    assert b64decode(digest).hex() == sha256
    assert answer.headers["Cache-Control"] == "no-store"
    (entry,) = fetches()
    assert (entry["actor"], entry["number"], entry["file"]) == ("token: chấm điểm", 1, "scoring/counts.csv")  # fmt: skip
    assert entry["sha256"] == sha256


def test_a_broken_fetch_goes_on_where_it_stopped(client, given, built):
    whole = (built / "scoring" / "responses.csv").read_bytes()
    rest = ask(client, "/1/scoring/responses.csv", given, Range="bytes=100-")
    assert (rest.status_code, rest.data) == (206, whole[100:])
    assert rest.headers["ETag"] == f'"{hashlib.sha256(whole).hexdigest()}"'
    beyond = ask(client, "/1/scoring/responses.csv", given, Range=f"bytes={len(whole)}-")
    assert (beyond.status_code, beyond.json) == (416, {"error": "bad_range"})
    assert beyond.headers["Content-Range"] == f"bytes */{len(whole)}"
    assert len(fetches()) == 1


def test_what_is_there_already_is_not_sent_again(client, given, built):
    etag = ask(client, "/1/manifest.json", given).headers["ETag"]
    again = ask(client, "/1/manifest.json", given, If_None_Match=etag)
    assert (again.status_code, again.data) == (304, b"")
    headers = {"Authorization": f"Bearer {given}"}
    looked = client.head(f"{BASE}/1/manifest.json", headers=headers, buffered=True)
    assert (looked.status_code, looked.headers["ETag"]) == (200, etag)
    assert len(fetches()) == 1


OUTSIDE = (
    "/1/../../keys.json",
    "/1/..%2f..%2fkeys.json",
    "/1/%2e%2e/%2e%2e/keys.json",
    "/1//etc/passwd",
    "/1/scoring/../../../keys.json",
    "/1/scoring",
    "/1/scoring%00/counts.csv",
    "/2/manifest.json",
    "/2.zip",
)


def test_no_name_leads_out_of_the_release(client, given, built, settings):
    """The server may send an address with doubled slashes to its plain form, where it is unknown too."""
    (settings.instance / "keys.json").write_text("a secret")
    answers = [ask(client, path, given) for path in OUTSIDE]
    assert {answer.status_code for answer in answers} <= {404, 308}
    assert not [answer for answer in answers if b"a secret" in answer.data]
    assert fetches() == []


def test_an_unregistered_or_altered_release_is_neither_listed_nor_sent(client, given, built):
    half = built.with_name("tiny-release-002")
    half.mkdir()
    (half / "manifest.json").write_bytes((built / "manifest.json").read_bytes())
    assert [one["number"] for one in ask(client, "", given).json["releases"]] == [1]
    counts = built / "scoring" / "counts.csv"
    counts.chmod(0o644)
    counts.write_text("altered")
    assert ask(client, "/1/scoring/counts.csv", given).json == {"error": "not_on_this_server"}
    with transaction() as db:
        db.execute(update(Release).values(manifest_sha256="0" * 64))
    assert ask(client, "", given).json["releases"] == []
    assert ask(client, "/1/manifest.json", given).status_code == 404


def test_a_token_for_figures_fetches_no_release_and_the_other_way_round(client, given, now):
    with transaction() as db:
        figures = readers.make_token(db, 1, "bảng điều khiển", actor="x", now=now)
    for wrong in (figures, "", "pir_x"):
        answer = ask(client, "/1/manifest.json", wrong)
        assert (answer.status_code, answer.json) == (401, {"error": "token_refused"})
        assert faults(described("releases", "401"), answer.json) == []
    headers = {"Authorization": f"Bearer {given}"}
    assert client.get("/api/v1/campaigns/tiny/figures", headers=headers).status_code == 401
    assert client.get("/api/v1/campaigns/none/releases", headers=headers).status_code == 401


def test_a_token_of_another_campaign_fetches_nothing_here_and_is_not_revoked_from_here(
    client, given, now
):
    with transaction() as db:
        tiny = db.get_one(Campaign, 1)
        told = {column.name: getattr(tiny, column.key) for column in Campaign.__table__.columns}
        db.execute(insert(Campaign).values(told | {"id": 2, "code": "another"}))
        kind = readers.RELEASES
        foreign = readers.make_token(db, 2, "đợt khác", actor="x", now=now, scope=kind)
        (made,) = readers.tokens(db, 2, scope=kind)
        assert not readers.revoke_token(db, 1, made.id, now=now, scope=kind)
    for path in ("", "/1.zip", "/1/manifest.json"):
        answer = ask(client, path, foreign)
        assert (answer.status_code, answer.json) == (401, {"error": "token_refused"})
    assert ask(client, "/1/manifest.json", given).status_code == 200
    headers = {"Authorization": f"Bearer {foreign}"}
    listed = client.get("/api/v1/campaigns/another/releases", headers=headers)
    assert (listed.status_code, listed.json["releases"]) == (200, [])
    assert (
        client.get("/api/v1/campaigns/another/releases/1.zip", headers=headers).status_code == 404
    )


def test_an_expired_token_fetches_nothing(client, given, moment):
    moment.at += timedelta(days=366)
    assert ask(client, "", given).status_code == 401


def test_too_many_requests_of_a_token_have_to_wait(client, given, monkeypatch):
    monkeypatch.setattr(service, "MOST_FETCHES", 2)
    codes = [ask(client, "", given).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    refused = ask(client, "/1.zip", given)
    assert 0 < int(refused.headers["Retry-After"]) <= 600
    assert faults(described("releases", "429"), refused.json) == []


def test_too_many_wrong_tokens_from_one_address_have_to_wait(client, given, monkeypatch):
    monkeypatch.setattr(service, "MOST_REFUSALS", 3)
    assert [ask(client, "", "pir_x").status_code for _ in range(4)] == [401, 401, 401, 429]
    assert ask(client, "", given).status_code == 429


def test_an_operator_makes_a_token_sees_it_once_and_revokes_it(client, built):
    sign_in(client, "operator")
    page = "/centre/tiny/releases/tokens"
    assert post(client, page, page, name=" ").status_code == 422
    made = post(client, page, page, name="Khâu chấm điểm")
    given = "pir_" + made.text.partition(">pir_")[2].partition("<")[0]
    assert ask(client, "/1/manifest.json", given).status_code == 200
    shown = client.get(page)
    assert given not in shown.text
    revoking = shown.text.partition(f'action="{page}/')[2].partition('"')[0]
    client.post(f"{page}/{revoking}", data={"csrf_token": token(shown)}, headers=HERE)
    assert ask(client, "/1/manifest.json", given).status_code == 401
    assert "bảng" not in client.get("/centre/tiny/report").text.partition("Các mã đã tạo")[2]


def test_the_centre_downloads_a_release_written_elsewhere_and_says_where_one_is_that_is_away(
    client, built, settings
):
    elsewhere = settings.instance.parent / "elsewhere" / built.name
    elsewhere.parent.mkdir()
    for path in (built, built.with_name(built.name + ".zip")):
        path.rename(elsewhere.parent / path.name)
    with transaction() as db:
        db.execute(update(Release).values(folder=str(elsewhere)))
    sign_in(client, "operator")
    page = "/centre/tiny/releases"
    sent = post(client, page, f"{page}/1")
    assert (sent.status_code, sent.mimetype) == (200, "application/zip")
    assert sent.data == elsewhere.with_name(built.name + ".zip").read_bytes()
    sent.close()
    elsewhere.rename(elsewhere.with_name("moved"))
    away = post(client, page, f"{page}/1")
    assert away.status_code == 404
    assert f"Khi lập, chúng được ghi vào {elsewhere}." in away.text
    with reading() as db:
        entered = db.scalars(select(AuditEntry.action)).all()
    assert entered.count("release.downloaded") == 1
