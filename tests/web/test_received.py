"""A coordinator sees how a file was understood before anything is judged, and how far the reading is."""

import re
import threading
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from surveyapp import clock
from surveyapp.db import reading, transaction
from surveyapp.keys import KeyRing
from surveyapp.respondents import progress
from surveyapp.respondents.lists.uploads import file_reading, intake
from surveyapp.respondents.models import ListFinding, ListLine, ReceivedFile
from surveyapp.respondents.sheet import guarded
from surveyapp.web.desk import background
from tests import factories
from tests.web.browsing import HERE, reading_form
from tests.web.test_desk import HOME, LISTED, hand_in, post, stored, text
from tests.web.test_desk import desk as desk

LEADERS = f"{HOME}lists/agency-leaders/"
SHEET = """UBND THÀNH PHỐ,,,,
STT,Họ và tên,Chức vụ,Sở,Số máy,Quê quán
1,NguyÔn V¨n An,Giám đốc,SNV,912 000 001,Nga Sơn
2,Trần Thị Bình,Phó Giám đốc,nt,binh@@x,Thọ Xuân
,Tổng cộng: 2,,,
"""


def send(desk: FlaskClient, content: bytes, name: str = "ds.csv") -> Any:
    given = {"file": (BytesIO(content), name)}
    return post(desk, LEADERS, given, content_type="multipart/form-data")


def files() -> list[ReceivedFile]:
    with reading() as db:
        return list(db.scalars(select(ReceivedFile)))


def test_what_was_understood_is_shown_before_anything_is_judged(desk: FlaskClient) -> None:
    answer = send(desk, SHEET.encode())
    assert (answer.status_code, stored()) == (303, [])
    page = text(desk.get(answer.location))
    assert "2 người · trang tính “ds”, tiêu đề ở dòng 2" in page
    assert "912 000 001" in page
    assert "“nt” → “Sở Nội vụ”" in page
    assert "“NguyÔn V¨n An” → “Nguyễn Văn An”" in page
    assert "“SNV” → “Sở Nội vụ”" in page
    assert "Cột không dùng đến: “Quê quán”" in page
    assert "5 Tổng cộng: 2 dòng cộng Đây là một người" in page
    assert "Phải sửa" not in page and "không hợp lệ" not in page


def test_departments_that_stand_in_titles_of_groups_are_not_said_to_be_missing(
    desk: FlaskClient,
) -> None:
    sheet = (
        "STT,Họ và tên,Chức vụ,Điện thoại\n"
        "I,Sở Nội vụ,,\n1,Trần Thị Bình,Giám đốc,0912000001\n2,Lê Văn Chi,Phó Giám đốc,0912000002\n"
        "II,Sở Tư pháp,,\n1,Phạm Văn Dũng,Giám đốc,0912000003\n"
    )
    page = text(desk.get(send(desk, sheet.encode()).location))
    assert "Lấy theo tiêu đề nhóm ở trên" in page
    assert "Chưa thấy trong tệp" not in page


def test_a_column_put_right_on_that_page_is_read_so_and_one_left_alone_is_no_correction(
    desk: FlaskClient,
) -> None:
    reading_page = send(desk, SHEET.replace("Số máy", "Ký hiệu").encode()).location
    form = reading_form(desk.get(reading_page))
    assert (form["column_full_name"], form["column_phone"]) == ("B", "")
    desk.post(reading_page, data={**form, "column_phone": "E"}, headers=HERE)
    read = stored()[0].understanding
    assert (read["mapping"]["phone"], read["mapping"]["number"], read["corrected"]) == (4, 0, True)
    hand_in(desk, LISTED)
    assert stored()[1].understanding["corrected"] is False


