"""Each kind of fault in a pack is reported with its file and line, and all of them at once."""

import re
import unicodedata
from pathlib import Path

import pytest

from tests.campaigns.packs import copy_pack, edit, faults_of

M1 = "questionnaires/M1.yaml"
P4 = "questionnaires/P4.yaml"
CAMPAIGN = "campaign.yaml"

# what is done to the tiny pack: file, old, new; then lines below the edit, and words of the fault
FAULTS = {
    "a group's questionnaire is not there": (
        CAMPAIGN, "questionnaire: M1\n", "questionnaire: M9\n", 0, "questionnaires/M9.yaml",
    ),
    "a list kind yields a group that does not exist": (
        CAMPAIGN, "yields: [M1]", "yields: [M1, M8]", 0, "không có nhóm M8",
    ),
    "no list kind yields a group": (
        CAMPAIGN, "  - code: P4\n    level", "  - code: P5\n    level", 0, "không loại danh sách nào",
    ),
    "two groups have one code": (CAMPAIGN, "code: M2\n", "code: M1\n", 0, "đã dùng ở dòng"),
    "two list kinds have one code": (
        CAMPAIGN, "code: par-officers", "code: department-leaders", 0, "đã dùng ở dòng",
    ),
    "a group that rates the department's ministry comes from a list without departments": (
        CAMPAIGN, "yields: [P1]", "yields: [M2, P1]", 0, "cột department",
    ),
    "a group rates another level than that of the unit that lists it": (
        CAMPAIGN, "yields: [P1]", "yields: [P1, M1]", 0, "cấp khác",
    ),
    "a group that rates provinces is told to rate a ministry": (
        CAMPAIGN, "rates: own_unit\n    questionnaire: P1", "rates: field_ministry\n    questionnaire: P1", 0,
        "own_unit",
    ),
    "a list kind has no column for a contact": (
        CAMPAIGN, "optional: [phone, email, note]", "optional: [note]", -2, "phone hoặc email",
    ),
    "a list kind does not ask for names": (
        CAMPAIGN, "required: [full_name, position, workplace]", "required: [position, workplace]", 0,
        "full_name",
    ),
    "a column is not one that lists can have": (
        CAMPAIGN, "optional: [phone, email, note]", "optional: [phone, email, salary]", 0, "chỉ nhận một trong",
    ),
    "a column stands in a list kind twice": (
        CAMPAIGN, "optional: [phone, email, note]", "optional: [phone, email, position]", -2, "hai lần",
    ),
    "a list kind excuses a unit that is not there": (
        CAMPAIGN, "not_from: [TTCP]", "not_from: [TTCP, XYZ]", 0, "XYZ",
    ),
    "the groups do not sum to the plan's total": (
        CAMPAIGN, "ministry: 37", "ministry: 38", 0, "các nhóm cộng lại là 37, không phải 38",
    ),
    "collection ends before it begins": (
        CAMPAIGN, 'closes_at: "2024-02-05 17:00"', 'closes_at: "2024-01-05 17:00"', 0, "phải sau lúc mở",
    ),
    "lists are due after collection has begun": (
        CAMPAIGN, 'lists_due: "2023-12-31"', 'lists_due: "2024-01-09"', 0, "hạn nộp danh sách",
    ),
    "a day that the calendar does not have": (
        CAMPAIGN, "2023-12-31", "2023-12-32", 0, "ngày có thật",
    ),
    "a moment without an hour": (CAMPAIGN, "2024-01-08 08:00", "2024-01-08", 0, "ngày giờ Việt Nam"),
    "collection falls in another year": (CAMPAIGN, "year: 2023", "year: 2021", 6, "năm 2021"),
    "an unknown way of keeping the box key": (
        CAMPAIGN, "custody: server", "custody: cloud", 0, "chỉ nhận một trong",
    ),
    "partial asks for more than complete": (CAMPAIGN, "partial: 0.5", "partial: 0.9", 0, "nhỏ hơn"),
    "a public table shows smaller cells than the rows": (
        CAMPAIGN, "table_minimum: 5", "table_minimum: 12", 0, "không được lớn hơn",
    ),
    "a field that nobody knows": (CAMPAIGN, "year: 2023", "year: 2023\ncolour: red", 1, "không có trường"),
    "a required field is missing": (CAMPAIGN, "custody: server\n", "", -26, "thiếu trường"),
    "an English title is missing": (CAMPAIGN, "  en: Tiny trial survey\n", "", -2, "tiếng Anh"),
    "YAML that cannot be read": (CAMPAIGN, "code: tiny", "code: [tiny", 1, "cú pháp YAML"),
    "the same key twice": (CAMPAIGN, "year: 2023\n", "year: 2023\nyear: 2024\n", 1, "cú pháp YAML"),
    "a province code without its zero": ("units.csv", "01,province", "1,province", 0, "hai chữ số"),
    "two units with one code": ("units.csv", "46,province", "01,province", 0, "đã dùng ở dòng 5"),
    "two units with one name": ("units.csv", "Thừa Thiên Huế", "Hà Nội", 0, "đã dùng ở dòng 5"),
    "a unit that is neither ministry nor province": (
        "units.csv", "46,province", "46,region", 0, "chỉ nhận một trong",
    ),
    "neither yes nor no": ("units.csv", "TTCP,ministry,Thanh tra Chính phủ,Government Inspectorate,,no",
        "TTCP,ministry,Thanh tra Chính phủ,Government Inspectorate,,maybe", 0, "yes hoặc no"),
    "a cell too many": ("units.csv", "Ha Noi,", "Ha Noi,,", 0, "7 ô, cần 6 ô"),
    "a column is missing": ("units.csv", "name_en,", "", 0, "thiếu cột"),
    "a department in charge of a ministry that is not there": (
        "departments.csv", "Inspectorate,TTCP", "Inspectorate,TTTT", 0, "mã TTTT",
    ),
    "a department that rates nobody": (
        "departments.csv", "Committee,,yes", "Committee,,no", 0, "không đánh giá",
    ),
    "a plan for a group that is not there": ("plan.csv", "P4,46", "P7,46", 0, "không có nhóm P7"),
    "a plan for a unit that is not there": ("plan.csv", "P4,46", "P4,47", 0, "không có đơn vị 47"),
    "a unit planned twice for one group": ("plan.csv", "P4,46", "P4,01", 0, "đã dùng ở dòng 21"),
    "a plan for a unit that hands in no such list": (
        "plan.csv", "M5,TTCP,0", "M5,TTCP,1", 0, "không lập danh sách",
    ),
    "a planned number that is no number": ("plan.csv", "M1,BNV,2", "M1,BNV,2.5", 0, "số nguyên"),
    "a unit without a plan for its group": ("plan.csv", "P4,46,2\n", "", -21, "chưa có chỉ tiêu cho: 46"),
    "an option is missing its English": (
        M1, "{vi: Rất tốt, en: Very good}", "{vi: Rất tốt}", 0, "tiếng Anh",
    ),
    "an item uses a scale that is not there": (M1, "scale: quality", "scale: qualty", 0, "qualty"),
    "two items have one id": (M1, "id: M1-102", "id: M1-101", 0, "đã dùng ở dòng"),
    "two items ask the same": (
        M1, "vi: Hồ sơ được trả kết quả đúng hẹn.", "vi: Kết quả giải quyết thủ tục hành chính được công khai đầy đủ.",
        5, "đã dùng ở dòng",
    ),
    "an item id is used in another questionnaire": (
        P4, "id: P4-101", "id: M1-101", 0, "đã dùng ở questionnaires/M1.yaml",
    ),
    "an id that SPSS refuses as a name": (M1, "id: M1-101", "id: 1-101", 0, "sai dạng"),
    "an id that is a reserved word of SPSS": (M1, "id: M1-101", "id: WITH", 0, "SPSS"),
    "option codes out of order": (M1, '{code: "2", label: {vi: Tốt', '{code: "3", label: {vi: Tốt', -2,
        "lần lượt"),
    "a code that is not quoted": (M1, '{code: "1"', "{code: 1", 0, "dấu nháy"),
    "decomposed Vietnamese": (
        M1, "Phiếu thử M1", unicodedata.normalize("NFD", "Phiếu thử M1"), 0, "NFD",
    ),
    "an invisible sign": (M1, "Phiếu thử M1", "Phiếu\u200b thử M1", 0, "ký tự ẩn"),
    "an empty text": (M1, "Phiếu thử M1", '" "', 0, "lời trống"),
    "a scale that no item uses": (M1, "  - id: agreement", "  - id: agreed", 0, "không câu hỏi nào"),
    "a best level in the middle of the scale": (M1, 'best: "1"', 'best: "3"', 0, "đầu hoặc cuối"),
    "a remark that is too long for the sealed box": (M1, "max_length: 1000", "max_length: 1001", 0, "1000"),
    "a questionnaire whose code is not its file's name": (M1, "code: M1", "code: M2", 0, "tên tệp"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_reported_on_its_line(tmp_path: Path, fault: str) -> None:
    file, old, new, below, words = FAULTS[fault]
    pack = copy_pack(tmp_path)
    line = edit(pack, file, old, new) + below
    fault_lines = [(each.file, each.line) for each in faults_of(pack) if words in each.message]
    assert (file, line) in fault_lines, faults_of(pack)


def test_a_sound_pack_has_no_faults(tmp_path: Path) -> None:
    assert faults_of(copy_pack(tmp_path)) == ()


def test_faults_of_all_files_are_reported_at_once(tmp_path: Path) -> None:
    pack = copy_pack(tmp_path)
    edit(pack, CAMPAIGN, "custody: server", "custody: cloud")
    edit(pack, "units.csv", "46,province", "6,province")
    edit(pack, "departments.csv", "BNV,yes", "BNV,perhaps")
    edit(pack, M1, "scale: quality", "scale: nothing")
    edit(pack, P4, "minutes: 2", "minutes: soon")
    assert {fault.file for fault in faults_of(pack)} >= {
        CAMPAIGN, "units.csv", "departments.csv", M1, P4,
    }  # fmt: skip


def test_a_plan_that_does_not_sum_names_the_group_and_both_figures(tmp_path: Path) -> None:
    pack = copy_pack(tmp_path)
    edit(pack, "plan.csv", "M1,BNV,2", "M1,BNV,5")
    (fault,) = faults_of(pack)
    assert fault.place == "groups[M1].planned"
    assert "9" in fault.message
    assert "6" in fault.message


def test_an_official_campaign_needs_official_questionnaires_and_custody_off_the_server(
    tmp_path: Path,
) -> None:
    pack = copy_pack(tmp_path)
    edit(pack, CAMPAIGN, "official: false", "official: true")
    faults = faults_of(pack)
    assert [fault.place for fault in faults if fault.file == CAMPAIGN] == ["custody"]
    assert [fault.place for fault in faults if fault.file != CAMPAIGN] == ["status"] * 9


def test_an_official_campaign_names_the_decision_it_is_done_under(tmp_path: Path) -> None:
    pack = copy_pack(tmp_path)
    edit(pack, CAMPAIGN, "official: false", "official: true")
    text = (pack / CAMPAIGN).read_text(encoding="utf-8")
    without = re.sub(r"\ndecision:\n(  .*\n)+", "\n", text)
    assert without != text
    (pack / CAMPAIGN).write_text(without, encoding="utf-8")
    fault_places = {fault.place for fault in faults_of(pack) if fault.file == CAMPAIGN}
    assert fault_places == {"custody", "official"}


def test_a_questionnaire_that_no_group_uses_is_a_fault(tmp_path: Path) -> None:
    pack = copy_pack(tmp_path)
    text = (pack / M1).read_text(encoding="utf-8")
    (pack / "questionnaires/X1.yaml").write_text(text.replace("M1", "X1"), encoding="utf-8")
    (fault,) = faults_of(pack)
    assert (fault.file, fault.line) == ("questionnaires/X1.yaml", 1)


def test_an_empty_folder_is_refused_with_each_missing_file(tmp_path: Path) -> None:
    assert [fault.file for fault in faults_of(tmp_path)] == [
        "campaign.yaml", "departments.csv", "plan.csv", "units.csv",
    ]  # fmt: skip


def test_a_file_in_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    pack = copy_pack(tmp_path)
    text = (pack / "units.csv").read_text(encoding="utf-8").encode("utf-16")
    (pack / "units.csv").write_bytes(text)
    (pack / M1).write_bytes(b"code: M1\ntitle: \xff\n")
    fault_lines = {
        (fault.file, fault.line) for fault in faults_of(pack) if "UTF-8" in fault.message
    }
    assert fault_lines == {("units.csv", 1), (M1, 2)}
