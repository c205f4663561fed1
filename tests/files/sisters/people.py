"""Whose names, contacts and offices are written as only a careful reader understands them."""

from collections.abc import Iterator, Sequence

from tests.files.sisters.truth import HEAD, Person, Sister, crowd, of, xlsx

BEARERS = (
    "Vũ Thị Phương", "Trương Trung Tâm", "Đoàn Công Vụ", "Viên Thị Mai", "Quan Văn Hội", "Đỗ Thanh Tra", "Hà Thị Hội", "Lê Công An",
    "Vũ Văn Phòng", "Đoàn Thị Trường", "Trần Văn Cục", "Ban Văn Tòng", "Phòng Thị Hoa", "Sở Văn Minh", "Hội Thị Lan", "Khối Văn Tư",
    "Trạm Thị Nga", "Xa Văn Hùng", "Phương Thị Nhung", "Viện Văn Sơn", "Bộ Thị Hà", "Đảng Văn Tú", "Thanh Văn Lâm", "Thị Hồng Vân",
    "Tổng Văn Bình", "Công Văn Hậu", "Vụ Thị Mai", "Trung Văn Tâm", "Liên Thị Hoa", "Cơ Liêng Ha Tý",
    "Danh Sách", "Thạch Sa Rây", "K'Sơr H'Mai", "Tôn Nữ Thị Ninh", "Nguyễn Phước Quý Tộc",
)  # fmt: skip
VACANT = (
    "Khuyết", "(Khuyết)", "Chưa bổ nhiệm", "Đang khuyết", "Chờ kiện toàn", "Vị trí trống", "Trống", "Chưa có người", "Đang chờ bổ nhiệm",
    "Khuyết từ 01/10/2023", "chưa kiện toàn chức danh", "KHUYẾT", "Hiện khuyết", "Chờ quyết định bổ nhiệm", "Bỏ trống", "Khuyết Giám đốc",
)  # fmt: skip
REMARKS = (
    "{} (nghỉ hưu từ 01/01/2024)", "{} - đã nghỉ hưu", "{} (đã mất)", "{} (chuyển công tác)", "{} (đã chuyển sang Sở Y tế)", "{}, nghỉ chế độ",
    "{} (nghỉ thai sản)", "{} (đi học)", "Cố {}", "{}\nVũ Thị Hoa", "{} và Lê Văn Hai", "{}/Trần Thị Ba", "{}; Bùi Văn Tư", "{} (thay đ/c Lê Văn Năm)",
    "{} đã nghỉ hưu", "{} (luân chuyển)", "{} (biệt phái)", "{} - thôi việc", "{} (điều động đi huyện)", "{} (hưu)",
)  # fmt: skip
TITLED = (
    "Ông {}", "Bà {}", "Đ/c {}", "Đ/c: {}", "ThS. {}", "TS. {}", "Ths.Bs {}", "PGS.TS. {}", "BS CKII {}", "Thượng tá {}", "Đại tá, TS. {}",
    "Mr. {}", "Ông: {}", "LS. {}", "KTS. {}", "Đồng chí {}",
)  # fmt: skip
SPELLINGS = {
    "Sở GD-ĐT": "Sở Giáo dục và Đào tạo", "Sở GDĐT": "Sở Giáo dục và Đào tạo", "SGDĐT": "Sở Giáo dục và Đào tạo", "Sở Giáo dục - Đào tạo": "Sở Giáo dục và Đào tạo",
    "Sở LĐTB&XH": "Sở Lao động - Thương binh và Xã hội", "Sở LĐ-TB&XH": "Sở Lao động - Thương binh và Xã hội", "Sở LĐTBXH": "Sở Lao động - Thương binh và Xã hội",
    "Sở Lao động TBXH": "Sở Lao động - Thương binh và Xã hội", "Sở VHTTDL": "Sở Văn hóa, Thể thao và Du lịch", "Sở VH,TT&DL": "Sở Văn hóa, Thể thao và Du lịch",
    "Sở VH-TT-DL": "Sở Văn hóa, Thể thao và Du lịch", "Sở TTTT": "Sở Thông tin và Truyền thông", "Sở TT-TT": "Sở Thông tin và Truyền thông",
    "Sở TT và TT": "Sở Thông tin và Truyền thông", "Sở KHĐT": "Sở Kế hoạch và Đầu tư", "Sở KH-ĐT": "Sở Kế hoạch và Đầu tư", "Sở KH & ĐT": "Sở Kế hoạch và Đầu tư",
    "Sở KHCN": "Sở Khoa học và Công nghệ", "Sở KH và CN": "Sở Khoa học và Công nghệ", "Sở TN-MT": "Sở Tài nguyên và Môi trường", "Sở TNMT": "Sở Tài nguyên và Môi trường",
    "Sở Tài nguyên MT": "Sở Tài nguyên và Môi trường", "Sở GTVT": "Sở Giao thông vận tải", "Sở Giao thông Vận tải tỉnh": "Sở Giao thông vận tải",
    "Sở NN & PTNT": "Sở Nông nghiệp và Phát triển nông thôn", "Sở NN-PTNT": "Sở Nông nghiệp và Phát triển nông thôn", "SNN&PTNT": "Sở Nông nghiệp và Phát triển nông thôn",
    "Sở Nông nghiệp và PTNT Hải Dương": "Sở Nông nghiệp và Phát triển nông thôn", "SỞ TÀI CHÍNH TỈNH HẢI DƯƠNG": "Sở Tài chính", "Sở CT": "Sở Công Thương",
    "SXD": "Sở Xây dựng", "Sở XD tỉnh HD": "Sở Xây dựng", "STP": "Sở Tư pháp", "Sở Y Tế": "Sở Y tế", "VP UBND tỉnh": "Văn phòng Ủy ban nhân dân tỉnh", "Văn phòng UBND": "Văn phòng Ủy ban nhân dân tỉnh",
    "Văn phòng Uỷ ban nhân dân tỉnh": "Văn phòng Ủy ban nhân dân tỉnh", "VPUBND tỉnh": "Văn phòng Ủy ban nhân dân tỉnh", "Thanh tra": "Thanh tra tỉnh", "Thanh Tra Tỉnh": "Thanh tra tỉnh",
    "Thanh tra tỉnh Hải Dương": "Thanh tra tỉnh", "Ban QL KCN": "Ban Quản lý khu kinh tế / khu công nghiệp", "BQL các KCN tỉnh": "Ban Quản lý khu kinh tế / khu công nghiệp", "Ban QL các khu công nghiệp": "Ban Quản lý khu kinh tế / khu công nghiệp",
    "Ban DT tỉnh": "Ban Dân tộc", "Sở Ngoại Vụ tỉnh": "Sở Ngoại vụ", "Sở KHCN tỉnh Hải Dương": "Sở Khoa học và Công nghệ", "Sở Văn hoá, Thể thao và Du lịch": "Sở Văn hóa, Thể thao và Du lịch",
    "Sở Kế hoạch & Đầu tư": "Sở Kế hoạch và Đầu tư", "Sở Giao thông - Vận tải": "Sở Giao thông vận tải", "Sở Nội Vụ HD": "Sở Nội vụ",
}  # fmt: skip
NO_DEPARTMENTS = (
    "Sở Vũ trụ", "Ban Nghi lễ", "Phòng Nội vụ", "UBND huyện Ninh Giang", "Trung tâm Khuyến nông", "Tỉnh ủy", "Ban Tổ chức Tỉnh ủy", "Công an tỉnh",
    "Bệnh viện Đa khoa", "Sở", "Chi cục Kiểm lâm",
)  # fmt: skip


