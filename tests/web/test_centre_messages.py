"""Operators describe, confirm and watch waves, edit the words and print letters; the desk mends contacts."""

import re
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from surveyapp import clock
from surveyapp.accounts.models import AuditEntry, Confirmation
from surveyapp.assignments.models import Assignment
from surveyapp.db import transaction
from surveyapp.delivery.health import circuit_breaker
from surveyapp.delivery.models import ChannelRest, MessageWords, Wave
from surveyapp.delivery.sending.outgoing import Post
from surveyapp.messaging.model import Outcome, Reason
from tests import factories
from tests.delivery.sending import Sending
from tests.web.browsing import post, sign_in

PAGE = "/centre/tiny/messages"
OTHERS = {"unit": "BNV", "kind": "par-officers"}
WIDE = {
    "quiet_from": "0",
    "quiet_until": "0",
    "per_minute": "1000",
    "per_day": "1000",
    "per_domain": "1000",
}


@pytest.fixture
def survey(engine, keys, now, tmp_path, moment):
    survey = Sending(keys, now, tmp_path / "outbox")
    survey.invite(("an@so.example.vn", ""), ("", "0912345678"), ("", ""))
    with transaction() as db:
        for role in ("operator", "viewer"):
            factories.staff(db, now, role)
        factories.staff(db, now, "coordinator", unit="01")
    return survey


@pytest.fixture
def operator(client, survey):
    sign_in(client, "operator")
    return client


def draft(operator, **fields):
    """Describe a wave; the address of its page."""
    given = {"kind": "invitation", "channels": ["email", "sms"], **WIDE, **fields}
    answer = post(operator, PAGE + "/new", PAGE + "/new", **given)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_a_wave_is_counted_confirmed_by_typing_the_count_and_sent(operator, survey):
    page = draft(operator)
    shown = operator.get(page).text
    assert "2 người sẽ nhận" in shown
    assert "không có địa chỉ liên hệ dùng được: 1" in shown
    wrong = post(operator, page, page + "confirm", typed="3")
    assert wrong.status_code == 422
    assert "Nhập đúng 2" in wrong.text
    assert survey.work() == 0
    post(operator, page, page + "confirm", typed="2")
    survey.work(2)
    assert survey.email.recipients == ["an@so.example.vn"]
    assert survey.sms.recipients == ["+84912345678"]
    assert "đã chuyển đi: 2" in operator.get(page).text


def test_what_is_wrong_with_a_wave_stands_beside_the_field_and_nothing_is_lost(operator):
    given = {**WIDE, "kind": "invitation", "units": ["01", "XX"], "per_day": "nhiều"}
    answer = post(operator, PAGE + "/new", PAGE + "/new", **given)
    assert answer.status_code == 422
    assert "Vui lòng chọn đơn vị trong danh sách" in answer.text
    assert "Vui lòng nhập một số nguyên" in answer.text
    assert re.search(r'name="units" value="01"[^>]* checked', answer.text)


def test_a_wave_is_paused_resumed_and_stopped_from_its_page(operator, survey):
    page = draft(operator)
    post(operator, page, page + "confirm", typed="2")
    steps = (("pause", "paused"), ("resume", "testing"), ("stop", "testing"))
    for act, state in steps:
        post(operator, page, page + act)
        with transaction() as db:
            assert db.scalars(select(Wave.state)).one() == state
    post(operator, page, page + "stop", sure="1")
    with transaction() as db:
        assert db.scalars(select(Wave.state)).one() == "stopped"
    assert post(operator, page, page + "resume").status_code in (400, 409)


def test_a_reminder_can_be_described_from_an_address(operator):
    page = operator.get(PAGE + "/new?kind=reminder_not_started&unit=01&group=P1")
    assert re.search(r'<option value="reminder_not_started" selected>', page.text)
    assert re.search(r'name="units" value="01"[^>]* checked', page.text)


