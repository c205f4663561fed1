"""Packs and campaigns from the command line."""

import json
from pathlib import Path

from click.testing import CliRunner
from sqlalchemy import Engine

from surveyapp import clock
from surveyapp.accounts import audit
from surveyapp.campaigns import queries, service
from surveyapp.cli.campaigns.campaign import campaign
from surveyapp.cli.main import main
from surveyapp.db import reading, transaction
from surveyapp.i18n import speaking
from tests import factories
from tests.campaigns.packs import SHIPPED, TINY, copy_pack, edit

ROUND = str(SHIPPED / "par-index-2023")


def test_checking_a_sound_pack_names_its_size() -> None:
    result = CliRunner().invoke(campaign, ["check", ROUND, "--json"])
    checked = json.loads(result.stdout)
    assert result.exit_code == 0
    assert checked["sound"]
    assert (checked["units"], checked["lists"], checked["planned"]) == (82, 308, 50155)
    assert checked["items"]["P2"] == 33


def test_checking_a_spoiled_pack_names_file_and_line_and_leaves_with_1(tmp_path: Path) -> None:
    pack = copy_pack(tmp_path)
    line = edit(pack, "questionnaires/M1.yaml", "scale: quality", "scale: nothing")
    result = CliRunner().invoke(campaign, ["check", str(pack)])
    assert result.exit_code == 1
    assert f"questionnaires/M1.yaml:{line}: sections[A].items[M1-101].scale" in result.stderr
    as_json = CliRunner().invoke(campaign, ["check", str(pack), "--json"])
    assert as_json.exit_code == 1
    faults = json.loads(as_json.stdout)["faults"]
    assert [(fault["file"], fault["line"]) for fault in faults] == [
        ("questionnaires/M1.yaml", line)
    ]


def test_faults_are_told_in_english_too(tmp_path: Path) -> None:
    pack = copy_pack(tmp_path)
    edit(pack, "plan.csv", "P4,46", "P7,46")
    with speaking("en"):
        result = CliRunner().invoke(campaign, ["check", str(pack)])
    assert "there is no group P7" in result.stderr


def test_a_folder_that_is_not_there_is_wrong_usage() -> None:
    assert CliRunner().invoke(campaign, ["check", "nowhere"]).exit_code == 2


def test_a_campaign_is_loaded_opened_prolonged_and_closed(
    engine: Engine, runner: CliRunner, tmp_path: Path
) -> None:
    pack = copy_pack(tmp_path)
    edit(pack, "campaign.yaml", "2024-02-05 17:00", "2090-02-05 17:00")
    assert runner.invoke(campaign, ["load", str(pack)]).exit_code == 0
    refused = runner.invoke(campaign, ["open", "--campaign", "tiny"])
    assert refused.exit_code == 1
    assert "khóa của hộp phiếu" in refused.stderr
    with transaction() as db:
        service.record_box_key(db, "tiny", public_key=b"public", fingerprint="ab")
    unread = runner.invoke(campaign, ["open", "--campaign", "tiny"])
    assert unread.exit_code == 1
    assert "chưa duyệt: M1, M2" in unread.stderr
    with transaction() as db:
        factories.approve_questionnaires(db, queries.campaign(db, "tiny"), clock.now())
    edit(pack, "questionnaires/M1.yaml", "en: Very good", "en: Excellent")
    assert "cần duyệt lại: M1" in runner.invoke(campaign, ["load", str(pack)]).stderr
    with transaction() as db:
        factories.approve_questionnaires(db, queries.campaign(db, "tiny"), clock.now())
    opened = runner.invoke(campaign, ["open", "--campaign", "tiny"])
    assert "đang thu phiếu" in opened.stdout
    moved = runner.invoke(
        campaign, ["deadline", "--campaign", "tiny", "--closes-at", "2091-01-01 17:00"]
    )
    assert "2091-01-01 17:00" in moved.stdout
    early = runner.invoke(campaign, ["close", "--campaign", "tiny"])
    assert early.exit_code == 1
    assert "Đến 17:30" in early.stderr
    with transaction() as db:
        factories.end_collection(db, "tiny", now=clock.now())
    assert runner.invoke(campaign, ["close", "--campaign", "tiny"]).exit_code == 0
    (listed,) = json.loads(runner.invoke(campaign, ["list", "--json"]).stdout)
    assert (listed["code"], listed["state"]) == ("tiny", "closed")
    again = runner.invoke(campaign, ["close", "--campaign", "tiny"])
    assert again.exit_code == 1
    assert "đã khóa thu phiếu" in again.stderr


def test_an_unknown_campaign_is_refused_with_its_code(engine: Engine, runner: CliRunner) -> None:
    result = runner.invoke(campaign, ["close", "--campaign", "nothing"])
    assert result.exit_code == 1
    assert "nothing" in result.stderr


def test_a_spoiled_pack_is_not_loaded(engine: Engine, tmp_path: Path) -> None:
    pack = copy_pack(tmp_path, source=TINY)
    edit(pack, "plan.csv", "P4,46", "P7,46")
    assert CliRunner().invoke(campaign, ["load", str(pack)]).exit_code == 1
    assert json.loads(CliRunner().invoke(campaign, ["list", "--json"]).stdout) == []


def test_a_questionnaire_is_approved_by_its_checksum(engine: Engine, runner, now) -> None:
    with transaction() as db:
        factories.campaign(db, now)
    listed = runner.invoke(main, ["campaign", "approvals", "--campaign", "tiny", "--json"])
    first = json.loads(listed.stdout)[0]
    assert (first["code"], first["state"], first["groups"]) == ("M1", "never", ["M1"])
    words = ["campaign", "approve", "--campaign", "tiny", "--questionnaire", "M1", "--sha256"]
    wrong = runner.invoke(main, [*words, "0" * 12])
    assert wrong.exit_code == 1
    assert first["sha256"][:12] in wrong.stderr
    assert runner.invoke(main, [*words, first["sha256"][:11]]).exit_code == 1
    assert runner.invoke(main, [*words, first["sha256"][:12]]).exit_code == 0
    again = runner.invoke(main, [*words, first["sha256"]])
    assert "đã được command line duyệt" in again.stderr
    shown = runner.invoke(main, ["campaign", "approvals", "--campaign", "tiny"]).stdout
    assert f"M1  {first['sha256'][:12]}  đã duyệt" in shown
    with reading() as db:
        (entry,) = audit.entries(db, campaign_code="tiny")
    assert (entry.action, entry.facts["sha256"]) == ("questionnaire.approved", first["sha256"])
