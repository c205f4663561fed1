"""What calamine does not tell about XLS: errors, links, hidden and struck-out rows, by xlrd."""

from typing import Any

import xlrd

from surveyapp.respondents.sheet import limits
from surveyapp.respondents.sheet.formats.xlsx_details import SheetDetails, linked_address

_MOST = 20_000


def details(content: bytes) -> dict[str, SheetDetails]:
    """By sheet name; nothing where the formats cannot be read: the cells themselves are read elsewhere."""
    try:
        book = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=_Silent())
        return {name: _of_sheet(book, book.sheet_by_name(name)) for name in book.sheet_names()}
    except MemoryError:
        raise
    except Exception:
        # Whatever a damaged file makes of it: marks are beside the list, never in its way.
        return {}


class _Silent:
    """Where xlrd writes what it wonders about: the child's own words are frames."""

    def write(self, _text: str) -> None:
        pass


def _of_sheet(book: Any, sheet: Any) -> SheetDetails:
    sheet_details = SheetDetails()
    for row, info in sheet.rowinfo_map.items():
        if row < limits.ROWS and (info.hidden or info.height == 0):
            sheet_details.hidden.append(row + 1)
    sheet_details.hidden.sort()
    struck = {
        index
        for index, style in enumerate(book.xf_list)
        if book.font_list[style.font_index].struck_out
    }
    for row in range(min(sheet.nrows, limits.ROWS)):
        for column in range(min(sheet.row_len(row), limits.COLUMNS)):
            if sheet.cell_type(row, column) == xlrd.XL_CELL_ERROR:
                code = int(sheet.cell_value(row, column))
                sheet_details.odd[row + 1, column] = xlrd.error_text_from_code.get(code, "#ERROR!")
                continue
            if not sheet.cell_value(row, column) or len(sheet_details.struck) >= _MOST:
                continue
            runs = sheet.rich_text_runlist_map.get((row, column), [])
            fonts = [book.font_list[font].struck_out for _offset, font in runs]
            own = sheet.cell_xf_index(row, column) in struck
            if own if not fonts else all(fonts) and (own or runs[0][0] == 0):
                sheet_details.struck.append((row + 1, column))
    for (row, column), link in list(sheet.hyperlink_map.items())[:_MOST]:
        if address := linked_address(str(link.url_or_path or "")):
            sheet_details.links[row + 1, column] = address
    return sheet_details