def test_words_are_checked_before_they_are_used(operator):
    page = PAGE + "/words/invitation/vi"
    fields = {"subject": "Mời", "text": "Kính gửi {ho_va_ten}", "sms": "Mời {lien_ket}"}
    answer = post(operator, page, page, **fields)
    assert answer.status_code == 422
    assert "ho_va_ten" in answer.text
    assert "lien_ket" in answer.text
    with transaction() as db:
        assert db.scalars(select(MessageWords)).all() == []


def test_edited_words_are_what_people_get_until_they_are_restored(operator, survey):
    page = PAGE + "/words/invitation/vi"
    fields = {"subject": "Mời {ten}", "text": "Xin chào {ten}: {lien_ket}", "sms": "{lien_ket}"}
    previewed = post(operator, page, page + "/preview", **fields)
    assert "Xin chào Người Thứ" in previewed.text
    assert "7000-0000-0000-0000" not in previewed.text or "/t/7000000000000000" in previewed.text
    post(operator, page, page, **fields)
    survey.wave()
    survey.work(2)
    assert survey.email.taken[0].subject == "Mời Người Thứ 0"
    post(operator, page, page + "/restore")
    with transaction() as db:
        assert db.scalars(select(MessageWords)).all() == []


def test_a_preview_shows_no_link_that_opens_anything(operator, keys):
    page = operator.get(PAGE + "/words/invitation/vi").text
    assert set(re.findall(r"/t/(\d{16})", page)) == {"7000000000000000"}


def test_letters_are_set_aside_downloaded_on_record_and_count_once_posted(operator, survey):
    page = draft(operator, channels=["letter"])
    post(operator, page, page + "confirm", typed="3")
    survey.work(2)
    post(operator, page, page + "letters", unit="01")
    pile = re.search(
        r'action="(/centre/tiny/messages/letters/[0-9a-f-]{36}/)file"', operator.get(page).text
    )[1]
    answer = post(operator, page, pile + "file")
    assert answer.data.startswith(b"%PDF")
    assert BytesIO(answer.data).getbuffer().nbytes > 1000
    with transaction() as db:
        assert set(db.scalars(select(Assignment.disposition))) == {"not_sent"}
        actions = db.scalars(select(AuditEntry.action)).all()
    assert "letters.downloaded" in actions
    post(operator, page, pile + "posted")
    with transaction() as db:
        assert set(db.scalars(select(Assignment.disposition))) == {"sent"}
    survey.work()
    assert survey.state(next(iter(survey.waves())))[0] == "done"


def test_units_on_hold_get_nothing(operator, survey):
    post(operator, PAGE, PAGE + "/hold", unit="01", reason="Chờ rà soát")
    assert "Chờ rà soát" in operator.get(PAGE).text
    assert "đơn vị đang tạm giữ: 3" in operator.get(draft(operator)).text
    post(operator, PAGE, PAGE + "/release", unit="01")
    assert "2 người sẽ nhận" in operator.get(draft(operator)).text


def test_the_desk_is_asked_for_a_better_address_and_told_nothing_else(client, survey):
    survey.email.answers["an@so.example.vn"] = [Outcome.never(Reason.NO_SUCH_ADDRESS, "550")]
    survey.wave()
    survey.work(2)
    sign_in(client, "coordinator-01")
    page = client.get("/desk/tiny/01/contacts").text
    assert "Người Thứ 0" in page
    assert "an@so.example.vn" in page
    assert "Người Thứ 1" not in page


def test_the_page_of_the_channels_shows_their_tests_and_why_one_rests(operator, survey):
    page = PAGE + "/channels"
    assert "chưa gửi thử" in operator.get(page).text
    post(operator, page, PAGE + "/canary", channel="email")
    assert "chưa có địa chỉ nào của trung tâm" in operator.get(page).text
    post(operator, page, PAGE + "/canary", channel="letter")
    assert "hoạt động tốt" in operator.get(page).text
    with transaction() as db:
        later = survey.now + timedelta(minutes=9)
        rest = {"reason": "authentication", "code": "535", "since": survey.now, "until": later}
        circuit_breaker.note(db, ChannelRest(channel="sms", **rest))
    shown = operator.get(page).text
    assert "không chấp nhận tên đăng nhập hoặc mật khẩu" in shown
    assert "(535)" in shown