def _changed(
    people: Sequence[Person], column: str, written: Sequence[str], order: str = "nNpdte-"
) -> bytes:
    rows = [p.cells(order, **{column: w}) for p, w in zip(people, written, strict=True)]
    return xlsx([HEAD, *rows])


def names() -> Iterator[Sister]:
    """Family names like offices, vacancies, remarks, titles, other letters."""
    people = crowd(len(BEARERS))
    lone = [[str(p.n), name, "", "", "", ""] for p, name in zip(people, BEARERS, strict=True)]
    every = frozenset(range(len(BEARERS)))
    bare = {"phones": None, "emails": None, "departments": None}
    yield of("bearers_lone.xlsx", xlsx([HEAD, *lone]), people, names=BEARERS, asked=every, **bare)
    yield of("bearers_unnumbered.xlsx", xlsx([HEAD, *([f"0{r[0]}." if n % 2 else "", *r[1:2], "Phó Giám đốc"] for n, r in enumerate(lone))]), people,
             names=BEARERS, asked=every, **bare)  # fmt: skip
    yield of(
        "bearers_council.xlsx",
        xlsx([["TT", "Họ tên đại biểu", "ĐT"], *(r[:2] for r in lone)]),
        people,
        names=BEARERS,
        asked=every,
        kind="council",
        **bare,
    )
    yield of(
        "bearers_upper.xlsx",
        xlsx([HEAD, *([r[0], r[1].upper(), "", ""] for r in lone)]),
        people,
        names=None,
        asked=every,
        **bare,
    )
    people = crowd(len(VACANT))
    yield of(
        "vacant.xlsx",
        _changed(people, "N", VACANT),
        people,
        names=None,
        asked=frozenset(range(len(VACANT))),
        either=frozenset(range(len(VACANT))),
    )
    people = crowd(len(REMARKS))
    written = [r.format(p.name) for p, r in zip(people, REMARKS, strict=True)]
    yield of(
        "remarks.xlsx",
        _changed(people, "N", written),
        people,
        names=None,
        asked=frozenset(range(len(REMARKS))),
    )
    notes = [
        "Nghỉ hưu từ 01/12/2023",
        "Đã chuyển công tác",
        "Đã mất",
        "Chuyển Sở khác",
        "Nghỉ hưu",
        "Thôi việc",
        "Không còn công tác tại Sở",
        "nghỉ thai sản đến 6/2024",
    ]
    people = crowd(len(notes))
    yield of("notes.xlsx", _changed(people, "-", notes), people, asked=frozenset(range(len(notes))))
    people = crowd(len(TITLED))
    yield of(
        "titled.xlsx",
        _changed(people, "N", [t.format(p.name) for p, t in zip(people, TITLED, strict=True)]),
        people,
    )
    people = crowd(6)
    acting = [
        "Q. Giám đốc",
        "Quyền Giám đốc",
        "Phụ trách Sở",
        "Q.GĐ",
        "PGĐ phụ trách",
        "Phó Giám đốc Phụ trách",
    ]
    rows = [[p.name, position, p.department] for p, position in zip(people, acting, strict=True)]
    yield of(
        "acting.xlsx",
        xlsx([HEAD[1:], *rows]),
        people,
        phones=None,
        emails=None,
        positions=acting,
        asked=frozenset(range(6)),
    )
    eth = [p.name.replace("Đ", "Ð") for p in people]
    yield of("eth.xlsx", _changed(people, "N", eth), people)
    positions = [
        "Giám đốc",
        "Phó Giám đốc",
        "PGĐ",
        "Giám đốc, Bí thư Đảng ủy",
        "Chánh Thanh tra",
        "Trưởng ban",
    ]
    yield of(
        "in_name.xlsx",
        _changed(people, "N", [f"{p.name} - {w}" for p, w in zip(people, positions, strict=True)]),
        people,
    )


