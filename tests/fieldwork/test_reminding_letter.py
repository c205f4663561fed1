"""The chase page and its letter count forms of one unit, hide small cells and name nobody."""

import io
import re
import subprocess
import zipfile
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from sqlalchemy import select

from surveyapp import clock
from surveyapp.assignments.bulk_transitions import move_forms
from surveyapp.assignments.models import Assignment
from surveyapp.assignments.rules import Disposition
from surveyapp.campaigns import queries as campaigns
from surveyapp.fieldwork.reports import official_letter, unit_figures
from surveyapp.i18n import speaking
from surveyapp.invitations import service
from tests import factories
from tests.fieldwork.counting import count
from tests.invitations.roster import Roster, issue_all, opened


@pytest.fixture
def city_figures(db, now):
    """Hanoi yesterday: 100 forms of P1 and 3 of P2 are asked for, six of P1 came back since."""
    campaign = factories.campaign(db, now, opened=True)
    today = clock.day(now)
    facts = {"unit": "01", "sent_on": today - timedelta(days=1)}
    count(db, campaign, group="P1", forms=100, answered=(4, 2), **facts)
    count(db, campaign, group="P2", forms=3, answered=(1,), **facts)
    count(db, campaign, group="P3", forms=20, answered=(0,), **facts)
    unit = campaigns.unit(db, campaign.id, "01")
    return campaign, unit, unit_figures.gather(db, campaign, unit, until=today - timedelta(days=1))


def test_the_figures_end_with_yesterday_and_small_groups_are_hidden(city_figures):
    _campaign, _unit, figures = city_figures
    shown = {line.name[:2]: (line.invited, line.submitted) for line in figures.groups}
    assert shown == {"P1": (100, 4), "P2": (None, None), "P3": (None, None)}
    assert figures.outstanding == 118
    assert figures.reasons == [("Đã gửi, chưa bắt đầu", 118)]


def test_the_letter_has_the_layout_and_the_figures_on_paper_and_in_the_word_file(
    city_figures, tmp_path
):
    letter = official_letter.from_centre(*city_figures)
    file = tmp_path / "letter.pdf"
    file.write_bytes(official_letter.as_pdf(letter))
    paper = subprocess.run(["pdftotext", file, "-"], capture_output=True, text=True, check=True).stdout  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(official_letter.as_docx(letter))) as archive:
        document = ElementTree.fromstring(archive.read("word/document.xml"))
    typed = "\n".join(document.itertext())
    for words in (" ".join(paper.split()), " ".join(typed.split())):
        for said in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "BỘ NỘI VỤ", "/BNV-CCHC", "Hà Nội, ngày ……", "V/v đôn đốc", "Kính gửi: Ủy ban nhân dân thành phố Hà Nội", "TL. BỘ TRƯỞNG", "Nơi nhận:", "123 phiếu được mời có 5 phiếu đã nộp", "hết ngày 14/01/2024", "còn 118 phiếu chưa nộp", "17 giờ 00 ngày 05/02/2024", "Bảng không ghi những dòng có quá ít phiếu"):  # fmt: skip
            assert said in words


def test_the_letter_is_written_in_english_too(city_figures):
    with speaking("en"):
        assert "118" in official_letter.from_desk(*city_figures).paragraphs[1]
        assert "phiếu" not in "".join(official_letter.from_desk(*city_figures).paragraphs[1:])


def test_a_province_writes_as_its_peoples_committee_and_a_ministry_in_its_own_name(
    city_figures, db
):
    campaign, _city, figures = city_figures
    heads = {}
    for code in ("01", "46", "BNV"):
        unit = campaigns.unit(db, campaign.id, code)
        letter = official_letter.from_desk(campaign, unit, figures)
        heads[code] = (letter.over, letter.sender, letter.place)
    assert heads == {
        "01": ("Ủy ban nhân dân", "thành phố Hà Nội", "Hà Nội"),
        "46": ("Ủy ban nhân dân", "tỉnh Thừa Thiên Huế", "Thừa Thiên Huế"),
        "BNV": ("", "Bộ Nội vụ", "Hà Nội"),
    }


