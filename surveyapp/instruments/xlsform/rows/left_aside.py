"""What a form says that changes nothing of what is asked: left aside, and said so with its place.

Nothing is dropped in silence: what stands neither here nor in `columns.UNDERSTOOD` is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from surveyapp.i18n import _, lazy
from surveyapp.instruments.xlsform.columns import UNDERSTOOD
from surveyapp.instruments.xlsform.headings import ALIASES, MEDIA, SPOKEN, column_of
from surveyapp.instruments.xlsform.sheets import SheetCell, SheetRow

Aside = tuple[SheetCell | None, str]

YES = frozenset(("yes", "true", "true()", "1"))
NO = frozenset(("no", "false", "false()", "0"))

_OF_AN_APP = lazy("thiết lập %(name)s là của ứng dụng thu thập: không dùng")
SETTINGS = {
    "allow_choice_duplicates": lazy(
        "allow_choice_duplicates: hai phương án cùng mã mà khác lời thành hai phương án riêng"
    ),
    "style": lazy("cách hiện phiếu (style) do máy chủ quyết định: không dùng"),
    "instance_name": lazy("tên từng bản ghi (instance_name) không dùng: phiếu ẩn danh"),
    **dict.fromkeys(
        (
            "submission_url", "public_key", "auto_send", "auto_delete", "client_editable", "delimiter", "prefix", "namespaces",
            "instance_xmlns", "omit_instanceid", "clean_text_values", "sms_keyword", "sms_separator", "sms_allow_media",
            "sms_date_format", "sms_datetime_format", "sms_response", "name",
        ),
        _OF_AN_APP,
    ),
}  # fmt: skip
"""Settings that change nothing of what is asked."""

_NOTED = ("deviceid", "username", "phonenumber", "email", "subscriberid", "simserial")
METADATA = frozenset((
    "start", "end", "today", "audit", *_NOTED, *(f"uri:{name}" for name in _NOTED), "start time", "end time",
    "get start time", "get end time", "get today", "device id", "get device id", "imei", "sim id", "get sim id",
    "subscriber id", "get subscriber id", "get phone number", "background-geopoint", "start-geopoint", "background-audio",
))  # fmt: skip
"""What a telephone would note by itself: never collected here."""

COMPUTED = frozenset((
    "calculate", "q calculate", "add calculate prompt", "hidden", "xml-external", "csv-external",
))  # fmt: skip
"""Rows that nobody sees or answers. What rests on them is refused where it stands."""

HEADINGS = frozenset(("label",))
"""Appearances of a row that only shows the options above a table of questions."""

OF_NOTHING = {
    "begin_group": ("hint", "guidance_hint", "required"),
    "end_group": ("label", "hint", "relevant", "required"),
}
"""Cells that mean nothing to the converter in rows of these types."""

_WITHOUT_PICTURES = lazy("hình, âm thanh (%(column)s) không dùng: phiếu chỉ có chữ")
_ONLY_A_PICTURE = lazy(
    "phương án chỉ có hình, âm thanh (%(column)s): phiếu chỉ có chữ, mã của nó đứng thay; viết lời trước khi dùng"
)
COLUMNS = {
    "default": lazy("trả lời điền sẵn (default) không dùng: không câu nào được chọn sẵn"),
    "rows": lazy("cỡ ô (rows) do máy chủ quyết định: không dùng"),
    "autoplay": lazy("tự phát (autoplay) không dùng: phiếu chỉ có chữ"),
    "appearance": lazy("cách hiện câu hỏi (appearance) do máy chủ quyết định: không dùng"),
    "constraint_message": lazy(
        "lời báo riêng (constraint_message) không dùng: máy chủ tự nói giới hạn"
    ),
    "required_message": lazy("lời báo riêng (required_message) không dùng: không câu nào bắt buộc"),
    "no_app_error_string": lazy("lời báo của ứng dụng (%(column)s) không dùng"),
    "compact_tag": lazy("cột %(column)s dành cho tin nhắn: không dùng"),
}
"""Columns that change nothing of what is asked."""

_ATTRIBUTES = ("bind", "body", "control", "instance", "attribute")
_MEANINGFUL = frozenset((
    "bind::type", "bind::nodeset", "bind::jr:preload", "bind::jr:preloadparams", "body::intent", "control::intent",
    "bind::entities:saveto",
))  # fmt: skip


def of_survey(row: SheetRow, kind: str) -> Iterator[Aside]:
    """What of a survey row changes nothing of what is asked."""
    yield from _of_any(row)
    for key in row.cells:
        if told := COLUMNS.get(column_of(key)):
            yield row.places[key], str(told) % {"column": row.places[key].heading}
    required = row.get("required").lower()
    if kind in OF_NOTHING:
        for name in OF_NOTHING[kind]:
            if cell := row.filled(name):
                yield cell, _("ô %(column)s ở dòng %(type)s không có tác dụng: không dùng",
                              column=name, type=kind)  # fmt: skip
    elif required in YES:
        yield (
            row.places["required"],
            _("câu bắt buộc (required): người trả lời vẫn được bỏ trống, trang xem lại nhắc"),
        )
    elif required and required not in NO:
        words = _("bắt buộc có điều kiện (required) không dùng: người trả lời luôn được bỏ trống")
        yield row.places["required"], words
    if kind != "range" and is_order(row.get("parameters")):
        words = _("thứ tự và cỡ ô (parameters) do phiếu quyết định: không dùng")
        yield row.places["parameters"], words


def of_choices(row: SheetRow) -> Iterator[Aside]:
    """What of a row of the choices sheet changes nothing of what is offered."""
    yield from _of_any(row)


def of_settings(rows: list[SheetRow]) -> Iterator[tuple[SheetRow, SheetCell | None, str]]:
    """Settings that are not used, and rows after the first, which the converter does not read either."""
    for row in rows[:1]:
        for key in row.cells:
            cell = row.places[key]
            if key in SETTINGS:
                yield row, cell, str(SETTINGS[key]) % {"name": key}
            elif is_setting_of_an_app(row, key):
                yield row, cell, str(_OF_AN_APP) % {"name": cell.heading}
    for row in rows[1:]:
        yield row, None, _("trang settings chỉ đọc một dòng dưới tiêu đề: không đọc dòng này")


def is_setting_of_an_app(row: SheetRow, key: str) -> bool:
    """Whether a setting is none that the converter or we know, nor one of them with a slip."""
    if key == "add_none_option":
        return row.get(key).lower() in NO
    known = (*UNDERSTOOD["settings"], *SETTINGS, *ALIASES["settings"], "add_none_option")
    return key not in UNDERSTOOD["settings"] and not get_close_matches(key, known, 1, cutoff=0.8)


def _of_any(row: SheetRow) -> Iterator[Aside]:
    for key in row.cells:
        cell = row.places[key]
        column, facts = column_of(key), {"column": cell.heading, "sheet": row.sheet}
        if is_translation(row, key):
            yield cell, _("cột %(column)s: bản dịch sang ngôn ngữ khác không dùng", **facts)
        elif is_passed_over(row, key):
            yield cell, _("cột %(column)s của trang %(sheet)s không thuộc XLSForm: không đọc",
                          **facts)  # fmt: skip
        elif is_attribute(column):
            yield cell, _("thuộc tính riêng của ứng dụng (%(column)s) không dùng", **facts)
        elif column in MEDIA and has_words(row):
            yield cell, str(_WITHOUT_PICTURES) % facts
        elif column in MEDIA and row.sheet == "choices":
            yield cell, str(_ONLY_A_PICTURE) % facts
        elif column.startswith("sms_"):
            yield cell, str(COLUMNS["compact_tag"]) % facts
    for cell in row.nameless:
        yield cell, _("ô dưới một cột không có tiêu đề: không đọc")


def has_words(row: SheetRow) -> bool:
    """Whether something is said beside a picture; a note's picture is no question."""
    return bool(row.text("label") or row.text("hint")) or row.get("type").lower() == "note"


