"""The daily report says the figures of the end of a day, on paper, in a workbook and by e-mail."""

import io
import json
import re
import subprocess
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine

from surveyapp import clock
from surveyapp.db import reading, transaction
from surveyapp.documents.charts import outline_map, surfaces
from surveyapp.documents.charts.outline_map import Area, OutlineMap
from surveyapp.fieldwork.errors import BadSubscriber, TokenRefused
from surveyapp.fieldwork.reports import daily_report, mail, province_outlines, readers, workbook
from surveyapp.i18n import speaking
from surveyapp.messaging.email.mime import compose
from tests import factories
from tests.fieldwork.counting import count, half_way


@pytest.fixture
def report(db, now) -> daily_report.DailyReport:
    """The report of today, a week after the sending."""
    campaign = factories.campaign(db, now, opened=True)
    half_way(db, campaign, sent_on=clock.day(now) - timedelta(days=6))
    return daily_report.gather(db, campaign, until=clock.day(now))


def test_the_report_has_the_figures_of_the_day_and_what_the_day_brought(report):
    assert report.total.figures.counts.submitted == 58 + 170 + 12 + 47 + 32
    assert report.total.gained == 2 + 5 + 0 + 1 + 0
    assert report.supplying[0].code == "46"
    assert report.expected is not None
    assert report.expected.so_far == report.total.figures.counts.submitted


def test_the_report_of_an_earlier_day_knows_nothing_of_later_ones(db, now):
    campaign = factories.campaign(db, now, opened=True)
    sent_on = clock.day(now) - timedelta(days=6)
    half_way(db, campaign, sent_on=sent_on)
    then = daily_report.gather(db, campaign, until=sent_on)
    assert then.total.figures.counts.submitted == 20 + 60 + 5 + 20 + 15
    assert then.total.gained == then.total.figures.counts.submitted
    assert then.expected is None


def test_the_pdf_says_it_in_vietnamese_and_in_english(report, tmp_path):
    for language, title in (("vi", "Báo cáo ngày"), ("en", "Daily report")):
        with speaking(language):
            pdf = daily_report.as_pdf(report)
        file = tmp_path / f"{language}.pdf"
        file.write_bytes(pdf)
        words = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout  # fmt: skip
        assert title in words
        assert ("319" in words) and ("850" in words)


def test_the_workbook_has_each_table_and_its_numbers_are_numbers(report):
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook.as_xlsx(report)))
    assert len(book.sheet_names) == 6
    groups = book.get_sheet_by_name("Nhóm đối tượng").to_python()
    p1 = next(row for row in groups if row[0] == "P1")
    assert p1[2] == pytest.approx(70 / 200)
    assert p1[3] == 70
    days = book.get_sheet_by_name("Theo ngày").to_python()
    assert days[0][1] == "Đã nộp"
    assert any(row[2] for row in days[1:])


def test_a_name_that_looks_like_a_formula_stays_a_name(report):
    line = daily_report.ReportLine("=1+1", '=HYPERLINK("x")', "group", report.total.figures, 0)
    strange = daily_report.DailyReport(**{**report.__dict__, "groups": [line]})
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook.as_xlsx(strange)))
    assert book.get_sheet_by_name("Nhóm đối tượng").to_python()[1][:2] == [line.code, line.name]


def test_the_map_shades_each_province_and_keeps_what_else_is_drawn():
    names = {"01": "Hà Nội", "46": "Thừa Thiên Huế", "48": "Đà Nẵng"}
    outlines = province_outlines.outlines_for(names)
    areas = {"01": Area(0.9, "Hà Nội"), "46": Area(0.1, "Thừa Thiên Huế")}
    drawn = outline_map.picture(OutlineMap(outlines, areas))
    bounds = outline_map.bounds_of([0.9, 0.1])
    assert re.search(rf'id="p01"[^>]*fill="{outline_map.colour(0.9, bounds)}"', drawn)
    assert re.search(rf'id="p46"[^>]*fill="{outline_map.colour(0.1, bounds)}"', drawn)
    assert re.search(rf'id="p48"[^>]*fill="{surfaces.WHITE}"', drawn)
    assert drawn.count("<text") >= 2
    assert province_outlines.outlines_for({"x": "Không có trên bản đồ nào"}) is None


