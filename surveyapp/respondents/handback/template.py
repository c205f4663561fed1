"""The workbook a unit fills in: headings, drop-downs, checks inside Excel, an example, a guide."""

from io import BytesIO
from typing import TYPE_CHECKING, Any

from surveyapp.i18n import _
from surveyapp.respondents.context import GROUP_SEPARATOR, ListContext
from surveyapp.respondents.labels import column_name
from surveyapp.respondents.reading.sheet_reading import MARK, MARK_SHEET

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

ROWS_PREPARED = 2000
_HEADER_ROW = 4
_EXAMPLE_ROW = 5
_WIDTHS = {"full_name": 28, "position": 26, "department": 40, "workplace": 36, "district": 26,
           "association": 36, "group": 16, "phone": 16, "email": 32, "note": 24}  # fmt: skip
_FIRST_DEPARTMENT = 2  # row of the mark sheet, counted from 0


def write_template(context: ListContext) -> bytes:
    """An XLSX for this list of this unit; the reader recognises it and refuses it elsewhere."""
    import xlsxwriter

    buffer = BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(_("Danh sách"))
    _write_list(book, sheet, context)
    _write_guide(book, book.add_worksheet(_("Hướng dẫn")), context)
    _write_mark(book.add_worksheet(MARK_SHEET), context)
    sheet.activate()
    book.close()
    return buffer.getvalue()


def _write_list(book: "Workbook", sheet: "Worksheet", context: ListContext) -> None:
    title = book.add_format({"bold": True, "font_size": 14})
    quiet = book.add_format({"italic": True, "font_color": "#555555"})
    head = book.add_format(
        {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "bg_color": "#DCE6F1"}
    )
    as_text = book.add_format({"num_format": "@"})
    sheet.write(0, 0, context.kind_name.upper(), title)
    sheet.write(1, 0, context.unit_name)
    sheet.write(
        2,
        0,
        _("Mỗi người một dòng. Cột có dấu * phải điền; mỗi người cần thư điện tử hoặc điện thoại."),
        quiet,
    )
    sheet.set_column(0, 0, 7)
    sheet.write(_HEADER_ROW, 0, column_name("number"), head)
    sheet.write(_EXAMPLE_ROW, 0, _("Ví dụ"), quiet)
    example = _example(context)
    for index, column in enumerate(context.columns, start=1):
        star = " *" if column in context.required else ""
        sheet.set_column(index, index, _WIDTHS[column], as_text)
        sheet.write(_HEADER_ROW, index, f"{column_name(column)}{star}", head)
        sheet.write_string(_EXAMPLE_ROW, index, example[column], quiet)
        rule = _rule(column, index, context)
        if rule:
            sheet.data_validation(_EXAMPLE_ROW + 1, index, ROWS_PREPARED, index, rule)
    sheet.set_row(_HEADER_ROW, 32)
    sheet.freeze_panes(_HEADER_ROW + 1, 2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEADER_ROW)


def _example(context: ListContext) -> dict[str, str]:
    return {
        "full_name": "Nguyễn Văn Ví Dụ",
        "position": _("Phó Giám đốc"),
        "department": context.departments[0].name if context.departments else "",
        "workplace": _("Văn phòng"),
        "district": _("Huyện Ví Dụ"),
        "association": _("Hội Ví Dụ"),
        "group": GROUP_SEPARATOR.join(context.groups_of(context.departments[0]))
        if context.departments
        else "",
        "phone": "0912 345 678",
        "email": "vidu@coquan.example.vn",
        "note": _("Dòng ví dụ, không được tính"),
    }


