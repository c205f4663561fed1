"""Operators call from the pages: a reason first, one caller per person, a result at the end, no code anywhere."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from surveyapp.accounts.act import Act
from surveyapp.accounts.models import AuditEntry
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import transaction
from surveyapp.delivery.models import Wave
from surveyapp.invitations import queries, service
from surveyapp.invitations.credentials import codes as access_codes
from surveyapp.invitations.credentials import links
from surveyapp.invitations.models import Invitation
from surveyapp.responses import drafts
from surveyapp.responses.draft_cipher import DraftHolder
from surveyapp.responses.drafts import FieldChange
from surveyapp.responses.models import Draft
from tests import factories
from tests.invitations.roster import Roster, issue_all
from tests.web.browsing import HERE, post, sign_in, token

CALLS = "/centre/tiny/calls"
LIST = f"{CALLS}/people"
WHY = "Gọi nhắc người chưa trả lời của Hà Nội"


@pytest.fixture
def people(engine, keys, now, moment):
    """Two invited people of Hà Nội; the invitation and the code of each by name."""
    with transaction() as db:
        campaign = factories.campaign(db, now, opened=True)
        roster = Roster(db, campaign)
        for n, name in enumerate(("Trần Thị Bình", "Lê Văn Chi")):
            roster.named(
                "01", "council", name=name, phone=f"091234567{n}", email=f"n{n}@so.example.vn"
            )
        issue_all(db, campaign, keys, now)
        rows = list(service.mailing(db, campaign, keys=keys, base_url="http://localhost"))
        service.mark_listed(db, campaign, everyone=False, act=Act("centre", now, keys))
        service.mark_sent(db, campaign, act=Act("centre", now, keys))
        codes = {row.full_name: access_codes.read_typed(row.code) for row in rows}
        invitations = {
            name: (queries.find(db, code, keys=keys), code) for name, code in codes.items()
        }
        for role in ("operator", "viewer"):
            factories.staff(db, now, role)
        factories.staff(db, now, "operator", username="second")
    return {name: (invited.invitation_id, code) for name, (invited, code) in invitations.items()}


@pytest.fixture
def operator(client, people):
    """An operator who has given a reason."""
    sign_in(client, "operator")
    post(client, CALLS, f"{CALLS}/open", reason=WHY)
    return client


def card(people, name="Trần Thị Bình"):
    return f"{CALLS}/{people[name][0]}/"


def claim(client, people, name="Trần Thị Bình"):
    return post(client, LIST, f"{card(people, name)}claim")


def test_somebody_is_found_by_name_and_the_name_is_in_no_address(people, operator):
    narrowed = post(operator, LIST, LIST, search="lê văn", unit="01", state="due")
    assert "Lê Văn Chi" in narrowed.text
    assert "Trần Thị Bình" not in narrowed.text
    assert "search=" not in narrowed.text
    assert "unit=01" in narrowed.text


def test_without_a_reason_nobody_is_shown(client, people):
    sign_in(client, "operator")
    page = client.get(LIST, follow_redirects=True)
    assert "Chưa ghi lý do gọi" in page.text
    assert "Trần Thị Bình" not in page.text
    refused = post(client, CALLS, f"{CALLS}/open", reason="gọi")
    assert refused.status_code == 422
    assert "ít nhất 10 ký tự" in refused.text


def test_a_page_of_the_list_is_on_record_with_whom_it_showed(operator, people):
    page = operator.get(f"{LIST}?unit=01&group=P1")
    assert "Trần Thị Bình" in page.text
    assert "0912345671" in page.text
    with transaction() as db:
        entry = db.scalars(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1)).one()
        assert (entry.action, entry.unit_code, entry.facts["reason"]) == ("calls.listed", "01", WHY)
        assert set(entry.facts["invitations"]) == {str(id_) for id_, _code in people.values()}
        before = db.scalar(select(func.count()).select_from(AuditEntry))
    assert "Không có ai như vậy" in operator.get(f"{LIST}?unit=46").text
    with transaction() as db:
        assert db.scalar(select(func.count()).select_from(AuditEntry)) == before + 1


def test_the_card_says_whom_to_call_and_what_to_say_and_shows_no_code(operator, people):
    assert claim(operator, people).headers["Location"].endswith(card(people))
    page = operator.get(card(people)).text
    for said in ('href="tel:0912345670"', "về Hà Nội", "17:00 05/02/2024", "Xin chào, tôi xin được nói chuyện với Ông/Bà Trần Thị Bình"):  # fmt: skip
        assert said in page
    code = people["Trần Thị Bình"][1]
    assert access_codes.show(code) not in page
    assert "/t/" not in page
    assert code not in page


def test_another_operator_is_told_who_is_calling(app, operator, people):
    claim(operator, people)
    second = app.test_client()
    sign_in(second, "second")
    post(second, CALLS, f"{CALLS}/open", reason=WHY)
    assert "operator đang gọi" in second.get(LIST).text
    told = second.post(f"{card(people)}claim", data={"csrf_token": token(second.get(LIST))}, headers=HERE, follow_redirects=True)  # fmt: skip
    assert "operator đang gọi người này" in told.text
    assert second.get(card(people)).status_code == 303


def test_a_result_needs_to_be_chosen_and_an_absence_needs_its_day(operator, people):
    claim(operator, people)
    assert "Vui lòng chọn kết quả" in post(operator, card(people), f"{card(people)}result").text
    wrong = post(operator, card(people), f"{card(people)}result", result="unavailable", until="2024-01-15")  # fmt: skip
    assert wrong.status_code == 422
    assert 'href="#until"' in wrong.text
    assert re.search(r'value="unavailable" checked', wrong.text)
    post(operator, card(people), f"{card(people)}result", result="unavailable", until="2024-01-18")
    assert "Trần Thị Bình" not in operator.get(LIST).text
    assert "vắng đến 18/01/2024" in operator.get(f"{LIST}?state=away").text


def test_a_new_link_is_queued_the_draft_is_gone_and_the_old_link_says_so(
    operator, people, keys, now
):
    invitation_id, code = people["Trần Thị Bình"]
    with transaction() as db:
        invited = queries.find(db, code, keys=keys)
        form = invited.assignments[0]
        instrument = campaigns.instrument(db, form.instrument_id)
        item = instrument.items[0]
        changes = {item.id: FieldChange("", item.options[0].code)}
        holder = DraftHolder(code, drafts.new_strand(), bytes(32), keys)
        drafts.save(db, form.id, instrument, holder=holder, changes=changes, now=now)
    claim(operator, people)
    saved = post(
        operator, card(people), f"{card(people)}result", result="new_link", channel="email"
    )
    assert saved.status_code == 303
    with transaction() as db:
        assert db.scalar(select(func.count()).select_from(Draft)) == 0
        wave = db.scalars(select(Wave)).one()
        assert (wave.kind, wave.state, wave.audience["invitations"]) == (
            "reissue",
            "testing",
            [str(invitation_id)],
        )
        fresh = db.scalars(select(Invitation).where(Invitation.id == invitation_id)).one()
    link = links.sign(keys, code)
    assert "liên kết mới" in operator.get(f"/t/{link}").text.lower()
    page = operator.get(CALLS).text
    assert link not in page
    assert fresh.issue_number == 2


def test_figures_are_for_all_of_the_centre_and_name_nobody(app, operator, people):
    claim(operator, people)
    post(operator, card(people), f"{card(people)}result", result="no_answer")
    viewer = app.test_client()
    sign_in(viewer, "viewer")
    page = viewer.get(CALLS).text
    assert "đến 1 người" in page
    assert "Trần Thị Bình" not in page
    assert f'action="{CALLS}/open"' not in page


def test_when_the_time_is_over_the_list_is_shut(operator, people, moment):
    for _half_hour in range(9):  # the session is kept alive, the shift is not
        moment.at += timedelta(minutes=29)
        operator.get(CALLS)
    assert operator.get(LIST).headers["Location"].endswith(CALLS)
    post(operator, CALLS, f"{CALLS}/open", reason=WHY)
    post(operator, CALLS, f"{CALLS}/end")
    assert operator.get(LIST).status_code == 303


@pytest.mark.parametrize("chosen", [["Trần Thị Bình"], ["Trần Thị Bình", "Lê Văn Chi"]])
def test_one_press_records_a_result_for_those_chosen(operator, people, chosen):
    ids = [str(people[name][0]) for name in chosen]
    several = {"invitation": ids, "result": "unavailable", "until": "2024-01-18"}
    answer = post(operator, LIST, f"{LIST}/result?unit=01", **several)
    assert answer.headers["Location"].endswith(f"{LIST}?unit=01")
    assert f"Đã lưu cho {len(chosen)} người" in operator.get(LIST).text
    away = operator.get(f"{LIST}?state=away").text
    assert {name for name in people if name in away} == {*chosen}


def test_the_whole_page_is_chosen_by_one_mark_and_nobody_chosen_is_said(operator, people):
    shown = re.findall(r'name="shown" value="([^"]+)"', operator.get(LIST).text)
    assert set(shown) == {str(id_) for id_, _code in people.values()}
    post(operator, LIST, f"{LIST}/result", result="busy", invitation=["no-id"])
    assert "ít nhất một người" in operator.get(LIST).text
    post(operator, LIST, f"{LIST}/result", result="busy", everyone="1", shown=shown)
    assert operator.get(LIST).text.count("Máy bận,") == 2