def test_viewers_watch_and_change_nothing(client, survey):
    sign_in(client, "viewer")
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "Lập đợt gửi" not in page.text


def test_a_wave_is_spread_over_days_and_changed_on_its_page(operator, survey):
    refused = post(
        operator, PAGE + "/new", PAGE + "/new", kind="invitation", channels=["email"], **WIDE, spread="5, 90"
    )  # fmt: skip
    assert "Tổng các tỷ lệ phải bằng 100" in refused.text
    page = draft(operator, spread="50% 50%")
    assert "Chia theo ngày" in operator.get(page).text
    post(operator, page, page + "spread", spread="20, 30, 50")
    with transaction() as db:
        assert db.scalars(select(Wave.spread)).one() == [20, 30, 50]
    assert post(operator, page, page + "spread", spread="abc").status_code == 422


def test_who_was_left_out_can_be_taken_away_as_counts_without_names(operator, survey):
    page = draft(operator)
    post(operator, page, page + "confirm", typed="2")
    survey.work(2)
    assert "Không gửi cho, khi xếp hàng gửi" in operator.get(page).text
    table = operator.get(page + "counts.csv").text
    assert "không xếp vào hàng gửi,không có địa chỉ liên hệ dùng được,1" in table
    assert "Người Thứ" not in table
    assert operator.get(page + "counts.xlsx").data[:2] == b"PK"


def test_edited_words_go_to_the_operators_own_address_before_they_are_used(
    operator, survey, monkeypatch
):
    page = PAGE + "/words/invitation/vi"
    fields = {"subject": "Mời {ten}", "text": "Kính gửi {ten}: {lien_ket}", "sms": "{lien_ket}"}
    monkeypatch.setattr(Post, "of", classmethod(lambda cls, settings: survey.post))
    assert "Chưa có địa chỉ thư" in post(operator, page, page + "/test", **fields).text
    home = "/account/"
    assert post(operator, home, home + "email", email="a@b.vn, c@d.vn").status_code == 422
    post(operator, home, home + "email", email="toi@moha.example.vn")
    assert (
        "Đã gửi thử đến toi@moha.example.vn" in post(operator, page, page + "/test", **fields).text
    )
    (trial,) = survey.email.taken
    assert trial.recipient == "toi@moha.example.vn"
    assert trial.subject == "[Gửi thử] Mời [Họ và tên]"
    assert "/t/7000000000000000~xxx" in trial.text
    assert "Người Thứ" not in trial.text
    wrong = post(operator, page, page + "/test", subject="Mời", text="Kính gửi", sms="")
    assert wrong.status_code == 422
    assert len(survey.email.taken) == 1
    with transaction() as db:
        assert db.scalars(select(MessageWords)).all() == []
        actions = db.scalars(select(AuditEntry.action)).all()
    assert actions.count("message_words.tried") == 1


def test_a_trial_that_the_server_refuses_says_why(operator, survey, monkeypatch):
    page = PAGE + "/words/invitation/vi"
    monkeypatch.setattr(Post, "of", classmethod(lambda cls, settings: survey.post))
    survey.email.down = Outcome.later(Reason.AUTHENTICATION, "535")
    post(operator, "/account/", "/account/email", email="toi@moha.example.vn")
    fields = {"subject": "Mời", "text": "{lien_ket}", "sms": "{lien_ket}"}
    answer = post(operator, page, page + "/test", **fields).text
    assert "không chấp nhận tên đăng nhập hoặc mật khẩu" in answer


def test_a_draft_is_thrown_away_from_its_page(operator):
    page = draft(operator)
    post(operator, page, page + "delete")
    assert operator.get(page).status_code == 404
    with transaction() as db:
        assert db.scalars(select(Wave)).all() == []
        assert "wave.deleted" in db.scalars(select(AuditEntry.action)).all()