def offices() -> Iterator[Sister]:
    """Departments in the province's own spellings, and what is none."""
    people = crowd(len(SPELLINGS))
    yield of(
        "spellings.xlsx",
        _changed(people, "d", list(SPELLINGS)),
        people,
        departments=list(SPELLINGS.values()),
    )
    people = crowd(len(NO_DEPARTMENTS))
    yield of(
        "no_departments.xlsx",
        _changed(people, "d", NO_DEPARTMENTS),
        people,
        departments=None,
        asked=frozenset(range(len(NO_DEPARTMENTS))),
    )


PHONES = (
    ("0912‒345‒678", "0912345678"), ("0912 – 345 – 679", "0912345679"), ("0912\u200b345\u200b680", "0912345680"), ("0912/345/681", "0912345681"),
    ("0912'345'682", "0912345682"), ("0912\u00a0345\u00a0683", "0912345683"), ("０９１２３４５６８４", "0912345684"), ("(+84) 912 345 685", "0912345685"),
    ("84-912-345-686", "0912345686"), ("0084 912 345 687", "0912345687"), ("+84 (0) 912 345 688", "0912345688"), ("ĐT: 0912 345 689", "0912345689"),
    ("0912.345.690 (Zalo)", "0912345690"), ("DĐ 0912345691", "0912345691"), ("0912345692.", "0912345692"), ("'0912345693", "0912345693"),
    ('="0912345694"', "0912345694"), ("912345695", "0912345695"), ("84912345696", "0912345696"), ("0912345697.0", "0912345697"),
    ("\u202a0912345698\u202c", "0912345698"), ("0912·345·699", "0912345699"), ("0912_345_700", "0912345700"), ("0912•345•701", "0912345701"),
    ("Số: 0912345702", "0912345702"), ("Mobile: +84912345703", "0912345703"), ("0912\n345\n704", "0912345704"), ("0912 345 705 ", "0912345705"),
    ("O912345706", "?"), ("0912−345−707", "0912345707"), ("0912⁃345⁃708", "0912345708"), ("0912‑345‑709", "0912345709"),
)  # fmt: skip
BAD_PHONES = (
    "091234567",
    "09123456789",
    "0123",
    "0912345678/0983111222",
    "1900 1234",
    "9.12E+08",
    "0912xxx678",
    "0000000000",
    "113",
    "0612345678",
    "Không nhớ số",
    "0912 345 67?",
)
FOREIGN = (
    "+1 202 555 0143",
    "+44 20 7946 0958",
    "0033 1 42 68 53 00",
    "+856 21 413 409",
    "+81-3-3466-3311",
    "(+49) 30 53630108",
    "+65 6462 5938",
    "+61 2 6286 6059",
    "+7 495 245 1092",
)


