"""From a province's workbook to a scoring release, as the people of the survey walk it."""

import csv
import io
import json
import re
import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from pyarrow import parquet

from surveyapp import clock
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import reading, transaction
from surveyapp.keys import read_key_ring
from surveyapp.responses import queries as responses
from surveyapp.responses.receipts import tag
from tests import factories
from tests.web.browsing import HERE, post, read_and_confirm, sign_in, token

PEOPLE = [
    ("Trần Văn An", "Giám đốc", "Sở Nội vụ", "0912 345 601", "an.tran@snv.example.vn"),
    ("Lê Thị Bình", "Phó Giám đốc", "SNV", "912345602", "binh.le@snv.example.vn"),
    ("Phạm Đức Chi", "Chánh Thanh tra", "Thanh tra tỉnh", "+84912345603", ""),
    ("Hoàng Hữu Dũng", "Chánh Văn phòng", "Văn phòng UBND tỉnh", "0912345604", ""),
]


def workbook() -> bytes:
    """A list as a province sends it: a title over the heading, phones as they come."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Danh sách")
        sheet.write(0, 0, "DANH SÁCH LÃNH ĐẠO SỞ, BAN, NGÀNH")
        sheet.write_row(2, 0, ["TT", "Họ và tên", "Chức vụ", "Sở, ngành", "Điện thoại", "Email"])
        for position, person in enumerate(PEOPLE):
            sheet.write_row(3 + position, 0, [position + 1, *person])
    return content.getvalue()


def command(runner: CliRunner, *arguments: str) -> Result:
    """Run `surveyapp` and expect it to be done."""
    from surveyapp.cli.main import main

    result = runner.invoke(main, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


@pytest.fixture
def desk(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def centre(app: Flask) -> FlaskClient:
    return app.test_client()


def prepare(runner: CliRunner) -> None:
    """The campaign is loaded, its box has a key, and it is open today."""
    now = clock.now()
    with transaction() as db:
        campaign = factories.campaign(db, now)
        factories.approve_questionnaires(db, campaign, now)
        campaign.opens_at, campaign.closes_at = now - timedelta(days=1), now + timedelta(days=20)
        keys = read_key_ring(Path(str(runner.env["SURVEYAPP_KEYS"])))
        factories.staff(db, now, "coordinator", unit="01", username="desk01", keys=keys)
        factories.staff(db, now, "operator", username="operator", keys=keys)
    command(runner, "box", "keys", "--campaign", "tiny")
    command(runner, "campaign", "open", "--campaign", "tiny")


def hand_in_and_approve(desk: FlaskClient, centre: FlaskClient) -> None:
    sign_in(desk, "desk01")
    home = "/desk/tiny/01/"
    staged = desk.post(
        f"{home}lists/agency-leaders/",
        data={"csrf_token": token(desk.get(home)), "file": (BytesIO(workbook()), "ds.xlsx")},
        headers=HERE,
        content_type="multipart/form-data",
    )
    staged = read_and_confirm(desk, staged)
    assert staged.status_code == 303, staged.text
    page = staged.location
    accepted = post(desk, page, f"{page.split('?')[0]}accept")
    assert accepted.status_code == 303, accepted.text
    sign_in(centre, "operator")
    list_id = re.search(r"/list/([0-9a-f-]{36})/", page)
    assert list_id
    url = f"/centre/tiny/list/{list_id[1]}/"
    assert post(centre, url, f"{url}approve").status_code == 303


def mailing_rows(centre: FlaskClient) -> list[dict[str, str]]:
    """Issue invitations and read the mailing file as the operator downloads it."""
    page = "/centre/tiny/invitations"
    assert post(centre, page, f"{page}/issue").status_code in (200, 303)
    answer = post(centre, f"{page}/mailing", f"{page}/mailing", format="csv", who="waiting")
    assert answer.status_code == 200, answer.text
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == len(PEOPLE)
    return rows


def address(row: dict[str, str]) -> str:
    """The path of the link in a row of the mailing file."""
    link = next(value for value in row.values() if value.startswith("http") and "/t/" in value)
    return "/t/" + link.partition("/t/")[2]


def answer_all(person: FlaskClient, number: int) -> str:
    """Answer every page of one questionnaire with its second option; return the receipt."""
    for page in (1, 2):
        url = f"/phieu/{number}/{page}"
        shown = person.get(url).text
        items = re.findall(r'name="was\.([^"]+)"', shown)
        assert items
        fields = {f"was.{item}": "" for item in items} | dict.fromkeys(items, "2")
        saved = post(person, url, url, **fields, go="next")
        assert saved.status_code == 303, saved.text
    review = f"/phieu/{number}/xem-lai"
    version = re.search(r'name="version" value="([0-9a-f]{32})"', person.get(review).text)
    assert version
    for _press in (1, 2):
        done = post(person, "/phieu", f"/phieu/{number}/nop", version=version[1])
        assert done.status_code == 303, done.text
    receipt = re.search(r'data-copy="([A-Z0-9-]{19})"', person.get(done.location).text)
    assert receipt
    return receipt[1]


def test_a_workbook_becomes_answers_and_a_release_that_names_nobody(
    app: Flask,
    runner: CliRunner,
    desk: FlaskClient,
    centre: FlaskClient,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    prepare(runner)
    hand_in_and_approve(desk, centre)
    rows = mailing_rows(centre)
    receipts = []
    for row in rows[:3]:
        person = app.test_client()
        link = address(row)
        assert person.get(link).status_code == 200
        assert not person.get_cookie("phieu"), "reading a link leaves nothing behind"
        assert person.post(f"{link}/start", headers=HERE).status_code == 303
        numbers = sorted(set(re.findall(r'href="/phieu/(\d)/1', person.get("/phieu").text)))
        receipts += [answer_all(person, int(number)) for number in numbers or ["1"]]
    assert len(receipts) == sum(len(forms(row)) for row in rows[:3])
    every_form = sum(len(forms(row)) for row in rows)
    assert rates(centre) == (str(len(receipts)), str(every_form))

    with transaction() as db:
        factories.end_collection(db, "tiny", now=clock.now())
    command(runner, "campaign", "close", "--campaign", "tiny")
    late = app.test_client()
    refused = late.post(f"{address(rows[3])}/start", headers=HERE)
    assert refused.status_code == 403
    assert "đã kết thúc" in refused.text

    command(runner, "box", "open", "--campaign", "tiny")
    mark = tag(receipts[0]).hex()
    assert mark in late.get(f"/bien-nhan/{mark[:2]}.txt").text
    out = tmp_path / "releases"
    command(runner, "release", "build", "--campaign", "tiny", "--out", str(out))
    (folder,) = (path for path in out.iterdir() if path.is_dir())
    key = json.loads((folder / "manifest.json").read_text())["signing"]["public_key"]
    command(runner, "release", "verify", str(folder), "--key", key)
    assert_names_nobody(folder)
    with (folder / "scoring" / "responses.csv").open(encoding="utf-8-sig") as file:
        assert list(csv.DictReader(file)) == []  # every cell is small: counts left the box, no rows
    with reading() as db:
        opened = responses.opening(db, campaigns.campaign(db, "tiny").id)
        assert opened and opened.ballots == len(receipts)
        assert campaigns.campaign(db, "tiny").state == "released"
    written = capfd.readouterr()
    logged = written.err + written.out
    assert "refused" in logged, "the log was looked at"
    for secret in [*secrets_of(rows), *receipts]:
        assert secret not in logged


def rates(centre: FlaskClient) -> tuple[str, str]:
    """Submitted and invited in the last row of the centre's table: everybody."""
    table = centre.get("/centre/tiny/rates/table.csv").data.decode("utf-8-sig")
    total = list(csv.DictReader(io.StringIO(table)))[-1]
    return total["Đã nộp"], total["Được mời"]


