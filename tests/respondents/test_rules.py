"""Rules about lines: contacts, names, departments, people twice, the list as a whole."""

import random
from dataclasses import replace

import pytest

from surveyapp.i18n import speaking
from surveyapp.respondents import labels
from surveyapp.respondents.findings import Finding, Row
from surveyapp.respondents.rules import check_rows, domains, phones
from surveyapp.respondents.rules.contacts import Support, read_email, read_phone
from surveyapp.respondents.words.charsets import converted, from_tcvn3, from_vni, is_syllable
from surveyapp.respondents.words.departments import DepartmentIndex
from surveyapp.respondents.words.names import name_key, without_honorific
from tests.files.people import DISTRICTS, context, departments

INDEX = DepartmentIndex(departments(), "Thanh Hóa")


JUDGED = {"position": "Giám đốc", "department": "Sở Nội vụ"}


def judge(*people: dict[str, str], kind: str = "agency-leaders") -> list[Finding]:
    rows = [Row(n, {**JUDGED, **cells}) for n, cells in enumerate(people, start=2)]
    return check_rows(rows, context(kind))[1]


def codes(findings: list[Finding]) -> list[tuple[int, str, str]]:
    return [(f.line, f.severity, f.code) for f in findings]


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("0912345678", "0912345678"),
        ("912345678", "0912345678"),
        ("+84 912 345 678", "0912345678"),
        ("+84 (0) 912 345 678", "0912345678"),
        ("0084-912-345-678", "0912345678"),
        ("84912345678", "0912345678"),
        ("0912.345.678 (Zalo)", "0912345678"),
        ("ĐT: 0912 345 678", "0912345678"),
        ("912345678.0", "0912345678"),
        ("9.12345678E8", "0912345678"),
        ("(0237) 385 2741", "02373852741"),
        ("024 3825 1234 máy lẻ 12", "02438251234"),
    ],
)
def test_a_number_is_understood_however_it_is_typed(written: str, stored: str) -> None:
    phone_read = read_phone(written)
    assert phone_read.value == stored
    assert phone_read.severity in ("", "note")


@pytest.mark.parametrize(
    ("written", "code", "proposal"),
    [
        ("01689123456", "phone_old_prefix", "0389123456"),
        ("0123 456 7890", "phone_old_prefix", "0834567890"),
        ("0912345678/0987654321", "phone_several", "0912345678"),
        ("02373852741 - 0987654321", "phone_several", "0987654321"),
        ("09123456789", "phone_invalid", ""),
        ("O912345678", "phone_invalid", "0912345678"),
        ("+1 202 555 0100", "phone_foreign", ""),
        ("1900 1234", "phone_invalid", ""),
    ],
)
def test_a_doubtful_number_brings_a_proposal(written: str, code: str, proposal: str) -> None:
    phone_read = read_phone(written)
    assert (phone_read.code, phone_read.proposal) == (code, proposal)


@pytest.mark.parametrize(
    ("written", "code", "proposal"),
    [
        ("An.NV@Hanoi.gov.vn", "", ""),
        ("an@x.vn.", "email_tidied", "an@x.vn"),
        ("mailto:an@x.vn", "email_tidied", "an@x.vn"),
        ("an @ x.vn", "email_tidied", "an@x.vn"),
        ("an nv@x.vn", "email_blank", "annv@x.vn"),
        ("an@x.vn; b@y.vn", "email_several", "an@x.vn"),
        ("an@gmial.com", "email_typo", "an@gmail.com"),
        ("an@snv.gov.vm", "email_typo", "an@snv.gov.vn"),
        ("an@snv.gov", "email_typo", "an@snv.gov.vn"),
        ("an@gmail,com", "email_invalid", "an@gmail.com"),
        ("an.gmail.com", "email_invalid", "an@gmail.com"),
        ("nguyễn.an@x.vn", "email_invalid", "nguyen.an@x.vn"),
        ("an@", "email_invalid", ""),
        ("www.an@x.vn", "email_odd", "an@x.vn"),
        ("*an@x.vn", "email_odd", "an@x.vn"),
        ("an&binh@x.vn", "email_odd", ""),
        ("0912345678/an@x.vn", "email_with_number", "an@x.vn"),
        ("o'an@x.vn", "", ""),
    ],
)  # fmt: skip
def test_an_address_is_judged_and_mended(written: str, code: str, proposal: str) -> None:
    email_read = read_email(written, Support("Nguyễn Văn An"))
    assert (email_read.code, email_read.proposal) == (code, proposal)


