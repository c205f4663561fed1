"""A campaign is loaded, opened, prolonged and closed; and refused where it must be."""

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

import surveyapp.responses.sealed_box.registration  # noqa: F401  the gate of official campaigns
from surveyapp.campaigns import queries, service
from surveyapp.campaigns.errors import (
    BadDeadline,
    BoxKeyMissing,
    CampaignError,
    CollectionGoesOn,
    NotForOfficialUse,
    PackInUse,
    UnknownCampaign,
    UnknownUnit,
    WrongState,
)
from surveyapp.campaigns.models import Campaign, Department, Instrument, Unit
from surveyapp.campaigns.pack.reading import Pack, read_pack
from surveyapp.db import transaction
from surveyapp.respondents.models import Person
from surveyapp.responses.errors import CustodyNotProven
from tests import factories
from tests.campaigns.packs import SHIPPED, TINY, copy_pack, edit, edited_pack


@pytest.fixture(scope="module")
def tiny() -> Pack:
    return read_pack(TINY)


def load_with_key(db: Session, pack: Pack, now: datetime) -> Campaign:
    """Loaded, with a box key and every questionnaire approved: ready to open."""
    campaign = service.load_pack(db, pack, now=now)
    factories.approve_questionnaires(db, campaign, now)
    return service.record_box_key(db, pack.code, public_key=b"public", fingerprint="ab12")


def test_a_loaded_campaign_holds_its_registries_in_order(
    db: Session, tiny: Pack, now: datetime
) -> None:
    campaign = service.load_pack(db, tiny, now=now)
    assert campaign.state == "preparing"
    assert campaign.opens_at == datetime(2024, 1, 8, 1, 0, tzinfo=UTC)
    assert campaign.settings["disclosure"] == {
        "row_minimum": 10,
        "table_minimum": 5,
        "count_minimum": 3,
    }
    assert campaign.settings["completeness"] == {"complete": 0.8, "partial": 0.5}
    assert campaign.settings["contact"]["phone"] == "024 0000 0000"
    codes = [unit.code for unit in queries.units(db, campaign.id)]
    assert codes == ["BNV", "NHNN", "TTCP", "01", "46"]
    assert [unit.code for unit in queries.units(db, campaign.id, kind="province")] == ["01", "46"]
    branch = queries.departments(db, campaign.id)[2]
    bank = queries.unit(db, campaign.id, "NHNN")
    assert (branch.code, branch.rated_unit_id, branch.rates_province) == ("NHNNCN", bank.id, False)
    assert [group.code for group in queries.groups(db, campaign.id)][:3] == ["M1", "M2", "M3"]


def test_each_unit_is_asked_for_its_lists(db: Session, tiny: Pack, now: datetime) -> None:
    campaign = service.load_pack(db, tiny, now=now)
    inspectorate = queries.unit(db, campaign.id, "TTCP")
    kinds = [kind.code for kind in queries.expected_kinds(db, inspectorate.id)]
    assert kinds == ["department-leaders", "par-officers"]
    assert len(queries.expected_lists(db, campaign.id)) == 16
    provincial = queries.list_kinds(db, campaign.id, supplier="province")
    assert [kind.groups for kind in provincial] == [["P1"], ["M2", "P2"], ["M3", "P3"], ["P4"]]


def test_the_plan_is_stored_from_both_sides(db: Session, tiny: Pack, now: datetime) -> None:
    campaign = service.load_pack(db, tiny, now=now)
    groups = {group.code: group.id for group in queries.groups(db, campaign.id)}
    units = {unit.code: unit.id for unit in queries.units(db, campaign.id)}
    supplying = queries.plan(db, campaign.id, side="supplying")
    rated = queries.plan(db, campaign.id, side="rated")
    assert sum(supplying.values()) == sum(rated.values()) == 71
    assert supplying[groups["M2"], units["01"]] == 4
    assert (groups["M2"], units["01"]) not in rated
    assert [rated[groups["M2"], units[code]] for code in ("BNV", "NHNN", "TTCP")] == [3, 3, 2]


def test_the_2023_round_fits_the_tables(db: Session, now: datetime) -> None:
    campaign = service.load_pack(db, read_pack(SHIPPED / "par-index-2023"), now=now)
    assert len(queries.expected_lists(db, campaign.id)) == 308
    for side in ("supplying", "rated"):
        assert sum(queries.plan(db, campaign.id, side=side).values()) == 50155


def test_two_campaigns_may_use_one_province_code_for_different_provinces(
    db: Session, now: datetime
) -> None:
    loaded = [
        service.load_pack(db, read_pack(SHIPPED / name), now=now)
        for name in ("par-index-2023", "par-index-2025-pilot")
    ]
    names = [queries.unit(db, campaign.id, "24").name_vi for campaign in loaded]
    assert names[0] != names[1]


