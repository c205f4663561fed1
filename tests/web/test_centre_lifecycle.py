"""The centre takes a campaign through its life; what cannot be undone is asked for twice and entered."""

from datetime import date, datetime, timedelta
from io import BytesIO

import pytest

from surveyapp import clock
from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.campaigns import queries
from surveyapp.db import reading, transaction
from surveyapp.operations import erasing
from surveyapp.responses.models import Response, SealedBallot
from surveyapp.responses.opener.custody import keys as custody_keys
from surveyapp.responses.opener.custody import records
from surveyapp.responses.opener.transfer import files
from tests import factories
from tests.responses.world import answers, survey
from tests.web.browsing import post, sign_in


@pytest.fixture
def app(app, now, moment):
    with transaction() as db:
        factories.approve_questionnaires(db, factories.campaign(db, now), now)
        for role in ("operator", "viewer", "auditor"):
            factories.staff(db, now, role)
    return app


def campaign():
    with reading() as db:
        return queries.campaign(db, "tiny")


def actions() -> list[str]:
    with reading() as db:
        return [entry.action for entry in audit.entries(db, campaign_code="tiny")][::-1]


def act(client, step: str, page: str = "life", **fields):
    return post(client, f"/centre/tiny/{page}", f"/centre/tiny/{page}{step}", **fields)


def test_from_the_key_to_the_release_by_the_pages_alone(app, client, keys, now, settings):
    sign_in(client, "operator")
    assert act(client, "/key").status_code == 303
    assert act(client, "/open").status_code == 303
    assert campaign().state == "open"
    with transaction() as db:
        world = survey(db, keys, now, people=10, campaign=queries.campaign(db, "tiny"))
        for seed, form in enumerate(world.forms):
            world.save(db, form, answers(form, seed))
            world.submit(db, form)
    early = act(client, "/close", close_confirmed="tiny")
    assert early.status_code == 409 and "người đang trả lời vẫn được nộp phiếu" in early.text
    with transaction() as db:
        factories.end_collection(db, "tiny", now=now)
    assert act(client, "/close", close_confirmed="tiny").status_code == 303
    page = client.get("/centre/tiny/life")
    assert "Hai số khớp nhau." in page.text
    assert act(client, "/box", box_confirmed=" TINY ").status_code == 303
    with reading() as db:
        assert db.query(Response).count() == 10
        assert db.query(SealedBallot).count() == 0
    assert act(client, "", page="releases").status_code == 303
    assert campaign().state == "released"
    answer = act(client, "/1", page="releases")
    assert answer.mimetype == "application/zip"
    assert answer.data[:2] == b"PK"
    answer.close()
    assert actions()[-8:] == [
        "box_key.made",
        "campaign.opened",
        "draft_secret.made",
        "campaign.closed",
        "draft_secret.destroyed",
        "box.opened",
        "release.built",
        "release.downloaded",
    ]
    assert "erase-people --campaign tiny" in client.get("/centre/tiny/life").text
    with transaction() as db:
        erasing.erase_people(db, "tiny", act=Act("root", now, keys))
    page = client.get("/centre/tiny/life").text
    assert "Đã xóa ngày 15/01/2024" in page
    assert "erase-people" not in page


def test_closing_and_opening_the_box_want_the_code_of_the_campaign_typed(app, client, now):
    with transaction() as db:
        factories_open(db, now)
    sign_in(client, "operator")
    refused = act(client, "/close", close_confirmed="yes")
    assert refused.status_code == 422
    assert "vui lòng gõ đúng mã đợt: tiny" in refused.text
    assert campaign().state == "open"


def factories_open(db, now) -> None:
    from surveyapp.campaigns import service
    from surveyapp.responses.sealed_box import box

    _, public = factories.box_key()
    service.record_box_key(db, "tiny", public_key=public, fingerprint=box.fingerprint(public))
    service.open_campaign(db, "tiny", now=now)


def test_a_campaign_without_a_key_does_not_open_and_says_why(app, client):
    sign_in(client, "operator")
    refused = act(client, "/open")
    assert refused.status_code == 409
    assert "Chưa có khóa của hộp phiếu" in refused.text
    assert campaign().state == "preparing"


@pytest.mark.parametrize("written", ["2024-03-01T17:00", "17:00 01/03/2024", "01/03/2024 17:00"])
def test_the_deadline_is_read_as_people_write_it(app, client, written):
    sign_in(client, "operator")
    assert act(client, "/deadline", closes_at=written, heeded="1").status_code == 303
    assert campaign().closes_at == datetime(2024, 3, 1, 17, tzinfo=clock.VIETNAM)
    assert actions()[-1] == "deadline.moved"


def test_a_deadline_moved_earlier_or_far_is_confirmed_with_how_many_were_told_otherwise(
    app, client
):
    sign_in(client, "operator")
    before = campaign().closes_at
    for days, words in ((-1, "Hạn mới sớm hơn"), (20, "Hạn mới muộn hơn hạn cũ 20 ngày")):
        until = (before + timedelta(days=days)).astimezone(clock.VIETNAM)
        typed = f"{until:%H:%M %d/%m/%Y}"
        asked = act(client, "/deadline", closes_at=typed)
        assert asked.status_code == 422
        assert words in asked.text
        assert "0 người còn phiếu chưa nộp" in asked.text
        assert campaign().closes_at == before
    until = (before + timedelta(days=3)).astimezone(clock.VIETNAM)
    assert act(client, "/deadline", closes_at=f"{until:%H:%M %d/%m/%Y}").status_code == 303


