"""What a respondent sees and what is stored, page by page, without scripts."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from surveyapp.accounts.act import Act
from surveyapp.assignments.models import Assignment
from surveyapp.campaigns.models import Campaign
from surveyapp.db import reading, transaction
from surveyapp.invitations import queries
from surveyapp.invitations import service as invitations
from surveyapp.invitations.credentials import attempts, codes, device_handoff
from surveyapp.invitations.models import Declaration, Handoff, Invitation
from surveyapp.responses.models import Draft, SealedBallot
from surveyapp.web.http import sessions
from surveyapp.web.respond import sealed_page
from tests.qrcodes import read_svg
from tests.web.browsing import HERE, led_to, token, unmarked
from tests.web.person import Person, shown
from tests.web.test_parts import Page


def stored(what) -> int:
    with reading() as db:
        return int(db.execute(select(func.count()).select_from(what)).scalar_one())


def dispositions() -> list[str]:
    with reading() as db:
        return sorted(db.scalars(select(Assignment.disposition)))


def move(**values) -> None:
    with transaction() as db:
        campaign = db.scalars(select(Campaign)).one()
        for name, value in values.items():
            setattr(campaign, name, value)


def words(answer) -> str:
    return Page(answer.text.replace("\u2060", "")).text


# ---- before answering


def test_opening_the_link_changes_nothing_sets_no_cookie_and_names_nobody(ann):
    before = dispositions()
    for address in (ann.link, f"{ann.link}/decline", "/", "/tro-nang", "/bien-nhan", "/m/1"):
        for answer in (ann.get(address), ann.client.head(address)):
            assert answer.status_code == 200
            assert "Set-Cookie" not in answer.headers
            assert answer.headers["Referrer-Policy"] == "strict-origin"
        text = ann.get(address).text
        for told in (ann.row.full_name, ann.row.position, ann.row.email, ann.row.phone):
            assert told not in text
    assert dispositions() == before
    assert stored(Draft) == stored(Declaration) == 0


def test_the_page_before_answering_tells_all_that_it_must(ann):
    text = words(ann.get(ann.link))
    for told in (
        "Bộ Nội vụ (Vụ Cải cách hành chính)",
        "Đơn vị lập danh sách: Bộ Nội vụ",
        "khoảng",
        "17:00 05/02/2024",
        "muốn đọc phải có cùng lúc mã truy cập của Ông/Bà, bí mật nằm trên máy",
        "không xem lại, sửa hay rút được nữa, kể cả đối với Ông/Bà",
        "Hộp phiếu chỉ mở được sau khi đợt khảo sát kết thúc. Hộp phiếu chỉ mở một lần.",
        "nhóm từ 5 phiếu trở lên",
        "Câu chưa nộp chỉ hiện trên máy đã bắt đầu",
        "Người đó không thấy câu đã trả lời, nhưng có thể trả lời lại từ đầu",
        "Đợt này là đợt thử nghiệm",
        "024 0000 0000",
        "việc trả lời là tự nguyện",
    ):
        assert told in text
    assert "do ba người giữ" not in text


def test_with_the_key_off_the_server_the_page_before_answering_says_who_opens_the_box(ann):
    move(custody="offline")
    text = words(ann.get(ann.link))
    assert "chia làm ba mảnh, do ba người giữ, ngoài máy chủ; phải có hai mảnh" in text
    assert "Đợt này là đợt thử nghiệm" not in text


def test_the_page_names_the_decision_and_how_to_check_it_on_the_ministrys_own_site(ann):
    with reading() as db:
        given = dict(db.scalars(select(Campaign)).one().settings)
    decided = {"number": "12/QĐ-BNV", "issued_on": "2023-11-09", "site": "ministry.example.vn"}
    move(settings={**given, "decision": decided})
    text = words(ann.get(ann.link))
    assert "Căn cứ Quyết định số 12/QĐ-BNV ngày 09/11/2023 của Bộ Nội vụ." in text
    assert "tự gõ địa chỉ ministry.example.vn" in text
    assert "tìm Quyết định số 12/QĐ-BNV" in text
    move(settings={**given, "decision": None})
    assert "Quyết định số" not in words(ann.get(ann.link))


def test_the_address_after_the_start_holds_no_secret(ann):
    answer = ann.start()
    assert led_to(answer) == "/phieu/1/1"
    assert ann.code not in ann.get("/phieu/1/1").text
    assert ann.code not in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("kind", "disposition"),
    [
        ("not_me", "unavailable"),
        ("moved", "moved"),
        ("wrong_group", "wrong_group"),
        ("decline", "refused"),
    ],
)
def test_a_declaration_asks_first_and_is_then_kept(ann, kind, disposition):
    asked = ann.get(f"{ann.link}/{kind}")
    assert "Xác nhận" in asked.text
    assert stored(Declaration) == 0
    told = shown(ann.client, ann.client.post(f"{ann.link}/{kind}", headers=HERE))
    assert "Đã ghi nhận" in told.text
    assert ann.row.full_name not in told.text
    with reading() as db:
        assert db.scalars(select(Declaration.kind)).all() == [kind]
    assert disposition in dispositions()
    assert ann.start().status_code == 303  # a slip is mended by opening the link again


# ---- typed codes


def test_a_code_typed_with_spaces_opens_the_page_before_answering(ann):
    spaced = ann.row.code.replace("-", "  ")
    assert ann.client.post("/", data={"code": spaced}, headers=HERE).status_code == 303
    assert "Bắt đầu trả lời" in ann.get("/phieu").text


def test_the_list_of_questionnaires_counts_them_and_says_how_long_each_takes(binh):
    binh.start()
    told = words(binh.get("/phieu")).replace("\u00a0", " ")
    assert [number for number in ("1", "2", "3") if f"Phiếu {number} trong 2:" in told] == [
        "1",
        "2",
    ]
    assert len(re.findall(r"Chưa trả lời khoảng [1-9]\d* phút", told)) == 2


def test_a_mistyped_code_is_known_at_once_and_costs_no_attempt(ann):
    wrong = ann.code[:-1] + str((int(ann.code[-1]) + 1) % 10)
    answer = ann.type_code(wrong)
    assert "Lỗi:" in answer.text and wrong in answer.text
    assert f"Máy đọc được {codes.show(wrong)}" in answer.text
    assert "hai chữ số bị đổi chỗ" in answer.text
    assert "đã nhập 5 chữ số: 7123-4" in ann.type_code("71234").text
    assert "Phần không đọc được: x @" in words(ann.type_code("7123x@"))
    assert "chưa có chữ số nào" in ann.type_code("").text
    assert "Lỗi:" not in ann.get("/").text  # the address without the fault tells none


@pytest.mark.parametrize(
    "message",
    [
        "{link}",
        "Bo Noi vu: kinh moi Ong/Ba tra loi phieu: {link} truoc 17:00 ngay 20/02/2026. DT 024 3824 0000",
        "Ma truy cap cua Ong/Ba: {code}. Han 17:00 20/02/2026, ho tro 024 3824 0000",
        "{dotted} 0243824",
        "{letters}",
    ],
)
def test_whatever_people_hold_opens_the_questionnaire(ann, message):
    code = ann.row.code
    letters = code.replace("0", "O", 1).replace("1", "l", 1)
    pasted = message.format(
        link=ann.row.link, code=code, dotted=code.replace("-", "."), letters=letters
    )
    opened = ann.client.post("/", data={"code": pasted}, headers=HERE)
    assert led_to(opened) == "/phieu"


def test_an_unknown_and_a_replaced_code_are_told_the_same(ann, keys, now):
    unknown = "712345678901234" + codes.check_digit("712345678901234")
    reissue(ann, keys, now)
    told = [words(ann.type_code(code)).replace(code, "") for code in (unknown, ann.code)]
    assert told[0] == told[1]


def test_too_many_wrong_codes_challenge_typing_but_not_links(ann, keys, now):
    with transaction() as db:
        network = attempts.network(keys, "127.0.0.1", now=now)
        for _attempt in range(attempts.NETWORK_FAILURES):
            attempts.count(db, network, succeeded=False, now=now)
    answer = ann.type_code(ann.code)
    assert answer.status_code == 429
    assert "Mở bằng liên kết trong thư hoặc tin nhắn thì không cần bước này" in answer.text
    assert ann.start().status_code == 303


# ---- answering


def test_a_page_saves_what_was_chosen_and_goes_on(ann):
    ann.start()
    first, second = ann.items(1, 1)[:2]
    answer = ann.send(1, 1, {first: "2", second: "98"}, go="next")
    assert led_to(answer) == "/phieu/1/2"
    assert ann.chosen(1, 1) == {first: "2", second: "98"}
    assert stored(Draft) == 1


def test_the_list_of_questionnaires_tells_how_much_is_left_of_each(ann):
    ann.start()
    ann.send(1, 1, {ann.items(1, 1)[0]: "2"})
    left = re.findall(r"còn \d+ câu", words(ann.get("/phieu/1/1")))[0]
    assert f"Đang trả lời {left}" in words(ann.get("/phieu"))
    with transaction() as db:
        db.execute(
            update(Draft).values(version=bytes(16))
        )  # altered behind our back: it cannot be read
    assert "Đang trả lời" in (told := words(ann.get("/phieu"))) and left not in told


@pytest.mark.parametrize(
    ("go", "leads"),
    [
        ("back", "/phieu"),
        ("3", "/phieu/1/3"),
        ("review", "/phieu/1/xem-lai"),
        ("leave", "/da-dong"),
    ],
)
def test_every_way_off_a_page_saves_it(ann, go, leads):
    ann.start()
    item = ann.items(1, 1)[0]
    assert led_to(ann.send(1, 1, {item: "3"}, go=go)) == leads
    ann.start()
    assert ann.chosen(1, 1) == {item: "3"}


def test_what_is_not_an_option_is_not_saved_and_the_page_comes_back_as_typed(ann):
    ann.start()
    first, second = ann.items(1, 1)[:2]
    answer = shown(ann.client, ann.send(1, 1, {first: "77", second: "4"}))
    page = Page(answer.text)
    assert answer.status_code == 422
    assert "<title>Lỗi: " in answer.text
    assert f"#{first}" in [link["href"] for link in page.all("a")]
    assert page.by_id(f"{first}-error")["class"] == "wrong"
    assert [one["name"] for one in page.all("input") if "checked" in one] == [second]
    assert ann.chosen(1, 1) == {}


def test_a_remark_that_is_too_long_comes_back_whole(ann):
    ann.start()
    last = len(re.findall('name="go" value="[0-9]+"', ann.get("/phieu/1/1").text))
    page = Page(ann.get(f"/phieu/1/{last}").text)
    remark = page.all("textarea")[0]["name"]
    typed = "Cần rút ngắn thủ tục. " * 60
    answer = shown(ann.client, ann.send(1, last, {remark: typed}))
    assert answer.status_code == 422
    assert typed.strip() in answer.text
    assert f"Ý kiến dài quá {len(typed.strip()) - 1000} ký tự (tối đa 1000)" in answer.text
    assert "maxlength" not in page.all("textarea")[0]  # a browser would cut off what is pasted
    assert ann.send(1, last, {remark: "Ngắn\r\nhai dòng"}, go="review").status_code == 303
    assert "Ngắn\nhai dòng" in ann.get("/phieu/1/xem-lai").text


def test_a_stale_page_undoes_nothing_and_is_told_what_changed(ann, app):
    ann.start()
    first, second = ann.items(1, 1)[:2]
    base = {"csrf_token": token(ann.get("/phieu/1/1")), f"was.{first}": "", f"was.{second}": ""}
    ann.send(1, 1, {first: "1"})
    ann.client.post("/phieu/1/1", data={**base, second: "4"}, headers=HERE)
    told = words(ann.get("/phieu/1/2"))
    assert "Một máy khác vừa sửa: câu 1" in told
    assert ann.chosen(1, 1) == {first: "1", second: "4"}
    ann.send(1, 1, {second: "5"})
    assert "Một máy khác vừa sửa" not in words(ann.get("/phieu/1/2"))


def test_the_script_is_told_what_is_stored_now(ann):
    ann.start()
    first, second = ann.items(1, 1)[:2]
    given = {"csrf_token": token(ann.get("/phieu/1/1"))}
    fields = {**given, f"was.{first}": "", first: "5", f"was.{second}": "", second: ""}
    answer = ann.client.post("/phieu/1/luu", data=fields, headers=HERE).json
    assert answer["saved"] == "Đã lưu 10:00"
    assert answer["answers"][first] == "5"
    assert answer["elsewhere"] == ""
    assert answer["seconds"] == 3600
    refused = ann.client.post(
        "/phieu/1/luu",
        data={**fields, f"was.{first}": "5", first: "77"},
        headers={**HERE, "Accept": "application/json"},
    )
    assert refused.status_code == 422
    assert "không có trong câu hỏi này" in refused.json["message"]


def test_a_save_that_arrives_late_or_twice_undoes_nothing_that_overtook_it(ann):
    ann.start()
    first, second = ann.items(1, 1)[:2]

    def send(turn: str, **chosen: str) -> dict[str, str]:
        bases = {f"was.{name.replace('_', '-')}": "" for name in chosen}
        values = {name.replace("_", "-"): value for name, value in chosen.items()}
        given = {"csrf_token": token(ann.get("/phieu/1/1")), "turn": turn, **bases, **values}
        return dict(ann.client.post("/phieu/1/luu", data=given, headers=HERE).json["answers"])

    first_name, second_name = first.replace("-", "_"), second.replace("-", "_")
    assert send("k3f9.2", **{first_name: "5"}) == {first: "5"}
    late = send("k3f9.1", **{first_name: "2", second_name: "3"})
    assert late == {first: "5", second: "3"}  # what nothing overtook is saved
    assert send("k3f9.1", **{first_name: "2", second_name: "3"}) == late
    assert send("k3f9.2", **{first_name: "5"}) == late
    assert send("zz.1", **{first_name: "1"}) == {first: "1", second: "3"}  # another page's is new


@pytest.mark.parametrize(
    "behind",
    [".", ",", ")", "%20", "/", "%3E", "&data=05", "%E2%80%9D", "%0D%0A", "%E2%80%8B", "__;!!x"],
)
def test_a_link_opens_whatever_a_message_or_a_mail_program_wrote_behind_it(ann, behind):
    answer = ann.get(ann.link + behind)
    if answer.status_code == 302:
        assert answer.location == ann.link
        answer = ann.get(answer.location)
    assert answer.status_code == 200
    assert f'action="{ann.link}' in answer.text
    assert ann.get(f"{ann.link}?utm_source=zalo&fbclid=1").status_code == 200
    assert ann.get(f"{ann.link[:-1]}.").status_code == 404


def test_the_language_changes_on_the_page_and_what_was_chosen_is_saved(ann):
    ann.start()
    second = ann.items(1, 1)[1]
    answer = ann.send(1, 1, {second: "2"}, language="en", at=second)
    assert led_to(answer) == f"/phieu/1/1#{second}-item"
    assert '<html lang="en"' in ann.get("/phieu/1/1").text
    assert ann.chosen(1, 1) == {second: "2"}
    forged = ann.send(1, 1, {}, language="vi", at="//evil.example")
    assert led_to(forged) == "/phieu/1/1"


def test_a_session_that_rested_too_long_asks_for_the_code_and_keeps_the_answers(ann, moment):
    ann.start()
    item = ann.items(1, 1)[0]
    ann.send(1, 1, {item: "3"})
    moment.at += timedelta(minutes=61)
    over = ann.get("/phieu/1/1")
    assert over.status_code == 401
    assert "Những câu đã lưu vẫn còn" in over.text
    ann.start()
    assert ann.chosen(1, 1) == {item: "3"}


def test_extending_the_session_gives_a_full_hour_again(ann, moment):
    ann.start()
    moment.at += timedelta(minutes=56)
    given = {"csrf_token": token(ann.get("/phieu/1/1"))}
    headers = {**HERE, "Accept": "application/json"}
    told = ann.client.post("/phieu/gia-han", data=given, headers=headers).json
    assert told == {"seconds": 3600, "final": False}
    moment.at += timedelta(minutes=30)
    assert ann.get("/phieu/1/1").status_code == 200


def test_the_end_after_twelve_hours_is_told_apart_from_the_end_of_an_hours_rest(ann, moment):
    ann.start()
    item = ann.items(1, 1)[0]
    for _half_an_hour in range(23):
        moment.at += timedelta(minutes=30)
        ann.send(1, 1, {item: "3"})
    assert 'data-is-final="True"' in ann.get("/phieu/1/1").text
    given = {"csrf_token": token(ann.get("/phieu/1/1"))}
    headers = {**HERE, "Accept": "application/json"}
    told = ann.client.post("/phieu/gia-han", data=given, headers=headers).json
    assert told == {"seconds": 1800, "final": True}


# ---- another device


def test_ten_digits_open_the_questionnaire_elsewhere_once(ann, app):
    ann.start()
    item = ann.items(1, 1)[0]
    ann.send(1, 1, {item: "3"})
    page = shown(ann.client, ann.post("/phieu/may-khac", page="/phieu/may-khac"))
    digits = re.search(r'id="handoff">([0-9 ]+)<', page.text)[1]
    elsewhere = Person(app.test_client(), ann.row)
    (address,) = read_svg(page.text.partition('class="qr"')[2])
    assert address == f"http://localhost/m/{digits.replace(' ', '')}"
    assert elsewhere.get(address).status_code == 200
    assert stored(Handoff) == 1  # looking at the page of the QR code uses nothing up
    opened = elsewhere.client.post("/", data={"code": digits}, headers=HERE)
    assert led_to(opened).startswith("/phieu/1/1#")
    assert elsewhere.chosen(1, 1) == {item: "3"}
    again = Person(app.test_client(), ann.row).type_code(digits)
    assert "đã dùng hoặc đã quá 10 phút" in again.text
    assert stored(Handoff) == 0


def test_ten_digits_are_worth_nothing_after_ten_minutes(ann, app, moment):
    ann.start()
    page = shown(ann.client, ann.post("/phieu/may-khac", page="/phieu/may-khac"))
    digits = re.search(r'id="handoff">([0-9 ]+)<', page.text)[1]
    moment.at += device_handoff.LIFE
    assert 'id="handoff"' not in ann.get("/phieu/may-khac").text
    answer = Person(app.test_client(), ann.row).type_code(digits)
    assert "đã dùng hoặc đã quá 10 phút" in answer.text


def test_a_wrong_transfer_code_counts_as_a_wrong_attempt(app, people):
    client = app.test_client()
    wrong = "123456789" + codes.check_digit("123456789")
    for _attempt in range(attempts.NETWORK_FAILURES):
        client.post("/", data={"code": wrong}, headers=HERE)
    answer = client.post("/", data={"code": wrong}, headers=HERE)
    assert shown(client, answer).status_code == 429


# ---- review, submission, receipt


def test_the_review_shows_gaps_first_and_each_leads_to_its_question(ann):
    ann.start()
    first, second = ann.items(1, 1)[:2]
    ann.send(1, 1, {first: "2"})
    text = ann.get("/phieu/1/xem-lai").text
    assert text.index('class="gaps"') < text.index('class="answers"')
    assert f'href="/phieu/1/1#{second}-item"' in unmarked(text)
    assert "Nộp phiếu, để trống" in text


def test_an_empty_questionnaire_cannot_be_submitted(ann):
    ann.start()
    assert 'action="/phieu/1/nop"' not in ann.get("/phieu/1/xem-lai").text
    refused = shown(ann.client, ann.post("/phieu/1/nop", page="/phieu/1/xem-lai", version="0"))
    assert refused.status_code == 422
    assert "Phiếu chưa có câu trả lời nào" in refused.text
    assert stored(SealedBallot) == 0


def submit(person: Person, number: int = 1):
    page = Page(person.get(f"/phieu/{number}/xem-lai").text)
    version = next(one["value"] for one in page.all("input") if one.get("name") == "version")
    return person.post(f"/phieu/{number}/nop", version=version)


def test_submitting_twice_ends_on_the_same_thanks_and_receipt(ann):
    ann.start()
    ann.send(1, 1, {ann.items(1, 1)[0]: "2"})
    page = Page(ann.get("/phieu/1/xem-lai").text)
    fields = {"version": next(x["value"] for x in page.all("input") if x.get("name") == "version")}
    for _press in range(2):
        assert led_to(ann.post("/phieu/1/nop", **fields)) == "/phieu/1/bien-nhan"
    assert stored(SealedBallot) == 1
    assert stored(Draft) == 0
    one, other = (
        re.search('data-copy="([^"]+)"', ann.get("/phieu/1/bien-nhan").text)[1] for _ in "ab"
    )
    assert one == other
    assert led_to(ann.get("/phieu/1/1")) == "/phieu/1/bien-nhan"


def test_a_review_that_is_out_of_date_is_shown_again_before_anything_is_sealed(ann):
    ann.start()
    first, second = ann.items(1, 1)[:2]
    ann.send(1, 1, {first: "2"})
    page = Page(ann.get("/phieu/1/xem-lai").text)
    seen = next(one["value"] for one in page.all("input") if one.get("name") == "version")
    ann.send(1, 1, {second: "5"})
    answer = ann.post("/phieu/1/nop", version=seen)
    assert led_to(answer) == "/phieu/1/xem-lai"
    assert "vừa được sửa trên máy khác" in ann.get("/phieu/1/xem-lai").text
    assert stored(SealedBallot) == 0


def test_after_the_first_questionnaire_the_second_is_offered(binh):
    assert led_to(binh.start()) == "/phieu"
    binh.send(1, 1, {binh.items(1, 1)[0]: "1"})
    submit(binh, 1)
    text = binh.get("/phieu/1/bien-nhan").text
    assert "Còn một phiếu nữa" in text
    assert 'href="/phieu/2/1"' in unmarked(text)


def test_a_save_after_submitting_elsewhere_is_refused_with_the_way_to_the_receipt(ann):
    ann.start()
    first = ann.items(1, 1)[0]
    stale = {"csrf_token": token(ann.get("/phieu/1/1")), f"was.{first}": "", first: "4"}
    ann.send(1, 1, {first: "2"})
    submit(ann)
    for fields in (stale, {**stale, first: ""}):
        answer = shown(ann.client, ann.client.post("/phieu/1/1", data=fields, headers=HERE))
        assert answer.status_code == 409
        assert "Phiếu này đã được nộp" in answer.text
        assert 'href="/phieu"' in unmarked(answer.text)


# ---- dead ends


def reissue(person: Person, keys, now, what: str = "reissue") -> None:
    with transaction() as db:
        campaign = db.scalars(select(Campaign)).one()
        held = queries.find(db, person.code, keys=keys)
        act = {"reason": "mất thư", "act": Act("op", now, keys)}
        getattr(invitations, what)(db, campaign, held.invitation_id, **act)


def test_each_dead_link_says_what_became_of_it(ann, keys, now):
    assert ann.get(ann.link[:-3]).status_code == 404
    assert "bị cắt mất một đoạn" in ann.get(ann.link[:-3]).text
    reissue(ann, keys, now)
    answer = ann.get(ann.link)
    assert answer.status_code == 410
    assert "đã được thay bằng liên kết mới" in answer.text
    assert "Câu đã lưu mà chưa nộp đã bị xóa" in answer.text
    assert "024 0000 0000" in answer.text


def test_a_withdrawn_invitation_says_so(ann, keys, now):
    reissue(ann, keys, now, "revoke")
    told = ann.get(ann.link).text
    assert "đã được thu hồi" in told and "024 0000 0000" in told


def test_before_it_opens_the_link_tells_when(ann, now):
    move(opens_at=now + timedelta(days=2))
    assert "Đợt khảo sát mở lúc 10:00 17/01/2024" in words(ann.get(ann.link))
    assert "form" not in [tag for tag, _ in Page(ann.get(ann.link).text).tags]
    assert ann.start().status_code == 403


def test_after_it_closed_nothing_is_saved_and_an_extension_brings_all_back(ann, now):
    ann.start()
    first, second = ann.items(1, 1)[:2]
    ann.send(1, 1, {first: "2"})
    base = {"csrf_token": token(ann.get("/phieu/1/1")), f"was.{second}": "", second: "1"}
    closes_at = now + timedelta(days=1)
    move(closes_at=now - timedelta(minutes=31))
    answer = shown(ann.client, ann.client.post("/phieu/1/1", data=base, headers=HERE))
    assert answer.status_code == 403
    assert "024 0000 0000" in answer.text
    kept_how = "ản nháp vẫn được mã hóa và bị hủy khi khóa thu phiếu"
    for told in (words(answer), words(ann.get(ann.link)), words(ann.get("/phieu"))):
        assert kept_how in told
    move(closes_at=closes_at)
    assert ann.chosen(1, 1) == {first: "2"}


def test_a_questionnaire_taken_back_while_it_is_answered_says_so(binh):
    binh.start()
    with transaction() as db:
        taken = db.scalars(select(Assignment).where(Assignment.number == 2)).one()
        taken.state, taken.disposition = "revoked", "removed"
    answer = binh.get("/phieu/2/1")
    assert answer.status_code == 410
    assert "Phiếu này không còn được giao cho Ông/Bà" in words(answer)
    assert binh.get("/phieu/1/1").status_code == 200


def test_once_collection_is_closed_the_link_says_that_the_draft_is_gone(ann, now):
    ann.start()
    ann.send(1, 1, {ann.items(1, 1)[0]: "2"})
    move(state="closed", closes_at=now - timedelta(days=1))
    assert "Bản nháp đã bị hủy khi khóa thu phiếu" in words(ann.get(ann.link))


def test_whoever_left_no_draft_is_told_of_none_when_it_is_over(ann, now):
    move(closes_at=now - timedelta(minutes=31))
    told = words(ann.get(ann.link))
    assert "Đợt khảo sát đã kết thúc lúc" in told and "ản nháp vẫn" not in told


def test_after_the_close_the_link_still_leads_to_the_receipt(ann, binh, now):
    ann.start()
    ann.send(1, 1, {ann.items(1, 1)[0]: "2"})
    submit(ann)
    binh.start()
    binh.send(1, 1, {binh.items(1, 1)[0]: "1"})
    submit(binh)
    move(closes_at=now - timedelta(minutes=31))
    for person in (ann, binh):
        assert "Xem mã biên nhận" in person.get(person.link).text
        person.client.delete_cookie("phieu")
        assert led_to(person.start()) == "/phieu"
        assert 'href="/phieu/1/bien-nhan"' in unmarked(person.get("/phieu").text)


def test_nobody_reaches_a_questionnaire_that_is_not_theirs(ann):
    ann.start()
    for address in ("/phieu/2/1", "/phieu/1/90", "/phieu/0/1", "/phieu/9/bien-nhan"):
        answer = ann.get(address)
        assert answer.status_code == 404
        assert "Về danh sách phiếu" in answer.text
    with reading() as db:
        assert db.scalars(select(func.count()).select_from(Invitation)).one() == 2


def test_the_times_in_the_accessibility_statement_are_those_that_hold(app):
    told = words(app.test_client().get("/tro-nang"))
    minutes, hours = sessions.IDLE.total_seconds() / 60, sessions.ABSOLUTE.total_seconds() / 3600
    assert f"Phiên làm việc hết sau {minutes:.0f} phút không thao tác" in told
    assert f"kéo dài nhiều nhất {hours:.0f} giờ" in told
    assert f"giữ kín trên máy đó trong {sealed_page.LIFE.total_seconds() / 60:.0f} phút" in told


def test_the_cookie_is_unreadable_and_forgets_the_code_when_the_person_leaves(ann, keys):
    ann.start()
    sealed_page = ann.client.get_cookie("phieu")
    assert sealed_page is not None and sealed_page.http_only and ann.code not in sealed_page.value
    left = shown(ann.client, ann.post("/phieu/roi-khoi"))
    assert "Phiếu đã đóng trên máy này" in left.text and "Những câu đã trả lời" in left.text
    assert ann.client.get_cookie("phieu") is None
    back = ann.client.get("/phieu/1/1", headers=HERE)
    assert back.status_code == 401
    assert "Phiếu đã được đóng trên máy này" in back.text and "cookie" not in back.text
    assert timedelta(hours=1) == sessions.IDLE  # the promise page and the statement say so


def test_leaving_expires_our_cookies_by_name_and_none_of_another_page_of_this_domain(ann):
    ann.start()
    ann.post("/phieu/ngon-ngu", language="en")
    names = ("phieu", sealed_page.COOKIE.plain_name, sealed_page.REFUSED.plain_name)
    for name in (*names[1:], "another_application"):
        ann.client.set_cookie(name, "x")
    answer = ann.post("/phieu/1/1", go="leave")
    assert "Clear-Site-Data" not in answer.headers
    left = [one for one in ("another_application", *names) if ann.client.get_cookie(one)]
    assert left == ["another_application"]
    assert '<html lang="en"' in ann.client.get(answer.location).text


def test_the_address_of_a_person_is_never_parted_after_its_slash(ann):
    ann.start()
    whole = re.search(r'data-whole="([^"]+)"', ann.get("/phieu/1/1").text)
    for address in (ann.link, "/", "/phieu", "/phieu/1/1", "/phieu/1/xem-lai", whole[1]):
        page = ann.get(address).text
        assert "Ông/\u2060Bà" in page and "Ông/Bà" not in page, address
