"""Tables as other desks lay them out: letters around them, several of them, odd headings, offices over people."""

from collections.abc import Iterator

from tests.files.sisters.truth import (
    HEAD,
    HEAD_5,
    OFFICES,
    Rows,
    Sister,
    crowd,
    docx,
    of,
    page,
    xlsx,
)

LETTER = ("UBND TỈNH HẢI DƯƠNG", "Số: 12/BC-SNV", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc",
          "Hải Dương, ngày 20 tháng 12 năm 2023", "Kính gửi: Bộ Nội vụ", "Căn cứ Quyết định số 876/QĐ-BNV ngày 10/11/2022;")  # fmt: skip
ALONE = (
    "Số: 12/BC", "Số 45/SNV-CCHC", "Số:      /DS-SNV", "SỐ: 07", "Số 12/KH-UBND ngày 05/12/2023", "Kính gửi: Vụ Cải cách hành chính",
    "Kính gửi: Sở Nội vụ", "Căn cứ Công văn số 6525/BNV-CCHC", "Thực hiện Kế hoạch số 15/KH-BNV", "Hải Dương, ngày 20/12/2023",
    "Ngày 20 tháng 12 năm 2023", "V/v gửi danh sách điều tra xã hội học", "Về việc cung cấp danh sách", "(Kèm theo Công văn số 12/SNV)",
    "(Ban hành kèm theo Quyết định số 5/QĐ-UBND)", "Độc lập - Tự do - Hạnh phúc", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Mẫu số 02",
    "Phụ lục II", "Biểu số 3", "Địa điểm: Hội trường tỉnh", "Thành phố Hải Dương, ngày 5 tháng 1 năm 2024", "UBND TỈNH HẢI DƯƠNG",
    "TỈNH HẢI DƯƠNG", "ỦY BAN NHÂN DÂN TỈNH HẢI DƯƠNG", "BỘ NỘI VỤ", "Đơn vị báo cáo: Sở Nội vụ", "HỎA TỐC", "Trang 2", "-----",
    "Ban hành kèm theo Công văn số 12", "Trụ sở: 45 Quang Trung", "Điện thoại: 0220.3853.555", "Năm 2023", "Quý IV năm 2023",
)  # fmt: skip