def test_a_deadline_in_the_past_or_unreadable_is_refused_and_what_was_typed_stays(app, client, now):
    sign_in(client, "operator")
    before = campaign().closes_at
    for typed, status in (("soon", 422), ((now - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"), 409)):  # fmt: skip
        refused = act(client, "/deadline", closes_at=typed)
        assert refused.status_code == status
        assert f'value="{typed}"' in refused.text
        assert 'href="#closes_at"' in refused.text
    assert campaign().closes_at == before


def test_there_is_no_release_before_the_box_is_open(app, client):
    sign_in(client, "operator")
    page = client.get("/centre/tiny/releases")
    assert "Chỉ lập được bản phát hành sau khi đã mở hộp phiếu." in page.text
    refused = post(client, "/centre/tiny/life", "/centre/tiny/releases")
    assert refused.status_code == 409
    missing = post(client, "/centre/tiny/life", "/centre/tiny/releases/7")
    assert missing.status_code == 404


@pytest.mark.parametrize("username", ["viewer", "auditor"])
def test_those_who_watch_are_shown_no_buttons(app, client, username):
    sign_in(client, username)
    for address in ("life", "releases"):
        page = client.get(f"/centre/tiny/{address}")
        assert page.status_code == 200
        assert f'action="/centre/tiny/{address}' not in page.text


def test_an_account_that_cannot_be_made_says_why_and_keeps_what_was_typed(app, client):
    sign_in(client, "operator")
    for typed, words in (
        ({"username": "operator", "name": "A", "unit": "01"}, "đã có người dùng"),
        ({"username": "9x", "name": "A", "unit": "01"}, "bắt đầu bằng chữ"),
        ({"username": "ha.noi", "name": "", "unit": "99"}, "Vui lòng chọn đơn vị"),
    ):
        refused = act(client, "", page="staff", **typed)
        assert refused.status_code == 422
        assert words in refused.text
        assert f'value="{typed["username"]}"' in refused.text


def test_the_trail_is_shown_newest_first_and_its_chain_is_checked(app, client):
    sign_in(client, "operator")
    act(client, "/key")
    act(client, "/open")
    sign_in(auditor := app.test_client(), "auditor")
    page = auditor.get("/centre/tiny/audit")
    assert page.text.index("Mở đợt điều tra<") < page.text.index("Tạo khóa hộp phiếu<")
    assert "chuỗi xác thực không đứt" in auditor.get("/centre/tiny/audit/verify").text


def test_an_altered_trail_is_named_with_the_place(app, client):
    from sqlalchemy import update

    from surveyapp.accounts.models import AuditEntry

    sign_in(client, "operator")
    act(client, "/key")
    with transaction() as db:
        db.execute(update(AuditEntry).where(AuditEntry.number == 1).values(actor="nobody"))
    assert "Mục số 1 của nhật ký bị thiếu" in client.get("/centre/tiny/audit/verify").text


def test_the_trail_can_be_narrowed_to_a_unit(app, client):
    sign_in(client, "operator")
    act(client, "", page="staff", username="desk.hn", name="A", unit="01")
    act(client, "", page="staff", username="desk.hue", name="B", unit="46")
    page = client.get("/centre/tiny/audit?unit=46")
    assert "desk.hue" in page.text
    assert "desk.hn" not in page.text


def test_custodians_are_registered_and_their_drill_recorded_by_page(app, client, keys):
    public, parts = custody_keys.create()
    names = ("Nguyễn Văn An", "Trần Thị Bình", "Lê Hồng Giang")
    signed = records.registration("tiny", public, names, parts, today=date(2024, 1, 2))
    paper = files.document_text(signed).encode()
    with transaction() as db:
        queries.campaign(db, "tiny").custody = "offline"
    sign_in(client, "operator")
    assert "Chưa đăng ký khóa." in client.get("/centre/tiny/life").text

    def hand_in(content):
        return act(client, "/custodians", custody_file=(BytesIO(content), "tiny.json"))

    refused = hand_in(paper.replace(b"2024-01-02", b"2024-01-03"))
    assert refused.status_code == 409
    assert "Chữ ký trong tệp tiny.json không đúng" in refused.text
    assert act(client, "/custodians").status_code == 422
    assert hand_in(paper).status_code == 303
    registered = records.read_registration("r", paper)
    drill = records.attestation("drill", registered, parts[:2], today=date(2024, 1, 3), facts={})
    assert hand_in(files.document_text(drill).encode()).status_code == 303
    page = client.get("/centre/tiny/life").text
    assert all(name in page for name in names)
    assert registered.fingerprint in page
    assert "diễn tập mở hộp, ngày 03/01/2024, người giữ mảnh 1, 2" in page
    assert f"Mảnh khóa chưa kiểm tra lần nào: {names[2]}" in page
    assert actions()[-2:] == ["box_key.registered", "custody.attested"]
    viewer = app.test_client()
    sign_in(viewer, "viewer")
    assert "custody_file" not in viewer.get("/centre/tiny/life").text