def test_the_typed_letter_is_laid_out_as_the_decree_says(city_figures):
    with zipfile.ZipFile(io.BytesIO(official_letter.as_docx(official_letter.from_centre(*city_figures)))) as archive:  # fmt: skip
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))
        document = archive.read("word/document.xml").decode()
        header = archive.read("word/header1.xml").decode()
    assert 'w:w="11906" w:h="16838"' in document  # A4
    assert 'w:left="1701"' in document  # 30 mm
    assert document.count("<w:pBdr><w:top") == 2  # under the sender and under the motto
    assert "<w:u " not in document
    assert set(re.findall(r'w:ascii="([^"]+)"', document)) == {"Times New Roman"}
    assert ("PAGE" in header, "<w:titlePg/>" in document) == (True, True)


def test_hidden_lines_are_not_in_the_letter(city_figures):
    (_title, rows), *others = official_letter.from_desk(*city_figures).tables
    assert (rows[1:], others) == (
        [["P1. Đại biểu HĐND cấp tỉnh", "100", "4", "96"]],
        [],
    )


def test_departments_and_channels_are_counted_from_five_on_and_nobody_is_named(db, now, keys):
    campaign = opened(db, now)
    roster, today = Roster(db, campaign), clock.day(now)
    people = {
        department: [roster.named("01", "subunit-leaders", department, name=f"Người {department} {n}") for n in range(size)]
        for department, size in (("SNV", 12), ("TTT", 6), ("NHNNCN", 4), ("VPUBND", 3))
    }  # fmt: skip
    issue_all(db, campaign, keys, now)
    ids = {name: [roster.invitation(one).id for one in of] for name, of in people.items()}
    sent_by(db, campaign, ids["SNV"] + ids["TTT"], "email", now)
    sent_by(db, campaign, ids["NHNNCN"][:1], "sms", now)
    submit(db, ids["SNV"][:2] + ids["TTT"][:1], today)
    unit = campaigns.unit(db, campaign.id, "01")
    city_figures = unit_figures.gather(db, campaign, unit, until=today)
    assert counts(city_figures.departments) == {
        "Sở Nội vụ": (24, 4),  # two forms each: on the ministry and on the province
        "Thanh tra tỉnh": (12, 2),
        "Ngân hàng Nhà nước chi nhánh tỉnh": (None, None),
        "Văn phòng Ủy ban nhân dân tỉnh": (None, None),
    }
    # One form by text message is hidden, and six sent by no channel with it: else the total would tell.
    assert counts(city_figures.channels) == {
        "Thư điện tử": (36, 6),
        "Tin nhắn": (None, None),
        "Chưa rõ kênh hoặc chưa gửi": (None, None),
    }
    assert "Người" not in repr(city_figures)


def counts(lines):
    return {line.name: (line.invited, line.submitted) for line in lines}


def test_forms_not_sent_yet_stand_under_no_channel(db, now, keys):
    campaign = opened(db, now)
    roster = Roster(db, campaign)
    for n in range(6):
        roster.named("01", "council", name=f"Người Thứ {n}")
    issue_all(db, campaign, keys, now)
    unit = campaigns.unit(db, campaign.id, "01")
    figures = unit_figures.gather(db, campaign, unit, until=clock.day(now))
    assert figures.channels == [unit_figures.UnitLine("Chưa rõ kênh hoặc chưa gửi", 6, 0)]


def sent_by(db, campaign, invitations, channel, now):
    """These people's messages went out by this channel."""
    move_forms(
        db,
        campaign.id,
        invitations,
        "send",
        before=(Disposition.NOT_SENT,),
        after=Disposition.SENT,
        today=clock.day(now),
        channel=channel,
    )


def submit(db, invitations, today):
    """Everything these people were asked came back today."""
    for one in db.scalars(select(Assignment.id).where(Assignment.invitation_id.in_(invitations))):
        service.mark_submitted(db, one, today=today)
