"""The fuzz targets hold on the kept inputs and on slips of them; the long form is `make fuzz`."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from surveyapp.db import transaction
from surveyapp.fieldwork.reports import readers
from tests import factories
from tests.fuzz import api
from tests.fuzz.targets import TARGETS


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """The interface is tried on one engine: its document is about what it says, not where that lies."""
    return sqlite_engine


CORPUS = Path(__file__).with_name("corpus")
SEEDS = sorted(path for path in CORPUS.glob("*/*") if path.is_file())


@pytest.mark.parametrize("seed", SEEDS, ids=[f"{p.parent.name}-{p.name}" for p in SEEDS])
def test_what_was_once_found_stays_read_or_refused(seed: Path) -> None:
    TARGETS[seed.parent.name](seed.read_bytes())


def test_every_target_has_inputs_to_begin_from() -> None:
    assert {seed.parent.name for seed in SEEDS} == set(TARGETS)


@pytest.mark.parametrize("target", ["rows", "saves", "link", "ballots", "stored_drafts"])
@settings(max_examples=20, deadline=None, database=None)
@given(at=st.integers(0, 4000), put=st.binary(max_size=8), cut=st.integers(0, 30), which=st.integers(0, 9))  # fmt: skip
def test_a_slip_in_such_an_input_is_read_or_refused(
    target: str, at: int, put: bytes, cut: int, which: int
) -> None:
    kept = sorted((CORPUS / target).iterdir())
    content = kept[which % len(kept)].read_bytes()
    at %= len(content) + 1
    TARGETS[target](content[:at] + put + content[at + cut :])


def test_a_target_that_fails_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def forged(*_args: object, **_named: object) -> str:
        return "7123456789012345"

    monkeypatch.setattr("tests.fuzz.targets.links.read", forged)
    with pytest.raises(AssertionError):
        TARGETS["link"](b"anything")


def test_the_interface_answers_generated_cases_as_its_document_says(app, now, moment) -> None:
    with transaction() as db:
        campaign = factories.campaign(db, now)
        given = readers.make_token(db, campaign.id, "fuzz", actor="x", now=now)
    sent, succeeded, findings, last = api.tried(app, given, seconds=0, cases=2)
    assert (findings, last) == (0, "")
    assert sent >= 10
    assert succeeded >= 3