def test_a_wave_is_confirmed_although_somebody_submits_between_page_and_press(operator, survey):
    survey.invite(*[(f"nguoi{n}@so.example.vn", "") for n in range(40)], **OTHERS)
    page = draft(operator)
    with transaction() as db:
        one = db.scalars(select(Assignment).limit(1)).one()
        one.state, one.disposition, one.submitted_on = (
            "submitted",
            "submitted",
            clock.day(survey.now),
        )
    assert post(operator, page, page + "confirm", typed="42").status_code == 303
    survey.work(2)
    assert len(survey.email.taken) + len(survey.sms.taken) == 41


def test_a_count_that_moved_far_is_shown_anew_and_asked_for_again(operator, survey):
    page = draft(operator)
    survey.invite(*[(f"nguoi{n}@so.example.vn", "") for n in range(10)], **OTHERS)
    moved = post(operator, page, page + "confirm", typed="2")
    assert moved.status_code == 409
    assert "từ 2 thành 12" in moved.text
    assert "12 người sẽ nhận" in moved.text
    assert post(operator, page, page + "confirm", typed="12").status_code == 303


def test_each_warning_is_confirmed_by_itself(operator, survey):
    page = draft(operator, starts_at="08:00 01/01/2024")
    assert "Giờ bắt đầu đã qua" in operator.get(page).text
    unread = post(operator, page, page + "confirm", typed="2")
    assert unread.status_code == 422
    assert 'href="#heeded-past"' in unread.text
    assert post(operator, page, page + "confirm", typed="2", heeded="past").status_code == 303


def test_letters_of_many_units_are_made_fetched_and_posted_in_one_job_each(operator, survey):
    survey.invite(("", ""), ("", ""), **OTHERS)
    page = draft(operator, channels=["letter"])
    post(operator, page, page + "confirm", typed="5")
    survey.work(2)
    post(operator, page, page + "letters/all")
    named = re.findall(r'name="pile" value="([0-9a-f]{32})"', operator.get(page).text)
    assert len(named) == 2
    answer = post(operator, page, page + "letters/file", pile=named)
    names = ZipFile(BytesIO(answer.data)).namelist()
    assert [name.split("-")[3] for name in names] == ["BNV", "01"]
    assert all(ZipFile(BytesIO(answer.data)).read(name).startswith(b"%PDF") for name in names)
    with transaction() as db:
        actions = db.scalars(select(AuditEntry.action)).all()
    assert actions.count("letters.downloaded") == 2
    post(operator, page, page + "letters/posted")
    with transaction() as db:
        assert set(db.scalars(select(Assignment.disposition))) == {"sent"}


@pytest.mark.parametrize("deed", ["letters/all", "letters/file", "letters/posted"])
def test_letters_of_another_campaign_are_not_to_be_had_by_the_address_of_its_wave(
    operator, survey, now, deed
):
    survey.invite(("", ""), **OTHERS)
    page = draft(operator, channels=["letter"])
    post(operator, page, page + "confirm", typed="4")
    survey.work(2)
    post(operator, page, page + "letters/all")
    named = re.findall(r'name="pile" value="([0-9a-f]{32})"', operator.get(page).text)
    with transaction() as db:
        factories.campaign(db, now, code="other", opened=True)
        factories.staff(db, now, "operator", campaign_code="other", username="stranger")
    stranger = operator.application.test_client()
    sign_in(stranger, "stranger")
    there = page.replace("/tiny/", "/other/") + deed
    assert post(stranger, "/centre/other/messages/new", there, pile=named).status_code == 404
    with transaction() as db:
        assert "letters.downloaded" not in db.scalars(select(AuditEntry.action)).all()
        assert db.scalars(select(Confirmation.id)).all() == []
        assert "sent" not in set(db.scalars(select(Assignment.disposition)))
