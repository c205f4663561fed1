"""One release for the tests that only read it: made once, with rules of every effect in a frozen version."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy.orm import Session

from surveyapp.accounts.act import Act
from surveyapp.db import make_engine
from surveyapp.exports.cleaning import rulesets, studies
from surveyapp.exports.cleaning.report import CleaningAccount
from surveyapp.exports.cleaning.rulesets import read_rules
from surveyapp.exports.formats import codebook_page, report_document
from surveyapp.exports.release import building
from surveyapp.keys import KeyRing
from tests.exports.opened import opened_campaign

REASON = {"vi": "Theo biên bản họp", "en": "As minuted"}


def written(kind: str, effect: str = "flag", **parameters: Any) -> dict[str, Any]:
    """A rule in its stored form."""
    id_ = kind.replace("_", "-")
    return {
        "id": id_,
        "version": "3",
        "kind": kind,
        "effect": effect,
        "reason": REASON,
    } | parameters


PAIR = {
    "first": {"item": "M1-101", "codes": ["1", "2"]},
    "second": {"item": "M1-102", "codes": ["5"]},
}
RULES = [
    written("under_floor", "exclude"),
    written("longest_run", at_least=5, groups=["M1", "P1"]),
    written("missing_share", at_least=0.5),
    written("contradiction", "set_missing", pairs=[PAIR]),
    written("held", cells=[{"unit": "01", "group": "P3", "record": "Biên bản 12"}]),
]


@pytest.fixture(autouse=True)
def _printed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three documents on paper cost a second; only `released`, made before any test, has real ones."""
    for module in (report_document, codebook_page):
        monkeypatch.setattr(module, "write_pdf", lambda _template, facts: repr(facts).encode())


class Released(NamedTuple):
    """A release and what its reports were made from."""

    folder: Path
    account: CleaningAccount


@pytest.fixture(scope="session")
def released(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Released:
    """Nobody changes it; who must, takes a copy."""
    scratch = tmp_path_factory.mktemp("released")
    (scratch / "survey.sqlite3").write_bytes(_sqlite_template.read_bytes())
    engine = make_engine(f"sqlite:///{scratch}/survey.sqlite3")
    now = datetime(2024, 1, 15, 3, 0, tzinfo=UTC)
    act = Act("vu.cchc", now, KeyRing({1: sha256(b"a centre").digest()}))
    with Session(engine, expire_on_commit=False) as db:
        campaign = opened_campaign(db, now)
        rulesets.freeze(db, campaign, read_rules(RULES), reason="Họp ngày 5", act=act)
        folder = building.build(db, campaign, out=scratch, act=act)
        account = studies.account_of(db, campaign, rulesets.in_force(db, campaign))
        db.expunge_all()
    engine.dispose()
    return Released(folder, account)
