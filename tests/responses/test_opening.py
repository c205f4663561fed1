"""The one opening: everything must add up, or nothing is opened and the reason is exact."""

import os
from collections import Counter
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from surveyapp.accounts.act import Act
from surveyapp.accounts.models import AuditEntry
from surveyapp.assignments.models import Assignment
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.service import record_release
from surveyapp.keys import KeyRing
from surveyapp.responses import queries, receipts
from surveyapp.responses.errors import (
    BallotsDamaged,
    BallotsForged,
    BallotsMissing,
    BoxError,
    BoxKeyRefused,
    BoxNotReady,
    CellsDiffer,
    DigestDiffers,
    ReceiptsRepeated,
    WrongBoxKey,
)
from surveyapp.responses.models import (
    BoxOpening,
    Draft,
    OpenedCell,
    Receipt,
    Remark,
    Response,
    SealedBallot,
)
from surveyapp.responses.sealed_box import box, custody, opened_contents, opening
from tests.factories import close_campaign
from tests.responses.world import PRIVATE, PUBLIC, World, answers, survey


@pytest.fixture
def world(db: Session, keys: KeyRing, now: datetime) -> World:
    """Twelve people of P1 on 01 and ten of M1 on BNV have submitted, one more of each has not."""
    world = survey(db, keys, now, people=13)
    more = survey(db, keys, now, people=11, group="M1", unit="BNV", campaign=world.campaign)
    for n, form in enumerate((*world.forms[:12], *more.forms[:10])):
        remark = {f"{form.group_code}-900": f"Ý kiến {form.code}"} if form in more.forms else {}
        world.save(db, form, {**answers(form, n), **remark})
        world.submit(db, form)
    world.save(db, world.forms[12], {"P1-101": "1"})
    world.forms += more.forms
    close_campaign(db, world.campaign.code, now=now)
    return world


def open_it(world: World, db: Session, **given: Any) -> opening.Opened:
    """Open the box as the operator does; a refusal must leave everything as it was."""
    before = snapshot(db)
    try:
        return opening.open_box(
            db,
            world.campaign,
            **{
                "private_key": PRIVATE,
                "act": Act("vanhanh", world.now, world.keys),
                **given,
            },
        )
    except BoxError:
        assert snapshot(db) == before
        raise


def snapshot(db: Session) -> list[object]:
    tables = (SealedBallot, Response, Remark, Receipt, BoxOpening, Draft, AuditEntry)
    return [db.scalar(select(func.count()).select_from(table)) for table in tables]


def seal(world: World, db: Session, *, unit: str = "01", group: str = "P1", **given: Any) -> None:
    """Put a ballot in with a good MAC, as only someone who holds the server's keys could."""
    form = world.forms[0].instrument if group == "P1" else world.forms[-1].instrument
    ballot = box.Ballot(
        instrument_code=form.code,
        instrument_version=form.version,
        instrument_mark=given.get("mark", box.mark(form)),
        rated_unit_code=unit,
        group_code=group,
        codes=given.get("codes", ("1",) * len(form.items)),
        remark="",
        quality={"under_floor": "unknown"},
        receipt_tag=given.get("tag", os.urandom(16)),
    )
    put(world, db, given.get("ciphertext", box.seal(PUBLIC, world.campaign.code, ballot)))


def put(world: World, db: Session, ciphertext: bytes, mac: bytes | None = None) -> None:
    number = os.urandom(16)
    mac = mac or box.mac(
        box.mac_key(world.keys, world.campaign.code), world.campaign.code, number, ciphertext
    )
    db.execute(
        insert(SealedBallot).values(
            id=number, campaign_id=world.campaign.id, ciphertext=ciphertext, mac=mac
        )
    )


def take_one_out(db: Session) -> SealedBallot:
    ballot = db.scalars(select(SealedBallot).limit(1)).one()
    db.execute(delete(SealedBallot).where(SealedBallot.id == ballot.id))
    return ballot


def test_every_answer_comes_out_once_with_its_rated_unit_and_group(world, db):
    opened = open_it(world, db)
    assert opened.ballots == 22
    assert opened.per_cell == {("01", "P1"): 12, ("BNV", "M1"): 10}
    rows_opened = Counter(
        (row.rated_unit_code, row.group_code, tuple(row.answers.items()))
        for row in queries.responses(db, world.campaign.id)
    )
    submitted = (*world.forms[:12], *world.forms[13:23])
    assert rows_opened == Counter(
        (form.rated_unit_code, form.group_code, tuple(answers(form, n).items()))
        for n, form in enumerate(submitted)
    )
    assert queries.response_counts(db, world.campaign.id) == opened.per_cell


def test_remarks_and_receipts_are_kept_apart(world, db):
    open_it(world, db)
    remarks = list(queries.remarks(db, world.campaign.id))
    assert {(row.level, row.text) for row in remarks} == {
        ("ministry", f"Ý kiến {form.code}") for form in world.forms[13:23]
    }
    assert len(list(receipts.tags(db, world.campaign.id))) == 22
    known = set(receipts.tags(db, world.campaign.id))
    for form in world.forms[:12]:
        assert receipts.tag(receipts.receipt(world.keys, form.id)) in known
    assert receipts.tag(receipts.receipt(world.keys, world.forms[12].id)) not in known


