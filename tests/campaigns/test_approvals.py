"""A questionnaire is approved word for word; a word changed later shows, and collection waits."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from surveyapp.campaigns import approvals, labels, service
from surveyapp.campaigns.errors import (
    AlreadyApproved,
    ApprovedBySame,
    ChecksumDiffers,
    PackInUse,
    QuestionnairesNotApproved,
    UnknownQuestionnaire,
    WrongState,
)
from surveyapp.campaigns.models import Campaign
from surveyapp.campaigns.pack.reading import read_pack
from tests import factories
from tests.campaigns.packs import TINY, copy_pack, edit, edited_pack

OLD, NEW = "en: Very good", "en: Excellent"
M1 = "questionnaires/M1.yaml"


@pytest.fixture
def campaign(db: Session, now: datetime) -> Campaign:
    """The tiny campaign with a box key, its questionnaires not approved yet."""
    made = factories.campaign(db, now)
    return service.record_box_key(db, made.code, public_key=b"public", fingerprint="ab12")


def approve(db: Session, now: datetime, code: str = "M1", **fields: str) -> None:
    standing = approvals.standing(db, service.load_pack(db, read_pack(TINY), now=now).id, code)
    given = {"sha256": standing.sha256, "note": "", "actor": "operator", **fields}
    service.approve_questionnaire(db, "tiny", code, now=now, **given)


def state(db: Session, campaign: Campaign, code: str = "M1") -> str:
    return approvals.standing(db, campaign.id, code).state


def test_a_campaign_opens_only_when_every_questionnaire_is_approved(db, campaign, now):
    with pytest.raises(QuestionnairesNotApproved) as refused:
        service.open_campaign(db, "tiny", now=now)
    assert "M1, M2" in labels.refusal(refused.value)
    factories.approve_questionnaires(db, campaign, now)
    assert service.open_campaign(db, "tiny", now=now).state == "open"


def test_a_translation_changed_after_approval_asks_for_it_again(db, campaign, now, tmp_path):
    factories.approve_questionnaires(db, campaign, now)
    service.load_pack(db, edited_pack(tmp_path, M1, OLD, NEW), now=now)
    standing = approvals.standing(db, campaign.id, "M1")
    assert standing.state == "changed"
    assert {(change.part, change.language) for change in standing.changes} == {("options", "en")}
    assert "1 Excellent" in standing.changes[0].after
    assert state(db, campaign, "M2") == "approved"
    with pytest.raises(QuestionnairesNotApproved) as refused:
        service.open_campaign(db, "tiny", now=now)
    assert (refused.value.never, refused.value.changed) == ((), ("M1",))
    factories.approve_questionnaires(db, campaign, now)
    assert service.open_campaign(db, "tiny", now=now).state == "open"
    assert [each.number for each in approvals.history(db, campaign.id, "M1")] == [2, 1]


def test_a_pack_that_changes_no_word_leaves_the_approval(db, campaign, now, tmp_path):
    factories.approve_questionnaires(db, campaign, now)
    service.load_pack(
        db, edited_pack(tmp_path, "plan.csv", "P4,01,2\nP4,46,2", "P4,01,3\nP4,46,1"), now=now
    )
    assert state(db, campaign) == "approved"


def test_only_what_was_looked_at_is_approved_and_only_once(db, campaign, now):
    with pytest.raises(ChecksumDiffers):
        approve(db, now, sha256="f" * 64)
    with pytest.raises(ChecksumDiffers):
        approve(db, now, sha256="")
    with pytest.raises(UnknownQuestionnaire):
        service.approve_questionnaire(
            db, "tiny", "Z9", sha256="f" * 64, note="", actor="operator", now=now
        )
    approve(db, now, note=" QĐ 12 ")
    assert approvals.standing(db, campaign.id, "M1").approval.note == "QĐ 12"
    with pytest.raises(AlreadyApproved) as refused:
        approve(db, now + timedelta(days=1), actor="another")
    assert (refused.value.by, refused.value.at) == ("operator", now)


def test_nothing_is_approved_or_changed_once_collection_has_begun(
    db, campaign, now, tmp_path: Path
):
    factories.approve_questionnaires(db, campaign, now)
    service.open_campaign(db, "tiny", now=now)
    with pytest.raises(PackInUse):
        service.load_pack(db, edited_pack(tmp_path, M1, OLD, NEW), now=now)
    with pytest.raises(WrongState):
        approve(db, now)


TWO = "custody: server", "custody: server\nquestionnaire_approvals: 2"


def test_where_two_people_are_wanted_one_of_them_is_not_enough(db, campaign, now, tmp_path):
    service.load_pack(db, edited_pack(tmp_path, "campaign.yaml", *TWO), now=now)

    def approve_all_as(actor: str) -> set[str]:
        for standing in approvals.standings(db, campaign.id):
            given = {"sha256": standing.sha256, "note": "", "actor": actor}
            service.approve_questionnaire(db, "tiny", standing.code, now=now, **given)
        return {standing.state for standing in approvals.standings(db, campaign.id)}

    assert approve_all_as("one") == {"waiting"}
    with pytest.raises(ApprovedBySame) as same:
        approve_all_as("one")
    assert "cần một người khác" in labels.refusal(same.value)
    with pytest.raises(QuestionnairesNotApproved) as refused:
        service.open_campaign(db, "tiny", now=now)
    assert (refused.value.never, refused.value.changed) == ((), ())
    assert "chờ người thứ hai duyệt: M1, M2" in labels.refusal(refused.value)
    assert approve_all_as("two") == {"approved"}
    with pytest.raises(AlreadyApproved):
        approve_all_as("three")
    assert service.open_campaign(db, "tiny", now=now).state == "open"


def test_approvals_of_another_text_in_between_do_not_count_as_a_second_person(
    db, campaign, now, tmp_path
):
    pack = copy_pack(tmp_path)
    edit(pack, "campaign.yaml", *TWO)
    for old, new, actor in ((OLD, OLD, "one"), (OLD, NEW, "two"), (NEW, OLD, "three")):
        edit(pack, M1, old, new)
        service.load_pack(db, read_pack(pack), now=now)
        sha256 = approvals.standing(db, campaign.id, "M1").sha256
        service.approve_questionnaire(
            db, "tiny", "M1", sha256=sha256, note="", actor=actor, now=now
        )
        standing = approvals.standing(db, campaign.id, "M1")
        assert (standing.state, standing.approvers) == ("waiting", {actor})
