"""A release of a box that was really opened: small cells by counts alone, and all of it held to the digest."""

import csv
import json
import os
import random
from collections import Counter

import pytest
from sqlalchemy import delete, insert, update

from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.accounts.models import AuditEntry
from surveyapp.campaigns import queries
from surveyapp.campaigns.models import Campaign
from surveyapp.exports.cleaning import studies
from surveyapp.exports.release import building
from surveyapp.exports.verify import verify
from surveyapp.responses import queries as responses
from surveyapp.responses import receipts
from surveyapp.responses.errors import DigestDiffers, OpenedByOlderRules
from surveyapp.responses.models import OpenedCell, Receipt, Remark, Response, SealedBallot
from surveyapp.responses.sealed_box import box, opening
from surveyapp.responses.sealed_box.labels import refusal
from tests import factories
from tests.exports.opened import opened_campaign

SIZES = {
    ("BNV", "M1"): 14, ("NHNN", "M1"): 11, ("TTCP", "M1"): 2,
    ("BNV", "M5"): 6, ("NHNN", "M5"): 7,
    ("01", "P1"): 40,
}  # fmt: skip


@pytest.fixture
def sealed(db, now, keys, monkeypatch):
    """The tiny campaign, closed, with `SIZES` ballots in its box; what was sealed, by cell."""
    campaign = factories.campaign(db, now, opened=True)
    db.execute(update(Campaign).where(Campaign.id == campaign.id).values(state="closed"))
    forms = queries.instruments(db, campaign.id)
    asked = {g.code: forms[g.instrument_id] for g in queries.groups(db, campaign.id)}
    chance, plain, rows = random.Random(3), {}, []
    for (unit, group), n in SIZES.items():
        for at in range(n):
            form = asked[group]
            codes = tuple(chance.choice(["", *sorted(item.codes)]) for item in form.items)
            plain.setdefault((unit, group), []).append(
                dict(zip((i.id for i in form.items), codes, strict=True))
            )
            ballot = box.Ballot(
                form.code, form.version, box.mark(form), unit, group, codes,
                "Nên giảm họp." if at == 0 else "", {"under_floor": "no"},
                receipts.tag(f"{unit}{group}{at}"),
            )  # fmt: skip
            id_ = os.urandom(16)
            ciphertext = box.seal(campaign.box_public_key, campaign.code, ballot)
            mac = box.mac(box.mac_key(keys, campaign.code), campaign.code, id_, ciphertext)
            rows.append(
                {"id": id_, "campaign_id": campaign.id, "ciphertext": ciphertext, "mac": mac}
            )
    db.execute(insert(SealedBallot), rows)
    monkeypatch.setattr(
        "surveyapp.responses.sealed_box.sealed_export.invitations.submitted_counts",
        lambda *_: SIZES,
    )
    db.refresh(campaign)
    return campaign, plain


@pytest.fixture
def campaign(db, sealed, keys, now):
    private, _ = factories.box_key()
    act = Act("centre", now, keys)
    opening.open_box(db, sealed[0], private_key=private, act=act)
    db.refresh(sealed[0])
    return sealed[0]


@pytest.fixture
def folder(db, campaign, tmp_path, now, keys):
    return building.build(db, campaign, out=tmp_path, act=Act("centre", now, keys))