def letters() -> Iterator[Sister]:
    """Several tables in one letter, the lines of a letter above each: none of them is a department."""
    people = crowd(9)
    listed = [p.cells("nNpte") for p in people]
    groups = [(OFFICES[n], listed[n * 3 : n * 3 + 3]) for n in range(3)]
    departments = [OFFICES[n // 3] for n in range(9)]
    alone = crowd(len(ALONE))
    parts: list[Rows | str] = []
    for p, line in zip(alone, ALONE, strict=True):
        parts += [p.department, line, [HEAD_5, p.cells("nNpte")]]
    yield of("letter_lines.xls", page(*parts), alone)
    yield of("letter_lines.docx", docx(*parts), alone)
    for line in ALONE[:: len(ALONE) // 3]:
        first = [OFFICES[1], line, "", [HEAD_5, *listed]]
        yield of(
            f"letter_first_{len(line)}.docx", docx(*first), people, departments=[OFFICES[1]] * 9
        )
    parts = []
    for office, rows in groups:
        parts += [
            LETTER[0],
            office,
            *LETTER[1:],
            f"DANH SÁCH LÃNH ĐẠO {office.upper()}",
            [HEAD_5, *rows],
        ]
    for write, suffix in ((page, "xls"), (docx, "docx")):
        yield of(f"letter_whole.{suffix}", write(*parts), people, departments=departments)
    sheet: list[list[str]] = []
    for office, rows in groups:
        sheet += [
            [LETTER[0], "", LETTER[2]],
            [office, "", LETTER[3]],
            [LETTER[1], "", LETTER[4]],
            [],
            HEAD_5,
            *rows,
            [],
        ]
    yield of("letter_heads.xlsx", xlsx(sheet), people, departments=departments)


def several() -> Iterator[Sister]:
    """Several tables: side by side, below one another, on sheets."""
    people = crowd(12)
    left, right = people[:7], people[7:]
    head = ["TT", "Họ tên", "Chức vụ", "Sở", "SĐT", "Email"]
    gap = [[""], ["", ""], []]
    for n, between in enumerate(gap):
        rows = [[*head, *between, *head]]
        for k in range(7):
            beside = right[k].cells("nNpdte") if k < len(right) else []
            rows.append([*left[k].cells("nNpdte"), *between, *beside])
        yield of(f"beside_{n}.xlsx", xlsx(rows), people)
    short = ["TT", "Họ tên", "ĐT"]
    rows = [["DANH SÁCH ĐẠI BIỂU HĐND TỈNH"], [*short, *short, *short]]
    for k in range(4):
        rows.append([c for n in range(3) for c in people[n * 4 + k].cells("nNt")])
    yield of("beside_three.xlsx", xlsx(rows), people, kind="council", departments=None, emails=None)
    below = [HEAD, *(p.cells() for p in people[:4]), [], ["DANH SÁCH BỔ SUNG"],
             ["Email", "Sở, ngành", "Họ và tên", "Chức danh", "Di động"], *(p.cells("edNpt") for p in people[4:8]), [],
             ["Họ tên", "Điện thoại", "Thư điện tử", "Chức vụ", "Cơ quan"], *(p.cells("Ntepd") for p in people[8:])]  # fmt: skip
    yield of("below_other_order.xlsx", xlsx(below), people)
    yield of(
        "below_other_order.docx",
        docx(below[:5], "DANH SÁCH BỔ SUNG", below[7:12], "Bổ sung lần 2", below[13:]),
        people,
    )
    sheets = [[HEAD_5, *(p.cells("nNpte") for p in people[n * 3 : n * 3 + 3])] for n in range(4)]
    for n, names in enumerate(
        (
            ["SNV", "STP", "SYT", "STC"],
            ["1.Sở Nội vụ", "2.Sở Tư pháp", "3.Sở Y tế", "4.Sở Tài chính"],
        )
    ):
        yield of(
            f"sheets_{n}.xlsx",
            xlsx(*sheets, names=names),
            people,
            departments=[OFFICES[k // 3] for k in range(12)],
            whole=("other_sheets",),
        )
    titled = [[[f"LÃNH ĐẠO {OFFICES[n].upper()}"], [], *rows] for n, rows in enumerate(sheets)]
    yield of(
        "sheets_titled.xlsx",
        xlsx(*titled),
        people,
        departments=[OFFICES[k // 3] for k in range(12)],
    )
    same = [[HEAD, *(p.cells() for p in people[n * 4 : n * 4 + 4])] for n in range(3)]
    yield of(
        "sheets_same.xlsx",
        xlsx(*same, names=["Đợt 1", "Đợt 2", "Đợt 3"]),
        people,
        whole=("other_sheets",),
    )
    yield of(
        "sheets_one_hidden.xlsx",
        xlsx(*same, names=["A", "B", "C"], unseen=["B"]),
        [*people[:4], *people[8:]],
        whole=("hidden_sheets",),
    )
    guide = [["HƯỚNG DẪN"], ["1", "Điền họ tên"], ["2", "Điền chức vụ"]]
    yield of(
        "sheets_guide.xlsx",
        xlsx(guide, [HEAD, *(p.cells() for p in people)], names=["Hướng dẫn", "DS"]),
        people,
        silent=("other_sheets",),
    )


def headings() -> Iterator[Sister]:
    """Headings of two and three rows, in other words and tongues, far down, or none."""
    people = crowd(8)
    three = [["STT", "Thông tin cá nhân", "", "", "Liên hệ", "", ""], ["", "Họ và tên", "Chức vụ", "Cơ quan", "Điện thoại", "", "Thư điện tử"],
             ["", "", "", "", "Cố định", "Di động", ""]]  # fmt: skip
    rows = [p.cells("nNpd-te", **{"-": f"0220385{p.n:04d}"}) for p in people]
    merged = [
        (0, 0, 2, 0),
        (0, 1, 0, 3),
        (1, 1, 2, 1),
        (1, 2, 2, 2),
        (1, 3, 2, 3),
        (0, 4, 0, 6),
        (1, 4, 1, 5),
        (1, 6, 2, 6),
    ]
    yield of("head_three_rows.xlsx", xlsx([*three, *rows], merged=merged), people)
    two = [
        ["TT", "Họ và tên", "Nơi công tác", "", "Thông tin liên lạc", ""],
        ["", "", "Chức vụ", "Sở", "ĐT di động", "E-mail"],
    ]
    yield of(
        "head_two_rows.xlsx",
        xlsx([["DANH SÁCH"], *two, *(p.cells("nNpdte") for p in people)]),
        people,
    )
    parts = [["STT", "Họ", "Tên đệm", "Tên", "Chức vụ", "Sở", "ĐT", "Email"]]
    parts += [
        [str(p.n), *p.name.split(), "Giám đốc", p.department, p.phone, p.email] for p in people
    ]
    yield of("name_three.xlsx", xlsx(parts), people)
    merged_name = [["STT", "Họ và tên", "", "Chức vụ", "Sở", "ĐT", "Email"]]
    merged_name += [
        [
            str(p.n),
            " ".join(p.name.split()[:2]),
            p.name.split()[2],
            "Giám đốc",
            p.department,
            p.phone,
            p.email,
        ]
        for p in people
    ]
    yield of("name_two.xlsx", xlsx(merged_name, merged=[(0, 1, 0, 2)]), people)
    english = [
        ["#", "Full Name", "Current Position", "Department", "Mobile Phone", "Email", "Remarks"],
        *(p.cells() for p in people),
    ]
    yield of("english.xlsx", xlsx(english), people)
    english = [
        ["Item", "Name of official", "Title", "Organisation", "Tel.", "E-mail"],
        *(p.cells("nNpdte") for p in people),
    ]
    yield of("english_2.xlsx", xlsx(english), people)
    form = [["Dấu thời gian", "Địa chỉ email", "Họ và tên của ông/bà", "Chức vụ hiện tại của ông/bà", "Ông/bà công tác ở sở, ban, ngành nào?", "Số điện thoại di động (Zalo)"],
            *(["20/12/2023 8:15:33", *p.cells("eNpdt")] for p in people)]  # fmt: skip
    yield of("google_form.xlsx", xlsx(form), people)
    cover = [
        [f"Dòng {n} của trang bìa, thuyết minh về cách lập danh sách"] if n % 3 else []
        for n in range(120)
    ]
    yield of("cover.xlsx", xlsx([*cover, HEAD, *(p.cells() for p in people)]), people)
    stray = [HEAD, *(p.cells() for p in people), *([] for _ in range(900)), ["", "", "x"]]
    yield of("stray_below.xlsx", xlsx(stray), people)
    aside = [[*HEAD, *[""] * 40, "ghi chú riêng"], *(p.cells() for p in people)]
    yield of("stray_right.xlsx", xlsx(aside), people)
    for n, order in enumerate(("nNpdte", "Ndpet", "teNpd")):
        yield of(
            f"headless_{n}.xlsx",
            xlsx([p.cells(order) for p in people]),
            people,
            whole=("headings_guessed",),
        )
    yield of(
        "numbered_head.xlsx",
        xlsx(
            [HEAD, ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"], *(p.cells() for p in people)]
        ),
        people,
    )
    yield of(
        "breaks_in_head.xlsx",
        xlsx(
            [
                [
                    "STT",
                    "Họ và\ntên",
                    "Chức\nvụ",
                    "Sở,\nban, ngành",
                    "Số điện\nthoại",
                    "Thư điện tử\n(công vụ)",
                ],
                *(p.cells("nNpdte") for p in people),
            ]
        ),
        people,
    )
    yield of(
        "eth_heads.xlsx",
        xlsx(
            [
                [
                    "STT",
                    "Họ và tên",
                    "Chức vụ",
                    "Ðơn vị",
                    "Ðiện thoại di ðộng",
                    "Ðịa chỉ thƣ ðiện tử",
                ],
                *(p.cells("nNpdte") for p in people),
            ]
        ),
        people,
    )


def pairs_of_rows() -> Iterator[Sister]:
    """Two rows for each person, merged or not, the second one's telephone or address below."""
    people = crowd(6)
    rows, merged = [HEAD], []
    for p in people:
        merged += [(len(rows), c, len(rows) + 1, c) for c in (0, 1, 2, 3, 5)]
        rows += [p.cells(), ["", "", "", "", f"0220385{p.n:04d}"]]
    yield of("two_rows_merged.xlsx", xlsx(rows, merged=merged), people)
    rows = [HEAD]
    for p in people:
        rows += [p.cells("nNpdt"), ["", "", "", "", "", p.email]]
    yield of("two_rows_mail_below.xlsx", xlsx(rows), people)
    rows, merged = [HEAD], []
    for p in people:
        merged += [(len(rows), c, len(rows) + 2, c) for c in (0, 1, 3)]
        rows += [p.cells(), ["", "", "Bí thư Đảng ủy"], ["", "", "Tỉnh ủy viên"]]
    yield of("three_rows_positions.xlsx", xlsx(rows, merged=merged), people)
    rows = [HEAD]
    for p in people:
        rows += [p.cells(), ["", "", "", "", f"0983{p.n:06d}"]]
    yield of("two_rows_docx.docx", docx(rows), people)
    departments = [HEAD]
    merged = []
    for n in range(3):
        merged.append((1 + n * 2, 3, 2 + n * 2, 3))
        departments += [people[n * 2].cells(d=OFFICES[n]), people[n * 2 + 1].cells(d="")]
    yield of(
        "departments_merged.xlsx",
        xlsx(departments, merged=merged),
        people,
        departments=[OFFICES[n // 2] for n in range(6)],
    )


def around() -> Iterator[Sister]:
    """Sections with contacts, sums, signatures and clerks around the people."""
    people = crowd(9)
    rows = [HEAD_5]
    for n in range(3):
        rows.append(
            [
                f"{'I' * (n + 1)}",
                OFFICES[n].upper(),
                "",
                f"0220385555{n}"[:10],
                f"vanthu{n}@haiduong.gov.vn",
            ]
        )
        rows += [p.cells("nNpte", n="") for p in people[n * 3 : n * 3 + 3]]
    yield of(
        "sections_with_contacts.xlsx",
        xlsx(rows),
        people,
        departments=[OFFICES[n // 3] for n in range(9)],
    )
    rows = [HEAD]
    for n in range(3):
        rows.append([f"{n + 1}", f"{OFFICES[n]} (3 đồng chí)"])
        rows += [p.cells(d="") for p in people[n * 3 : n * 3 + 3]]
    yield of(
        "sections_counted.xlsx", xlsx(rows), people, departments=[OFFICES[n // 3] for n in range(9)]
    )
    body = [HEAD, *(p.cells() for p in people)]
    tails = {
        "sum_right": ([["", "Tổng số: 09 người"]], (), ("count_gap_total",)), "sum_wrong": ([["", "Tổng cộng", "", "", "12"], ["", "Tổng cộng: 12 đồng chí"]], ("count_gap_total",), ()),
        "signed": ([[], ["", "", "", "Hải Dương, ngày 5 tháng 12 năm 2023"], ["", "NGƯỜI LẬP BIỂU", "", "", "TL. CHỦ TỊCH"], ["", "", "", "", "GIÁM ĐỐC SỞ NỘI VỤ"],
                    [], ["", "Vũ Thị Lập", "", "", "Trương Văn Ký"]], (), ("count_gap_names", "count_gap_numbering")),
        "clerk": ([[], ["", "Cán bộ đầu mối: Đoàn Thị Tư, Chuyên viên, ĐT 0912000111"]], (), ()),
        "clerk_table": ([[], ["", "Thông tin đầu mối liên hệ:"], ["", "Đoàn Thị Tư", "Chuyên viên", "Sở Nội vụ", "0912000111", "tu.dt@haiduong.gov.vn"]], (), ()),
        "clerk_line": ([[], ["Người liên hệ", "Đoàn Thị Tư", "Chuyên viên", "", "0912000111"]], (), ()),
        "notes": ([["", "Ghi chú: danh sách lập theo mẫu của Bộ Nội vụ"], ["", "Nơi nhận:"], ["", "- Như trên;"], ["", "- Lưu: VT, CCHC."]], (), ()),
    }  # fmt: skip
    for name, (tail, whole, silent) in tails.items():
        yield of(f"tail_{name}.xlsx", xlsx([*body, *tail]), people, whole=whole, silent=silent)
        if name in ("signed", "clerk", "notes"):
            lines = [" ".join(filter(None, row)) or "" for row in tail]
            yield of(f"tail_{name}.docx", docx(body, *lines), people, silent=silent)
    numbered = [
        HEAD,
        *(p.cells() for p in people[:4]),
        *(p.cells(n=str(p.n + 3)) for p in people[4:]),
    ]
    yield of("numbering_jumps.xlsx", xlsx(numbered), people, whole=("count_gap_numbering",))
    yield of("filter_left_on.xlsx", xlsx(body, hidden=[2, 3, 5]), people, whole=("rows_hidden",))
    repeated = [
        HEAD,
        *(p.cells() for p in people[:4]),
        ["Trang 1/2"],
        HEAD,
        *(p.cells() for p in people[4:]),
        ["Trang 2/2"],
    ]
    yield of("pages.xlsx", xlsx(repeated), people)


def tables() -> Iterator[Sister]:
    """All of them."""
    for made in (letters, several, headings, pairs_of_rows, around):
        yield from made()
