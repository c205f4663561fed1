"""What the linter can find: which rule, how grave, where, and the words for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from surveyapp.i18n import _, lazy

Severity = Literal["error", "warning", "note"]

SEVERITIES = {"error": lazy("lỗi"), "warning": lazy("cảnh báo"), "note": lazy("lưu ý")}
SEVERITY: dict[str, Severity] = {
    "file": "error",
    "translation": "error",
    "best_end": "error",
    "same_label": "error",
    "duplicate": "warning",
    "double": "warning",
    "double_negative": "warning",
    "negative": "note",
    "leading": "warning",
    "long": "warning",
    "phone": "warning",
    "direction": "warning",
    "kind": "note",
    "minutes": "warning",
    "unused_exception": "note",
}
"""Every rule. Only errors make `campaign lint` leave with 1."""


@dataclass(frozen=True)
class LintFinding:
    """One thing to look at. `place` is an item id, `<questionnaire>.<scale>`, or the questionnaire's code.

    `path` leads to it in the frozen instrument (`("sections", 0, "items", 2, "text")`); `excuse` is
    the reason of the exception that covers it, empty where none does.
    """

    rule: str
    place: str
    path: tuple[str | int, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    excuse: str = ""

    @property
    def severity(self) -> Severity:
        """How grave it is."""
        return SEVERITY[self.rule]

    @property
    def why(self) -> str:
        """What is wrong, in words."""
        return _WHY[self.rule](self.facts)

    @property
    def remedy(self) -> str:
        """How to mend it, in words."""
        return _REMEDY[self.rule](self.facts)


_Words = Callable[[dict[str, Any]], str]

_WHY: dict[str, _Words] = {
    "file": lambda facts: str(facts["message"]),
    "kind": lambda facts: str(facts["said"]),
    "translation": lambda facts: _("chưa dịch hoặc dịch dở: “%(quote)s”", **facts),
    "best_end": lambda facts: _("mức ghi là tốt nhất lại mang nhãn “%(quote)s”", **facts),
    "same_label": lambda facts: _("hai phương án cùng một nhãn “%(quote)s”", **facts),
    "duplicate": lambda facts: _("gần như trùng với câu %(other)s", **facts),
    "double": lambda facts: _("một câu hỏi hai điều, nối bằng “%(joiner)s”", **facts),
    "double_negative": lambda facts: _(
        "câu có chữ phủ định “%(word)s”, thang trả lời hoặc chính câu lại có chữ phủ định nữa",
        **facts,
    ),
    "negative": lambda facts: _("câu có chữ phủ định “%(word)s”", **facts),
    "leading": lambda facts: _("chữ “%(word)s” gợi sẵn câu trả lời", **facts),
    "long": lambda facts: _("dài %(n)s âm tiết, nên không quá %(most)s", **facts),
    "phone": lambda facts: _(
        "chiếm %(n)s dòng trên điện thoại rộng 360 px, nên không quá %(most)s", **facts
    ),
    "direction": lambda facts: _(
        "mức tốt nhất nằm ở đầu kia so với các câu khác trong phần %(section)s", **facts
    ),
    "minutes": lambda facts: _(
        "phiếu ghi %(stated)s phút, ước tính cần %(estimate)s phút", **facts
    ),
    "unused_exception": lambda facts: _("ngoại lệ của quy tắc %(rule)s không còn cần", **facts),
}

_REMEDY: dict[str, _Words] = {
    "file": lambda _facts: _("sửa tệp tại dòng này"),
    "kind": lambda _facts: _("xem lại cách hỏi"),
    "translation": lambda _facts: _("viết đủ lời ở cả hai thứ tiếng, bỏ chữ giữ chỗ"),
    "best_end": lambda _facts: _("đổi trường best sang đầu kia của thang, hoặc sửa nhãn"),
    "same_label": lambda _facts: _("đặt cho mỗi phương án một nhãn riêng"),
    "duplicate": lambda _facts: _("bỏ một câu, hoặc viết rõ chỗ khác nhau"),
    "double": lambda _facts: _(
        "tách thành hai câu, hoặc giữ một điều; nếu là một việc, ghi ngoại lệ kèm lý do"
    ),
    "double_negative": lambda _facts: _("viết lại thành câu khẳng định"),
    "negative": lambda _facts: _("viết lại thành câu khẳng định nếu không làm đổi ý"),
    "leading": lambda _facts: _("bỏ chữ ấy, hỏi trung tính"),
    "long": lambda _facts: _("bớt chữ; đưa phần giải thích xuống gợi ý"),
    "phone": lambda _facts: _("rút ngắn câu hoặc nhãn"),
    "direction": lambda _facts: _(
        "dùng thang cùng chiều; nếu cố ý đảo chiều, ghi ngoại lệ kèm lý do"
    ),
    "minutes": lambda _facts: _("ghi lại số phút, hoặc bớt câu hỏi"),
    "unused_exception": lambda _facts: _("xóa ngoại lệ này khỏi campaign.yaml"),
}
