"""What XLSForm can say and our questionnaires cannot: every filled cell is understood here, set aside or refused.

Nothing is dropped in silence: the list is of what we take (`columns.UNDERSTOOD`), not of what we know to refuse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from surveyapp.i18n import _, lazy
from surveyapp.instruments.kinds.single import MIDDLE, NOMINAL
from surveyapp.instruments.xlsform.columns import UNDERSTOOD
from surveyapp.instruments.xlsform.headings import MEDIA, OTHER, SPOKEN, column_of, language_of
from surveyapp.instruments.xlsform.rows import left_aside
from surveyapp.instruments.xlsform.rows.left_aside import NO, YES
from surveyapp.instruments.xlsform.sheets import SheetCell, SheetRow

Refusal = tuple[SheetCell | None, str]

_SPLIT = lazy("tách thành nhiều câu select_one, mỗi câu một phương án có hoặc không")
_RANGES = lazy("đổi thành select_one với các khoảng")
_ANONYMOUS = lazy("bỏ dòng này: phiếu ẩn danh, không thu thời điểm, thiết bị, vị trí hay tệp")
_WHO = lazy("bỏ dòng này: phiếu ẩn danh, không hỏi số điện thoại")
_ONCE = lazy(
    "ghi số lần lặp từ 1 đến 20 ở repeat_count, hoặc lặp theo một danh sách đến 20 phương án, không quá 300 dòng khi viết ra"
)
_WRITTEN_OUT = lazy("ghi các phương án vào trang choices")
_OTHER = lazy("dùng select_one, select_multiple, integer, range hoặc text")
_IN_TURN = lazy("tách thành từng câu, câu sau có điều kiện theo câu trước")

TYPES = {
    "rank": _SPLIT,
    **dict.fromkeys(("date", "time", "datetime", "date time", "add date prompt", "q date"), _RANGES),
    **dict.fromkeys(
        (
            "image", "photo", "audio", "video", "file", "add file prompt", "add image prompt", "add audio prompt",
            "add video prompt", "q image", "q audio", "q video", "q picture", "barcode", "q barcode", "geopoint", "geotrace",
            "geoshape", "gps", "location", "q location", "q geopoint", "add location prompt", "osm", "start-geopoint",
            "background-audio",
        ),
        _ANONYMOUS,
    ),
    **dict.fromkeys(("phone number", "phonenumber"), _WHO),
    **dict.fromkeys(("begin_repeat", "end_repeat", "begin_loop", "end_loop"), _ONCE),
    **dict.fromkeys(
        (
            "select_one_from_file", "select_multiple_from_file", "select_one_external", "select_one_from_answers",
            "select_multiple_from_answers",
        ),
        _WRITTEN_OUT,
    ),
    "cascading_select": _IN_TURN,
}  # fmt: skip
"""How to mend each question type that has no place here; any other gets the general advice."""

_CALCULATED = lazy("việc tính làm sau khi thu phiếu: xóa ô này")
_ON_SCREEN = lazy("cách hiện câu hỏi do máy chủ quyết định: xóa ô này")
COLUMNS = {
    "relevant": lazy("chỉ phần và câu hỏi có điều kiện: xóa ô này"),
    "choice_filter": lazy("phiếu không lọc phương án: xóa ô này, tạo danh sách riêng"),
    "constraint": lazy("câu đóng không cần điều kiện: xóa ô này"),
    "repeat_count": lazy("chỉ nhận một số từ 1 đến 20, hoặc một câu số đứng trước"),
    "read_only": lazy("mọi câu đều trả lời được: xóa ô này"),
    "disabled": lazy("xóa cả dòng nếu không hỏi câu này"),
    **dict.fromkeys(("calculation", "trigger"), _CALCULATED),
    **dict.fromkeys(("parameters", "style"), _ON_SCREEN),
    **dict.fromkeys(MEDIA, lazy("phiếu chỉ có chữ: xóa ô này, nói bằng lời trong câu hỏi")),
}
"""How to mend a filled cell of each column that has no place here."""

_NAME = re.compile(r"[^\W\d][\w.-]*$")
REFERENCE = re.compile(r"\$\{\s*+([^${}\s]*+)\s*+\}")


ANSWER_TO = {
    "vi": "[câu trả lời của Ông/Bà cho câu “%s”]",
    "en": "[your answer to “%s”]",
}
"""What stands in a question where a form would show an earlier answer: in each language of the survey."""


def of_survey(row: SheetRow, kind: str) -> Iterator[Refusal]:
    """What is wrong with cells of a survey row of this type."""
    understood = UNDERSTOOD.get(kind, left_aside.ANY_OF_SURVEY)
    understood = (*understood, *left_aside.OF_NOTHING.get(kind, ()))
    yield from _cells(row, understood, left_aside.ANY_OF_SURVEY, kind=kind)
    if "search(" in "".join(row.get("appearance").lower().split()):
        words = _("phương án lấy từ tệp khác (search) không dùng được; %(remedy)s",
                  remedy=str(_WRITTEN_OUT))  # fmt: skip
        yield row.places["appearance"], words
    if (name := row.get("name")) and not _NAME.match(name):
        words = _("tên biến chỉ có chữ cái, chữ số và gạch dưới, bắt đầu bằng chữ cái")
        yield row.places["name"], words


def of_choices(row: SheetRow) -> Iterator[Refusal]:
    """What is wrong with cells of a row of the choices sheet, whatever its list."""
    yield from _cells(row, UNDERSTOOD["choices"], ())
    for key, words in row.cells.items():
        if column_of(key) == "label" and (match := REFERENCE.search(words)):
            yield row.places[key], reference_refused(match[0])
    if row.get("best") and row.get("best").lower() not in YES | NO | {MIDDLE, NOMINAL}:
        yield row.places["best"], _("cột best chỉ nhận yes, no, middle hoặc none")


def of_settings(
    rows: list[SheetRow], foreign: str = ""
) -> Iterator[tuple[SheetRow, SheetCell | None, str]]:
    """What is wrong with cells of the settings sheet, of which one row is read."""
    for row in rows[:1]:
        for cell, words in _cells(row, (*UNDERSTOOD["settings"], *left_aside.SETTINGS), ()):
            yield row, cell, words
        language = row.get("default_language")
        if language and language_of(language) == OTHER and language != foreign:
            words = _("ngôn ngữ chính phải là tiếng Việt (vi) hoặc tiếng Anh (en)")
            yield row, row.places["default_language"], words


def type_refused(kind: str) -> str:
    """Why a question of this type is refused, and what to do instead."""
    said = kind.lower()
    remedy = TYPES.get(said) or TYPES.get(said.partition(" ")[0], _OTHER)
    return _("kiểu câu hỏi %(type)s không dùng được; %(remedy)s", type=kind, remedy=str(remedy))


def reference_refused(reference: str) -> str:
    """Why words cannot name an answer."""
    return _("lời không lấy được câu trả lời khác (%(reference)s): viết thành lời",
             reference=reference)  # fmt: skip


def option_unknown(column: str, *names: str) -> str:
    """Why a limit on options is refused that are none of the question's."""
    return _("cột %(column)s: danh sách không có phương án %(names)s",
             column=column, names=", ".join(names))  # fmt: skip


