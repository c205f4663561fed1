"""Every rule of the linter finds the fault planted for it, where it stands; what is meant is let stand."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from surveyapp.campaigns.pack import linting
from surveyapp.cli.campaigns.campaign import campaign
from surveyapp.instruments.lint.findings import SEVERITY
from tests.campaigns.packs import SHIPPED, TINY, copy_pack, edit

PLAN = "vi: Ông/Bà đánh giá thế nào về chất lượng kế hoạch cải cách hành chính?"
PLAN_EN = "en: How do you rate the quality of the administrative reform plan?"
DONE = "vi: Các nhiệm vụ cải cách hành chính được hoàn thành đúng hạn."
LEAD = "vi: Ông/Bà đánh giá thế nào về mức độ quyết liệt trong chỉ đạo cải cách hành chính?"
GOOD = "{vi: Rất tốt, en: Very good}"
LONG = "vi: Ông/Bà đánh giá thế nào về " + "việc chỉ đạo " * 11 + "của Bộ?"
TALL = "en: " + "Please say how you rate " * 14 + "it?"
ASKED = f"""- id: M1-103
        criterion: M1.3
        text:
          {DONE}
          en: Administrative reform tasks are completed on time.
        scale: agreement"""
NUMBER = "kind: number\n        settings: {least: 0, most: 10}"
MEANT = """lint:
  - rule: double
    places: [M1-101, M1-102]
    reason: {vi: một việc, en: one act}
groups:
"""
PLANTED = [
    ("translation", PLAN_EN, "en: Kế hoạch cải cách hành chính", "M1-101"),
    ("translation", PLAN_EN, "en: TODO", "M1-101"),
    ("translation", DONE, "vi: Nhiem vu duoc hoan thanh dung han.", "M1-103"),
    ("best_end", 'best: "1"', 'best: "5"', "M1.quality"),
    ("same_label", GOOD, "{vi: Tốt, en: Very good}", "M1.quality"),
    ("same_label", GOOD, "{vi: Không biết / Không có ý kiến, en: Very good}", "M1.quality"),
    ("duplicate", LEAD, PLAN.replace("?", " đó?"), "M1-102"),
    ("double", PLAN, PLAN.replace("hành chính?", "hành chính và việc thực hiện?"), "M1-101"),
    ("double", DONE, DONE.replace("đúng hạn.", "đúng hạn hoặc sớm hơn."), "M1-103"),
    ("double_negative", DONE, DONE.replace("hoàn thành", "không bị chậm"), "M1-103"),
    ("negative", PLAN, PLAN.replace("hành chính?", "chưa hoàn thành?"), "M1-101"),
    ("leading", PLAN, PLAN.replace("chất lượng", "kết quả to lớn của"), "M1-101"),
    ("leading", PLAN_EN, "en: Obviously the plan was good, was it?", "M1-101"),
    ("long", PLAN, LONG, "M1-101"),
    ("phone", PLAN_EN, TALL, "M1-101"),
    ("minutes", "minutes: 2", "minutes: 1", "M1"),
    ("kind", ASKED, ASKED.replace("scale: agreement", NUMBER), "M1-103"),
    ("direction", 'agreement\n    best: "1"', 'agreement\n    best: "5"', "M1-103"),
]


def findings_of(pack: Path, rule: str) -> list[linting.Located]:
    """Findings of one rule in the questionnaire M1 of the pack."""
    located = linting.lint_file(pack / "questionnaires" / "M1.yaml")
    return [one for one in located if one.finding.rule == rule]


@pytest.mark.parametrize(("rule", "old", "new", "finding_place"), PLANTED)
def test_a_planted_fault_is_found_where_it_stands(tmp_path, rule, old, new, finding_place):
    pack = copy_pack(tmp_path)
    line = edit(pack, "questionnaires/M1.yaml", old, new)
    located = findings_of(pack, rule)
    assert finding_place in [one.finding.place for one in located]
    one = next(one for one in located if one.finding.place == finding_place)
    assert one.file == "questionnaires/M1.yaml"
    if rule not in ("best_end", "same_label", "direction"):  # said of the scale, not of this line
        assert one.line == line
    assert one.finding.why
    assert one.finding.remedy


def test_a_long_label_does_not_fit_a_phone_and_is_long(tmp_path):
    pack = copy_pack(tmp_path)
    label = "Rất tốt, vượt xa mọi yêu cầu đã đặt ra cho công việc được giao trong năm"
    edit(pack, "questionnaires/M1.yaml", GOOD, f'{{vi: "{label}", en: Very good}}')
    for rule in ("long", "phone"):
        assert [one.finding.place for one in findings_of(pack, rule)] == ["M1.quality"]


def test_every_rule_has_its_planted_fault():
    planted = {rule for rule, *_ in PLANTED}
    assert set(SEVERITY) - planted == {"file", "unused_exception"}  # each has a test of its own


@pytest.mark.parametrize(
    "text",
    [
        "vi: Ông/Bà hài lòng thế nào về việc tiếp nhận hồ sơ và trả kết quả?",
        "vi: Khi hồ sơ thiếu hoặc sai, cơ quan giải quyết có hướng dẫn rõ không?",
        "vi: Ông/Bà đánh giá thế nào về dịch vụ công (y tế và giáo dục)?",
        "vi: Công chức có hướng dẫn tận tình không?",
    ],
)
def test_one_act_an_opening_clause_an_example_and_a_question_word_are_no_faults(tmp_path, text):
    pack = copy_pack(tmp_path)
    edit(pack, "questionnaires/M1.yaml", PLAN, text)
    assert (
        findings_of(pack, "double")
        + findings_of(pack, "negative")
        + findings_of(pack, "double_negative")
        == []
    )


def test_an_exception_covers_its_finding_with_its_reason_and_an_idle_one_is_named(tmp_path):
    pack = copy_pack(tmp_path)
    line = edit(pack, "campaign.yaml", "groups:\n", MEANT)
    edit(pack, "questionnaires/M1.yaml", PLAN, PLAN.replace("hành chính?", "hành chính và thuế?"))
    located = linting.lint_pack(pack)
    assert [(one.finding.rule, one.finding.place) for one in located] == [
        ("double", "M1-101"),
        ("unused_exception", "M1-102"),
    ]
    assert located[0].finding.excuse == "một việc"
    assert (located[1].file, located[1].line) == ("campaign.yaml", line + 2)


def test_errors_alone_leave_with_1(tmp_path):
    pack = copy_pack(tmp_path)
    edit(pack, "questionnaires/M1.yaml", PLAN, PLAN.replace("hành chính?", "hành chính và thuế?"))
    warned = CliRunner().invoke(campaign, ["lint", str(pack)])
    assert warned.exit_code == 0
    assert "M1-101 [cảnh báo, double]" in warned.stdout
    line = edit(pack, "questionnaires/M2.yaml", "    en:", "    fr:")
    broken = CliRunner().invoke(campaign, ["lint", str(pack), "--json"])
    assert broken.exit_code == 1
    errors = [each for each in json.loads(broken.stdout) if each["severity"] == "error"]
    assert ("questionnaires/M2.yaml", line, "file") in [
        (each["file"], each["line"], each["rule"]) for each in errors
    ]


@pytest.mark.parametrize(
    "pack", [SHIPPED / "par-index-2023", SHIPPED / "par-index-2025-pilot", TINY]
)
def test_the_packs_are_clean_or_say_why_not(pack):
    assert [one for one in linting.lint_pack(pack) if not one.finding.excuse] == []