def is_attribute(column: str) -> bool:
    """Whether it is an attribute that one app has for itself; those of the converter have names of their own."""
    first, apart, _rest = column.partition("::")
    return bool(apart) and first in _ATTRIBUTES and column not in _MEANINGFUL


def is_translation(row: SheetRow, key: str) -> bool:
    """Whether the cell says in a third language what the row says in one of ours, or only its hint."""
    spoken, apart, _typed = key.partition("::")
    return (
        bool(apart)
        and spoken in SPOKEN
        and (spoken != "label" or any(f"label_{x}" in row.cells for x in ("vi", "en")))
    )


def is_passed_over(row: SheetRow, key: str) -> bool:
    """Whether the converter makes nothing of the column, and its name is none of the others with a slip."""
    column = column_of(key)
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


def is_order(parameters: str) -> bool:
    """Whether parameters only say in which order options stand, or how large a field is."""
    names = [part.partition("=")[0] for part in re.split(r"[\s,;]+", parameters) if part]
    return bool(names) and set(names) <= {"randomize", "seed", "rows"}


ANY_OF_SURVEY = tuple(
    {
        name
        for kind in UNDERSTOOD
        if kind not in ("choices", "settings")
        for name in UNDERSTOOD[kind]
    }
)
_OF_XLSFORM = {
    "survey": frozenset((
        *ALIASES["survey"].values(), *(key for key in ALIASES["survey"] if ":" not in key), *ANY_OF_SURVEY, *COLUMNS,
        "choice_filter", "calculation", "trigger", "parameters", "style", "disabled", "repeat_count", "read_only", *MEDIA,
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
