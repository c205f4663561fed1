"""Offline custody on the server: custodians registered, drills recorded, the box exported and taken back."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.accounts.models import AuditEntry
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.errors import WrongState
from surveyapp.campaigns.models import Campaign
from surveyapp.campaigns.service import open_campaign
from surveyapp.keys import KeyRing
from surveyapp.responses import queries, receipts
from surveyapp.responses.errors import (
    AlreadyRecorded,
    BoxNotReady,
    CustodyFileRefused,
    CustodyNotProven,
    NotRegistered,
    OfflineCustody,
    OldExport,
    ServerCustody,
)
from surveyapp.responses.models import (
    BoxAttestation,
    BoxExport,
    BoxOpening,
    OpenedCell,
    Receipt,
    Remark,
    Response,
    SealedBallot,
)
from surveyapp.responses.opener import acts, errors
from surveyapp.responses.opener.custody import keys as custody_keys
from surveyapp.responses.opener.custody import records
from surveyapp.responses.opener.transfer import bundle, files
from surveyapp.responses.sealed_box import (
    box,
    opened_contents,
    opening,
    registration,
    sealed_export,
)
from tests import factories
from tests.factories import close_campaign
from tests.responses.world import World, answers, survey

NAMES = ("Nguyễn Văn An", "Trần Thị Bình", "Lê Hồng Giang")
PUBLIC, PARTS = custody_keys.create()


@dataclass
class Custody:
    """Three custodians of the tiny campaign, and the server they deal with."""

    db: Session
    campaign: Campaign
    keys: KeyRing
    now: datetime
    folder: Path

    @property
    def act(self) -> Act:
        return Act("vanhanh", self.now, self.keys)

    @property
    def paper(self) -> bytes:
        return registered_paper(self.campaign.code)

    @property
    def registered(self) -> records.Registration:
        return records.read_registration("r", self.paper)

    def register(self) -> records.Registration:
        return registration.register(
            self.db, self.campaign, self.paper, name="r.json", act=self.act
        )

    def attest(self, kind: str, on: date, parts=PARTS[:2]) -> records.Attestation:
        signed = records.attestation(kind, self.registered, parts, today=on, facts={})
        text = files.document_text(signed).encode()
        return registration.attest(self.db, self.campaign, text, name="a.json", act=self.act)

    def export(self, name: str = "export.gz") -> Path:
        path = self.folder / name
        with path.open("wb") as file:
            opening.export_box(self.db, self.campaign, file, act=self.act)
        return path

    def open(self, exported: Path, *, exception: Path | None = None, out: str = "out") -> Path:
        submitted = sum(
            n for _, _, n in next(files.read_lines(exported, acts.export.KIND))["submitted"]
        )
        box_export = acts.read_export(
            exported,
            self.registered,
            server_key=sealed_export.key_print(self.keys),
            submitted=submitted,
        )
        made = acts.open_box(
            box_export, self.registered, PARTS[:2], self.folder / out, today=self.now.date(), exception=exception,
        )  # fmt: skip
        return made.files[0]

    def take_in(self, path: Path) -> opening.Opened:
        """Import as the operator does; a refusal must leave everything as it was."""
        before = self.snapshot()
        try:
            return opening.import_bundle(self.db, self.campaign, path, act=self.act)
        except Exception:
            assert self.snapshot() == before
            raise

    def snapshot(self) -> list[object]:
        tables = (SealedBallot, Response, Remark, Receipt, OpenedCell, BoxOpening, AuditEntry)
        return [self.db.scalar(select(func.count()).select_from(table)) for table in tables]


def registered_paper(code: str, public=PUBLIC, parts=PARTS) -> bytes:
    signed = records.registration(code, public, NAMES, parts, today=date(2024, 1, 2))
    return files.document_text(signed).encode()


@pytest.fixture
def custody(db: Session, keys: KeyRing, now: datetime, tmp_path: Path) -> Custody:
    campaign = factories.campaign(db, now)
    campaign.custody = "offline"
    db.flush()
    factories.approve_questionnaires(db, campaign, now)
    return Custody(db, campaign, keys, now, tmp_path)


@pytest.fixture
def closed(custody: Custody) -> Custody:
    """Twelve people of P1 on 01 and six of M1 on BNV have submitted; the campaign is closed."""
    custody.register()
    open_campaign(custody.db, custody.campaign.code, now=custody.now)
    submit(custody, "P1", "01", 12)
    submit(custody, "M1", "BNV", 6)
    close_campaign(custody.db, custody.campaign.code, now=custody.now)
    return custody


def submit(custody: Custody, group: str, unit: str, people: int) -> World:
    world = survey(
        custody.db, custody.keys, custody.now, people=people, group=group, unit=unit,
        campaign=custody.campaign,
    )  # fmt: skip
    for n, form in enumerate(world.forms):
        remark = {f"{group}-900": f"Ý kiến {n}"} if n < 2 else {}
        world.save(custody.db, form, {**answers(form, n), **remark})
        world.submit(custody.db, form)
    return world


# ---- registering


def test_the_public_half_is_registered_with_its_custodians_and_replaced_until_collection(custody):
    registered = custody.register()
    assert custody.campaign.box_fingerprint == registered.fingerprint == box.fingerprint(PUBLIC)
    assert [one.name for one in registration.custodians(custody.db, custody.campaign)] == list(
        NAMES
    )
    custody.attest("shares", date(2024, 1, 3))
    public, parts = custody_keys.create()
    again = registered_paper(custody.campaign.code, public, parts)
    registration.register(custody.db, custody.campaign, again, name="r", act=custody.act)
    assert custody.campaign.box_public_key == public
    assert registration.attestations(custody.db, custody.campaign.id) == []
    open_campaign(custody.db, custody.campaign.code, now=custody.now)
    with pytest.raises(WrongState):
        custody.register()


def test_the_server_key_is_told_at_registration_and_outlives_a_rotation(custody):
    custody.register()
    told = sealed_export.key_print(custody.keys)
    [entry] = custody.db.scalars(select(AuditEntry))
    assert entry.facts["server_key"] == told
    rotated = KeyRing({**custody.keys.roots, 2: bytes(range(32))})
    assert sealed_export.key_print(rotated) == told


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda text: text.replace(b"2024-01-02", b"2024-01-03"), errors.SignatureWrong),
        (lambda text: text[:-30], errors.FileDamaged),
        (lambda text: text.replace(b'"version": 1', b'"version": 2'), errors.VersionUnknown),
        (lambda text: text.replace(b"par-box-registration", b"par-box-export"), errors.NotThisKind),
        (lambda _text: registered_paper("another"), errors.OfAnotherCampaign),
    ],
)
def test_a_registration_that_cannot_be_believed_changes_nothing(custody, spoil, reason):
    with pytest.raises(CustodyFileRefused) as refused:
        registration.register(
            custody.db, custody.campaign, spoil(custody.paper), name="r.json", act=custody.act
        )
    assert type(refused.value.reason) is reason
    assert custody.campaign.box_public_key is None
    assert custody.db.scalar(select(func.count()).select_from(AuditEntry)) == 0


def test_a_campaign_in_the_servers_custody_has_no_custodians(custody):
    custody.campaign.custody = "server"
    with pytest.raises(ServerCustody):
        custody.register()


# ---- what must be proven before


@pytest.fixture
def official(custody, monkeypatch) -> Custody:
    """The same campaign, official; its illustrative questionnaires are passed over."""
    custody.campaign.official = True
    custody.db.flush()
    monkeypatch.setattr("surveyapp.campaigns.service._refuse_unofficial", lambda *_: None)
    custody.register()
    return custody


def test_an_official_campaign_opens_after_a_drill_and_a_check_of_the_shares_only(official):
    code, day = official.campaign.code, date(2024, 1, 3)
    with pytest.raises(CustodyNotProven) as refused:
        open_campaign(official.db, code, now=official.now)
    assert refused.value.missing == ("drill", "shares")
    official.attest("drill", day)
    with pytest.raises(CustodyNotProven) as refused:
        open_campaign(official.db, code, now=official.now)
    assert refused.value.missing == ("shares",)
    official.attest("shares", day)
    assert open_campaign(official.db, code, now=official.now).state == "open"


def test_an_official_campaign_is_closed_after_another_check_since_collection_began(official):
    code, begun = official.campaign.code, official.campaign.opens_at.date()
    official.attest("drill", begun - timedelta(days=9))
    official.attest("shares", begun - timedelta(days=9))
    open_campaign(official.db, code, now=official.now)
    with pytest.raises(CustodyNotProven) as refused:
        close_campaign(official.db, code, now=official.now)
    assert refused.value.missing == ("shares",)
    assert campaigns.campaign(official.db, code).state == "open"
    official.attest("shares", begun + timedelta(days=20))
    assert close_campaign(official.db, code, now=official.now).state == "closed"


def test_an_attestation_counts_once_and_for_its_own_key(custody):
    with pytest.raises(NotRegistered):
        custody.attest("shares", date(2024, 1, 3))
    custody.register()
    custody.attest("shares", date(2024, 1, 3))
    with pytest.raises(AlreadyRecorded):
        custody.attest("shares", date(2024, 1, 3))
    _, strangers = custody_keys.create()
    with pytest.raises(CustodyFileRefused) as refused:
        custody.attest("shares", date(2024, 1, 4), strangers[:2])
    assert isinstance(refused.value.reason, errors.SignerUnknown)
    with pytest.raises(CustodyFileRefused) as refused:
        custody.attest("shares", date(2024, 1, 4), PARTS[:1])
    assert isinstance(refused.value.reason, errors.SignaturesMissing)
    assert custody.db.scalar(select(func.count()).select_from(BoxAttestation)) == 1


def test_a_paper_that_nobody_has_read_back_is_named(custody):
    custody.register()
    custody.attest("shares", date(2024, 1, 3))
    [unread] = registration.shares_never_checked(custody.db, custody.campaign)
    assert unread.name == NAMES[2]
    custody.attest("shares", date(2024, 1, 4), PARTS[1:])
    assert registration.shares_never_checked(custody.db, custody.campaign) == ()


# ---- export, open, import


def test_what_two_custodians_opened_is_taken_in_and_the_box_is_empty(closed):
    opened = closed.take_in(closed.open(closed.export()))
    assert opened.per_cell == {("01", "P1"): 12, ("BNV", "M1"): 6}
    rows = list(queries.responses(closed.db, closed.campaign.id))
    assert {(row.rated_unit_code, row.group_code) for row in rows} == {("01", "P1")}
    assert len(rows) == 12
    cells = queries.opened_cells(closed.db, closed.campaign.id)
    [counted] = [cell for cell in cells if cell["gives"] == "counts"]
    assert (counted["unit"], counted["cleaned"]["n"]) == ("BNV", 6)
    remarks = [remark.level for remark in queries.remarks(closed.db, closed.campaign.id)]
    assert remarks == ["province", "province"], "six people of a ministry are too few for remarks"
    assert len(list(receipts.tags(closed.db, closed.campaign.id))) == 18
    assert queries.ballots_in_box(closed.db, closed.campaign.id) == 0
    assert campaigns.campaign(closed.db, closed.campaign.code).state == "opened"


def test_the_digest_stands_in_the_opening_the_audit_trail_and_fits_what_is_stored(closed):
    opened = closed.take_in(closed.open(closed.export()))
    record = queries.opening(closed.db, closed.campaign.id)
    assert (record.digest, record.custody) == (opened.digest, "offline")
    assert record.counts["custodians"] == [1, 2]
    entered = closed.db.scalars(
        select(AuditEntry).where(AuditEntry.action == Action.BOX_OPENED)
    ).one()
    assert entered.facts["digest"] == opened.digest
    assert opened_contents.check(closed.db, closed.campaign) == opened.digest


def test_custodians_and_server_open_by_the_same_program(closed, db, keys, now):
    """The same box opened both ways gives the same cells, counts and receipts."""
    offline = bundle.read(
        closed.open(closed.export()),
        campaign_code=closed.campaign.code,
        custodians=closed.registered.signers,
    ).contents
    closed.campaign.custody = "server"
    db.flush()
    private = custody_keys.combine(PARTS[:2], PUBLIC)
    opening.open_box(db, closed.campaign, private_key=private, act=closed.act)
    stored = {
        (cell.rated_unit_code, cell.group_code): cell.content
        for cell in db.scalars(select(OpenedCell))
    }
    assert stored == {(cell["unit"], cell["group"]): cell for cell in offline.cells}
    tags = sorted(tag.hex() for tag in receipts.tags(db, closed.campaign.id))
    assert tags == offline.receipts


def test_a_server_never_opens_what_custodians_hold(closed, tmp_path):
    private = custody_keys.combine(PARTS[:2], PUBLIC)
    with pytest.raises(OfflineCustody):
        opening.open_box(closed.db, closed.campaign, private_key=private, act=closed.act)
    with pytest.raises(OfflineCustody):
        opening.destroy_key(closed.db, closed.campaign, folder=tmp_path, act=closed.act)


def test_an_open_campaign_is_not_exported(custody, tmp_path):
    custody.register()
    open_campaign(custody.db, custody.campaign.code, now=custody.now)
    with pytest.raises(BoxNotReady):
        custody.export()


def test_a_bundle_of_an_older_export_is_refused(closed):
    old = closed.open(closed.export())
    closed.export("again.gz")
    closed.db.flush()
    exports = closed.db.scalars(select(BoxExport)).all()
    assert len(exports) == 2
    assert (
        len({one.digest for one in exports}) == 1
    )  # nothing changed meanwhile: still the last one
    closed.take_in(old)


def test_a_bundle_of_an_export_that_is_no_longer_the_box_is_refused(closed):
    old = closed.open(closed.export())
    one = select(SealedBallot.id).limit(1).scalar_subquery()
    closed.db.execute(delete(SealedBallot).where(SealedBallot.id == one))
    closed.export("again.gz")
    with pytest.raises(OldExport):
        closed.take_in(old)


def test_a_bundle_is_imported_once(closed):
    path = closed.open(closed.export())
    closed.take_in(path)
    with pytest.raises(BoxNotReady) as refused:
        closed.take_in(path)
    assert refused.value.state == "opened"


def test_a_bundle_altered_by_one_byte_changes_nothing(closed):
    path = closed.open(closed.export())
    whole = path.read_bytes()
    for index in range(0, len(whole), max(len(whole) // 25, 1)):
        path.write_bytes(whole[:index] + bytes([whole[index] ^ 8]) + whole[index + 1 :])
        with pytest.raises(CustodyFileRefused) as refused:
            closed.take_in(path)
        assert isinstance(refused.value.reason, errors.FileRefused)


def test_a_bundle_that_strangers_signed_changes_nothing(closed):
    path = closed.open(closed.export())
    opened_bundle = bundle.read(
        path, campaign_code=closed.campaign.code, custodians=closed.registered.signers
    )
    _, strangers = custody_keys.create()
    opened_bundle.contents.rows[0]["answers"] = {}
    forged = bundle.Contents(**{name: list(part) for name, part in opened_bundle.contents.parts()})
    with path.open("wb") as file:
        signing = [custody_keys.signing_key(part) for part in strangers[:2]]
        bundle.write(file, opened_bundle.header, forged, signing)
    with pytest.raises(CustodyFileRefused) as refused:
        closed.take_in(path)
    assert isinstance(refused.value.reason, errors.SignerUnknown)


def test_a_lost_ballot_is_excepted_by_two_custodians_and_recorded(closed):
    one = select(SealedBallot.id).limit(1).scalar_subquery()
    closed.db.execute(delete(SealedBallot).where(SealedBallot.id == one))
    submit_more = closed.export()
    with pytest.raises(errors.BallotsMissing):
        closed.open(submit_more)
    [paper] = (closed.folder / "out").glob("*exception*")
    acts.sign_exception(paper, closed.registered, PARTS[0], reason="Mất một phiếu")
    with pytest.raises(errors.SignaturesMissing):
        closed.open(submit_more, exception=paper)
    acts.sign_exception(paper, closed.registered, PARTS[2], reason="")
    with pytest.raises(
        errors.GroupTooSmall
    ):  # six or fewer of M1: nothing opens under an exception
        closed.open(submit_more, exception=paper)
    assert queries.ballots_in_box(closed.db, closed.campaign.id) == 17


def test_the_custodians_numbers_of_an_exception_stand_in_the_record(custody):
    custody.register()
    open_campaign(custody.db, custody.campaign.code, now=custody.now)
    submit(custody, "P1", "01", 14)
    close_campaign(custody.db, custody.campaign.code, now=custody.now)
    one = select(SealedBallot.id).limit(1).scalar_subquery()
    custody.db.execute(delete(SealedBallot).where(SealedBallot.id == one))
    exported = custody.export()
    with pytest.raises(errors.BallotsMissing):
        custody.open(exported)
    [paper] = (custody.folder / "out").glob("*exception*")
    for part in PARTS[1:]:
        acts.sign_exception(paper, custody.registered, part, reason="Mất một phiếu")
    assert custody.take_in(custody.open(exported, exception=paper)).ballots == 13
    record = queries.opening(custody.db, custody.campaign.id)
    assert record.exception == "Mất một phiếu"
    assert record.counts["exception"]["custodians"] == [2, 3]
    assert record.counts["difference"]["missing"] == 1
