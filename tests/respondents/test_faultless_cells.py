"""The shortcuts for cells in which nothing can be wrong say what the rules say, only faster."""

import unicodedata
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.respondents.findings import Finding, Line, Row
from surveyapp.respondents.reading import rows as reading_rows
from surveyapp.respondents.rules import check_rows, contacts, faultless_cells, lines, people
from surveyapp.respondents.rules.contact import ReadContact
from surveyapp.respondents.words.departments import index_for
from surveyapp.respondents.words.lookalikes import as_meant
from surveyapp.respondents.words.names import fold, tidy
from tests.files.people import (
    FAMILIES,
    GIVENS,
    MIDDLES,
    OTHER_PEOPLES,
    POSITIONS,
    WORKPLACES,
    context,
)

LIST = context("subunit-leaders")
ODD = ["Và", "và", "PGĐ", "Ông", "Bà", "Thạc Sỹ", "BS", "Tiến", "Sĩ", "Y", "ths.", "An²", "K'Brêu", "", ",", "(TP)",
       "Ngäc", "V¨n", "A\u200bn", "Ａn", "nguyễn", "VĂN", "Hen-Ry", "\u0130n", "\u212aim", "Straße", "Ǆ", "#REF!"]  # fmt: skip
WORDS = [*FAMILIES, *MIDDLES, *GIVENS, *OTHER_PEOPLES, *ODD]
AROUND = (
    ("Lê", ""),
    ("", "Lan"),
    ("Lê", "Lan"),
    ("", "An Anh"),
    ("Lan", f"A{'n' * 60}"),
    ("", ""),
    ("", "A B C D E F G H I"),
)
DOMAINS = ["gmail.com", "Gmail.com", "gmial.com", "mof.gov.vn", "x.gov.vm", "snv.gov", "a", "a.", "x..vn", "-a.vn", "xn--a.vn",
           "1.2.3.4", "thanhhoagov.vn", "coquan.example.vn", "test", "a_b.vn", "x.v", "yahoo.con"]  # fmt: skip
LOCALS = [
    "an",
    "An.Le",
    "a" * 64,
    "a" * 65,
    ".an",
    "an.",
    "a..n",
    "-a",
    "_",
    "a+b",
    "a'b",
    "an lê",
    "ân",
    "a@b",
    "<an",
    "(an)",
    "mailto:an",
]


def test_an_address_taken_at_a_glance_is_the_one_the_rules_read() -> None:
    for cell in [
        *map("@".join, product(LOCALS, DOMAINS)),
        f"an.binh@{'bc.' * 83}vn",
        "a@b@c.vn",
        " ",
    ]:
        stored = faultless_cells.plain_email(cell)
        assert not stored or contacts.read_email(cell) == ReadContact(stored)


@pytest.mark.parametrize("rest", ["123456", "000000", "12345", "1234567", "12345a", "12345\u0666"])
def test_a_number_taken_at_a_glance_is_the_one_the_rules_read(rest: str) -> None:
    taken = 0
    for prefix in map("".join, product("0123456789", repeat=4)):
        stored = faultless_cells.plain_phone(prefix + rest)
        taken += bool(stored)
        assert not stored or contacts.read_phone(prefix + rest) == ReadContact(stored)
    assert bool(taken) == (len(rest) == 6 and rest.isascii() and rest.isdigit())


@pytest.mark.parametrize("decomposed", [False, True])
def test_a_name_taken_at_a_glance_is_the_one_the_rules_read(decomposed: bool) -> None:
    for word, (before, after), between in product(WORDS, AROUND, (" ", "  ", "\u00a0", "-")):
        cell = between.join(filter(None, [*before.split(), word, *after.split()]))
        cell = unicodedata.normalize("NFD", cell) if decomposed else cell
        if faultless_cells.is_plain_name(cell):
            judged = lines._Judgement(Row(2, {"full_name": cell}), LIST)
            judged.text("full_name", cell)
            assert (judged.values["full_name"], judged.findings) == (cell, [])


def test_what_every_list_is_full_of_is_taken_at_a_glance() -> None:
    assert faultless_cells.is_plain_name("Nguyễn Thị Hoà")
    assert (
        faultless_cells.plain_email("An.Nguyen@coquan.example.vn") == "an.nguyen@coquan.example.vn"
    )
    assert faultless_cells.plain_phone("0599123456") == "0599123456"
    assert not faultless_cells.is_plain_name("Bà Lê Thị An")
    assert not faultless_cells.plain_email("an@gmial.com")
    assert not faultless_cells.plain_phone("02373852741")