def test_an_instrument_comes_back_word_for_word(db: Session, tiny: Pack, now: datetime) -> None:
    campaign = service.load_pack(db, tiny, now=now)
    group = queries.groups(db, campaign.id)[0]
    assert queries.instrument(db, group.instrument_id) == tiny.instruments["M1"]
    assert queries.instrument(db, group.instrument_id).sha256 == tiny.instruments["M1"].sha256
    assert len(queries.instruments(db, campaign.id)) == 9


def test_loading_the_same_pack_again_changes_nothing(
    db: Session, tiny: Pack, now: datetime
) -> None:
    first = service.load_pack(db, tiny, now=now)
    again = service.load_pack(db, tiny, now=now + timedelta(days=1))
    assert again.id == first.id
    assert again.loaded_at == now


def test_a_changed_quota_is_loaded_while_preparing_and_rows_keep_their_ids(
    db: Session, tiny: Pack, now: datetime, tmp_path: Path
) -> None:
    campaign = service.load_pack(db, tiny, now=now)
    before = {unit.code: unit.id for unit in queries.units(db, campaign.id)}
    changed = copy_pack(tmp_path)
    edit(changed, "plan.csv", "P4,01,2", "P4,01,3")
    edit(changed, "plan.csv", "P4,46,2", "P4,46,1")
    service.load_pack(db, read_pack(changed), now=now)
    groups = {group.code: group.id for group in queries.groups(db, campaign.id)}
    plan = queries.plan(db, campaign.id, side="supplying")
    assert plan[groups["P4"], before["01"]] == 3
    assert {unit.code: unit.id for unit in queries.units(db, campaign.id)} == before


def test_a_department_that_the_new_pack_drops_is_gone(
    db: Session, tiny: Pack, now: datetime, tmp_path: Path
) -> None:
    campaign = service.load_pack(db, tiny, now=now)
    line = (
        "VPUBND,Văn phòng Ủy ban nhân dân tỉnh,Office of the Provincial People's Committee,,yes\n"
    )
    service.load_pack(db, edited_pack(tmp_path, "departments.csv", line, ""), now=now)
    codes = db.scalars(select(Department.code).where(Department.campaign_id == campaign.id)).all()
    assert sorted(codes) == ["NHNNCN", "SNV", "TTT"]


def test_a_pack_that_drops_a_unit_with_persons_is_refused(
    db: Session, tiny: Pack, now: datetime, tmp_path: Path
) -> None:
    campaign = service.load_pack(db, tiny, now=now)
    unit = queries.unit(db, campaign.id, "46")
    db.execute(
        insert(Person).values(
            campaign_id=campaign.id, unit_id=unit.id, full_name="Trần Thị B", name_key="tran thi b",
            position="", workplace="", email="b@example.vn", phone="", id=uuid.uuid4(),
        )
    )  # fmt: skip
    changed = copy_pack(tmp_path)
    edit(changed, "units.csv", "46,province", "47,province")
    plan = changed / "plan.csv"
    plan.write_text(plan.read_text(encoding="utf-8").replace(",46,", ",47,"), encoding="utf-8")
    with pytest.raises(PackInUse) as refused:
        service.load_pack(db, read_pack(changed), now=now)
    assert refused.value.state == "preparing"
    assert db.scalar(select(Unit.code).where(Unit.id == unit.id)) == "46"


def test_an_open_campaign_keeps_its_pack(
    db: Session, tiny: Pack, now: datetime, tmp_path: Path
) -> None:
    load_with_key(db, tiny, now)
    service.open_campaign(db, "tiny", now=now)
    assert service.load_pack(db, tiny, now=now).state == "open"
    changed = edited_pack(tmp_path, "campaign.yaml", "Tiny trial", "Another trial")
    with pytest.raises(PackInUse) as refused:
        service.load_pack(db, changed, now=now)
    assert refused.value.loaded_sha256 == tiny.sha256


def test_a_campaign_without_a_box_key_does_not_open(db: Session, tiny: Pack, now: datetime) -> None:
    service.load_pack(db, tiny, now=now)
    with pytest.raises(BoxKeyMissing):
        service.open_campaign(db, "tiny", now=now)


def test_an_official_campaign_does_not_open_on_illustrative_questionnaires(
    db: Session, tiny: Pack, now: datetime
) -> None:
    campaign = load_with_key(db, tiny, now)
    campaign.custody, campaign.official = "offline", True
    db.flush()
    with pytest.raises(NotForOfficialUse) as refused:
        service.open_campaign(db, "tiny", now=now)
    assert len(refused.value.illustrative) == 9
    for instrument in db.scalars(select(Instrument)):
        instrument.status = "official"
    db.flush()
    with pytest.raises(CustodyNotProven) as unproven:
        service.open_campaign(db, "tiny", now=now)
    assert unproven.value.missing == ("drill", "shares")