def table(folder, name):
    with (folder / "scoring" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_it_is_whole_where_it_is_received(folder):
    assert verify(folder) == []


def test_no_row_of_a_small_cell_leaves_under_any_label(folder):
    labels = Counter((row["rated_unit"], row["group"]) for row in table(folder, "responses.csv"))
    assert labels == {cell: n for cell, n in SIZES.items() if n >= 10}


def test_the_counts_of_every_cell_from_the_count_minimum_on_are_exact(folder, sealed):
    _, plain = sealed
    told = Counter()
    for row in table(folder, "counts.csv"):
        cell = (row["rated_unit"], row["group"])
        if SIZES.get(cell, 0):
            told[(*cell, row["item"], row["option"])] = int(row["n_option"])
            told[(*cell, row["item"], "98")] = int(row["n_dont_know"])
            assert int(row["n_responses"]) == SIZES[cell]
    exact = Counter(
        (*cell, item, code)
        for cell, answers in plain.items()
        if SIZES[cell] >= 3
        for one in answers
        for item, code in one.items()
        if code
    )
    assert +told == exact


def test_of_a_cell_under_the_count_minimum_no_count_is_told(folder):
    cells = {(row["rated_unit"], row["group"]) for row in table(folder, "counts.csv")}
    assert ("TTCP", "M1") not in cells
    assert ("BNV", "M5") in cells


def test_the_manifest_carries_the_digest_of_the_opening(db, campaign, folder):
    told = json.loads((folder / "manifest.json").read_text())["opening"]
    digest = responses.opening(db, campaign.id).digest
    assert told == {"digest": digest, "ballots": 80, "without_rows": 15}


@pytest.mark.parametrize("altered", ["row", "cell", "remark", "receipt"])
def test_results_over_anything_but_what_was_opened_are_refused(
    db, campaign, altered, tmp_path, now, keys
):
    if altered == "row":
        row = db.query(Response).filter_by(rated_unit_code="BNV").first()
        row.answers = dict.fromkeys(row.answers, "1")
    elif altered == "cell":
        cell = db.query(OpenedCell).filter_by(gives="counts").first()
        cell.content = {**cell.content, "cleaned": {**cell.content["cleaned"], "n": 9}}
    elif altered == "remark":
        db.query(Remark).first().text = "khác"
    else:
        db.add(Receipt(tag=b"x" * 16, campaign_id=campaign.id))
    db.flush()
    with pytest.raises(DigestDiffers):
        building.build(db, campaign, out=tmp_path, act=Act("centre", now, keys))
    assert list(tmp_path.glob("*release*")) == []
    with pytest.raises(DigestDiffers):
        studies.coordination_of(db, campaign)


def test_of_a_box_opened_by_older_rules_nothing_is_released_and_the_reason_says_what_to_do(
    db, campaign, tmp_path, now, keys
):
    """As after the digest was taken out of the record and the audit trail alike."""
    responses.opening(db, campaign.id).digest = None
    db.execute(delete(AuditEntry).where(AuditEntry.action == Action.BOX_OPENED))
    db.flush()
    with pytest.raises(OpenedByOlderRules) as refused:
        building.build(db, campaign, out=tmp_path, act=Act("centre", now, keys))
    assert list(tmp_path.glob("*release*")) == []
    assert "khôi phục bản sao lưu trước lúc mở hộp" in refusal(refused.value)
    with pytest.raises(OpenedByOlderRules):
        studies.coordination_of(db, campaign)


def test_all_sheets_of_a_cell_overwritten_raise_no_unit(db, campaign, tmp_path, now, keys):
    """The attack that once lifted a unit by three ranks, with the digest in the record rewritten too."""
    from surveyapp.responses.sealed_box import opened_contents

    for row in db.query(Response).filter_by(rated_unit_code="01"):
        row.answers = dict.fromkeys(row.answers, "1")
    db.flush()
    responses.opening(db, campaign.id).digest = opened_contents.digest(db, campaign)
    db.flush()
    with pytest.raises(DigestDiffers):
        building.build(db, campaign, out=tmp_path, act=Act("centre", now, keys))


def test_rows_of_a_cell_whose_counts_stay_are_in_no_pool(db, now, keys, tmp_path):
    """Of a box that gave every row, as old ones did: a pool less the counts of its other units would tell them."""
    sizes = {("BNV", "M1"): 14, ("NHNN", "M1"): 7, ("TTCP", "M1"): 2}
    campaign = opened_campaign(db, now, sizes, remarks=())
    folder = building.build(db, campaign, out=tmp_path / "out", act=Act("x", now, keys))
    assert verify(folder) == []
    with (folder / "scoring" / "responses.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert Counter((row["rated_unit"], row["group"]) for row in rows) == {("*", "M1"): 21, ("*", "*"): 2}  # fmt: skip
    with (folder / "scoring" / "counts.csv").open(encoding="utf-8", newline="") as file:
        counted = {row["rated_unit"]: int(row["n_responses"]) for row in csv.DictReader(file) if row["group"] == "M1"}  # fmt: skip
    assert counted == {"BNV": 14, "NHNN": 7}