def test_the_box_is_empty_afterwards_and_no_draft_is_left(world, db):
    assert db.scalar(select(func.count()).select_from(Draft)) == 1
    open_it(world, db)
    assert queries.ballots_in_box(db, world.campaign.id) == 0
    assert db.scalar(select(func.count()).select_from(Draft)) == 0
    assert campaigns.campaign(db, world.campaign.code).state == "opened"


def test_the_opening_is_recorded_and_audited(world, db):
    open_it(world, db)
    record = queries.opening(db, world.campaign.id)
    assert (record.opened_by, record.ballots, record.custody) == ("vanhanh", 22, "server")
    assert (record.counts["difference"], record.counts["submitted"]) == (None, 22)
    [entry] = db.scalars(select(AuditEntry))
    assert (entry.action, entry.facts["ballots"]) == ("box.opened", 22)
    assert entry.facts["digest"] == record.digest


def test_a_box_is_opened_once(world, db):
    open_it(world, db)
    with pytest.raises(BoxNotReady) as refused:
        open_it(world, db)
    assert refused.value.state == "opened"


def test_an_open_campaign_keeps_its_box_shut(db, keys, now):
    world = survey(db, keys, now)
    with pytest.raises(BoxNotReady) as refused:
        open_it(world, db)
    assert refused.value.state == "open"


def test_another_key_is_refused_before_anything_is_read(world, db):
    with pytest.raises(WrongBoxKey) as refused:
        open_it(world, db, private_key=box.new_key()[0])
    assert refused.value.expected == box.fingerprint(PUBLIC)


def test_a_missing_ballot_is_noticed(world, db):
    take_one_out(db)
    with pytest.raises(BallotsMissing) as refused:
        open_it(world, db)
    assert (refused.value.ballots, refused.value.submitted) == (21, 22)


def test_a_ballot_too_many_is_noticed(world, db):
    seal(world, db)
    with pytest.raises(BallotsMissing) as refused:
        open_it(world, db)
    assert (refused.value.ballots, refused.value.submitted) == (23, 22)


@pytest.mark.parametrize("index", [0, 2000, -1])
def test_a_flipped_byte_is_noticed(world, db, index):
    ballot = take_one_out(db)
    changed = bytearray(ballot.ciphertext)
    changed[index] ^= 1
    put(world, db, bytes(changed), ballot.mac)
    with pytest.raises(BallotsForged) as refused:
        open_it(world, db)
    assert refused.value.count == 1


def test_a_ballot_sealed_to_the_public_key_by_a_stranger_is_noticed(world, db):
    take_one_out(db)
    seal(world, db)
    stranger = take_one_out(db)
    put(world, db, stranger.ciphertext, b"\0" * 32)
    with pytest.raises(BallotsForged):
        open_it(world, db)


def test_a_ballot_copied_by_hand_is_noticed(world, db):
    take_one_out(db)
    ballot = db.scalars(select(SealedBallot).limit(1)).one()
    put(world, db, ballot.ciphertext, ballot.mac)
    with pytest.raises(BallotsForged):
        open_it(world, db)


def test_a_ballot_copied_by_someone_who_holds_the_keys_is_noticed(world, db):
    take_one_out(db)
    put(world, db, db.scalars(select(SealedBallot).limit(1)).one().ciphertext)
    with pytest.raises(ReceiptsRepeated) as refused:
        open_it(world, db)
    assert refused.value.count == 1


@pytest.mark.parametrize(
    "damage",
    [
        {"ciphertext": bytes(box.CIPHERTEXT_BYTES)},
        {"codes": ("1",) * 7},
        {"codes": ("9",) * 6},
        {"mark": "0" * 16},
        {"group": "XX"},
    ],
)
def test_a_ballot_that_answers_no_form_of_the_campaign_is_noticed(world, db, damage):
    take_one_out(db)
    seal(world, db, **damage)
    with pytest.raises(BallotsDamaged):
        open_it(world, db)


def test_a_ballot_moved_to_another_rated_unit_is_noticed(world, db):
    other = campaigns.unit(db, world.campaign.id, "46")
    db.execute(
        update(Assignment).where(Assignment.id == world.forms[0].id).values(rated_unit_id=other.id)
    )
    with pytest.raises(CellsDiffer) as refused:
        open_it(world, db)
    assert refused.value.differences == {("01", "P1"): (12, 11), ("46", "P1"): (0, 1)}


def test_nobody_alone_can_open_a_box_that_is_not_whole(world, db):
    take_one_out(db)
    with pytest.raises(TypeError):
        open_it(world, db, exception="Biên bản số 1: mất một phiếu")
    with pytest.raises(BallotsMissing):
        open_it(world, db)


