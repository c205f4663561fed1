"""The promise in words: both pages, the numbers of the campaign, and a proof behind every sentence."""

import ast
import re
from dataclasses import replace
from functools import cache

import pytest

from surveyapp.config import PROJECT
from surveyapp.db import transaction
from surveyapp.responses import drafts
from surveyapp.responses.models import SealedBallot
from surveyapp.responses.opener.opening import open_ballots
from surveyapp.web.respond.promise import inspection, sentences, topics
from surveyapp.web.respond.promise.sentences import Sentence
from tests import factories
from tests.responses.opener.box_world import ITEMS, make_box, private
from tests.web.browsing import led_to, sign_in
from tests.web.person import Person
from tests.web.test_parts import Page
from tests.web.test_respond import move, stored

PAGES = ("/cam-ket/tiny", "/cam-ket/tiny/kiem-tra")


def every_sentence() -> dict[str, Sentence]:
    """All that is written in the two modules, by name."""
    return {
        f"{module.__name__.rpartition('.')[2]}.{name}": value
        for module in (sentences, inspection)
        for name, value in vars(module).items()
        if isinstance(value, Sentence)
    }


@cache
def named_tests(file: str) -> set[str]:
    """Names of the tests of a file, as pytest writes them behind its `::`."""
    path = PROJECT / file
    if not path.is_file():
        return set()
    names = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.ClassDef):
            names |= {
                f"{node.name}::{one.name}" for one in node.body if isinstance(one, ast.FunctionDef)
            }
    return {name for name in names if name.rpartition("::")[2].startswith("test_")}


def is_proven(sentence: Sentence) -> bool:
    file, _, name = sentence.proof.partition("::")
    return name in named_tests(file)


