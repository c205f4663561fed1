"""The choices sheet: each list is a scale, with or without the don't-know option."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from surveyapp.i18n import _
from surveyapp.instruments.kinds.single import MIDDLE, NOMINAL
from surveyapp.instruments.model import DONT_KNOW, DONT_KNOW_LABEL
from surveyapp.instruments.xlsform.document import SheetDocument
from surveyapp.instruments.xlsform.naming import distinct, our_code
from surveyapp.instruments.xlsform.rows import left_aside
from surveyapp.instruments.xlsform.rows.left_aside import YES
from surveyapp.instruments.xlsform.rows.unsupported import ANSWER_TO, REFERENCE, of_choices
from surveyapp.instruments.xlsform.sheets import SheetRow

MOST = 20
"""Options of a list."""

OTHER_LABEL = {"vi": "Khác", "en": "Other"}
NO_LABEL = {"vi": "Không", "en": "No"}
Lists = dict[str, "Choices"]


@dataclass
class Choices:
    """One list as collected from its rows; `row` is the first of them."""

    name: str
    scale: str
    row: SheetRow
    option_rows: list[SheetRow] = field(default_factory=list)
    best: str = ""
    dont_know: bool = False
    with_other: bool = False
    """A question adds "other, please say" to it (`or_other`)."""
    with_no: bool = False
    """Its one option can be denied: a box to tick is a question of yes or no."""
    alone: frozenset[str] = frozenset()
    """Names of options that a question's constraint lets exclude all others."""

    def written(self) -> dict[str, Any]:
        """The scale as a questionnaire file writes it, its codes 1, 2, 3 … in the order shown."""
        options = [
            {"code": str(index), "label": row.text("label") or _by_name(row)}
            | {mark: True for mark in ("other", "alone") if self._is_marked(row, mark)}
            for index, row in enumerate(self.option_rows[:MOST], 1)
        ]
        for is_added, words_of, marks in (
            (self.with_no, NO_LABEL, {}),
            (self.with_other, OTHER_LABEL, {"other": True}),
        ):
            if is_added:
                label = {code: words for code, words in words_of.items() if self._speaks(code)}
                added = {"code": str(len(options) + 1), "label": label or dict(words_of)}
                options.append({**added, **marks})
        return {"id": self.scale, "options": options, **({"best": self.best} if self.best else {})}

    @property
    def key(self) -> str:
        """What tells it from the same list as another question changes it."""
        return f"{self.name} {self.with_other} {self.with_no} {sorted(self.alone)}"

    def _is_marked(self, row: SheetRow, mark: str) -> bool:
        return row.get(mark).lower() in YES or (mark == "alone" and row.get("name") in self.alone)

    def excluding(self) -> frozenset[str]:
        """The names of its options that exclude all others already."""
        marked = {row.get("name") for row in self.option_rows if row.get("alone").lower() in YES}
        return self.alone | marked | ({DONT_KNOW} if self.dont_know else set())

    def names(self) -> frozenset[str]:
        """The names of its options, don't know among them."""
        own = {row.get("name") for row in self.option_rows}
        return frozenset(own | ({DONT_KNOW} if self.dont_know else set()))

    def _speaks(self, language: str) -> bool:
        return any(language in row.text("label") for row in self.option_rows)

    def codes(self) -> dict[str, str]:
        """Our codes by the names of the options in the form; a name that two have means neither."""
        names = [row.get("name") for row in self.option_rows]
        codes = {DONT_KNOW: DONT_KNOW} if self.dont_know else {}
        if self.with_other:
            codes["other"] = str(len(names) + 1)
        codes |= {name: str(code) for code, name in enumerate(names, 1)}
        return {name: code for name, code in codes.items() if names.count(name) < 2}


def read_lists(
    document: SheetDocument,
    rows: list[SheetRow],
    asked: Container[str],
    *,
    named: Mapping[str, dict[str, str]],
    best: str = "",
) -> Lists:
    """Every list that is `asked` by its name; what does not fit is refused row by row.

    `named` are the words of the form's questions by their variables, for options that show an answer.
    `best` is `first` or `last`: the good end of lists that do not say which theirs is.
    """
    known: Lists = {}
    unused: dict[str, None] = {}
    for row in rows:
        name = row.get("list_name")
        if name and name not in asked:
            unused[name] = None
            continue
        for cell, words in left_aside.of_choices(row):
            document.set_aside(row, words, cell)
        if not name and not row.get("name") and not row.text("label"):
            document.set_aside(row, _("dòng ghi chú, không phải phương án: không đọc"))
            continue
        row = _with_questions_named(document, row, named)
        for cell, words in of_choices(row):
            document.refuse(row, words, cell)
        if not name:
            document.refuse(row, _("thiếu tên danh sách ở cột list_name"))
            continue
        if name not in known:
            scales = {choices.scale for choices in known.values()}
            scale = row.get("scale") or distinct(our_code(name) or "list", scales)
            known[name] = Choices(name, scale, row)
        choices = known[name]
        _option(document, choices, row)
    for name in unused:
        words = _("danh sách %(name)s không câu hỏi nào dùng: bỏ qua", name=name)
        document.notices.append(words)
    for choices in known.values():
        if not choices.best and best:
            choices.best = "1" if best == "first" else str(len(choices.option_rows))
    return known