def test_a_ballot_marked_before_campaigns_had_keys_of_their_own_is_still_ours(world, db):
    ballot = take_one_out(db)
    ring = world.keys.key("ballot-mac")
    mac = box.mac(ring, world.campaign.code, ballot.id, ballot.ciphertext)
    db.execute(
        insert(SealedBallot).values(
            id=ballot.id, campaign_id=world.campaign.id, ciphertext=ballot.ciphertext, mac=mac
        )
    )
    assert opening.check_box(db, world.campaign, keys=world.keys)["forged"] == 0
    assert open_it(world, db).ballots == 22


def test_of_a_small_cell_no_row_leaves_the_box(db, keys, now):
    world = survey(db, keys, now, people=6)
    more = survey(db, keys, now, people=2, group="M1", unit="BNV", campaign=world.campaign)
    for form in (*world.forms, *more.forms):
        world.save(db, form, answers(form, int(form.code[-4:])))
        world.submit(db, form)
    close_campaign(db, world.campaign.code, now=now)
    assert open_it(world, db).per_cell == {("01", "P1"): 6, ("BNV", "M1"): 2}
    assert list(queries.responses(db, world.campaign.id)) == []
    assert queries.response_counts(db, world.campaign.id) == {("01", "P1"): 6, ("BNV", "M1"): 2}
    [cell] = [
        one for one in queries.opened_cells(db, world.campaign.id) if one["gives"] == "counts"
    ]
    assert (cell["unit"], cell["cleaned"]["n"], cell["raw"]) == ("01", 6, None)
    [alone] = db.scalars(select(OpenedCell).where(OpenedCell.gives == "n"))
    assert (alone.rated_unit_code, alone.n, alone.content["cleaned"]) == ("BNV", 2, None)


@pytest.mark.parametrize("alter", ["row", "cell", "remark", "receipt", "record"])
def test_what_is_altered_after_the_opening_no_longer_gives_its_digest(world, db, alter):
    opened = open_it(world, db)
    assert opened_contents.check(db, world.campaign) == opened.digest
    if alter == "row":
        form = db.scalars(select(Response).limit(1)).one()
        form.answers = {**form.answers, next(iter(form.answers)): "9"}
    elif alter == "cell":
        cell = db.scalars(select(OpenedCell).limit(1)).one()
        cell.content = {**cell.content, "cleaned": None}
    elif alter == "remark":
        db.scalars(select(Remark).limit(1)).one().text += "!"
    elif alter == "receipt":
        db.delete(db.scalars(select(Receipt).limit(1)).one())
    else:
        queries.opening(db, world.campaign.id).digest = "0" * 64
    db.flush()
    with pytest.raises(DigestDiffers):
        opened_contents.check(db, world.campaign)


def test_a_digest_rewritten_with_the_responses_is_betrayed_by_the_audit_trail(world, db):
    opened = open_it(world, db)
    row = db.scalars(select(Response).limit(1)).one()
    row.answers = {**row.answers, next(iter(row.answers)): "1"}
    db.scalars(select(Remark).limit(1)).one().text = "khác"
    db.flush()
    queries.opening(db, world.campaign.id).digest = opened_contents.digest(db, world.campaign)
    db.flush()
    with pytest.raises(DigestDiffers) as refused:
        opened_contents.check(db, world.campaign)
    assert refused.value.expected == opened.digest


def test_a_box_nobody_submitted_to_opens_empty(db, keys, now):
    world = survey(db, keys, now)
    close_campaign(db, world.campaign.code, now=now)
    assert open_it(world, db).ballots == 0
    assert list(queries.responses(db, world.campaign.id)) == []


def test_checking_the_box_decrypts_nothing_and_says_what_is_wrong(world, db):
    assert opening.check_box(db, world.campaign, keys=world.keys) == {
        "ballots": 22,
        "submitted": 22,
        "forged": 0,
    }
    put(world, db, bytes(box.CIPHERTEXT_BYTES), b"\0" * 32)
    checked = opening.check_box(db, world.campaign, keys=world.keys)
    assert (checked["ballots"], checked["forged"]) == (23, 1)


def test_opening_one_campaign_leaves_another_campaigns_box_alone(world, db):
    db.execute(
        insert(SealedBallot).values(
            id=b"o" * 16, campaign_id=99, ciphertext=bytes(box.CIPHERTEXT_BYTES), mac=b"m" * 32
        )
    )
    open_it(world, db)
    assert queries.ballots_in_box(db, 99) == 1


def test_the_key_is_destroyed_only_after_the_release(world, db, tmp_path):
    custody.make_box_keys(tmp_path, world.campaign.code)
    open_it(world, db)
    campaign = campaigns.campaign(db, world.campaign.code)
    given = {"folder": tmp_path, "act": Act("vanhanh", world.now, world.keys)}
    with pytest.raises(BoxNotReady):
        opening.destroy_key(db, campaign, **given)
    record_release(db, campaign.code)
    opening.destroy_key(db, campaign, **given)
    with pytest.raises(BoxKeyRefused, match="missing"):
        custody.read_private_key(tmp_path, campaign.code)
    actions = list(db.scalars(select(AuditEntry.action).order_by(AuditEntry.number)))
    assert actions == ["box.opened", "box_key.destroyed"]
