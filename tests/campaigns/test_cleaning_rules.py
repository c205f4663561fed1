"""The rules of a pack name what is in it, and those of 2023 find the ways in which forms go wrong."""

import pytest

from surveyapp.campaigns.pack.reading import read_pack
from surveyapp.campaigns.pack.rule_kinds import KINDS, PlainMarks, hits
from surveyapp.instruments.model import DONT_KNOW
from surveyapp.responses.queries import ResponseRow
from tests.campaigns.packs import SHIPPED, copy_pack, edit, faults_of

RULE = """cleaning:
  - id: odd
    version: "1"
    kind: contradiction
    effect: flag
    groups: [M1]
    reason: {vi: Lý do, en: Reason}
    pairs:
      - first: {item: M1-101, codes: ["1"]}
        second: {item: M1-102, codes: ["5"]}
"""
AGAIN = """  - id: odd
    version: "1"
    kind: missing_share
    at_least: 0.5
    effect: flag
    reason: {vi: Lý do, en: Reason}
"""


@pytest.mark.parametrize(
    ("written", "below", "words"),
    [
        (RULE.replace("[M1]", "[M1, M9]"), 5, "không có nhóm M9"),
        (RULE.replace("M1-102", "M1-999"), 9, "không có câu hỏi M1-999"),
        (RULE + AGAIN, 10, "đã dùng ở dòng"),
    ],
    ids=["group", "item", "id"],
)
def test_a_rule_that_names_what_is_not_in_the_pack_is_refused(tmp_path, written, below, words):
    folder = copy_pack(tmp_path)
    line = edit(folder, "campaign.yaml", "planned:\n", written + "planned:\n")
    (fault,) = faults_of(folder)
    assert words in fault.message
    assert fault.line == line + below


@pytest.fixture(scope="module")
def round_2023():
    return read_pack(SHIPPED / "par-index-2023")


def test_the_round_of_2023_looks_for_everything_that_can_be_decided_beforehand(round_2023):
    kinds = {rule.kind for rule in round_2023.campaign.cleaning}
    assert kinds == set(KINDS) - {"held"}  # which cell is held is decided afterwards


def rules_hit(pack, group, codes, *, under_floor="no", unit="01"):
    """The rules that touch a form of the group answered with these codes, repeated to its end."""
    form = pack.instruments[group]
    given = [codes[n % len(codes)] for n in range(len(form.items))]
    answers = {item.id: code for item, code in zip(form.items, given, strict=True) if code}
    quality = {"under_floor": under_floor}
    row = ResponseRow(group, form.version, unit, group, answers, quality)
    marks = PlainMarks(row, [item.id for item in form.items], DONT_KNOW)
    return {rule.id for rule in hits(pack.campaign.cleaning, marks)}


@pytest.mark.parametrize("group", ["M1", "M2", "M3", "M5", "P1", "P2", "P3"])
def test_ticking_the_best_box_all_the_way_down_contradicts_itself(round_2023, group):
    straight = {"straight-line", "long-run", "low-variation", "contradiction"}
    assert rules_hit(round_2023, group, ["1"]) == straight
    assert rules_hit(round_2023, group, ["2"]) == straight - {"contradiction"}


@pytest.mark.parametrize("group", ["M1", "M4", "P4"])
def test_other_ways_of_going_wrong_are_found_each_by_its_rule(round_2023, group):
    assert rules_hit(round_2023, group, ["98"]) >= {"all-dont-know"}
    assert rules_hit(round_2023, group, ["2", "", "4", ""]) == {"many-missing"}
    assert rules_hit(round_2023, group, ["2", "3"], under_floor="yes") == {"too-fast"}
    assert rules_hit(round_2023, group, ["2", "3"], unit="THU") == {"test-response"}
    assert rules_hit(round_2023, group, ["2", "3", "2", "1", "4"]) == set()
