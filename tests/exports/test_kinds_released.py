"""A campaign with every kind of question from its sealed ballots to a release that its verifier passes."""

import csv
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import update

from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns import queries
from surveyapp.campaigns.models import Campaign
from surveyapp.exports import verify
from surveyapp.exports.release import building
from surveyapp.instruments.kinds.registry import kind_of
from surveyapp.responses import rules
from surveyapp.responses.models import BoxOpening
from surveyapp.responses.opener.opening import open_ballots
from surveyapp.responses.opener.transfer.export import Header, SealedBallot
from surveyapp.responses.sealed_box import box, opened_contents, sealed_export
from tests import factories
from tests.exports.opened import accept_remarks

SIZES = {"01": 60, "31": 24, "79": 4}
REASONS = {"96", "97", "98", "99"}


def answers(form, chance: Random) -> dict[str, str]:
    """Of somebody who leaves a tenth empty."""
    given = {}
    for item in form.items:
        if chance.random() < 0.9:
            given[item.id] = kind_of(item).play(item, chance, 1.0)
    return given | {"DX-103.other": "Qua bưu tá", "DX-REMARK": ""}


@pytest.fixture
def given(db, now, keys):
    """What everybody answered, and what came out of the box."""
    return collected(db, now, keys, "../../questionnaires/ddci-pilot")


def collected(db, now, keys, pack: str):
    """A campaign of the pack, what everybody answered, and what came out of its box."""
    campaign = factories.campaign(db, now, pack=pack, opened=True)
    (form,) = queries.instruments(db, campaign.id).values()
    private, public = factories.box_key()
    chance, told, ballots = Random(5), [], []
    head = sealed_export.header(
        db, campaign, rules=sealed_export.rules_of_pack(campaign), keys=keys
    )
    for unit, n in SIZES.items():
        for _ in range(n):
            told.append((unit, answers(form, chance)))
            ballot = box.Ballot(
                form.code, form.version, box.mark(form), unit, "D",
                rules.in_order(form, told[-1][1]), "", {"under_floor": "no"}, chance.randbytes(16),
            )  # fmt: skip
            id_ = chance.randbytes(16)
            sealed = box.seal(public, campaign.code, ballot, size=head["ballot_bytes"])
            mac = box.mac(box.mac_key(keys, campaign.code), campaign.code, id_, sealed)
            ballots.append(SealedBallot(id_, sealed, mac))
    head["submitted"] = [[unit, "D", n] for unit, n in SIZES.items()]
    opened = open_ballots(Header(head), ballots, private)
    return campaign, form, told, opened.contents


@pytest.fixture
def released(db, now, keys, given, tmp_path) -> Path:
    return release(db, now, keys, given, tmp_path)


def release(db, now, keys, given, folder: Path) -> Path:
    """The release of what came out of the box."""
    campaign, _form, _told, contents = given
    db.execute(update(Campaign).where(Campaign.id == campaign.id).values(state="opened"))
    opened_contents.store(db, campaign, contents)
    accept_remarks(db, campaign.id, now)
    digest = opened_contents.digest(db, campaign)
    db.add(
        BoxOpening(
            campaign_id=campaign.id,
            opened_at=now,
            opened_by="x",
            custody="server",
            ballots=sum(SIZES.values()),
            counts={},
            digest=digest,
        )
    )
    act = Act("centre", now, factories.TEST_KEYS)
    audit.record(db, act, Action.BOX_OPENED, campaign_code=campaign.code, facts={"digest": digest})
    db.flush()
    db.refresh(campaign)
    return building.build(db, campaign, out=folder, act=Act("x", now, keys))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_texts_leave_their_row_and_numbers_leave_as_bands(given):
    _campaign, form, told, contents = given
    written = [
        words for _unit, one in told for words in (form.counted(one).get("DX-302"),) if words
    ]
    assert Counter(one["text"] for one in contents.remarks if one["item"] == "DX-302") == Counter(
        written
    )
    assert {"DX-103.other"} <= {one["item"] for one in contents.remarks}
    for row in contents.rows:
        assert "DX-302" not in row["answers"]
        assert "DX-103.other" not in row["answers"]
        assert row["answers"].get("DX-102", "97") in {"1", "2", "3", "4", "5", "97", "98"}


def test_a_cell_counts_each_option_of_a_choice_of_several(given):
    _campaign, form, told, contents = given
    for cell in contents.cells:
        if cell["unit"] == "79":
            continue
        mine = [form.counted(one) for unit, one in told if unit == cell["unit"]]
        counted = cell["raw"]["items"]["DX-301"]
        for code in ("1", "2", "3"):
            n = sum(code in one.get("DX-301", "").split() for one in mine)
            assert counted.get(code, 0) == n


def test_every_file_of_the_release_fits_its_contract(released):
    assert verify.verify(released) == []


def test_a_row_says_by_a_code_why_an_answer_is_missing(given, released):
    _campaign, form, told, _contents = given
    codes_written = Counter(row["DX_102"] for row in rows(released / "scoring" / "responses.csv"))
    away = sum("DX-102" not in form.applying(one) for unit, one in told if unit != "79")
    assert codes_written["97"] == away
    assert codes_written["99"] > 0
    heading = rows(released / "scoring" / "responses.csv")[0]
    assert [name for name in heading if name.startswith("DX_301")] == [
        f"DX_301_{n}" for n in range(1, 7)
    ]
    assert "DX_302" not in heading


def test_words_stand_apart_in_the_order_of_the_alphabet(released):
    told = rows(released / "scoring" / "texts.csv")
    assert told
    assert {one["item"] for one in told} <= {"DX-103", "DX-301", "DX-302"}
    assert told == sorted(told, key=lambda one: (one["level"], one["item"], one["text"]))


def test_counts_of_a_column_are_those_of_its_rows(released):
    counts = rows(released / "scoring" / "counts.csv")
    mine = {
        (one["variable"], one["option"]): int(one["n_option"])
        for one in counts
        if one["rated_unit"] == "01"
    }
    counted_in_rows: Counter = Counter()
    for row in rows(released / "scoring" / "responses.csv"):
        if row["rated_unit"] == "01":
            counted_in_rows.update((name, row[name]) for name in row if name.startswith("DX_"))
    assert [counted_in_rows[key] for key in mine] == list(mine.values())


def test_statistics_programs_read_the_reasons_as_missing(released):
    import pyreadstat

    _frame, meta = pyreadstat.read_sav(released / "scoring" / "responses.sav", user_missing=True)
    assert meta.missing_ranges["DX_102"] == [{"lo": 96.0, "hi": 99.0}]
    assert meta.variable_value_labels["DX_102"][97.0] == "Không được hỏi"
    assert meta.variable_measure["DX_103"] == "nominal"
    assert (released / "scoring" / "responses.parquet").stat().st_size


def test_the_codebook_has_every_column_with_its_codes(released):
    book = rows(released / "scoring" / "codebook.csv")
    told = {(one["variable"], one["code"]): one["label_vi"] for one in book}
    assert told["DX_102", "3"] == "21–50"
    assert told["DX_301_1", "1"] == "Có chọn"
    assert told["DX_301_1", "99"] == "Bỏ trống"
