"""What is sent uses the words of the pages: a questionnaire is "phiếu khảo sát" and is submitted, not sent."""

import re
import unicodedata
from pathlib import Path

import surveyapp

PACKAGE = Path(surveyapp.__file__).parent
SENT = PACKAGE / "delivery" / "defaults.yaml"
SHOWN = [
    *sorted((PACKAGE / "templates" / "respond").glob("*.html")),
    *sorted((PACKAGE / "web" / "respond").rglob("*.py")),
    *sorted((PACKAGE / "delivery" / "letters").glob("*.py")),
    *sorted((PACKAGE / "documents").glob("letter*")),
    PACKAGE / "web" / "parts" / "deadlines.py",
]
"""The pages, what they say when something goes wrong, the printed letter."""
OTHER_WORDS = re.compile(
    r"phieu dieu tra|phieu hoi|bam gui|gui phieu|nop bai|gui bai|bai khao sat|bang hoi"
)
"""Written without signs, as an SMS is: what a respondent reads nowhere."""


def plain(text: str) -> str:
    signs = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(sign for sign in signs if not unicodedata.combining(sign))


def test_messages_and_pages_say_one_word_for_one_thing() -> None:
    other_words = {
        path.name: said
        for path in (SENT, *SHOWN)
        if (said := OTHER_WORDS.findall(plain(path.read_text(encoding="utf-8"))))
    }
    assert other_words == {}


def test_the_test_knows_the_other_words() -> None:
    assert OTHER_WORDS.findall(plain("Phiếu điều tra chưa bấm gửi")) == [
        "phieu dieu tra",
        "bam gui",
    ]
