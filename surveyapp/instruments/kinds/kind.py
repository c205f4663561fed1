"""What every kind of question answers for. A new kind is a subclass, a template part and its registration.

Only the standard library is used: the same files open a box on the custodians' machine. An answer is one string;
words are Vietnamese source messages with their facts, looked up by whoever speaks.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

DONT_KNOW = "98"
"""Code of "Không biết / Không có ý kiến" wherever answers are told: kept apart from the scale."""

UNKNOWN = "-98"
"""Don't know while it stands beside numbers, none of which is negative."""

NOT_ASKED = "97"
"""The routing did not lead to the item. Stands in an opened response in place of an answer."""

WITHHELD = "96"
"""A rule of cleaning took the answer out."""

LEFT_EMPTY = "99"
"""Asked, and left without an answer."""

OTHER_LENGTH = 200
"""Most UTF-16 units of what is written beside "other"."""

WIDEST = "ậ"
"""What takes most bytes per UTF-16 unit, in which browsers count."""


def to_translate(words: str) -> str:
    """`words` as they stand: marks them for the catalogues."""
    return words


class OptionLike(Protocol):
    """One option: `other` asks for words beside it, `alone` excludes all others."""

    @property
    def code(self) -> str: ...
    @property
    def label(self) -> Any: ...
    @property
    def other(self) -> bool: ...
    @property
    def alone(self) -> bool: ...


