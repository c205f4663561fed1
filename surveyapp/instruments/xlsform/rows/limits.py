"""Which of our kinds a type of the form asks for, and what limits its answers there."""

from __future__ import annotations

import json
import re
from typing import Any

from surveyapp.i18n import _
from surveyapp.instruments.kinds.kind import QuestionKind
from surveyapp.instruments.kinds.number import MOST, MOST_DECIMALS
from surveyapp.instruments.kinds.registry import KINDS
from surveyapp.instruments.xlsform import xpath
from surveyapp.instruments.xlsform.document import SheetDocument
from surveyapp.instruments.xlsform.sheets import SheetRow

BY_WORD: dict[str, QuestionKind] = {kind.form_word: kind for kind in KINDS.values()}
BY_WORD |= dict.fromkeys(("range", "decimal", "percentage"), BY_WORD["integer"])
BY_WORD |= dict.fromkeys(("date", "time", "datetime"), BY_WORD["text"])
SET: dict[str, dict[str, Any]] = {
    "decimal": {"decimals": MOST_DECIMALS},
    "percentage": {"least": 0, "most": 100, "unit": {"vi": "%", "en": "%"}},
    "date": {"max_length": 40},
    "time": {"max_length": 40},
    "datetime": {"max_length": 60},
}
"""What a question of a type that is one of ours only in part is set to, beside its own limits."""

UNKNOWN = "or . = -98"
_CHOSEN = r"selected\(\.,'(?P<code>[^']+)'\)"
_SEVERAL, _ALONE = r"count-selected\(\.\)(?:>1|>=2|!=1)", r"count-selected\(\.\)(?:=1|<=1|<2)"
_EXCLUSIVE = (
    re.compile(rf"not\({_CHOSEN}and{_SEVERAL}\)"),
    re.compile(rf"not\({_SEVERAL}and{_CHOSEN}\)"),
    re.compile(rf"not\({_CHOSEN}\)or{_ALONE}"),
    re.compile(rf"{_ALONE}ornot\({_CHOSEN}\)"),
    re.compile(r"\.='(?P<code>[^']+)'ornot\(selected\(\.,'(?P=code)'\)\)"),
    re.compile(rf"if\({_CHOSEN},{_ALONE},true\(\)\)"),
)
"""How forms say that an option excludes all others, without blanks."""

_TOGETHER = re.compile(
    r"not\(selected\(\.,'(?P<one>[^']+)'\)andselected\(\.,'(?P<other>[^']+)'\)\)"
)


def read_limits(
    document: SheetDocument,
    row: SheetRow,
    word: str,
    kind: QuestionKind,
    item: dict[str, Any],
    options: frozenset[str],
) -> dict[str, Any]:
    """The kind's own settings: of our column, else of the type and the constraint; `options` by their names."""
    if word == "range":
        return _range(document, row)
    said = " ".join(row.get("constraint").split())
    if kind.is_number and said.endswith(UNKNOWN):
        item["dont_know"] = True
        said = said.removesuffix(UNKNOWN).strip()
    if kind.is_several:
        said = exclusives(said)[1]
    if ours := row.get("settings"):
        settings = read_json(ours)
    else:
        settings = kind.settings_of(said)
        if word == "decimal" and re.search(r"[<>](?!=)", said):
            settings = None  # above 5 is not from 6 on where there are decimals
    if settings is None and not ours and word in ("date", "time", "datetime"):
        words = _("câu %(type)s ghi bằng chữ: giới hạn của nó không kiểm", type=word)
        document.set_aside(row, words, row.places["constraint"])
        settings, said = {}, ""
    if settings is None and not ours and kind.has_options and (two := _two(said)):
        if not kind.is_several:
            words = _("điều kiện không chọn cùng lúc hai phương án: câu này chỉ chọn được một")
            document.set_aside(row, words, row.places["constraint"])
            settings = {}
        elif two == options:
            settings = {"most": 1}
    if settings is None:
        cell = row.places["settings" if ours else "constraint"]
        words = _("cột %(column)s: không hiểu giới hạn %(said)s của loại câu hỏi này",
                  said=ours or said, column=cell.heading)  # fmt: skip
        document.refuse(row, words, cell)
        settings = {}
        said = said or ours
    if ours:
        return settings
    _tell(document, row, word)
    if kind.is_number and not said and word != "percentage":
        settings = {"least": 0, "most": MOST}
        words = _("câu số không ghi giới hạn: nhận số từ 0 đến %(most)s", most=MOST)
        document.set_aside(row, words, row.places.get("type"))
    elif kind.is_number and not settings:
        settings = {"least": 0, "most": 1}  # it is refused for its limit, and for nothing else
    return {**SET.get(word, {}), **settings}


def _tell(document: SheetDocument, row: SheetRow, word: str) -> None:
    """What of the type is another with us."""
    if word in ("date", "time", "datetime"):
        words = _("câu %(type)s: người trả lời ghi bằng chữ, rời phiếu như ý kiến", type=word)
    elif word == "decimal":
        words = _("câu decimal: nhiều nhất %(n)s chữ số sau dấu phẩy", n=MOST_DECIMALS)
    else:
        return
    document.set_aside(row, words, row.places.get("type"))


def _range(document: SheetDocument, row: SheetRow) -> dict[str, Any]:
    """A number between two others, in whole steps: the converter's 1 to 10 where it says nothing."""
    settings = read_range(row.get("parameters"))
    if settings is None:
        words = _("cột %(column)s: chỉ nhận số nguyên không âm cách nhau 1 (start, end, step)",
                  column=row.places["parameters"].heading)  # fmt: skip
        document.refuse(row, words, row.places["parameters"])
    told = _("câu hỏi range: ghi số vào ô, không kéo thanh trượt")
    document.set_aside(row, told, row.places.get("type"))
    return settings or {"least": 0, "most": 1}


def read_range(parameters: str) -> dict[str, Any] | None:
    """The bounds of a `range`; None where its steps are not whole ones from 0 upwards."""
    said = dict(part.split("=", 1) for part in re.split(r"[\s,;]+", parameters) if "=" in part)
    start, end, step = said.get("start", "1"), said.get("end", "10"), said.get("step", "1")
    if not (start.isdecimal() and end.isdecimal() and step == "1"):
        return None
    least, most = sorted((int(start), int(end)))
    return {"least": least, "most": most} if least < most <= MOST else None


def read_json(text: str) -> dict[str, Any] | None:
    """A cell of ours that holds a mapping; None where it does not."""
    try:
        content = json.loads(text)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def _two(constraint: str) -> frozenset[str]:
    """The two options that a constraint lets nobody choose together; none where it says another thing."""
    match = _TOGETHER.fullmatch("".join(constraint.split()).replace('"', "'"))
    return frozenset((match["one"], match["other"])) if match else frozenset()


def exclusives(constraint: str) -> tuple[frozenset[str], str]:
    """The options that exclude all others, and what is left of the constraint."""
    names, rest = [], []
    for part in xpath.joined_by(xpath.bare(constraint), "and") if constraint.strip() else []:
        said = "".join(xpath.bare(part).split()).replace('"', "'")
        match = next(filter(None, (pattern.fullmatch(said) for pattern in _EXCLUSIVE)), None)
        if match:
            names.append(match["code"])
        else:
            rest.append(part)
    return frozenset(names), " and ".join(rest)
