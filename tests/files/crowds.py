"""Names drawn as often as Vietnam bears them, in rows as offices write them: `python -m tests.files.crowds 100000`."""

import random
import sys
from collections.abc import Iterator

from surveyapp.respondents.context import ListContext
from surveyapp.respondents.reading.headings import map_headings
from surveyapp.respondents.reading.people_rows import Taken, read_rows
from surveyapp.respondents.reading.workbook_reading import SheetTable, WorkbookReading
from surveyapp.respondents.sheet import Sheet, Workbook
from surveyapp.respondents.words.names import FAMILIES, MIDDLES
from tests.files.people import GIVENS, context

HEADINGS = ["STT", "Họ và tên", "Chức vụ", "Sở, ban, ngành", "Điện thoại", "Email"]
# Shares of the population in per cent, by the census of 2019 and the counts of family names made from it.
_SHARES = {
    "Nguyễn": 31.5, "Trần": 10.9, "Lê": 8.9, "Phạm": 5.9, "Hoàng": 2.6, "Huỳnh": 2.5, "Vũ": 2.4, "Võ": 2.5, "Phan": 2.8,
    "Trương": 2.2, "Bùi": 2.1, "Đặng": 1.9, "Đỗ": 1.9, "Ngô": 1.7, "Hồ": 1.5, "Dương": 1.4, "Đinh": 1.0, "Đoàn": 0.9, "Lâm": 0.8,
    "Mai": 0.8, "Trịnh": 0.7, "Đào": 0.7, "Cao": 0.6, "Lý": 0.6, "Hà": 0.6, "Lưu": 0.5, "Lương": 0.5, "Thái": 0.4, "Châu": 0.4,
    "Tạ": 0.3, "Phùng": 0.3, "Tô": 0.3, "Vương": 0.2, "Văn": 0.2, "Tăng": 0.2, "Quách": 0.2, "Lại": 0.1, "Hứa": 0.1, "Thạch": 0.1,
    "Diệp": 0.1, "Từ": 0.1, "Chu": 0.1, "La": 0.1, "Đàm": 0.1, "Tống": 0.1, "Giang": 0.1, "Chung": 0.1, "Triệu": 0.1, "Kiều": 0.1,
    "Hồng": 0.1, "Trang": 0.1, "Đồng": 0.1, "Danh": 0.1, "Lư": 0.1, "Lữ": 0.1, "Thân": 0.1, "Kim": 0.1, "Mã": 0.1, "Bạch": 0.1,
    "Liêu": 0.1, "Tiêu": 0.1, "Dư": 0.1, "Âu": 0.1, "Tôn": 0.1, "Khưu": 0.1, "Doãn": 0.05, "Khổng": 0.05, "Sở": 0.01, "Ban": 0.01,
    "Hội": 0.01, "Phòng": 0.01, "Viên": 0.02, "Quân": 0.01, "Quý": 0.01, "Thành": 0.02, "Ông": 0.02, "Bà": 0.01,
}  # fmt: skip
_RARE = [name.title() for name in sorted(FAMILIES) if name.title() not in _SHARES and len(name) > 1]


def names(seed: int, count: int) -> Iterator[str]:
    """Names of two to four words, small ones and capitals among them."""
    choose = random.Random(seed)
    families, weights = [*_SHARES, "…"], [*_SHARES.values(), 1.5]
    middles = [middle.title() for middle in sorted(MIDDLES)]
    for family in choose.choices(families, weights, k=count):
        words = [family if family != "…" else choose.choice(_RARE)]
        words += choose.sample(middles, choose.choice((0, 1, 1, 1, 1, 2)))
        words.append(choose.choice(GIVENS))
        name = " ".join(words)
        yield choose.choice((name, name, name, name.upper()))


def rows(seed: int, listed: list[str]) -> Iterator[tuple[list[str], str]]:
    """A row for every name, with ever less beside it, and rows of no person between them (name empty)."""
    choose = random.Random(seed)
    for number, name in enumerate(listed, 1):
        if number % 40 == 1:
            yield [f"{choose.choice(('I', 'II', 'V'))}", "SỞ NỘI VỤ", "", "", "", ""], ""
        phone = f"0912{number % 1_000_000:06d}"
        beside = choose.random()
        serial = choose.choice((str(number), f"{number}.", f"{number:02d}"))
        if beside < 0.5:
            yield [serial, name, "Phó Giám đốc", "Sở Nội vụ", phone, ""], name
        elif beside < 0.7:
            yield [serial, name, "Q. Giám đốc", "", "", ""], name
        elif beside < 0.85:
            yield [serial, name, "", "", "", ""], name
        else:
            yield ["", name, "Phó Giám đốc", "Sở Nội vụ", "", ""], name
    yield ["", f"Tổng cộng: {len(listed)} người", "", "", "", ""], ""


def taken(
    seed: int, listed: list[str], kind: str = "agency-leaders"
) -> tuple[Taken, dict[int, str]]:
    """What the reader makes of such rows, and whose row each line is."""
    about: ListContext = context(kind)
    written, whose = [HEADINGS], {}
    for row, name in rows(seed, listed):
        written.append(row)
        if name:
            whose[len(written)] = name
    table = SheetTable("DS", 1, map_headings(HEADINGS, about), tuple(HEADINGS))
    workbook = Workbook("a.xlsx", "xlsx", (Sheet("DS", False, 1, written),))
    return read_rows(workbook, WorkbookReading(table), about), whose


def main() -> None:
    """Print how many people of so many were read, shown as nobody, and lost."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    read = shown = lost = 0
    for seed, first in enumerate(range(0, count, 10_000)):
        result, whose = taken(seed, list(names(seed, min(10_000, count - first))))
        people, aside = {row.number for row in result.people}, {a.number: a for a in result.aside}
        for line, name in whose.items():
            read += line in people
            if line not in people:
                shown += line in aside
                lost += line not in aside
                print(f"{name}: {aside[line].reason if line in aside else 'LOST'}")
    print(f"{count} people: {read} read, {shown} shown as no person, {lost} lost")
    sys.exit(bool(lost))


if __name__ == "__main__":
    main()
