"""The choices sheet: each list is a scale, with or without the don't-know option."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from surveyapp.i18n import _
from surveyapp.instruments.model import DONT_KNOW, DONT_KNOW_LABEL
from surveyapp.instruments.xlsform.sheets import SheetRow

Lists = dict[str, "Choices"]
Refuse = Callable[[SheetRow, str], None]


@dataclass
class Choices:
    """One list as collected from its rows; `row` is the first of them."""

    scale: str
    row: SheetRow
    option_rows: list[SheetRow] = field(default_factory=list)
    best: str = ""
    dont_know: bool = False

    def written(self) -> dict[str, Any]:
        """The scale as a questionnaire file writes it."""
        options = [
            {"code": row.get("name"), "label": row.text("label")} for row in self.option_rows
        ]
        return {"id": self.scale, "options": options, **({"best": self.best} if self.best else {})}


def read_lists(refuse: Refuse, rows: list[SheetRow]) -> Lists:
    """Every list by its name; what does not fit is refused row by row."""
    known: Lists = {}
    for row in rows:
        name = row.get("list_name") or row.get("list name")
        if not name:
            refuse(row, _("thiếu tên danh sách ở cột list_name"))
            continue
        scale = row.get("scale") or name.replace("_", "-")
        choices = known.setdefault(name, Choices(scale, row))
        if row.get("name") == DONT_KNOW:
            _dont_know(refuse, row, choices)
            continue
        choices.option_rows.append(row)
        if row.get("best").lower() in ("yes", "true", "1"):
            if choices.best:
                refuse(row, _("chỉ một phương án là mức tốt nhất"))
            choices.best = row.get("name")
    _same_scale(refuse, known)
    return known


def _dont_know(refuse: Refuse, row: SheetRow, choices: Choices) -> None:
    choices.dont_know = True
    if row.text("label") != DONT_KNOW_LABEL.model_dump():
        refuse(
            row,
            _(
                "phương án %(code)s luôn mang nhãn “%(vi)s” / “%(en)s”",
                code=DONT_KNOW,
                vi=DONT_KNOW_LABEL.vi,
                en=DONT_KNOW_LABEL.en,
            ),
        )


def _same_scale(refuse: Refuse, known: Lists) -> None:
    """Two lists of one scale differ in the don't-know option alone."""
    first: dict[str, Choices] = {}
    for choices in known.values():
        before = first.setdefault(choices.scale, choices)
        if before.written() != choices.written():
            words = _(
                "hai danh sách cùng thang %(scale)s phải có cùng phương án", scale=choices.scale
            )
            refuse(choices.row, words)