def variant(
    known: Lists,
    choices: Choices,
    *,
    with_other: bool = False,
    with_no: bool = False,
    alone: frozenset[str] = frozenset(),
) -> Choices:
    """The list as one question changes it: what others make of it stays as it is."""
    alone -= choices.excluding()
    if not with_other and not with_no and not alone:
        return choices
    changed = replace(choices, with_other=with_other, with_no=with_no, alone=alone)
    if changed.key not in known:
        changed.scale = distinct(choices.scale, {one.scale for one in known.values()})
        known[changed.key] = changed
    return known[changed.key]


def _with_questions_named(
    document: SheetDocument, row: SheetRow, named: Mapping[str, dict[str, str]]
) -> SheetRow:
    """An option that would show an answer names its question instead."""
    cells = dict(row.cells)
    for code, words in row.text("label").items():
        for match in REFERENCE.finditer(words):
            if asked := named.get(match[1]):
                question = asked.get(code) or next(iter(asked.values()))
                key = f"label_{code}"
                cells[key] = cells.get(key, words).replace(match[0], ANSWER_TO[code] % question)
    if cells != dict(row.cells):
        told = _("phương án lấy câu trả lời của một câu (${…}): ghi tên câu ấy thay vào")
        document.set_aside(row, told, row.filled("label"))
    return replace(row, cells=cells)


def _option(document: SheetDocument, choices: Choices, row: SheetRow) -> None:
    code = row.get("name")
    if not code:
        document.refuse(row, _("thiếu mã phương án ở cột name"))
    again = next((one for one in choices.option_rows if one.get("name") == code), None)
    facts = {"code": code, "name": choices.name}
    if again and document.allows_double_codes and row.text("label") != again.text("label"):
        words = _("mã %(code)s của danh sách %(name)s có hai phương án: mỗi phương án một mã riêng",
                  **facts)  # fmt: skip
        document.set_aside(row, words, row.places.get("name"))
    elif again or (code == DONT_KNOW and choices.dont_know):
        words = _("mã %(code)s đã có trong danh sách %(name)s", **facts)
        document.refuse(row, words, row.places.get("name"))
    if row.get("scale") and row.get("scale") != choices.scale:
        words = _("danh sách %(name)s ghi hai thang khác nhau", name=choices.name)
        document.refuse(row, words, row.places["scale"])
    if code == DONT_KNOW:
        choices.dont_know = True
        _dont_know(document, row)
        return
    choices.option_rows.append(row)
    if len(choices.option_rows) == MOST + 1:
        words = _("danh sách %(name)s dài quá %(most)s phương án", name=choices.name, most=MOST)
        document.refuse(row, words, row.places.get("name"))
    whole = row.get("best").lower()
    if whole in (MIDDLE, NOMINAL):
        choices.best = whole
    elif whole in YES:
        if choices.best:
            document.refuse(row, _("chỉ một phương án là mức tốt nhất"), row.places["best"])
        choices.best = str(len(choices.option_rows))


def write_scales(document: SheetDocument, known: Lists, used: set[str]) -> None:
    """The scales of the lists that are asked into the document, with the table of codes that changed."""
    document.root["scales"] = []
    first: dict[str, Choices] = {}
    for choices in known.values():
        if choices.key not in used:
            continue  # what asked it was refused
        if not choices.best:
            choices.best = NOMINAL
            words = _(
                "danh sách %(name)s không nói mức nào tốt nhất: là danh sách để chọn, không tính trung bình; nếu là "
                "thang, ghi yes ở cột best của mức tốt nhất, hoặc nhập với --best first (last) nếu mọi danh sách đều "
                "xếp từ tốt đến kém (kém đến tốt)",
                name=choices.name,
            )
            document.notices.append(words)
        if any(not row.text("label") for row in choices.option_rows):
            words = _("danh sách %(name)s có phương án không lời (label): mã của nó đứng thay",
                      name=choices.name)  # fmt: skip
            document.notices.append(words)
        for index, row in enumerate(choices.option_rows, 1):
            label = next(iter(row.text("label").values()), "")
            written = f"{choices.name} = {row.get('name')}"
            document.rename(row, written, f"{choices.name} = {index}", label)
        before = first.setdefault(choices.scale, choices)
        if before is choices:
            _scale(document, choices)
        elif before.written() != choices.written():
            words = _(
                "hai danh sách cùng thang %(scale)s phải có cùng phương án", scale=choices.scale
            )
            document.refuse(choices.row, words)


def _scale(document: SheetDocument, choices: Choices) -> None:
    position = len(document.root["scales"])
    document.root["scales"].append(choices.written())
    document.rows["scales", position] = choices.row
    for index, row in enumerate(choices.option_rows):
        document.rows["scales", position, "options", index] = row


def _by_name(row: SheetRow) -> dict[str, str]:
    """What the converter shows of an option without words."""
    return {"vi": row.get("name"), "en": row.get("name")} if row.get("name") else {}


def _dont_know(document: SheetDocument, row: SheetRow) -> None:
    said = row.text("label")
    ours = DONT_KNOW_LABEL.model_dump()
    # a form in one language may have it under a plain `label`, whichever language that is
    right = said == ours or (len(said) == 1 and set(said.values()) <= set(ours.values()))
    if not right:
        document.refuse(
            row,
            _(
                "phương án %(code)s luôn mang nhãn “%(vi)s” / “%(en)s”",
                code=DONT_KNOW,
                vi=DONT_KNOW_LABEL.vi,
                en=DONT_KNOW_LABEL.en,
            ),
        )