def _cells(
    row: SheetRow, understood: tuple[str, ...], elsewhere: tuple[str, ...], *, kind: str = ""
) -> Iterator[Refusal]:
    for key in row.cells:
        column, cell_name = column_of(key), row.places[key]
        if column in understood or _is_without_effect(row, key, kind):
            continue
        facts = {"column": cell_name.heading}
        if column.partition("::")[0] in SPOKEN and "::" in column:
            yield cell_name, _("cột %(column)s: chỉ có tiếng Việt (vi) và tiếng Anh (en)", **facts)
        elif column in COLUMNS:
            remedy = str(COLUMNS[column])
            yield cell_name, _("cột %(column)s không dùng được; %(remedy)s", remedy=remedy, **facts)
        elif column in elsewhere:
            words = _("cột %(column)s không có nghĩa ở dòng %(type)s: xóa ô này",
                      type=row.get("type"), **facts)  # fmt: skip
            yield cell_name, words
        else:
            yield cell_name, _("không hiểu cột %(column)s: xóa nội dung của cột", **facts)
    for cell_name in row.twice:
        words = _("cột %(column)s nói khác một cột trước nó có cùng nghĩa: để lại một cột",
                  column=cell_name.heading)  # fmt: skip
        yield cell_name, words


def _is_without_effect(row: SheetRow, key: str, kind: str) -> bool:
    """What is told to be left aside instead; a plain yes or no under `disabled` leaves the row out, or not; nothing is
    `read_only` but notes, which are."""
    column = column_of(key)
    said = row.get(key).lower()
    if column == "read_only":
        return said in NO or (said in YES and kind == "note")
    return (
        (row.sheet == "survey" and column in left_aside.COLUMNS)
        or (row.sheet == "settings" and left_aside.is_setting_of_an_app(row, key))
        or left_aside.is_translation(row, key)
        or left_aside.is_passed_over(row, key)
        or left_aside.is_attribute(column)
        or column.startswith("sms_")
        or (column in MEDIA and (row.sheet == "choices" or left_aside.has_words(row)))
        or (column == "disabled" and said in YES | NO)
        or (column == "parameters" and left_aside.is_order(said))
    )