CELLS = st.fixed_dictionaries(
    {
        "full_name": st.sampled_from(["Lê Văn An", "Lê Văn An", "Lê Thị Bình - PGĐ", "trần văn c"]),
        "position": st.sampled_from([*POSITIONS[:2], "", "-", "Phã Gi¸m ®èc", "#REF!"]),
        "department": st.sampled_from(
            ["Sở Nội vụ", "SNV", "Sở Nội vu", "", "Ngân hàng Nhà nước", "Văn phòng UBND", "#N/A"]
        ),
        "workplace": st.sampled_from([*WORKPLACES[:2], " Văn  phòng ", "", "x" * 501]),
        "group": st.sampled_from(["", "M3", "P3", "M3 + P3"]),
        "phone": st.sampled_from(["", "0599000001", "0599000002", "599000001", "02373852741"]),
        "email": st.sampled_from(["", "a@x.vn", "b@x.vn", "A@x.vn", "a@x.gov.vm"]),
        "note": st.sampled_from(["", "mới", "#REF!"]),
    }
)


@settings(max_examples=60, deadline=None)
@given(st.lists(CELLS, min_size=2, max_size=25))
def test_a_cell_that_was_judged_before_is_judged_alike_again(cells: list[dict[str, str]]) -> None:
    rows = [Row(n, c) for n, c in enumerate(cells, start=2)]
    index = index_for(LIST)
    one = lines.LineJudge(LIST, index)
    for row in rows:
        # No ditto among the cells: a line is judged alike by a judge that saw none of the others,
        # but for what it proposes out of the line above.
        line, findings = one.judge(row)
        alone, findings_alone = lines.LineJudge(LIST, index).judge(row)
        assert line == alone
        assert [_without_proposal(f) for f in findings] == [
            _without_proposal(f) for f in findings_alone
        ]


def _without_proposal(finding: Finding) -> tuple[object, ...]:
    proposal = "" if finding.code == "department_missing" else finding.proposal
    return finding.line, finding.column, finding.code, finding.value, proposal, finding.facts


@settings(max_examples=80, deadline=None)
@given(st.lists(CELLS, min_size=2, max_size=25))
def test_of_all_earlier_lines_of_a_name_the_gravest_and_first_is_named(
    cells: list[dict[str, str]],
) -> None:
    rows = [Row(n, c) for n, c in enumerate(cells, start=2)]
    judged, _ = check_rows(rows, LIST)
    assert list(people._duplicates(judged)) == list(_one_by_one(judged))


def _one_by_one(judged: list[Line]) -> list[Finding]:
    """Every line against every earlier one of its name: what the rule says, slowly."""
    repeats = []
    for at, line in enumerate(judged):
        name = line.values["full_name"]
        earlier = [e for e in judged[:at] if fold(e.values["full_name"]) == fold(name)]
        said = [f for other in earlier if name and (f := people._repeats(line, other))]
        grave = [f for f in said if f.code == "duplicate"]
        repeats += (grave or said)[:1]
    return repeats


SIGNING = [
    "Người liên hệ", "Cán bộ đầu mối", "chuyên viên Phòng Tổng hợp", "Thông tin theo dõi", "người phụ trách lập",
    "Đầu mối cung cấp", "Cán bộ nhập liệu", "người nhập số liệu", "Liên hệ chị Hoa", "Mọi thắc mắc gọi", "Nếu vướng mắc",
    "Chi tiết xin liên hệ", "Cần liên hệ", "Đầu mối", "Điện thoại liên hệ", "TM. UBND", "kt . Giám đốc", "NGƯỜI LẬP",
    "Người tổng hợp", "Nguoi lap bieu", "Nơi nhận", "Thủ trưởng cơ quan", "Thủ trưởng đơn vị", "Xác nhận của lãnh đạo",
    "ký ghi rõ họ tên", "Ký tên", "ký, đóng", "(ký", "đóng dấu", "ngày tháng năm", "Ghi chú:", "Lưu ý :", "Lập biểu",
    "Lập bảng", "Lập danh sách", "Người kiểm tra", "Người kiểm soát", "Người duyệt", "Người phê duyệt", "Người ký",
    "Phê duyệt", "Kiểm soát", "Xác nhận", "Duyệt", "Danh sách này có 5 người", "(Danh sách gồm 5 người",
]  # fmt: skip


@pytest.mark.parametrize("written", [*SIGNING, *map(str.upper, SIGNING)])
def test_no_line_of_who_signs_or_answers_passes_at_a_glance_for_a_name(written):
    assert reading_rows._CLERK.search(written) or reading_rows._SIGNATURE.search(written)
    assert reading_rows._signs_or_clerks(written)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*WORDS, "Ð", "Аnh", "Лю", "\u00a0", "e\u0302", "\u0302", "\t"]), max_size=6), st.text(max_size=8))  # fmt: skip
def test_a_text_is_tidied_the_same_word_by_word_and_as_a_whole(words, more):
    for text in (" ".join(words), "".join(words), f"{' '.join(words)} {more}"):
        assert tidy(text) == " ".join(as_meant(text).split())
