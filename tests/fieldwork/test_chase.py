"""The chase page and its letter count forms of one unit, hide small cells and name nobody."""

import io
import subprocess
import zipfile
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from surveyapp import clock
from surveyapp.campaigns import queries as campaigns
from surveyapp.fieldwork import chase, official_letter
from surveyapp.i18n import speaking
from tests import factories
from tests.fieldwork.counting import count
from tests.invitations.roster import Roster, issue_all, opened


@pytest.fixture
def found(db, now):
    """Hanoi yesterday: 100 forms of P1 and 3 of P2 are asked for, six of P1 came back since."""
    campaign = factories.campaign(db, now, opened=True)
    today = clock.day(now)
    facts = {"unit": "01", "sent_on": today - timedelta(days=1)}
    count(db, campaign, group="P1", forms=100, answered=(4, 2), **facts)
    count(db, campaign, group="P2", forms=3, answered=(1,), **facts)
    count(db, campaign, group="P3", forms=20, answered=(0,), **facts)
    unit = campaigns.unit(db, campaign.id, "01")
    return campaign, unit, chase.gather(db, campaign, unit, until=today - timedelta(days=1))


def test_the_figures_end_with_yesterday_and_small_groups_are_hidden(found):
    _campaign, _unit, figures = found
    shown = {line.name[:2]: (line.invited, line.submitted) for line in figures.groups}
    assert shown == {"P1": (100, 4), "P2": (None, None), "P3": (None, None)}
    assert figures.outstanding == 118
    assert figures.reasons == [("Đã gửi, chưa bắt đầu", 118)]


def test_the_letter_has_the_layout_and_the_figures_on_paper_and_in_the_word_file(found, tmp_path):
    letter = official_letter.from_centre(*found)
    file = tmp_path / "letter.pdf"
    file.write_bytes(official_letter.as_pdf(letter))
    paper = subprocess.run(["pdftotext", file, "-"], capture_output=True, text=True, check=True).stdout  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(official_letter.as_docx(letter))) as archive:
        document = ElementTree.fromstring(archive.read("word/document.xml"))
    typed = "\n".join(document.itertext())
    for words in (" ".join(paper.split()), " ".join(typed.split())):
        for said in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "BỘ NỘI VỤ", "V/v đôn đốc", "Kính gửi: Hà Nội", "Nơi nhận:", "123 phiếu được mời có 5 phiếu đã nộp", "hết ngày 14/01/2024", "còn 118 phiếu chưa nộp"):  # fmt: skip
            assert said in words


def test_the_letter_is_written_in_english_too(found):
    with speaking("en"):
        assert "118" in official_letter.from_desk(*found).paragraphs[1]
        assert "phiếu" not in "".join(official_letter.from_desk(*found).paragraphs[1:])


def test_forms_not_sent_yet_stand_under_no_channel(db, now, keys):
    campaign = opened(db, now)
    roster = Roster(db, campaign)
    for n in range(6):
        roster.named("01", "council", name=f"Người Thứ {n}")
    issue_all(db, campaign, keys, now)
    unit = campaigns.unit(db, campaign.id, "01")
    figures = chase.gather(db, campaign, unit, until=clock.day(now))
    assert figures.channels == [chase.Line("Chưa rõ kênh hoặc chưa gửi", 6, 0)]
