"""What XLSForm can say and our questionnaires cannot: every filled cell is understood here or refused.

Nothing is dropped in silence: the list is of what we take (`columns.UNDERSTOOD`), not of what we know to refuse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from surveyapp.i18n import _, lazy
from surveyapp.instruments.kinds.single import MIDDLE, NOMINAL
from surveyapp.instruments.xlsform.columns import UNDERSTOOD
from surveyapp.instruments.xlsform.headings import ALIASES, OTHER, SPOKEN, language_of
from surveyapp.instruments.xlsform.sheets import SheetCell, SheetRow

Refusal = tuple[SheetCell | None, str]

_SPLIT = lazy("tách thành nhiều câu select_one, mỗi câu một phương án có hoặc không")
_RANGES = lazy("đổi thành select_one với các khoảng")
_ANONYMOUS = lazy("bỏ dòng này: phiếu ẩn danh, không thu thời điểm, thiết bị, vị trí hay tệp")
_ONCE = lazy("bỏ vòng lặp: mỗi câu chỉ hỏi một lần")
_WRITTEN_OUT = lazy("ghi các phương án vào trang choices")
_OTHER = lazy("dùng select_one, select_multiple, integer, range hoặc text")
_WHOLE = lazy("hỏi bằng đơn vị nhỏ hơn để ghi số nguyên (integer)")

TYPES = {
    "rank": _SPLIT,
    "decimal": _WHOLE,
    **dict.fromkeys(("date", "time", "datetime"), _RANGES),
    **dict.fromkeys(
        (
            "image", "audio", "video", "file", "barcode", "geopoint", "geotrace", "geoshape", "start-geopoint",
            "background-audio",
        ),
        _ANONYMOUS,
    ),
    **dict.fromkeys(("begin_repeat", "end_repeat", "begin_loop", "end_loop"), _ONCE),
    **dict.fromkeys(
        ("select_one_from_file", "select_multiple_from_file", "select_one_external"), _WRITTEN_OUT
    ),
}  # fmt: skip
"""How to mend each question type that has no place here; any other gets the general advice."""

_CALCULATED = lazy("việc tính làm sau khi thu phiếu: xóa ô này")
_ON_SCREEN = lazy("cách hiện câu hỏi do máy chủ quyết định: xóa ô này")
_WITHOUT_PICTURES = lazy("phiếu chỉ có chữ: xóa ô này, nói bằng lời trong câu hỏi")
COLUMNS = {
    "relevant": lazy("chỉ phần và câu hỏi có điều kiện: xóa ô này"),
    "choice_filter": lazy("phiếu không lọc phương án: xóa ô này, tạo danh sách riêng"),
    "constraint": lazy("câu đóng không cần điều kiện: xóa ô này"),
    "repeat_count": lazy("mỗi câu chỉ hỏi một lần: xóa ô này"),
    "read_only": lazy("mọi câu đều trả lời được: xóa ô này"),
    "disabled": lazy("xóa cả dòng nếu không hỏi câu này"),
    **dict.fromkeys(("calculation", "trigger"), _CALCULATED),
    **dict.fromkeys(("parameters", "style"), _ON_SCREEN),
    **dict.fromkeys(("image", "big-image", "audio", "video"), _WITHOUT_PICTURES),
}
"""How to mend a filled cell of each column that has no place here."""

ASIDE = {
    "allow_choice_duplicates": lazy(
        "allow_choice_duplicates không dùng: hai phương án cùng mã luôn bị từ chối"
    ),
    "style": lazy("cách hiện phiếu (style) do máy chủ quyết định: không dùng"),
    "instance_name": lazy("tên từng bản ghi (instance_name) không dùng: phiếu ẩn danh"),
    **dict.fromkeys(
        (
            "submission_url",
            "public_key",
            "auto_send",
            "auto_delete",
            "client_editable",
            "delimiter",
            "prefix",
            "namespaces",
            "instance_xmlns",
            "omit_instanceid",
            "clean_text_values",
            "sms_keyword",
            "sms_separator",
            "sms_allow_media",
            "sms_date_format",
            "sms_datetime_format",
            "sms_response",
            "name",
        ),
        lazy("thiết lập %(name)s là của ứng dụng thu thập: không dùng"),
    ),
}
"""Settings that change nothing of what is asked: left aside, and said so."""

_NOTED = ("deviceid", "username", "phonenumber", "email", "subscriberid", "simserial")
METADATA = frozenset((
    "start", "end", "today", "audit", *_NOTED, *(f"uri:{name}" for name in _NOTED), "start time", "end time",
    "get start time", "get end time", "get today", "device id", "get device id", "imei", "sim id", "get sim id",
    "subscriber id", "get subscriber id", "get phone number", "background-geopoint", "start-geopoint", "background-audio",
))  # fmt: skip
"""What a telephone would note by itself: never collected here, left aside, and said so."""

COMPUTED = frozenset((
    "calculate", "q calculate", "add calculate prompt", "hidden", "xml-external", "csv-external",
))  # fmt: skip
"""Rows that nobody sees or answers: left aside, and said so. What rests on them is refused where it stands."""

HEADINGS = frozenset(("label",))
"""Appearances of a row that only shows the options above a table of questions."""

OF_NOTHING = {
    "begin_group": ("hint", "guidance_hint", "required"),
    "end_group": ("label", "hint", "relevant", "required"),
}
"""Cells that mean nothing to the converter in rows of these types."""

TOLD = {
    "default": lazy("trả lời điền sẵn (default) không dùng: không câu nào được chọn sẵn"),
    "rows": lazy("cỡ ô (rows) do máy chủ quyết định: không dùng"),
    "autoplay": lazy("tự phát (autoplay) không dùng: phiếu chỉ có chữ"),
    "appearance": lazy("cách hiện câu hỏi (appearance) do máy chủ quyết định: không dùng"),
    "constraint_message": lazy(
        "lời báo riêng (constraint_message) không dùng: máy chủ tự nói giới hạn"
    ),
    "required_message": lazy("lời báo riêng (required_message) không dùng: không câu nào bắt buộc"),
}
"""Columns that change nothing of what is asked: left aside, and said so."""

YES = frozenset(("yes", "true", "true()", "1"))
NO = frozenset(("no", "false", "false()", "0"))
_NAME = re.compile(r"[^\W\d][\w.-]*$")
_REFERENCE = re.compile(r"\$\{[^${}]*+\}")


def of_survey(row: SheetRow, kind: str) -> Iterator[Refusal]:
    """What is wrong with cells of a survey row of this type."""
    understood = UNDERSTOOD.get(kind, _ANY_OF_SURVEY)
    yield from _cells(row, (*understood, *OF_NOTHING.get(kind, ())), _ANY_OF_SURVEY)
    yield from _references(row)
    if "search(" in "".join(row.get("appearance").lower().split()):
        words = _("phương án lấy từ tệp khác (search) không dùng được; %(remedy)s",
                  remedy=str(_WRITTEN_OUT))  # fmt: skip
        yield row.places["appearance"], words
    if (name := row.get("name")) and not _NAME.match(name):
        words = _("tên biến chỉ có chữ cái, chữ số và gạch dưới, bắt đầu bằng chữ cái")
        yield row.places["name"], words
    required = row.get("required").lower()
    if required and required not in YES | NO:
        words = _("không hiểu điều kiện ở cột required: không câu nào bắt buộc; ghi no")
        yield row.places["required"], words


def of_choices(row: SheetRow) -> Iterator[Refusal]:
    """What is wrong with cells of a row of the choices sheet, whatever its list."""
    yield from _cells(row, UNDERSTOOD["choices"], ())
    yield from _references(row)
    if row.get("best") and row.get("best").lower() not in YES | NO | {MIDDLE, NOMINAL}:
        yield row.places["best"], _("cột best chỉ nhận yes, no, middle hoặc none")


def is_order(parameters: str) -> bool:
    """Whether parameters only say in which order options stand, or how large a field is."""
    names = [part.partition("=")[0] for part in re.split(r"[\s,;]+", parameters) if part]
    return bool(names) and set(names) <= {"randomize", "seed", "rows"}


def of_settings(
    rows: list[SheetRow], foreign: str = ""
) -> Iterator[tuple[SheetRow, SheetCell | None, str]]:
    """What is wrong with cells of the settings sheet, which has one row."""
    for row in rows[:1]:
        for cell, words in _cells(row, (*UNDERSTOOD["settings"], *ASIDE), ()):
            yield row, cell, words
        language = row.get("default_language")
        if language and language_of(language) == OTHER and language != foreign:
            words = _("ngôn ngữ chính phải là tiếng Việt (vi) hoặc tiếng Anh (en)")
            yield row, row.places["default_language"], words
    for row in rows[1:]:
        yield row, None, _("trang settings chỉ có một dòng dưới tiêu đề: xóa dòng này")


def type_refused(kind: str) -> str:
    """Why a question of this type is refused, and what to do instead."""
    remedy = str(TYPES.get(kind.lower(), _OTHER))
    return _("kiểu câu hỏi %(type)s không dùng được; %(remedy)s", type=kind, remedy=remedy)


_ANY_OF_SURVEY = tuple(
    {
        name
        for kind in UNDERSTOOD
        if kind not in ("choices", "settings")
        for name in UNDERSTOOD[kind]
    }
)


def _cells(
    row: SheetRow, understood: tuple[str, ...], elsewhere: tuple[str, ...]
) -> Iterator[Refusal]:
    for key in row.cells:
        column, cell_name = _column(key), row.places[key]
        if column in understood or column in TOLD or _is_without_effect(row, column):
            continue
        facts = {"column": cell_name.heading}
        if is_translation(row, key) or is_passed_over(row, key):
            continue  # told once for its column
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
    for cell_name in row.nameless:
        yield cell_name, _("ô có nội dung dưới một cột không có tiêu đề: xóa ô hoặc ghi tiêu đề")


def is_translation(row: SheetRow, key: str) -> bool:
    """Whether the cell says in a third language what the row says in one of ours."""
    spoken, apart, _typed = key.partition("::")
    return (
        bool(apart) and spoken in SPOKEN and any(f"{spoken}_{x}" in row.cells for x in ("vi", "en"))
    )


def is_passed_over(row: SheetRow, key: str) -> bool:
    """Whether the converter makes nothing of the column, and its name is none of the others with a slip."""
    column = _column(key)
    known = _OF_XLSFORM[row.sheet]
    first = column.partition("::")[0]
    if (
        row.sheet == "settings"
        or "::" in column
        or first in known
        or first.startswith(("sms_", "jr:"))
    ):
        return False
    return not get_close_matches(column, known, 1, cutoff=0.8)


def _is_without_effect(row: SheetRow, column: str) -> bool:
    """A plain yes or no under `disabled` leaves the row out, or not; nothing is `read_only` but notes, which are;
    the order of options and the size of a field are told."""
    said = row.get(column).lower()
    if column == "read_only":
        return said in NO or row.get("type").lower() == "note"
    return (column == "disabled" and said in YES | NO) or (
        column == "parameters" and is_order(said)
    )


_OF_XLSFORM = {
    "survey": frozenset((
        *ALIASES["survey"].values(), *(key for key in ALIASES["survey"] if ":" not in key), *_ANY_OF_SURVEY, *COLUMNS, *TOLD,
        "choices", "compact_tag", "intent", "query", "itemset", "list_name", "instance", "bind", "control", "body", "media",
        "actions", "parent", "children", "extra_data", "_dynamic_default", "_qtd_defaults", "_qtd_kwargs", "_itemset_has_ref",
    )),
    "choices": frozenset((
        *ALIASES["choices"].values(), *ALIASES["choices"], *UNDERSTOOD["choices"], "media", "bind", "control", "parent",
        "extra_data", "sms_option", "_choice_itext_ref",
    )),
    "settings": frozenset(),
}  # fmt: skip
"""Columns that mean something to the converter, under every name."""


def _references(row: SheetRow) -> Iterator[Refusal]:
    for key, words in row.cells.items():
        if _column(key) in SPOKEN and (match := _REFERENCE.search(words)):
            reason = _("lời không lấy được câu trả lời khác (%(reference)s): viết thành lời",
                       reference=match[0])  # fmt: skip
            yield row.places[key], reason


def _column(key: str) -> str:
    for column in SPOKEN:
        if key in (f"{column}_vi", f"{column}_en"):
            return column
    return key
