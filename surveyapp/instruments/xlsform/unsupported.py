"""What XLSForm can say and our questionnaires cannot: named, each with the way to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from surveyapp.i18n import _, lazy
from surveyapp.instruments.xlsform.sheets import SPOKEN, SheetRow

_SPLIT = lazy("tách thành nhiều câu select_one, mỗi câu một phương án có hoặc không")
_RANGES = lazy("đổi thành select_one với các khoảng")
_ANONYMOUS = lazy("bỏ dòng này: phiếu ẩn danh, không thu thời điểm, thiết bị, vị trí hay tệp")
_LATER = lazy("bỏ dòng này: việc tính làm sau khi thu phiếu")
_ONCE = lazy("bỏ vòng lặp: mỗi câu chỉ hỏi một lần")
_OTHER = lazy(
    "dùng select_one, text cho một câu mở ở cuối, note cho lời mở đầu, begin_group và end_group"
)

TYPES = {
    "select_multiple": _SPLIT,
    "rank": _SPLIT,
    **dict.fromkeys(("integer", "decimal", "range", "date", "time", "datetime"), _RANGES),
    **dict.fromkeys(
        (
            "start", "end", "today", "deviceid", "username", "phonenumber", "email", "audit", "image",
            "audio", "video", "file", "barcode", "geopoint", "geotrace", "geoshape", "start-geopoint",
            "background-audio",
        ),
        _ANONYMOUS,
    ),
    **dict.fromkeys(("calculate", "hidden", "xml-external", "csv-external"), _LATER),
    **dict.fromkeys(("begin_repeat", "end_repeat"), _ONCE),
}  # fmt: skip
"""How to mend each question type that has no place here; any other gets the general advice."""

COLUMNS: dict[str, Callable[[], str]] = {
    "relevant": lambda: _(
        "phiếu không rẽ nhánh: xóa ô này, tách phiếu theo nhóm đối tượng nếu cần"
    ),
    "choice_filter": lambda: _("phiếu không lọc phương án: xóa ô này, tạo danh sách riêng"),
    "constraint": lambda: _("câu đóng không cần điều kiện: xóa ô này"),
    "calculation": lambda: _("việc tính làm sau khi thu phiếu: xóa ô này"),
    "default": lambda: _("không câu nào được chọn sẵn: xóa ô này"),
    "trigger": lambda: _("việc tính làm sau khi thu phiếu: xóa ô này"),
    "repeat_count": lambda: _("mỗi câu chỉ hỏi một lần: xóa ô này"),
    "appearance": lambda: _("cách hiện câu hỏi do máy chủ quyết định: xóa ô này"),
    "parameters": lambda: _("cách hiện câu hỏi do máy chủ quyết định: xóa ô này"),
    "read_only": lambda: _("mọi câu đều trả lời được: xóa ô này"),
}
_YES = {"yes", "true", "true()", "1"}


def refusals(row: SheetRow) -> Iterator[str]:
    """What is wrong with cells of a survey row, whatever its type."""
    for column, cell in row.cells.items():
        if column in COLUMNS:
            remedy = COLUMNS[column]()
            yield _("cột %(column)s không dùng được; %(remedy)s", column=column, remedy=remedy)
        elif "::" in column and column.partition("::")[0] in SPOKEN:
            yield _("cột %(column)s: chỉ có tiếng Việt (vi) và tiếng Anh (en)", column=column)
        elif column == "required" and cell.lower() in _YES:
            yield _("không câu nào bắt buộc: người trả lời được bỏ trống; ghi no ở cột required")


def type_refused(kind: str) -> str:
    """Why a question of this type is refused, and what to do instead."""
    remedy = str(TYPES.get(kind, _OTHER))
    return _("kiểu câu hỏi %(type)s không dùng được; %(remedy)s", type=kind, remedy=remedy)