def test_a_campaign_whose_window_is_over_does_not_open(
    db: Session, tiny: Pack, now: datetime
) -> None:
    load_with_key(db, tiny, now)
    with pytest.raises(BadDeadline):
        service.open_campaign(db, "tiny", now=now + timedelta(days=365))


def test_collection_ends_for_good_and_not_before_the_grace_is_over(
    db: Session, tiny: Pack, now: datetime
) -> None:
    campaign = load_with_key(db, tiny, now)
    service.open_campaign(db, "tiny", now=now)
    ends_at = campaign.closes_at + timedelta(minutes=30)
    for early in (now, campaign.closes_at, ends_at - timedelta(seconds=1)):
        with pytest.raises(CollectionGoesOn) as waiting:
            service.close_campaign(db, "tiny", now=early)
        assert waiting.value.ends_at == ends_at
    deadline = campaign.closes_at
    campaign = service.close_campaign(db, "tiny", now=ends_at)
    assert (campaign.state, campaign.closes_at) == ("closed", deadline)
    with pytest.raises(WrongState) as refused:
        service.move_deadline(db, "tiny", closes_at=now + timedelta(days=3), now=now)
    assert refused.value.state == "closed"


def test_a_deadline_moves_while_collection_is_open_but_not_into_the_past(
    db: Session, tiny: Pack, now: datetime
) -> None:
    load_with_key(db, tiny, now)
    service.open_campaign(db, "tiny", now=now)
    later = now + timedelta(days=60)
    assert service.move_deadline(db, "tiny", closes_at=later, now=now).closes_at == later
    with pytest.raises(BadDeadline):
        service.move_deadline(db, "tiny", closes_at=now - timedelta(hours=1), now=now)


def test_states_only_move_forward(db: Session, tiny: Pack, now: datetime) -> None:
    load_with_key(db, tiny, now)
    with pytest.raises(WrongState):
        service.record_opening(db, "tiny")
    service.open_campaign(db, "tiny", now=now)
    factories.close_campaign(db, "tiny", now=now)
    assert service.record_opening(db, "tiny").state == "opened"
    assert service.record_release(db, "tiny").state == "released"
    assert service.record_release(db, "tiny").state == "released"
    with pytest.raises(WrongState):
        service.record_box_key(db, "tiny", public_key=b"other", fingerprint="cd")


def test_unknown_codes_are_named(db: Session, tiny: Pack, now: datetime) -> None:
    campaign = service.load_pack(db, tiny, now=now)
    failures: list[CampaignError] = []
    for ask in (
        lambda: queries.campaign(db, "nothing"),
        lambda: service.open_campaign(db, "nothing", now=now),
        lambda: queries.unit(db, campaign.id, "99"),
    ):
        with pytest.raises((UnknownCampaign, UnknownUnit)) as refused:
            ask()
        failures.append(refused.value)
    assert [failure.code for failure in failures] == ["nothing", "nothing", "99"]  # type: ignore[attr-defined]


def test_closing_waits_for_a_submission_under_way(
    engine: Engine, tiny: Pack, now: datetime
) -> None:
    with transaction() as db:
        load_with_key(db, tiny, now)
        service.open_campaign(db, "tiny", now=now)
    closed = Event()

    def close() -> None:
        with transaction() as db:
            factories.close_campaign(db, "tiny", now=now)
        closed.set()

    closing = Thread(target=close)
    with transaction() as submission:
        submission.execute(
            select(Campaign.state).where(Campaign.code == "tiny").with_for_update(read=True)
        )
        closing.start()
        assert not closed.wait(0.3)
    closing.join(300)
    assert closed.is_set()


def test_the_settings_of_a_campaign_are_replaced_never_changed_in_place(
    db: Session, tiny: Pack, now: datetime
) -> None:
    campaign = service.load_pack(db, tiny, now=now)
    db.expire(campaign)
    with pytest.raises(TypeError):
        campaign.settings["completeness"] = {}  # type: ignore[index]
    with pytest.raises(TypeError):
        campaign.settings["completeness"]["complete"] = 0.1
    campaign.settings = {**campaign.settings, "completeness": {"complete": 0.9, "partial": 0.4}}
    db.flush()
    db.expire(campaign)
    assert campaign.settings["completeness"] == {"complete": 0.9, "partial": 0.4}
    assert campaign.settings["contact"]["phone"] == "024 0000 0000"