def _rule(column: str, index: int, context: ListContext) -> dict[str, Any] | None:
    """The check inside Excel; a warning only, so that nobody is locked out of a real case."""
    cell = f"{chr(ord('A') + index)}{_EXAMPLE_ROW + 2}"
    if column == "department" and context.departments:
        last = _FIRST_DEPARTMENT + len(context.departments)
        return _choice(f"={MARK_SHEET}!$A${_FIRST_DEPARTMENT + 1}:$A${last}")
    if column == "group":
        return _choice([GROUP_SEPARATOR.join(groups) for groups in context.group_choices])
    rules = {
        "email": (f'=ISNUMBER(FIND("@",{cell}))', _("Địa chỉ thư điện tử phải có dấu @, mỗi người một địa chỉ.")),
        "phone": (f"=AND(LEN({cell})>=9,LEN({cell})<=16)", _("Số điện thoại có 10 hoặc 11 chữ số, bắt đầu bằng 0, mỗi người một số.")),
        "full_name": (f'=ISNUMBER(FIND(" ",TRIM({cell})))', _("Xin ghi đủ họ và tên, không ghi Ông, Bà.")),
    }  # fmt: skip
    if column not in rules:
        return None
    formula, words = rules[column]
    return {
        "validate": "custom",
        "value": formula,
        "error_type": "warning",
        "error_title": _("Xin kiểm tra lại"),
        "error_message": words,
    }


def _choice(source: str | list[str]) -> dict[str, Any]:
    """A drop-down; what is not in it is warned about, not refused."""
    return {
        "validate": "list",
        "source": source,
        "error_type": "warning",
        "error_title": _("Chưa có trong danh mục"),
        "error_message": _("Xin chọn tên trong danh sách thả xuống."),
        "input_title": _("Chọn trong danh mục"),
        "input_message": _("Bấm mũi tên bên phải ô để chọn."),
    }


def _write_guide(book: "Workbook", sheet: "Worksheet", context: ListContext) -> None:
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 90)
    sheet.write(0, 0, _("Hướng dẫn lập danh sách"), bold)
    sheet.write(0, 1, f"{context.kind_name} – {context.unit_name}", bold)
    row = 2
    for column in context.columns:
        need = _("Phải điền.") if column in context.required else _("Có thể để trống.")
        sheet.write(row, 0, column_name(column), bold)
        sheet.write(row, 1, f"{need} {_advice(column)}", wrap)
        row += 1
    for group in context.several_groups:
        sheet.write(row, 0, group.code)
        sheet.write(row, 1, group.name, wrap)
        row += 1
    for words in (
        _("Dòng “Ví dụ” không được tính, có thể để nguyên hoặc xóa."),
        _(
            "Có thể thêm dòng tên sở, phòng làm tiêu đề nhóm; dòng tổng cộng và phần ký tên không được tính."
        ),
        _("Số điện thoại và thư điện tử chỉ dùng để gửi phiếu, không đi kèm câu trả lời."),
    ):
        sheet.write(row + 1, 1, words, wrap)
        row += 1


def _advice(column: str) -> str:
    return {
        "full_name": _("Họ và tên đầy đủ, có dấu, gõ bằng Unicode."),
        "position": _("Chức vụ hiện tại."),
        "department": _("Chọn trong danh sách thả xuống; tên viết tắt thông dụng cũng được nhận ra."),
        "workplace": _("Tên phòng, vụ, cục, chi cục, trung tâm nơi người này làm việc."),
        "district": _("Tên huyện, quận, thị xã hoặc thành phố thuộc tỉnh."),
        "association": _("Tên đầy đủ của hội hoặc hiệp hội."),
        "group": _("Chọn trong danh sách thả xuống, hoặc để trống: nhóm được suy ra từ sở, ban, ngành."),
        "phone": _("Số di động để nhận tin nhắn; mỗi người một số."),
        "email": _("Địa chỉ riêng của từng người, không dùng hộp thư chung của cơ quan."),
        "note": _("Không bắt buộc, không được gửi cho ai."),
    }[column]  # fmt: skip


def _write_mark(sheet: "Worksheet", context: ListContext) -> None:
    """What the drop-down lists, under the line by which the reader knows its own template."""
    mark = (
        MARK,
        context.campaign,
        context.kind,
        context.unit,
        context.kind_name,
        context.unit_name,
    )
    for index, words in enumerate(mark):
        sheet.write_string(0, index, words)
    for row, department in enumerate(context.departments, start=_FIRST_DEPARTMENT):
        sheet.write_string(row, 0, department.name)
    sheet.very_hidden()