def test_the_same_layout_again_and_our_own_template_need_one_click(desk: FlaskClient) -> None:
    hand_in(desk, LISTED)
    again = factories.list_file("agency-leaders", LISTED[:2])
    assert "như tệp lần trước" in text(desk.get(send(desk, again).location))
    template = openpyxl.load_workbook(BytesIO(desk.get(f"{LEADERS}template.xlsx").data))
    person = ["1", "Lê Văn An", "Giám đốc", "Sở Nội vụ"]
    for column, cell in enumerate(person, start=1):
        template.worksheets[0].cell(7, column, cell)
    filled = BytesIO()
    template.save(filled)
    page = desk.get(send(desk, filled.getvalue(), "mau.xlsx").location)
    assert "Tệp lập theo mẫu của hệ thống" in text(page)
    button, table = page.text.index("Đúng, kiểm tra danh sách"), page.text.index("<table")
    assert button < table


def test_a_file_waiting_to_be_confirmed_is_found_again_and_the_next_one_replaces_it(
    desk: FlaskClient,
) -> None:
    reading_page = send(desk, SHEET.encode()).location
    assert reading_page in desk.get(LEADERS).text
    second = send(desk, SHEET.replace("Bình", "Bích").encode()).location
    assert desk.get(reading_page).status_code == 404
    assert [str(file.id) for file in files()] == [second.rsplit("/", 1)[1]]