def contacts() -> Iterator[Sister]:
    """Telephone numbers and addresses in every dress; links that lead elsewhere; numbers drag-filled."""
    people = crowd(len(PHONES))
    doubt = frozenset(n for n, (_, p) in enumerate(PHONES) if p == "?")
    yield of("phones.xlsx", _changed(people, "t", [w for w, _ in PHONES]), people,
             phones=[p if p != "?" else None for _, p in PHONES], either=doubt)  # fmt: skip
    people = crowd(len(BAD_PHONES))
    yield of(
        "bad_phones.xlsx",
        _changed(people, "t", BAD_PHONES),
        people,
        phones=None,
        asked=frozenset(range(len(BAD_PHONES) - 2)),
        either=frozenset({10, 11}),
    )
    people = crowd(len(FOREIGN))
    rows = [
        p.cells("nNp-te", **{"-": "Cục Lãnh sự", "t": t, "e": f"nguoi{p.n}@mofa.gov.vn"})
        for p, t in zip(people, FOREIGN, strict=True)
    ]
    every = frozenset(range(len(FOREIGN)))
    yield of("foreign.xlsx", xlsx([["STT", "Họ và tên", "Chức vụ", "Đơn vị", "Điện thoại", "Email"], *rows]), people, departments=None, phones=None,
             emails=None, either=every, unblocked=every, kind="department-leaders", unit="BNG")  # fmt: skip
    people = crowd(8)
    glue = [
        "{t} - {e}",
        "{e}; {t}",
        "{t}\n{e}",
        "{e} ({t})",
        "ĐT: {t}; Email: {e}",
        "{t}/{e}",
        "{e} {t}",
        "Di động {t}, thư {e}",
    ]
    for n, heading in enumerate(
        ("Điện thoại, email", "Liên hệ", "Thông tin liên hệ (ĐT, thư điện tử)")
    ):
        rows = [
            [str(p.n), p.name, "Giám đốc", p.department, g.format(t=p.phone, e=p.email)]
            for p, g in zip(people, glue, strict=True)
        ]
        yield of(
            f"glued_{n}.xlsx", xlsx([["STT", "Họ và tên", "Chức vụ", "Sở", heading], *rows]), people
        )
    head = [
        "STT",
        "Họ và tên",
        "Chức vụ",
        "Sở",
        "ĐT cơ quan",
        "ĐT nhà riêng",
        "Di động",
        "Email công vụ",
        "Email cá nhân",
    ]
    rows = []
    for p in people:
        mails = [p.email, ""] if p.n % 2 else ["", p.email]
        numbers = [["", "", p.phone], ["", p.phone, ""], [p.phone, "", ""]][p.n % 3]
        rows.append([str(p.n), p.name, "Giám đốc", p.department, *numbers, *mails])
    yield of("several_columns.xlsx", xlsx([head, *rows]), people)
    swapped = [p.cells("nNpdet") for p in people]
    yield of(
        "swapped.xlsx",
        xlsx([HEAD, *swapped]),
        people,
        phones=None,
        emails=None,
        either=frozenset(range(8)),
    )
    people = crowd(12)
    yield of(
        "phones_count_up.xlsx",
        _changed(people, "t", [f"09123456{n:02d}" for n in range(12)]),
        people,
        phones=None,
        asked=frozenset(range(12)),
    )
    yield of(
        "phones_count_up_grouped.xlsx",
        _changed(people, "t", [f"0912 345 6{n:02d}" for n in range(10, 22)]),
        people,
        phones=None,
        asked=frozenset(range(12)),
    )
    yield of(
        "mails_count_up.xlsx",
        _changed(people, "e", [f"nguyenvana{n}@haiduong.gov.vn" for n in range(1, 13)]),
        people,
        emails=None,
        asked=frozenset(range(12)),
    )
    bad = ["0912345678/an@haiduong.gov.vn", "www.an@haiduong.gov.vn", "an#@haiduong.gov.vn", "an@haiduong,gov.vn", "an@gmail", "an@@gmail.com", "@gmail.com", "an.gmail.com",
           "an@haiduong.gov.vm", "an@gmial.com", "an@haiduong.gov.vn, ba@haiduong.gov.vn", "nguyễn@haiduong.gov.vn"]  # fmt: skip
    yield of(
        "bad_mails.xlsx",
        _changed(people, "e", bad),
        people,
        emails=None,
        asked=frozenset(range(12)),
    )
    slips = [
        "gmail.con",
        "gmai.com",
        "gamil.com",
        "yaho.com",
        "hotmai.com",
        "haiduong.gov.v",
        "haiduong.go.vn",
        "haiduong.gov.vnn",
        "haidong.gov.vn",
        "outlok.com",
        "icloud.con",
        "yahoo.con.vn",
    ]
    yield of(
        "slips.xlsx",
        _changed(people, "e", [f"ten{p.n}.ho@{s}" for p, s in zip(people, slips, strict=True)]),
        people,
        emails=None,
        asked=frozenset(range(12)),
    )
    same = _changed(people, "e", ["vanthu@haiduong.gov.vn"] * 12)
    yield of(
        "one_mailbox.xlsx",
        same,
        people,
        emails=None,
        asked=frozenset(),
        either=frozenset(range(12)),
    )


def everything() -> Iterator[Sister]:
    """All of them."""
    for made in (names, offices, contacts):
        yield from made()