def shown(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return Page(answer.text.replace("\u2060", "")).text


@pytest.fixture
def campaign(engine, now):
    with transaction() as db:
        return factories.campaign(db, now, opened=True)


# ---- the table


def test_every_sentence_names_a_test_that_exists():
    assert [name for name, one in every_sentence().items() if not is_proven(one)] == []


@pytest.mark.parametrize("proof", ["", "tests/web/test_promise.py", "tests/gone.py::test_it"])
def test_a_sentence_without_its_proof_is_seen(proof):
    assert not is_proven(replace(sentences.DRAFT_SIZE, proof=proof))
    assert not is_proven(
        replace(sentences.DRAFT_SIZE, proof=sentences.DRAFT_SIZE.proof + "_renamed")
    )


def test_keys_are_the_sentences_own_and_every_sentence_stands_on_a_page():
    written = every_sentence()
    assert len({one.key for one in written.values()}) == len(written)
    told = {one.key for topic in (*topics.TOPICS, topics.LIMITS) for one in topic.sentences}
    told |= {one.key for who in inspection.GUARANTEED for one in who.sentences}
    assert {one.key for one in written.values()} - told == set()


def test_what_is_not_promised_is_never_told_among_the_guarantees():
    guaranteed = [one for who in inspection.GUARANTEED for one in who.sentences]
    guaranteed += [one for topic in topics.TOPICS for one in topic.sentences]
    assert [one.key for one in guaranteed if one.limit] == []
    assert [one.key for one in inspection.NOT_GUARANTEED if not one.limit] == []


# ---- the pages


@pytest.mark.parametrize("custody", ["server", "offline"])
@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_tells_each_sentence_that_is_true_of_the_campaign_and_no_other(
    client, campaign, page, language, custody
):
    from surveyapp import i18n

    move(custody=custody)
    text = shown(client, f"{page}?lang={language}")
    sentences = {one.key: one for topic in topics.TOPICS for one in topic.sentences}
    if page.endswith("kiem-tra"):
        sentences = {one.key: one for who in inspection.GUARANTEED for one in who.sentences}
    sentences |= {one.key: one for one in inspection.NOT_GUARANTEED}
    with i18n.speaking(language):
        numbers = topics.terms(campaign)
        told = {
            key: i18n.gettext(one.words.message, **numbers) in text
            for key, one in sentences.items()
        }
    assert told == {key: one.custody in ("", custody) for key, one in sentences.items()}


def test_the_numbers_are_those_of_the_campaign(client, campaign):
    disclosure = {"row_minimum": 23, "count_minimum": 4, "table_minimum": 7}
    move(settings={**campaign.settings, "disclosure": disclosure})
    text = shown(client, PAGES[0])
    assert "dưới 23 phiếu, không phiếu nào ra khỏi hộp" in text
    assert "dưới 4 phiếu thì chỉ có số phiếu" in text
    assert "nhóm từ 7 phiếu trở lên" in text
    inspected = shown(client, PAGES[1])
    for said in ("ít nhất 23 phiếu", "ít nhất 4 phiếu", "ở đầu mối 7", "hộp chưa mở"):
        assert said in re.sub(r"\s+", " ", inspected)


def test_the_inspector_reads_the_proof_of_each_sentence(client, campaign):
    text = shown(client, PAGES[1])
    for who in inspection.GUARANTEED:
        for one in who.sentences:
            assert (one.proof in text) == (one.custody in ("", "server"))


def test_both_pages_are_found_from_the_page_before_answering(ann):
    assert 'href="/cam-ket/tiny"' in ann.get(ann.link).text
    assert 'href="/cam-ket/tiny/kiem-tra"' in ann.get("/cam-ket/tiny").text
    assert ann.get("/cam-ket").headers["Location"] == "/cam-ket/tiny"
    assert ann.get("/cam-ket/nowhere").status_code == 404


def test_where_there_are_several_campaigns_one_is_chosen(client, campaign, now):
    with transaction() as db:
        factories.campaign(db, now, pack="../../questionnaires/par-index-2025-pilot")
    text = client.get("/cam-ket").text
    assert 'href="/cam-ket/tiny"' in text
    assert 'href="/cam-ket/par-index-2025-pilot"' in text


# ---- proofs that stand nowhere else


def test_no_page_of_a_desk_changes_when_one_of_its_people_submits(app, ann, moment):
    with transaction() as db:
        factories.staff(db, moment.at, "coordinator", unit="BNV", username="desk")
    desk = app.test_client()
    sign_in(desk, "desk")
    pages = [f"/desk/tiny/BNV/{page}" for page in ("", "people", "rates")]
    before = {page: visible(desk.get(page)) for page in pages}
    ann.start()
    ann.send(1, 1, {ann.items(1, 1)[0]: "1"})
    ann.post("/phieu/1/nop", "/phieu/1/xem-lai", version=reviewed(ann))
    assert stored(SealedBallot) == 1
    assert {page: visible(desk.get(page)) for page in pages} == before


def visible(answer) -> str:
    assert answer.status_code == 200, answer.request.path
    return Page(answer.text).text


def reviewed(person) -> str:
    page = person.get("/phieu/1/xem-lai").text
    version_field = re.search(r'name="version" value="([0-9a-f]+)"', page)
    assert version_field
    return version_field[1]


def test_an_answer_passes_through_the_server_in_clear_while_it_is_sent(ann, monkeypatch):
    seen = []
    merging = drafts.merged

    def watched(draft_context, before, changes, **facts):
        seen.extend(change.value for change in changes.values())
        return merging(draft_context, before, changes, **facts)

    monkeypatch.setattr(drafts, "merged", watched)
    ann.start()
    ann.send(1, 1, {ann.items(1, 1)[0]: "2"})
    assert "2" in seen


def test_the_screen_shows_what_was_chosen_to_whoever_looks_at_it(ann):
    ann.start()
    item = ann.items(1, 1)[0]
    ann.send(1, 1, {item: "2"})
    assert ann.chosen(1, 1)[item] == "2"


def test_whoever_holds_a_link_may_submit_what_is_not_submitted_and_sees_no_answer(app, ann):
    ann.start()
    item = ann.items(1, 1)[0]
    ann.send(1, 1, {item: "2"})
    other = Person(app.test_client(), ann.row)
    other.begin_anew()
    assert other.chosen(1, 1) == {}
    other.send(1, 1, {item: "5"})
    assert ann.chosen(1, 1) == {item: "2"}
    other.post("/phieu/1/nop", "/phieu/1/xem-lai", version=reviewed(other))
    assert stored(SealedBallot) == 1
    later = Person(app.test_client(), ann.row)
    later.start()
    assert led_to(later.get("/phieu/1/1")) == "/phieu/1/bien-nhan"


def test_a_unanimous_cell_tells_what_each_of_its_people_answered():
    made = make_box({("U1", "G1"): 10}, answers=lambda *_cell: ("4",) * ITEMS)
    bundle = open_ballots(made.header, made.ballots, private())
    [cell] = bundle.contents.cells
    assert cell["raw"]["items"] == {f"Q{n}": {"4": 10} for n in range(1, ITEMS + 1)}
