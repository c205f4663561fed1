"""Workbooks as units send them: titles, merged departments, signatures, now and then a sloppy cell."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from random import Random
from typing import TYPE_CHECKING, Any

from surveyapp.demo.names import Someone

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

_HEADINGS: dict[str, tuple[str, ...]] = {
    "full_name": ("Họ và tên", "HỌ VÀ TÊN", "Họ tên cán bộ"),
    "position": ("Chức vụ", "CHỨC VỤ", "Chức vụ hiện tại"),
    "department": ("Sở, ban, ngành", "Tên sở", "Sở và tương đương"),
    "workplace": ("Đơn vị công tác", "Phòng, đơn vị", "Đơn vị công tác"),
    "district": ("Huyện, quận, thị xã", "Huyện", "Huyện, quận, thị xã"),
    "association": ("Tên hội, hiệp hội", "Hiệp hội", "Tên hội, hiệp hội"),
    "phone": ("Số điện thoại", "SĐT", "Điện thoại di động"),
    "email": ("Email", "Thư điện tử", "Địa chỉ e-mail"),
}
_SECTIONED = ("department", "district", "association")
_WIDTHS = {"full_name": 26, "department": 38, "workplace": 30, "email": 30}
_SLOPPY_SHARE = 0.08
_SLOPPY_UNITS = 0.4


@dataclass(frozen=True)
class Habits:
    """How one unit makes its workbooks, the same in all its lists."""

    wording: int
    titles: bool
    grouping: str  # merged | sections | plain
    numeric_phones: bool
    sloppy: bool
    signed: bool

    @classmethod
    def of(cls, campaign: str, unit: str) -> "Habits":
        """The habits of a unit, the same each time."""
        random = Random(f"{campaign} {unit} habits")  # noqa: S311  a demo, not a secret
        return cls(
            wording=random.randrange(3),
            titles=random.random() < 0.85,
            grouping=random.choice(("merged", "sections", "plain")),
            numeric_phones=random.random() < 0.08,
            sloppy=random.random() < _SLOPPY_UNITS,
            signed=random.random() < 0.7,
        )


def write(
    people: Sequence[Someone],
    *,
    columns: Sequence[str],
    title: str,
    unit_name: str,
    habits: Habits,
    random: Random,
) -> bytes:
    """An XLSX with these people, which the reader takes without anything that must be mended."""
    import xlsxwriter

    shown = [c for c in columns if c in _HEADINGS]
    group = next((c for c in shown if c in _SECTIONED), "")
    grouping = habits.grouping if group else "plain"
    buffer = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet("Danh sách")
        row = _titles(book, sheet, title, unit_name) if habits.titles else 0
        if grouping == "sections":
            shown.remove(group)
        _headings(book, sheet, row, shown, habits)
        row = _rows(book, sheet, row + 1, people, shown, group, grouping, habits, random)
        if habits.signed:
            sheet.write_string(row + 1, len(shown) - 1, "NGƯỜI LẬP DANH SÁCH")
            sheet.write_string(row + 2, len(shown) - 1, "(Ký, ghi rõ họ tên)")
    return buffer.getvalue()


def _titles(book: "Workbook", sheet: "Worksheet", title: str, unit_name: str) -> int:
    bold = book.add_format({"bold": True, "font_size": 13})
    sheet.write_string(0, 0, unit_name.upper())
    sheet.write_string(2, 2, title.upper(), bold)
    sheet.write_string(3, 2, "(Kèm theo công văn của đơn vị)")
    return 5


def _headings(
    book: "Workbook", sheet: "Worksheet", row: int, shown: Sequence[str], habits: Habits
) -> None:
    head = book.add_format({"bold": True, "border": 1, "text_wrap": True, "valign": "vcenter"})
    sheet.set_column(0, 0, 6)
    sheet.write_string(row, 0, "STT", head)
    for column, name in enumerate(shown, start=1):
        sheet.set_column(column, column, _WIDTHS.get(name, 18))
        sheet.write_string(row, column, _HEADINGS[name][habits.wording], head)
    sheet.freeze_panes(row + 1, 2)


def _rows(
    book: "Workbook",
    sheet: "Worksheet",
    row: int,
    people: Sequence[Someone],
    shown: Sequence[str],
    group: str,
    grouping: str,
    habits: Habits,
    random: Random,
) -> int:
    """Write everyone; returns the first row below."""
    border = book.add_format({"border": 1})
    bold = book.add_format({"bold": True, "border": 1})
    previous = first = None
    for serial, person in enumerate(_grouped(people, group, grouping), start=1):
        value = getattr(person, group) if group else ""
        if grouping == "sections" and value != previous:
            sheet.write_string(row, 0, "", bold)
            sheet.write_string(row, 1, value, bold)
            row += 1
        if grouping == "merged" and value != previous:
            if previous is not None and first is not None:
                _merge(sheet, first, row - 1, shown.index(group) + 1, previous, border)
            first = row
        previous = value
        sheet.write_number(row, 0, serial, border)
        sloppy = habits.sloppy and random.random() < _SLOPPY_SHARE
        for column, name in enumerate(shown, start=1):
            if name == group and grouping == "merged":
                continue
            _cell(sheet, row, column, name, person, border, habits, sloppy, random)
        row += 1
    if grouping == "merged" and first is not None and previous is not None:
        _merge(sheet, first, row - 1, shown.index(group) + 1, previous, border)
    return row


def _grouped(people: Sequence[Someone], group: str, grouping: str) -> list[Someone]:
    """In the order of their groups where the sheet shows groups."""
    if grouping == "plain":
        return list(people)
    order = {value: n for n, value in enumerate(dict.fromkeys(getattr(p, group) for p in people))}
    return sorted(people, key=lambda person: order[getattr(person, group)])


def _merge(sheet: "Worksheet", first: int, last: int, column: int, value: str, form: Any) -> None:
    if first == last:
        sheet.write_string(first, column, value, form)
    else:
        sheet.merge_range(first, column, last, column, value, form)


def _cell(
    sheet: "Worksheet",
    row: int,
    column: int,
    name: str,
    person: Someone,
    border: Any,
    habits: Habits,
    sloppy: bool,
    random: Random,
) -> None:
    value = getattr(person, name)
    if name == "phone" and habits.numeric_phones:
        sheet.write_number(row, column, int(value), border)
        return
    sheet.write_string(row, column, _sloppy(name, value, random) if sloppy else value, border)


def _sloppy(name: str, value: str, random: Random) -> str:
    """The value as a tired clerk types it; still to be understood."""
    if name == "phone":
        spaced = f"{value[:4]} {value[4:7]} {value[7:]}"
        return random.choice((spaced, spaced.replace(" ", "."), f"+84{value[1:]}"))
    if name == "email":
        return random.choice((f"{value} ", value.upper(), f" {value}"))
    if name == "full_name":
        decomposed = unicodedata.normalize("NFD", value)
        return random.choice((value.upper(), f"Ông {value}", f"  {value}", decomposed))
    return value
