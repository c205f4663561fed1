"""How offices lay a list out: titles, odd headings, sections, merged cells, totals, signatures."""

from dataclasses import dataclass, field

from tests.files.people import COLUMNS, Crowd

HEADINGS: dict[str, tuple[str, ...]] = {
    "full_name": ("Họ và tên", "HỌ TÊN", "Họ tên cán bộ", "Ho va ten", "Họ và tên (*)"),
    "position": ("Chức vụ", "CHỨC DANH", "Chức vụ, chức danh", "Chức vụ hiện tại"),
    "department": ("Sở, ban, ngành", "Tên sở", "Cơ quan chủ quản", "SỞ/NGÀNH"),
    "workplace": ("Đơn vị công tác", "Đơn vị", "Phòng, đơn vị", "Đơn vị trực thuộc"),
    "district": ("Huyện", "Quận/huyện/thị xã", "UBND huyện", "Huyện, quận, thị xã"),
    "association": ("Tên hội, hiệp hội", "Hội/Hiệp hội", "Hiệp hội"),
    "phone": ("Số điện thoại", "SĐT", "Điện thoại di động", "ĐT", "Số ĐT liên hệ"),
    "email": ("Email", "Thư điện tử", "Địa chỉ e-mail", "E-MAIL"),
    "note": ("Ghi chú", "GHI CHÚ"),
}
SECTION_COLUMN = {
    "agency-leaders": "department",
    "subunit-leaders": "department",
    "district-leaders": "district",
    "associations": "association",
    "department-leaders": "workplace",
}


DITTOS = ("nt", "như trên", '"', "-nt-")


@dataclass(frozen=True)
class Style:
    """What a file looks like around its people."""

    titles: int = 2
    left: int = 0
    numbering_row: bool = False
    sections: bool = False
    merged: bool = False
    blanks: bool = False
    tail: bool = True
    two_row_header: bool = False
    split_name: bool = False
    number: bool = True
    shuffled: bool = True
    lettered_row: bool = False
    pages: bool = False
    subtotals: bool = False
    dittos: bool = False


@dataclass
class Grid:
    """A sheet to write: rows of cells, merged spans, and on which line each person stands."""

    rows: list[list[str]] = field(default_factory=list)
    spans: list[tuple[int, int, int]] = field(default_factory=list)  # first row, last row, column
    lines: list[int] = field(default_factory=list)

    def add(self, row: list[str], left: int) -> int:
        """Append a row `left` columns in; returns its line number."""
        self.rows.append([""] * left + row)
        return len(self.rows)


def lay_out(people: list[dict[str, str]], kind: str, style: Style, crowd: Crowd) -> Grid:
    """The people in order, in that style."""
    grid = Grid()
    columns = _columns(kind, style, crowd)
    for title in _titles(style.titles):
        grid.add([title] if title else [], style.left)
    above = len(grid.rows)
    _header(grid, columns, style, crowd)
    head = grid.rows[above:]
    grouped = style.sections or style.merged or style.dittos
    group = SECTION_COLUMN.get(kind, "") if grouped else ""
    previous, first = "", 0
    for serial, person in enumerate(people, start=1):
        value = person.get(group, "") if group else ""
        if style.subtotals and previous and value != previous:
            grid.add(["", f"Cộng {previous}", "", "3"][: len(columns)], style.left)
        if style.pages and serial % 10 == 0:
            grid.add(["", "", "", f"Trang {serial // 10}"], style.left)
            grid.rows += [list(row) for row in head]
        if style.sections and value != previous:
            grid.add(_section(len(grid.lines), value, style), style.left)
        if style.blanks and serial % 7 == 0:
            grid.add([], 0)
        row = [_cell(c, person, serial, hidden=style.sections and c == group) for c in columns]
        line = grid.add(_flat(row), style.left)
        grid.lines.append(line)
        if style.dittos and group in columns and value == previous:
            grid.rows[line - 1][style.left + _flat_index(columns, group)] = DITTOS[serial % 4]
        if style.merged and group in columns:
            column = style.left + _flat_index(columns, group)
            if value == previous:
                grid.rows[line - 1][column] = ""
                if first + 1 < line:
                    grid.spans = [s for s in grid.spans if s[0] != first]
                grid.spans.append((first, line, column))
            else:
                first = line
        previous = value
    if style.tail:
        _tail(grid, len(people), style)
    return grid


