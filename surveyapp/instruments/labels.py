"""The words for a field that does not fit the form of its file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic_core import ErrorDetails

from surveyapp.i18n import _

_LANGUAGES = {"vi", "en"}


def describe(error: ErrorDetails) -> str:
    """One fault of pydantic's in words for the author of the file."""
    facts: dict[str, Any] = error.get("ctx", {})
    if error["type"] == "missing":
        return _missing(error["loc"])
    if error["type"] in _WORDS:
        return _WORDS[error["type"]](facts)
    return _("không hợp lệ: %(reason)s", reason=error["msg"])


def _missing(path: tuple[int | str, ...]) -> str:
    if path and path[-1] == "vi":
        return _("thiếu lời tiếng Việt")
    if path and path[-1] == "en":
        return _("thiếu lời tiếng Anh")
    return _("thiếu trường bắt buộc này")


_WORDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "extra_forbidden": lambda _facts: _("không có trường nào tên như vậy"),
    "string_type": lambda _facts: _("phải là chữ; mã toàn chữ số phải đặt trong dấu nháy kép"),
    "int_type": lambda _facts: _("phải là số nguyên"),
    "int_from_float": lambda _facts: _("phải là số nguyên"),
    "float_type": lambda _facts: _("phải là số"),
    "bool_type": lambda _facts: _("phải là true hoặc false"),
    "model_type": lambda _facts: _("phải là một nhóm trường"),
    "dict_type": lambda _facts: _("phải là một nhóm trường"),
    "tuple_type": lambda _facts: _("phải là một danh sách"),
    "list_type": lambda _facts: _("phải là một danh sách"),
    "too_short": lambda facts: _("cần ít nhất %(n)s mục", n=facts["min_length"]),
    "too_long": lambda facts: _("chỉ được nhiều nhất %(n)s mục", n=facts["max_length"]),
    "string_too_long": lambda facts: _("dài quá %(n)s ký tự", n=facts["max_length"]),
    "string_pattern_mismatch": lambda facts: _("sai dạng, phải theo mẫu %(p)s", p=facts["pattern"]),
    "literal_error": lambda facts: _(
        "chỉ nhận một trong: %(values)s", values=facts["expected"].replace(" or ", ", ")
    ),
    "greater_than_equal": lambda facts: _("phải từ %(n)s trở lên", n=facts["ge"]),
    "greater_than": lambda facts: _("phải lớn hơn %(n)s", n=facts["gt"]),
    "less_than_equal": lambda facts: _("phải không quá %(n)s", n=facts["le"]),
    "text_blank": lambda _facts: _("lời trống"),
    "text_not_nfc": lambda _facts: _(
        "dấu tiếng Việt ở dạng tổ hợp (NFD); hãy gõ lại hoặc chuyển sang dạng dựng sẵn (NFC)"
    ),
    "text_edges": lambda _facts: _("thừa dấu cách hoặc xuống dòng ở đầu hay cuối"),
    "text_control": lambda _facts: _("có ký tự ẩn (không hiện trên màn hình)"),
    "spss_reserved": lambda _facts: _("trùng từ dành riêng của SPSS, không đặt tên biến được"),
    "not_a_moment": lambda _facts: _("phải là ngày giờ Việt Nam dạng 2024-01-08 08:00"),
    "cleaning_parameter": lambda _facts: _("mỗi loại quy tắc làm sạch có đúng một tham số của nó"),
    "cleaning_effect": lambda _facts: _(
        "chỉ quy tắc về trả lời mâu thuẫn mới được xóa câu trả lời"
    ),
    "not_a_day": lambda _facts: _("phải là ngày có thật, dạng 2023-12-31"),
    "not_yes_no": lambda _facts: _("phải là yes hoặc no"),
    "not_a_number": lambda _facts: _("phải là số nguyên không âm, không có dấu chấm hay phẩy"),
}