class ItemLike(Protocol):
    """An item as frozen, or the same read where a box is opened."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def best(self) -> str: ...
    @property
    def options(self) -> Sequence[Any]: ...
    @property
    def dont_know(self) -> bool: ...
    @property
    def settings(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class Said:
    """A sentence: the Vietnamese message and what is filled in."""

    words: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ItemFault:
    """What is wrong with an item as written, and in which of its fields."""

    path: tuple[str | int, ...]
    said: Said


@dataclass(frozen=True)
class AnswerCategory:
    """One code in which answers are told; `vi` and `en` are its labels."""

    code: str
    vi: str
    en: str
    role: str = "option"

    def get(self, language: str) -> str:
        """The label in a language."""
        return self.en if language == "en" else self.vi


@dataclass(frozen=True)
class ReleasedColumn:
    """One column: of which option, if it is of one, in which words, and its codes."""

    option: str
    label: Any
    categories: tuple[AnswerCategory, ...]
    measure: str


MISSING_CATEGORIES = (
    AnswerCategory(
        WITHHELD,
        "Một quy tắc làm sạch đã bỏ câu trả lời",
        "Taken out by a rule of cleaning",
        "missing",
    ),
    AnswerCategory(NOT_ASKED, "Không được hỏi", "Not asked", "missing"),
    AnswerCategory(LEFT_EMPTY, "Bỏ trống", "Left empty", "missing"),
)
"""Why there is no answer, wherever a form can ask one person what it does not ask another."""

NOT_OFFERED = Said(to_translate("Câu trả lời này không có trong các phương án."))
TOO_LONG = to_translate("Dài quá %(over)s ký tự (tối đa %(limit)s).")
DONT_KNOW_CATEGORY = AnswerCategory(
    DONT_KNOW, "Không biết / Không có ý kiến", "Don't know / No opinion", "dont_know"
)


class QuestionKind:
    """The interface, with what most kinds share: a list of options."""

    code: str = ""
    words: str = ""
    """Its name in Vietnamese."""
    template: str = ""
    """The part that shows it, in `templates/`."""
    has_options: bool = True
    is_ladder: bool = False
    """Its codes are steps that cleaning may compare with each other."""
    is_several: bool = False
    """An answer may count under more than one code."""
    leaves_row: bool = False
    """What is answered is words: at the opening it goes apart from its row, like a remark."""
    form_word: str = ""
    """Its type in an XLSForm, before the name of its list."""
    is_number: bool = False
    """Conditions may ask for a range of it."""
    measure: str = "nominal"
    """In SPSS and DDI."""

    # ---- as written

    def faults(self, item: ItemLike) -> Iterator[ItemFault]:
        """What is wrong with the item's own settings."""
        for name in item.settings:
            yield ItemFault(
                ("settings", name), Said(to_translate("không có trường nào tên như vậy"))
            )
        yield from option_faults(item, alone=False)

    # ---- answering

    def read(self, item: ItemLike, sent: Sequence[str]) -> str:
        """One answer from the fields of a form, in its one spelling; "" is none. It may still be refused."""
        return next((value for value in sent if value), "")

    def refusal(self, item: ItemLike, value: str) -> Said | None:
        """Why the value is no answer; None where it is."""
        return None if value in self.codes(item) else NOT_OFFERED

    def codes(self, item: ItemLike) -> frozenset[str]:
        """Every code that may stand in an answer."""
        offered = frozenset(option.code for option in item.options)
        return offered | {DONT_KNOW} if item.dont_know else offered

    def longest(self, item: ItemLike) -> str:
        """The answer that takes most room: ballots and drafts are sized by it."""
        return max(self.codes(item), key=len)

    def words_beside(self, item: ItemLike, value: str) -> bool:
        """Whether the answer asks for words of one's own beside it."""
        return any(option.other and option.code in self.chosen(value) for option in item.options)

    # ---- told

    def told(self, item: Any, value: str, language: str) -> str:
        """The answer in words, for the review and on paper."""
        labels = {one.code: one.get(language) for one in self.categories(item)}
        return "; ".join(labels[code] for code in self.chosen(value) if code in labels)

    def printed(self, item: Any, language: str) -> tuple[list[str], str]:
        """On paper: the options to tick, and a line that says how to answer."""
        return [option.label.get(language) for option in item.options], ""

    def instruction(self, item: ItemLike) -> Said | None:
        """How to answer, where the question alone does not show it."""
        return None

    # ---- routing

    def chosen(self, value: str) -> tuple[str, ...]:
        """The codes in an answer: what conditions and counts ask of it."""
        return (value,) if value else ()

    def number(self, value: str) -> float | None:
        """The answer as a number, where it is one."""
        return None

    def conditions(self, item: ItemLike) -> frozenset[str]:
        """The codes that a condition may name."""
        return self.codes(item)

    def choices(self, item: ItemLike) -> tuple[int, int]:
        """How many options an answer names, the least and the most; one that stands alone apart."""
        return 1, 1

    def categories_met(self, item: Any, test: Any) -> frozenset[str] | None:
        """The codes of its one column in a release that meet a condition; None where these do not tell."""
        if self.leaves_row or self.is_several or not (test.codes or test.answered):
            return None
        offered = frozenset(one.code for one in self.categories(item))
        return offered if test.answered else offered & frozenset(test.codes)

    def representatives(self, item: ItemLike, tests: Sequence[Any]) -> list[str]:
        """Answers that tell the conditions on the item apart, no answer among them."""
        return ["", *sorted(self.codes(item))]

    # ---- opened and released

    def opened(self, item: ItemLike, value: str) -> str:
        """What of the answer stays in its row once the box is open."""
        return value

    def categories(self, item: Any) -> tuple[AnswerCategory, ...]:
        """The codes in which answers are told, in order, don't know at the end."""
        options = tuple(AnswerCategory(o.code, o.label.vi, o.label.en) for o in item.options)
        return (*options, DONT_KNOW_CATEGORY) if item.dont_know else options

    def option_codes(self, item: ItemLike) -> tuple[str, ...]:
        """The codes of an opened answer without don't know."""
        return tuple(option.code for option in item.options)

    def scores(self, item: ItemLike) -> dict[str, float]:
        """What each code is worth, 0 (worst) to 100 (best); empty where answers are never averaged."""
        return {}

    def columns(self, item: Any) -> tuple[ReleasedColumn, ...]:
        """Its columns in a release; none of what leaves the row."""
        if self.leaves_row:
            return ()
        return (ReleasedColumn("", item.text, self.categories(item), self.measure_of(item)),)

    def cells(self, item: ItemLike, value: str) -> tuple[str, ...]:
        """The cells of these columns for an opened answer."""
        return (value,)

    def measure_of(self, item: ItemLike) -> str:
        """`ordinal` or `nominal`, as statistics programs call it."""
        return self.measure

    # ---- XLSForm

    def form_type(self, item: Any, list_name: str) -> str:
        """The type in the survey sheet."""
        return f"{self.form_word} {list_name}" if self.has_options else self.form_word

    def form_constraint(self, item: ItemLike) -> str:
        """The XPath that the field's converter puts in for the kind's own limits; "" for none."""
        return ""

    def settings_of(self, constraint: str) -> dict[str, Any] | None:
        """The settings that a constraint written elsewhere means; None where it means something else."""
        return None if constraint else {}

    # ---- lint and demo

    def seconds(self, item: ItemLike) -> float:
        """What answering takes beside reading."""
        return 7.0

    def lint(self, item: Any) -> Iterator[Said]:
        """What a respondent would stumble over in this kind."""
        yield from ()

    def play(self, item: ItemLike, random: Random, level: float) -> str:
        """An answer of a synthetic person; `level` from 0 (content) upwards."""
        codes: list[str] = [option.code for option in item.options]
        return random.choice(codes)


def option_faults(item: ItemLike, *, alone: bool) -> Iterator[ItemFault]:
    """Marks on options that mean nothing here."""
    if not alone and any(option.alone for option in item.options):
        yield ItemFault(
            ("scale",), Said(to_translate("chỉ câu chọn nhiều mới có phương án loại trừ (alone)"))
        )
    if sum(option.other for option in item.options) > 1:
        yield ItemFault(("scale",), Said(to_translate("chỉ một phương án được ghi thêm (other)")))


def plain(text: str) -> str:
    """Text with one kind of line end and no invisible control signs, whatever device typed it.

    Joiners and direction marks (Cf) go too: they would mark a person's text. Lone surrogates (Cs)
    cannot be stored.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(
        sign
        for sign in text
        if sign == "\n" or unicodedata.category(sign) not in {"Cc", "Cf", "Cs"}
    ).strip()


def too_long(text: str, limit: int) -> Said | None:
    """The refusal of a text of more UTF-16 units than `limit`, as browsers count."""
    over = len(text.encode("utf-16-le")) // 2 - limit
    return Said(TOO_LONG, {"over": over, "limit": limit}) if over > 0 else None