def secrets_of(rows: list[dict[str, str]]) -> list[str]:
    """Names, contacts, codes and links of the mailing file, and the answers' own fields."""
    words = [value for row in rows for value in row.values() if len(value) >= 9]
    assert len(words) > 4 * len(rows)
    return [*words, *(address(row) for row in rows), *(word.replace("-", "") for word in words)]


def forms(row: dict[str, str]) -> list[str]:
    """The groups in which the person of this row answers."""
    groups = [value for value in row.values() if re.fullmatch(r"[MP]\d(, [MP]\d)*", value)]
    return groups[0].split(", ")


def assert_names_nobody(folder: Path) -> None:
    """No name, phone or e-mail of the list stands anywhere in the release, packed or not."""
    content = b"\n".join(
        unpacked(path.read_bytes()) for path in folder.rglob("*") if path.is_file()
    )
    assert b"M2" in content
    for name, _position, _department, _phone, email in PEOPLE:
        assert name.encode() not in content
        assert name.rpartition(" ")[2].encode() + b"," not in content
        assert not email or email.encode() not in content
    assert b"09123456" not in content
    assert b"9123456" not in content


def unpacked(content: bytes) -> bytes:
    """What a file says once a reader has opened it: the parts of a workbook, the rows of a Parquet file."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return b"\n".join(unpacked(packed.read(name)) for name in packed.namelist())
    if content.startswith(b"PAR1"):
        return parquet.read_table(io.BytesIO(content)).to_pandas().to_csv().encode()
    return content