def _flat(row: list[list[str]]) -> list[str]:
    return [cell for cells in row for cell in cells]


def _flat_index(columns: list[str], column: str) -> int:
    before = columns[: columns.index(column)]
    return len(before) + ("split" in before)


def _columns(kind: str, style: Style, crowd: Crowd) -> list[str]:
    required, optional = COLUMNS[kind]
    columns = [*required, *optional, "phone", "email", "note"]
    if style.sections and kind in SECTION_COLUMN:
        columns.remove(SECTION_COLUMN[kind])
    if style.shuffled:
        crowd.random.shuffle(columns)
    if style.split_name:
        at = columns.index("full_name")
        columns[at : at + 1] = ["family", "given"]
    return ["number", *columns] if style.number else columns


def _titles(count: int) -> list[str]:
    lines = ["ỦY BAN NHÂN DÂN TỈNH THANH HÓA", "", "DANH SÁCH CÁN BỘ THAM GIA ĐIỀU TRA XÃ HỘI HỌC NĂM 2023",
             "(Kèm theo Công văn số 123/SNV-CCHC ngày 20 tháng 12 năm 2023)", "", ""]  # fmt: skip
    return lines[:count]


def _header(grid: Grid, columns: list[str], style: Style, crowd: Crowd) -> None:
    words = {c: crowd.random.choice(h) for c, h in HEADINGS.items()}
    words |= {
        "number": crowd.random.choice(["STT", "TT"]),
        "family": "Họ và tên đệm",
        "given": "Tên",
    }
    headings = [words[c] for c in columns]
    if style.two_row_header:
        upper = ["Liên hệ" if c in ("phone", "email") else words[c] for c in columns]
        seen = False
        for index, word in enumerate(upper):
            if word == "Liên hệ":
                upper[index] = "" if seen else word
                seen = True
        lower = [words[c] if c in ("phone", "email") else "" for c in columns]
        grid.add(upper, style.left)
        grid.add(lower, style.left)
    else:
        grid.add(headings, style.left)
    if style.lettered_row:
        numbers = [str(n) for n in range(1, len(columns) - 1)]
        grid.add(["A", "B", *numbers], style.left)
    if style.numbering_row:
        grid.add([f"({n})" for n in range(1, len(columns) + 1)], style.left)


def _section(done: int, title: str, style: Style) -> list[str]:
    numeral = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII"][done // 4 % 8]
    return [numeral, title.upper()] if style.number else [f"{numeral}. {title}"]


def _cell(column: str, person: dict[str, str], serial: int, *, hidden: bool) -> list[str]:
    if column == "number":
        return [str(serial)]
    if column in ("family", "given"):
        family, _, given = person["full_name"].strip().rpartition(" ")
        return [family if column == "family" else given]
    return ["" if hidden else person.get(column, "")]


def _tail(grid: Grid, count: int, style: Style) -> None:
    grid.add([], 0)
    grid.add(["", f"Tổng cộng: {count} người"], style.left)
    grid.add([], 0)
    grid.add(["", "", "", "Thanh Hóa, ngày 20 tháng 12 năm 2023"], style.left)
    grid.add(["", "NGƯỜI LẬP BIỂU", "", "TM. ỦY BAN NHÂN DÂN"], style.left)
    grid.add(["", "(Ký, ghi rõ họ tên)", "", "KT. CHỦ TỊCH"], style.left)
    grid.add(["", "Lê Thị Lập Biểu", "", "Trần Văn Ký Tên"], style.left)
