"""Words: for a field that does not fit the form of its file, for what a kind says, for when an item is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic_core import ErrorDetails

from surveyapp.i18n import _, locale
from surveyapp.instruments.kinds.kind import Said
from surveyapp.instruments.kinds.registry import kind_of
from surveyapp.instruments.model import Condition, Instrument, ShownIf

_LANGUAGES = {"vi", "en"}


def said(sentence: Said) -> str:
    """A sentence of a kind in the present language."""
    return _(sentence.words, **sentence.facts)


def condition(instrument: Instrument, shown_if: ShownIf) -> str:
    """When an item or a section is asked, for whoever sees all items: without a script, and on paper."""
    parts = [_test(instrument, test) for test in shown_if.any or shown_if.all]
    joined = (_(" hoặc ") if shown_if.any else _(" và ")).join(parts)
    return _("Chỉ trả lời nếu %(conditions)s.", conditions=joined)


def _test(instrument: Instrument, test: Condition) -> str:
    n = instrument.position(test.item)
    if test.answered:
        return _("có trả lời câu %(n)s", n=n)
    if test.codes or test.without:
        item = instrument.item(test.item)
        labels = {one.code: one.get(locale()) for one in kind_of(item).categories(item)}
        named = [f"“{labels.get(code, code)}”" for code in (*test.codes, *test.without)]
        chosen = _(" hoặc ").join(named)
        if test.without:
            return _("câu %(n)s không chọn %(chosen)s", n=n, chosen=chosen)
        return _("câu %(n)s chọn %(chosen)s", n=n, chosen=chosen)
    if test.most is None:
        return _("câu %(n)s từ %(least)s trở lên", n=n, least=test.least)
    if test.least is None:
        return _("câu %(n)s không quá %(most)s", n=n, most=test.most)
    return _("câu %(n)s từ %(least)s đến %(most)s", n=n, least=test.least, most=test.most)


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
    "routing_test": lambda _facts: _(
        "mỗi điều kiện nêu đúng một điều: codes, without, khoảng số least và most, hoặc answered: true"
    ),
    "routing_mode": lambda _facts: _("điều kiện nêu hoặc any hoặc all"),
    "not_a_moment": lambda _facts: _("phải là ngày giờ Việt Nam dạng 2024-01-08 08:00"),
    "cleaning_parameter": lambda _facts: _("mỗi loại quy tắc làm sạch có đúng một tham số của nó"),
    "cleaning_effect": lambda _facts: _(
        "chỉ quy tắc về trả lời mâu thuẫn mới được xóa câu trả lời"
    ),
    "not_a_day": lambda _facts: _("phải là ngày có thật, dạng 2023-12-31"),
    "not_yes_no": lambda _facts: _("phải là yes hoặc no"),
    "not_a_number": lambda _facts: _("phải là số nguyên không âm, không có dấu chấm hay phẩy"),
}