def test_shades_get_darker_with_the_rate():
    shades = [
        outline_map.colour(rate, (0.2, 0.4, 0.6)) for rate in (None, 0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    brightness = [int(s[1:3], 16) + int(s[3:5], 16) + int(s[5:], 16) for s in shades]
    assert brightness == sorted(brightness, reverse=True)
    assert len(set(shades[:5])) == 5


def test_the_e_mail_says_the_headline_the_groups_and_where_the_rest_is(report):
    words = mail.body(report, base_url="https://khaosat.example.vn")
    assert "319 trên 850" in words
    assert "P1." in words
    assert f"https://khaosat.example.vn/centre/tiny/report?day={report.day}" in words


@pytest.fixture
def subscribed(engine: Engine, now) -> str:
    """A campaign with figures and two subscribers, one of whom reads English."""
    with transaction() as db:
        campaign = factories.campaign(db, now, opened=True)
        count(db, campaign, unit="01", group="P1", forms=100, sent_on=clock.day(now))
        for email, language in (("mot@donvi.example.vn", "vi"), ("two@unit.example.vn", "en")):
            readers.subscribe(db, campaign.id, email, language=language, actor="x", now=now)
    return campaign.code


def test_each_subscriber_gets_each_day_once_in_her_language(subscribed, runner, settings):
    from surveyapp.cli.main import main

    runner.env["SURVEYAPP_DEMO"] = "yes"
    command = ["report", "send", "--campaign", subscribed, "--day", "2024-01-16"]
    for _ in range(2):
        done = runner.invoke(main, command)
        assert done.exit_code == 0, done.output
    spool = settings.instance / "spool" / "email.jsonl"
    sent = [json.loads(line) for line in spool.read_text().splitlines()]
    assert sorted(each["to"] for each in sent) == [
        "mot@donvi.example.vn",
        "two@unit.example.vn",
    ]
    english = next(each for each in sent if each["to"].startswith("two"))
    assert "Response rate" in json.dumps(english, ensure_ascii=False)


def test_without_a_mail_server_sending_is_refused_with_the_reason(subscribed, runner):
    from surveyapp.cli.main import main

    done = runner.invoke(main, ["report", "send", "--campaign", subscribed])
    assert done.exit_code == 1
    assert "SURVEYAPP_SMTP_URL" in done.output


def test_the_command_writes_both_files(subscribed, runner, tmp_path):
    from surveyapp.cli.main import main

    done = runner.invoke(main, ["report", "daily", "--campaign", subscribed, "--out", str(tmp_path), "--day", "2024-01-16"])  # fmt: skip
    assert done.exit_code == 0, done.output
    made = sorted(Path(line).suffix for line in done.output.split())
    assert made == [".pdf", ".xlsx"]
    assert (tmp_path / "bao-cao-tiny-2024-01-16.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("email", ["", "a", "a@b", "a@b.vn\nBcc: c@d.vn", "a@b.vn, c@d.vn"])
def test_what_is_no_address_is_refused(db, now, email):
    campaign = factories.campaign(db, now)
    with pytest.raises(BadSubscriber):
        readers.subscribe(db, campaign.id, email, language="vi", actor="x", now=now)


def test_an_address_subscribes_once(db, now):
    campaign = factories.campaign(db, now)
    facts = {"language": "vi", "actor": "x", "now": now}
    assert readers.subscribe(db, campaign.id, "A@donvi.example.vn", **facts)
    assert not readers.subscribe(db, campaign.id, "a@donvi.example.vn ", **facts)
    assert len(readers.subscribers(db, campaign.id)) == 1


def test_a_token_reads_its_campaign_until_it_is_revoked_or_runs_out(db, now):
    campaign = factories.campaign(db, now)
    today = clock.day(now)
    token = readers.make_token(db, campaign.id, "bảng", actor="x", now=now, days=10)
    kept = readers.reader(db, token, campaign_id=campaign.id, today=today)
    assert token.encode() not in kept.token_sha256
    assert token not in str(kept.__dict__)
    for refused in ((token, campaign.id + 1, today), (token[:-1], campaign.id, today), ("", campaign.id, today), (token, campaign.id, today + timedelta(days=11))):  # fmt: skip
        with pytest.raises(TokenRefused):
            readers.reader(db, refused[0], campaign_id=refused[1], today=refused[2])
    readers.revoke_token(db, campaign.id, kept.id, now=now)
    with pytest.raises(TokenRefused):
        readers.reader(db, token, campaign_id=campaign.id, today=today)


def test_nothing_in_the_report_is_about_a_person(subscribed, now):
    with reading() as db:
        from surveyapp.campaigns import queries as campaigns

        campaign = campaigns.campaign(db, subscribed)
        report = daily_report.gather(db, campaign, until=clock.day(now))
    assert set(report.__dict__) == {"campaign", "day", "total", "groups", "supplying", "rated", "curve", "expected", "concerns", "own_map"}  # fmt: skip


def test_both_files_go_with_the_e_mail_and_a_mail_program_reads_them(db, report, now):
    readers.subscribe(
        db, report.campaign.id, "mot@donvi.example.vn", language="vi", actor="x", now=now
    )
    (subscriber,) = readers.subscribers(db, report.campaign.id)
    email = mail.compose(
        report,
        subscriber,
        mail_from="Vụ CCHC <cchc@bo.example.vn>",
        bounces="tra@bo.example.vn",
        base_url="https://khaosat.example.vn",
        now=now,
        files=mail.files(report),
    )
    read = message_from_bytes(compose(email), policy=policy.default)
    assert "319 trên 850" in read.get_body(("plain",)).get_content()
    pdf, xlsx = read.iter_attachments()
    assert pdf.get_filename() == f"bao-cao-tiny-{report.day}.pdf"
    assert pdf.get_content().startswith(b"%PDF")
    assert len(CalamineWorkbook.from_filelike(io.BytesIO(xlsx.get_content())).sheet_names) == 6