@pytest.mark.parametrize(
    ("legacy", "unicode_text"),
    [
        ("NguyÔn V¨n An", "Nguyễn Văn An"),
        ("TrÇn ThÞ B×nh", "Trần Thị Bình"),
        ("§Æng H÷u Ph­íc", "Đặng Hữu Phước"),
        ("Phã Gi¸m ®èc", "Phó Giám đốc"),
        ("Së Néi vô", "Sở Nội vụ"),
        ("Nguyeãn Vaên An", "Nguyễn Văn An"),
        ("Ñaëng Höõu Phöôùc", "Đặng Hữu Phước"),
        ("Sôû Noäi vuï", "Sở Nội vụ"),
        ("Leâ Thò Thuùy", "Lê Thị Thúy"),
    ],
)
def test_text_of_old_fonts_is_recognised(legacy: str, unicode_text: str) -> None:
    assert converted(legacy) == unicode_text


@pytest.mark.parametrize(
    "name",
    [
        "Hoàng Thúy",
        "Y Bliă Niê",
        "Ksor H'Bơ Khăp",
        "Lò Thị Mỷ",
        "Giàng Páo",
        "Müller",
        "Niê",
        "Bùi Quý",
    ],
)
def test_sound_names_are_not_taken_for_old_fonts(name: str) -> None:
    assert converted(name) is None


def test_every_letter_of_both_old_codes_comes_out_as_vietnamese() -> None:
    assert from_tcvn3("®Êt n­íc ViÖt Nam quª h­¬ng yªu dÊu") == "đất nước Việt Nam quê hương yêu dấu"
    assert (
        from_vni("ñaát nöôùc Vieät Nam queâ höông yeâu daáu")
        == "đất nước Việt Nam quê hương yêu dấu"
    )
    assert all(is_syllable(w) for w in "nghiêng khuỷu quyết thuở giếng ngoằn yêu ướt".split())


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Sở NN&PTNT", "SNNPTNT"),
        ("STC", "STC"),
        ("Sở LĐ-TB&XH", "SLDTBXH"),
        ("Sở KH và CN", "SKHCN"),
        ("Sở VHTT&DL", "SVHTTDL"),
        ("sở văn hoá, thể thao và du lịch", "SVHTTDL"),
        ("Sở VHTT", "SVHTT"),
        ("Y tế", "SYT"),
        ("VP UBND tỉnh", "VPUBND"),
        ("Thanh tra tỉnh Thanh Hoá", "TTT"),
        ("Ngân hàng Nhà nước Việt Nam chi nhánh Thanh Hóa", "NHNNCN"),
        ("BQL các KCN", "BQLKKT"),
    ],
)
def test_a_department_is_known_by_its_abbreviations(written: str, code: str) -> None:
    match = INDEX.find(written)
    assert match is not None and match.certain and match.code == code


@pytest.mark.parametrize("written", ["Công an tỉnh", "Cục Thuế", "Sở", "Hội Nông dân", "Kho bạc"])
def test_what_is_no_department_is_not_guessed_at(written: str) -> None:
    assert INDEX.find(written) is None


def test_a_misspelt_department_must_be_mended_and_the_right_one_is_proposed() -> None:
    findings = judge(
        {"full_name": "Lê Văn An", "department": "Sở Tài chinhs", "phone": "0599000001"}
    )
    assert [(f.code, f.severity, f.proposal) for f in findings] == [
        ("department_unknown", "must", "Sở Tài chính")
    ]
    assert "“Sở Tài chính” (viết giống 96%)" in labels.message(findings[0])
    begun = judge({"full_name": "Lê Văn An", "department": "Sở Giáo dục", "phone": "0599000001"})
    assert "bắt đầu như vậy" in labels.message(begun[0])


