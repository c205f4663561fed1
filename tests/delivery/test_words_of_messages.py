"""What is sent uses the words of the pages: a questionnaire is "phiếu khảo sát" and is submitted, not sent, in English too."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from babel.messages.pofile import read_po

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
    r"dot dieu tra|phieu dieu tra|phieu hoi|bam gui|gui phieu|nop bai|gui bai|bai khao sat|bang hoi"
)
"""Written without signs, as an SMS is: what a respondent reads nowhere."""


CATALOGUE = PACKAGE.parent / "translations" / "en" / "LC_MESSAGES" / "respond.po"
GLOSSARY = {
    "nop": r"submi|unfinished|answer|serial|order",
    "khao sat": r"survey|questionnaire|who asks",
}
"""Without signs, as an SMS is, and what English says for it. "Phiếu" it says by "questionnaire" or not at all."""
OTHER_ENGLISH = re.compile(
    r"\b(?:forms?|sheets?|polls?|surveys? form|hand(?:ed|s)? in|turn(?:ed)? in|sent in|send in|fill(?:ed)? (?:in|out))\b",
    re.I,
)
"""What a respondent reads nowhere for a questionnaire and for submitting it."""


def told_in_both() -> Iterator[tuple[str, str]]:
    """Vietnamese and English of whatever a respondent reads, pages first, then mails and text messages."""
    with CATALOGUE.open("rb") as file:
        for message in read_po(file, locale="en"):
            if not message.id:
                continue
            plural = isinstance(message.id, tuple)
            yield (
                message.id[0] if plural else message.id,
                " / ".join(message.string) if plural else message.string,
            )
    for words in yaml.safe_load(SENT.read_text(encoding="utf-8")).values():
        for part in ("subject", "text", "sms"):
            source, english = (
                words[language].get(part) or words[language] for language in ("vi", "en")
            )
            if isinstance(source, dict):
                source, english = source[part], english[part]
            yield from zip(_sentences(source), _sentences(english), strict=True)


def _sentences(text: str) -> list[str]:
    """Paragraphs: a mail says the same in both languages, one by one."""
    return [one for one in text.split("\n\n") if one.strip()]


def test_messages_and_pages_say_one_word_for_one_thing_in_english_too() -> None:
    other_words = [
        english
        for _source, english in told_in_both()
        if OTHER_ENGLISH.search(re.sub(r"%\(\w+\)s|\{\w+\}", "", english))
    ]
    assert other_words == []


@pytest.mark.parametrize("word", GLOSSARY)
def test_each_word_of_the_glossary_has_its_english_wherever_it_stands(word: str) -> None:
    strangers = [
        (source, english)
        for source, english in told_in_both()
        if re.search(rf"\b{word}\b", plain(source)) and not re.search(GLOSSARY[word], english, re.I)
    ]
    assert strangers == []


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
