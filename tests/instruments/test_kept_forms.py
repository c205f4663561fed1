"""The nine questionnaires of the 2023 round stay what they were, to the byte: instrument, pages, paper and release.

Where a change is meant: `SURVEY_KEEP_FORMS=1 .venv/bin/pytest tests/instruments/test_kept_forms.py` writes
`kept_forms.tsv` anew, and the change says which of its lines moved and why.
"""

import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import update

from surveyapp.campaigns.models import Campaign
from surveyapp.exports.formats import (
    codebook_page,
    report_document,
    results_workbook,
    statistics_files,
)
from surveyapp.exports.release import building
from surveyapp.i18n import speaking
from surveyapp.instruments.freeze import freeze
from surveyapp.instruments.printed import printed_facts
from surveyapp.instruments.reading import read_questionnaire
from surveyapp.web.respond import pages
from surveyapp.web.respond.document import page_parts, whole_form
from tests import factories
from tests.campaigns.packs import SHIPPED
from tests.exports.opened import stand_in_formats, store_results

PACK = SHIPPED / "par-index-2023"
FORMS = sorted((PACK / "questionnaires").glob("*.yaml"))
KEPT = Path(__file__).with_name("kept_forms.tsv")
AT = datetime(2024, 1, 15, 3, 0, tzinfo=UTC)
SIZES = {(unit, f"M{n}"): 3 + n for n in range(1, 6) for unit in ("BNV",)} | {
    (unit, f"P{n}"): 8 + n for n in range(1, 5) for unit in ("01", "46")
}
"""Responses per rated unit × group: every questionnaire, cells that are told and cells too small to tell."""
ASKED = re.compile(
    r"<h[12][ >].*?</h[12]>|<fieldset.*?</fieldset>|<textarea.*?</textarea>", re.DOTALL
)


@pytest.fixture
def engine(sqlite_engine):
    return sqlite_engine


def kept() -> dict[tuple[str, str], str]:
    """SHA-256 by questionnaire (or file of the release) and what of it was looked at."""
    lines = KEPT.read_text(encoding="utf-8").splitlines()[1:]
    return {(form, part): mark for form, part, mark in (line.split("\t") for line in lines)}


def check(marks: dict[tuple[str, str], str]) -> None:
    if os.environ.get("SURVEY_KEEP_FORMS"):
        told = (kept() if KEPT.exists() else {}) | marks
        lines = ["form\tpart\tsha256", *("\t".join((*at, told[at])) for at in sorted(told))]
        KEPT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    expected = kept()
    moved = sorted(at for at in marks if marks[at] != expected.get(at))
    assert moved == []


def digest(content: str | bytes) -> str:
    return sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def asked(html: str) -> str:
    """What of a page is the questionnaire's: titles, questions with their options, fields of words."""
    return digest("\n".join(ASKED.findall(html)))


def parts(form, language: str) -> Iterator[tuple[str, str]]:
    numbers = range(1, pages.count(form) + 1)
    first = {item.id: min(item.codes) for item in form.items}
    empty = "".join(page_parts.rendered(form, number, {}) for number in numbers)
    answered = "".join(page_parts.filled(form, number, first) for number in numbers)
    paper = printed_facts(form, language, campaign_title="2023", group="A")
    yield f"pages {language}", asked(empty)
    yield f"pages answered {language}", asked(answered)
    yield f"document of the script {language}", asked(whole_form.rendered(form).plain.decode())
    yield f"paper {language}", digest(json.dumps(paper, ensure_ascii=False, sort_keys=True))


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_instrument_pages_and_paper_of_a_questionnaire_of_the_round_are_kept(path, app):
    form = freeze(read_questionnaire(path))
    marks = {(form.code, "instrument"): form.sha256}
    for language in ("vi", "en"):
        with app.test_request_context(), speaking(language):
            marks |= {(form.code, part): mark for part, mark in parts(form, language)}
    check(marks)


def test_the_tables_of_a_release_of_the_round_are_kept(db, keys, tmp_path, monkeypatch):
    monkeypatch.setattr(statistics_files, "write_formats", stand_in_formats)
    monkeypatch.setattr(results_workbook, "write_workbooks", lambda *_args, **_more: None)
    for module in (report_document, codebook_page):
        monkeypatch.setattr(module, "write_pdf", lambda _template, _facts: b"stand-in")
    campaign = factories.campaign(db, AT, pack=str(PACK), opened=True)
    db.execute(update(Campaign).where(Campaign.id == campaign.id).values(state="opened"))
    store_results(db, campaign, AT, SIZES)
    db.refresh(campaign)
    folder = building.prepare(db, campaign, out=tmp_path, keys=keys).aside
    (written,) = (path for path in folder.iterdir() if path.is_dir())
    tables = sorted(written.rglob("*.csv"))
    check({("release", str(one.relative_to(written))): digest(one.read_bytes()) for one in tables})


def test_no_questionnaire_of_the_round_is_without_its_checksum():
    of_forms = {form for form, _part in kept()} - {"release"}
    assert of_forms == {path.stem for path in FORMS}