def test_departments_that_yield_one_form_only_are_noted() -> None:
    findings = judge(
        {"full_name": "Lê Văn An", "department": "VP UBND tỉnh", "phone": "0599000001"},
        {"full_name": "Bùi Thị Hà", "department": "NHNN chi nhánh tỉnh", "phone": "0599000002"},
    )
    assert {(f.line, f.code) for f in findings} >= {
        (2, "department_without_ministry"),
        (3, "department_rates_ministry_only"),
    }
    assert not [f for f in findings if f.counts]


def test_old_and_new_tone_placement_are_one_name_but_different_tones_are_not() -> None:
    assert name_key("Nguyễn Thị Hoà") == name_key("NGUYỄN THỊ HÒA") == name_key("Bà Nguyễn Thị Hòa")
    assert name_key("Nguyễn Thị Hóa") != name_key("Nguyễn Thị Hòa")


@pytest.mark.parametrize(
    ("written", "bare"),
    [("Ông Lê Văn An", "Lê Văn An"), ("PGS.TS. Bùi Hà", "Bùi Hà"), ("Đ/c: Lê An", "Lê An"), ("Ông Thị Ngọc", "Ông Thị Ngọc"), ("Đồng Văn Cống", "Đồng Văn Cống")],
)  # fmt: skip
def test_forms_of_address_go_and_family_names_stay(written: str, bare: str) -> None:
    assert without_honorific(written)[0] == bare


def test_the_same_person_twice_is_found_on_the_later_line() -> None:
    findings = judge(
        {"full_name": "Lê Văn Hoà", "phone": "0599000001"},
        {"full_name": "LÊ VĂN HÒA", "phone": "+84 599 000 001"},
    )
    assert (3, "must", "duplicate") in codes(findings)
    assert not [f for f in findings if f.line == 2 and f.counts]


def test_namesakes_with_their_own_contacts_in_other_departments_are_left_alone() -> None:
    findings = judge(
        {"full_name": "Lê Văn An", "phone": "0599000001"},
        {"full_name": "Lê Văn An", "phone": "0599000002", "department": "Sở Y tế"},
    )
    assert findings == []


def test_a_mailbox_for_many_is_asked_about_on_every_line() -> None:
    shared = [
        {"full_name": n, "email": "vanthu@x.example.vn", "phone": f"059900000{i}"}
        for i, n in enumerate(["Lê Văn An", "Bùi Thị Hà", "Cao Văn Tâm"])
    ]
    findings = judge(*shared)
    assert codes(findings) == [(n, "check", "contact_shared") for n in (2, 3, 4)]
    assert findings[0].facts["people"] == 3


def test_an_office_line_may_ring_for_several_who_have_addresses_of_their_own() -> None:
    findings = judge(
        *[
            {"full_name": n, "phone": "02373852741", "email": f"p{i}@x.example.vn"}
            for i, n in enumerate(["Lê Văn An", "Bùi Thị Hà"])
        ]
    )
    assert not [f for f in findings if f.counts]