def test_a_received_file_of_another_unit_is_not_there(desk: FlaskClient) -> None:
    reading_page = send(desk, SHEET.encode()).location
    with transaction() as db:
        factories.staff(db, clock.now(), "coordinator", unit="46", username="desk46")
    other = desk.application.test_client()
    from tests.web.browsing import sign_in, token

    sign_in(other, "desk46")
    foreign = reading_page.replace("/01/", "/46/")
    given = {"csrf_token": token(other.get("/desk/tiny/46/")), "header_line": "2"}
    answers = [other.get(foreign), *(other.post(f"{foreign}{x}", data=given, headers=HERE) for x in ("", "/again"))]  # fmt: skip
    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_work_that_takes_longer_shows_its_stage_and_rows_and_ends_at_the_list(
    desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading_page = send(desk, SHEET.encode()).location
    form = reading_form(desk.get(reading_page))
    go_on, begun, workers = threading.Event(), threading.Event(), []
    check = file_reading.check

    def slowly(*args: Any, progress: Any, **kinds: Any) -> Any:
        workers.append(threading.current_thread())
        progress("checking", 1200, 20_000)
        begun.set()
        go_on.wait(300)
        return check(*args, progress=progress, **kinds)

    monkeypatch.setattr(file_reading, "check", slowly)
    monkeypatch.setattr(background, "PATIENCE", 0)
    assert desk.post(reading_page, data=form, headers=HERE).status_code == 303
    assert begun.wait(300)
    page = desk.get(reading_page)
    assert "Kiểm tra từng dòng: 1.200 trên 20.000 dòng" in text(page)
    assert '<noscript><meta http-equiv="refresh"' in page.text
    go_on.set()
    workers[0].join(300)
    assert re.search(r"/list/[0-9a-f-]{36}/", desk.get(reading_page).location)


def test_a_reading_that_was_interrupted_can_be_begun_again(
    desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading_page = send(desk, SHEET.encode()).location
    form = reading_form(desk.get(reading_page))

    def broken(*_args: Any, **_kinds: Any) -> Any:
        raise OSError

    with monkeypatch.context() as broke:
        broke.setattr(file_reading, "check", broken)
        desk.post(reading_page, data=form, headers=HERE)
    assert "bị ngắt giữa chừng" in text(desk.get(reading_page))
    post(desk, f"{reading_page}/again", {})
    assert "2 người" in text(desk.get(reading_page))


@pytest.mark.parametrize("confirmed", [None, {}], ids=["being read", "being stored"])
def test_the_work_of_a_process_that_vanished_is_taken_up_by_another(
    moment, desk: FlaskClient, keys: KeyRing, confirmed: dict[str, Any] | None
) -> None:
    reading_page = send(desk, SHEET.encode()).location
    received_id = UUID(reading_page.rsplit("/", 1)[1])
    with transaction() as db:
        intake.begin(db, received_id, worker="gone", confirmed=confirmed, now=clock.now())
        intake.advance(db, received_id, "reading", 5, 10, now=clock.now())
    assert "Đọc các dòng: 5 trên 10 dòng" in text(desk.get(reading_page))
    assert not background.take_up(keys), "it has just given a sign"
    moment.at += intake.SILENCE + timedelta(seconds=1)
    assert background.take_up(keys)
    assert not background.take_up(keys)
    with transaction() as db:
        assert not intake.still_held(db, received_id, "gone", now=clock.now())
    assert [version.line_count for version in stored()] == ([] if confirmed is None else [2])
    assert ("2 người" in text(desk.get(reading_page))) == (confirmed is None)


def test_a_file_that_nobody_confirmed_goes_after_a_day_without_a_next_one(
    moment, desk: FlaskClient
) -> None:
    send(desk, SHEET.encode())
    with transaction() as db:
        assert intake.forget_old(db, now=clock.now()) == 0
        assert intake.forget_old(db, now=clock.now() + timedelta(days=1, seconds=1)) == 1
    assert files() == []


def test_what_a_person_said_when_confirming_outlives_the_process_that_heard_it(
    moment, desk: FlaskClient, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading_page = send(desk, SHEET.encode()).location
    form = reading_form(desk.get(reading_page))
    with monkeypatch.context() as killed:
        killed.setattr(background, "_run", lambda *_: None)  # its process ended before it began
        desk.post(reading_page, data=form | {"person": "3"}, headers=HERE)
    moment.at += intake.SILENCE + timedelta(seconds=1)
    assert background.take_up(keys)
    assert len(stored()) == 1


def test_looking_at_another_row_or_sheet_changes_nothing(desk: FlaskClient) -> None:
    reading_page = send(desk, SHEET.encode()).location
    before = [(file.state, file.understanding) for file in files()]
    for query in ("header_line=1", "header_line=99999", "header_line=x", "sheet=none", "sheet="):
        assert desk.get(f"{reading_page}?{query}").status_code == 200, query
    assert [(file.state, file.understanding) for file in files()] == before
    with reading() as db:
        assert db.scalars(select(ListFinding)).all() == []


def test_a_confirmed_file_is_not_read_a_second_time(
    desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading_page = send(desk, SHEET.encode()).location
    read = counted_readings(monkeypatch)
    desk.get(f"{reading_page}?header_line=1")
    desk.post(reading_page, data=reading_form(desk.get(reading_page)), headers=HERE)
    assert (read, [version.line_count for version in stored()]) == ([], [2])
    assert kept_tables() == [b""]


@pytest.mark.parametrize("table", [b"", b"x" * 40, None])
def test_a_table_that_is_not_that_files_own_is_not_believed(
    desk: FlaskClient, monkeypatch: pytest.MonkeyPatch, table: bytes | None
) -> None:
    foreign = send(desk, SHEET.replace("Bình", "Bích").encode())
    other = kept_tables()[0]
    reading_page = send(desk, SHEET.encode()).location
    assert foreign.status_code == 303 and other != kept_tables()[0]
    with transaction() as db:
        db.execute(update(ReceivedFile).values(table=other if table is None else table))
    read = counted_readings(monkeypatch)
    desk.post(reading_page, data=reading_form(desk.get(reading_page)), headers=HERE)
    assert len(read) == 1
    with reading() as db:
        assert "Trần Thị Bình" in [v["full_name"] for v in db.scalars(select(ListLine.values))]


def counted_readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tasks of the child from now on in which it opened the file itself."""
    read: list[str] = []
    run = guarded.run

    def noted(
        task: str, content: bytes, *, progress: Any = progress.no_progress, **given: Any
    ) -> Any:
        def heard(stage: str, done: int, total: int) -> None:
            if stage == "unpacking":
                read.append(task)
            progress(stage, done, total)

        return run(task, content, progress=heard, **given)

    monkeypatch.setattr(guarded, "run", noted)
    return read


def kept_tables() -> list[bytes]:
    with reading() as db:
        return list(db.scalars(select(ReceivedFile.table)))
