"""What a coordinator meets with a bad file: words that say what to do, and a database as before."""

import re
from datetime import datetime
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from surveyapp.db import transaction
from surveyapp.tables import metadata
from tests import factories
from tests.files import refused
from tests.web.browsing import HERE, read_and_confirm, sign_in, token

HOME = "/desk/tiny/01/"
TOLD = {
    "photo.xlsx": "thành tệp Excel",
    "bomb.xlsx": "nén quá nhiều dữ liệu",
    "wide.xlsx": "xóa các cột không thuộc danh sách",
    "leaders-as-council.xlsx": "kiểm tra đã chọn đúng loại danh sách",
    "template-elsewhere.xlsx": "chọn đúng tệp hoặc đúng danh sách",
}


@pytest.fixture
def desk(client: FlaskClient, now: datetime) -> FlaskClient:
    with transaction() as db:
        factories.campaign(db, now)
        factories.staff(db, now, "coordinator", unit="01", username="desk01")
    sign_in(client, "desk01")
    return client


def hand_in(desk: FlaskClient, kind: str, name: str, content: bytes) -> TestResponse:
    sent = desk.post(
        f"{HOME}lists/{kind}/",
        data={"csrf_token": token(desk.get(HOME)), "file": (BytesIO(content), name)},
        headers=HERE,
        content_type="multipart/form-data",
    )
    return read_and_confirm(desk, sent)


def stored(engine: Engine) -> dict[str, list[str]]:
    """Every row of every table but the session, which notes when it was last used."""
    with engine.connect() as connection:
        return {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            for table in metadata.sorted_tables
            if table.name != "staff_session"
        }


def words(page: TestResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def test_a_file_that_cannot_be_a_list_is_refused_with_words_and_stores_nothing(desk, engine):
    files = {name: (kind, content) for name, kind, _code, content in refused.files()}
    before = stored(engine)
    for name, told in TOLD.items():
        answer = hand_in(desk, files[name][0], name, files[name][1])
        assert answer.status_code == 422, name
        assert told in words(answer), name
        assert stored(engine) == before, name


def test_of_a_list_with_thirty_bad_rows_in_a_hundred_each_is_told_by_line_column_and_reason(desk):
    listed = factories.people(100)
    faults = {
        **dict.fromkeys(range(0, 30, 3), ("phone", "Điện thoại", "Số điện thoại không hợp lệ")),
        **dict.fromkeys(range(1, 30, 3), ("email", "Thư điện tử", "Địa chỉ thư điện tử")),
        **dict.fromkeys(range(2, 30, 3), ("name", "Họ và tên", "Thiếu")),
    }
    for position, (column, _heading, _reason) in faults.items():
        name, phone, email = listed[position]
        listed[position] = {
            "phone": (name, "12-34", email),
            "email": (name, phone, "khong.co.a.cong"),
            "name": ("", phone, email),
        }[column]
    answer = hand_in(
        desk, "agency-leaders", "ds.csv", factories.list_file("agency-leaders", listed)
    )
    page = words(desk.get(answer.location))
    assert "Còn 30 lỗi phải sửa ở 30 dòng" in page
    from python_calamine import CalamineWorkbook

    sheet = desk.get(f"{answer.location.split('?')[0]}findings.xlsx").data
    rows = CalamineWorkbook.from_filelike(BytesIO(sheet)).get_sheet_by_index(0).to_python()
    reasons = {
        (row[0], row[2]): " ".join(map(str, row[3:])) for row in rows if row[1] == "Phải sửa"
    }
    assert set(reasons) == {
        (float(position + 2), heading) for position, (_column, heading, _reason) in faults.items()
    }
    for position, (_column, heading, reason) in faults.items():
        assert reason in reasons[float(position + 2), heading]