@pytest.mark.parametrize(
    ("phone", "addresses", "severities"),
    [
        ("02373852741", ["an@x.example.vn", ""], ["note", "check"]),
        ("0599000001", ["an@x.example.vn", "ha@x.example.vn"], ["check", "check"]),
    ],
    ids=["an office line, and one without an address", "a mobile phone"],
)
def test_several_at_one_number_are_asked_about_unless_it_is_an_office_and_they_have_addresses(
    phone: str, addresses: list[str], severities: list[str]
) -> None:
    people = zip(["Lê Văn An", "Bùi Thị Hà"], addresses, strict=True)
    findings = judge(*[{"full_name": n, "phone": phone, "email": e} for n, e in people])
    shared = [f for f in findings if f.code == "contact_shared"]
    assert [f.severity for f in shared] == severities
    assert {f.column for f in shared} == {"phone"}


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#NAME?", " #value! "])
@pytest.mark.parametrize("column", ["phone", "email"])
def test_a_formula_that_failed_is_no_contact_and_no_empty_cell(column: str, error: str) -> None:
    reached = {"phone": "0599000001", "email": "an@x.example.vn"}
    rows = [Row(2, {**JUDGED, "full_name": "Lê Văn An", **reached, column: error})]
    lines, findings = check_rows(rows, context("agency-leaders"))
    assert [(f.column, f.severity, f.code, f.value) for f in findings] == [
        (column, "must", "cell_error", error)
    ]
    assert lines[0].values[column] == ""


@pytest.mark.parametrize("position", ["Trưởng phòng #2", "#2 Trưởng phòng", "Phó #N/A phòng"])
def test_a_sharp_sign_in_a_text_is_no_failed_formula(position: str) -> None:
    rows = [Row(2, {**JUDGED, "full_name": "Lê Văn An", "phone": "0599000001"})]
    rows[0].cells["position"] = position
    lines, findings = check_rows(rows, context("agency-leaders"))
    assert "cell_error" not in {f.code for f in findings}
    assert lines[0].values["position"] == position


@pytest.mark.parametrize(("chosen", "complained"), [(2, True), (3, False), (4, False)])
def test_a_province_chooses_three_or_four_districts(chosen: int, complained: bool) -> None:
    people = [
        {"full_name": f"Lê Văn {n}", "phone": f"059900000{i}", "district": d}
        for i, (n, d) in enumerate(zip("An Ba Cúc Dần".split(), DISTRICTS[:chosen], strict=False))
    ]
    findings = judge(*people, kind="district-leaders")
    assert any(f.code == "district_count" and f.line == 0 for f in findings) is complained


def test_a_title_naming_another_province_is_asked_about() -> None:
    rows = [
        Row(
            5,
            {
                "full_name": "Lê Văn An",
                "position": "GĐ",
                "department": "STC",
                "phone": "0599000001",
            },
        )
    ]
    _, findings = check_rows(
        rows, context("agency-leaders"), titles=("UBND TỈNH NGHỆ AN", "DANH SÁCH")
    )
    assert [f.facts["unit"] for f in findings if f.code == "other_unit_named"] == ["Nghệ An"]


def test_findings_read_as_sentences_in_both_languages() -> None:
    findings = judge(
        {"full_name": "Lê", "department": "Sở lạ", "phone": "123", "email": "a@gmial.com"}
    )
    for finding in findings:
        vietnamese = labels.message(finding)
        with speaking("en"):
            english = labels.message(finding)
        assert vietnamese != english
        assert "%(" not in vietnamese + english


def test_boards_with_names_of_their_own_belong_to_the_umbrella_in_the_registry() -> None:
    match = INDEX.find("Ban Quản lý Khu kinh tế Nghi Sơn và các khu công nghiệp")
    assert match is not None and match.certain and match.code == "BQLKKT"


def test_a_dash_for_a_department_is_a_missing_one_and_the_row_above_is_proposed() -> None:
    findings = judge(
        {"full_name": "Lê Văn An", "phone": "0599000001"},
        {"full_name": "Bùi Thị Hà", "phone": "0599000002", "department": "-"},
    )
    assert [(f.code, f.proposal) for f in findings] == [("department_missing", "Sở Nội vụ")]


def test_a_title_of_another_list_is_asked_about() -> None:
    bureaus = replace(
        context("department-leaders"),
        other_kinds=(("par-officers", "Danh sách công chức phụ trách cải cách hành chính"),),
    )
    row = Row(
        5,
        {
            "full_name": "Lê Văn An",
            "position": "Vụ trưởng",
            "workplace": "Vụ Pháp chế",
            "phone": "0599000001",
        },
    )
    title = "DANH SÁCH CÔNG CHỨC PHỤ TRÁCH CẢI CÁCH HÀNH CHÍNH CỦA BỘ"
    _, findings = check_rows([row], bureaus, titles=(title,))
    assert [(f.line, f.severity, f.code) for f in findings] == [(0, "check", "other_kind_named")]


def test_an_address_is_never_mended_into_that_of_a_stranger() -> None:
    assert read_email("bình..le@x.vn", Support("Nguyễn Văn An")).proposal == ""
    assert read_email("binh..le@x.vn", Support("Lê Văn Bình")).proposal == "binh.le@x.vn"
    assert read_email("an nv@x.vn", Support("Trần Thị Ba")).value == ""
    own = frozenset({"tinh-x.example.vn"})
    assert read_email("bx,le@tinh-x.example.vn", Support("Trần Thị Ba", own)).proposal == ""
    assert read_email("k12@tinh-x,example.vn", Support("Trần Thị Ba", own)).proposal == (
        "k12@tinh-x.example.vn"
    )


SLIPS = [
    ("gmial.com", "gmail.com"), ("gmail.con", "gmail.com"), ("gmail.com.vn", "gmail.com"), ("gmail.vn", "gmail.com"),
    ("gmaik.com", "gmail.com"), ("gnail.com", "gmail.com"), ("hmail.com", "gmail.com"), ("gmail.cpm", "gmail.com"),
    ("yaho.com.vn", "yahoo.com.vn"), ("yahoo.com.v", "yahoo.com.vn"), ("yhaoo.com", "yahoo.com"), ("yahooo.com.vn", "yahoo.com.vn"),
    ("outlok.com", "outlook.com"), ("hotmial.com", "hotmail.com"), ("iclould.com", "icloud.com"), ("hagiang.gov.vm", "hagiang.gov.vn"),
    ("hagiang.gvo.vn", "hagiang.gov.vn"), ("hagiang.go.vn", "hagiang.gov.vn"), ("hagiang.govvn", "hagiang.gov.vn"),
    ("hagianggov.vn", "hagiang.gov.vn"), ("hagiang.gov", "hagiang.gov.vn"), ("hagiamg.gov.vn", "hagiang.gov.vn"),
    ("haigang.gov.vn", "hagiang.gov.vn"), ("snv.hagiang.gov.vn", ""), ("moha.gov.vn", ""), ("mof.gov.vn", ""), ("fpt.com.vn", ""),
    ("x.example.vn", ""), ("mail.com", ""), ("yahoo.fr", ""), ("hust.edu.vn", ""), ("so-nv.ourtown.vn", ""), ("ourtwon.example.vn", "ourtown.example.vn"),
]  # fmt: skip


@pytest.mark.parametrize(("domain", "meant"), SLIPS)
def test_a_slip_in_a_domain_is_told_by_its_nearness_to_the_known_ones(
    domain: str, meant: str
) -> None:
    assert domains.meant(domain, frozenset({"ourtown.example.vn"})) == (meant, meant != "")


def test_a_number_is_judged_by_its_range_as_by_all_its_digits() -> None:
    choose = random.Random(7)
    for _ in range(400):
        length = choose.choice((10, 11))
        number = f"0{choose.randrange(10 ** (length - 2), 10 ** (length - 1))}"
        assert phones._valid_phone(number) == phones._validated_phone.__wrapped__(number), number


def test_a_spelling_that_the_desk_explained_once_is_known_from_then_on() -> None:
    row = Row(2, {"full_name": "Lê Văn An", "position": "Giám đốc", "department": "Sở 4T", "phone": "0912000001"})  # fmt: skip
    about = context("agency-leaders")
    _, findings = check_rows([row], about)
    assert "department_unknown" in {f.code for f in findings}
    lines, findings = check_rows([row], replace(about, learned=(("so 4t", "STTTT"),)))
    assert lines[0].department == "STTTT"
    assert [f.severity for f in findings if f.code == "department_recognised"] == ["note"]
