"""What a questionnaire file says, and the frozen instrument that is made from it."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

from surveyapp.instruments.kinds import routing
from surveyapp.instruments.kinds.kind import DONT_KNOW as DONT_KNOW
from surveyapp.instruments.kinds.kind import DONT_KNOW_CATEGORY, ItemLike
from surveyapp.instruments.kinds.registry import DEFAULT, kind_of

_SPSS_RESERVED = frozenset(
    ["ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"]
)


def _spoken(text: str) -> str:
    """Refuse text that would look right and compare wrong: decomposed, blank, or with stray edges."""
    if not text.strip():
        raise PydanticCustomError("text_blank", "the text is empty")
    if unicodedata.normalize("NFC", text) != text:
        raise PydanticCustomError("text_not_nfc", "the text is not in Unicode form NFC")
    if text != text.strip():
        raise PydanticCustomError("text_edges", "the text begins or ends with a blank")
    if any(unicodedata.category(sign) in {"Cc", "Cf"} and sign != "\n" for sign in text):
        raise PydanticCustomError("text_control", "the text holds invisible control signs")
    return text


def is_reserved(identifier: str) -> bool:
    """Whether statistics programs know the variable's name as a word of their own."""
    return variable_name(identifier) in _SPSS_RESERVED


def _variable(identifier: str) -> str:
    if is_reserved(identifier):
        raise PydanticCustomError("spss_reserved", "a reserved word of SPSS")
    return identifier


def variable_name(item_id: str) -> str:
    """The item's column in the release: its id with ``-`` as ``_``, a valid SPSS name."""
    return item_id.replace("-", "_")


Words = Annotated[str, AfterValidator(_spoken)]
ItemId = Annotated[
    str,
    Field(pattern=r"^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$", max_length=32),
    AfterValidator(_variable),
]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$", max_length=32)]
Criterion = Annotated[str, Field(pattern=r"^[A-Z]+[0-9]*(\.[0-9]+)*$", max_length=16)]
Version = Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)*$", max_length=16)]
OptionCode = Annotated[str, Field(pattern=r"^([1-9]|1[0-9]|20)$")]
Best = Annotated[str, Field(pattern=r"^([1-9]|1[0-9]|20|middle|none)$")]
TestedCodes = Annotated[
    tuple[Annotated[str, Field(pattern="^[0-9]{1,2}$")], ...], Field(strict=False)
]
Settings = dict[str, Any]
Status = Literal["illustrative", "official"]


class Frozen(BaseModel):
    """Base of everything read from a pack: strict types, no unknown fields, unchangeable."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _as_json(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


class Sparing(Frozen):
    """Written without what is said by saying nothing: a form that uses none of it keeps its text, and its
    checksum, whatever is added here."""

    usual: ClassVar[dict[str, Any]] = {}
    """Fields left out, each with the value that is then meant."""

    @model_serializer(mode="wrap")
    def _written(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        content: dict[str, Any] = handler(self)
        return {
            name: value
            for name, value in content.items()
            if name not in self.usual or value not in (self.usual[name], _as_json(self.usual[name]))
        }


class Text(Frozen):
    """Words a person sees, in both languages of the survey."""

    vi: Words
    en: Words

    def get(self, locale: str) -> str:
        """The words for a locale such as ``vi``, ``en`` or ``en_GB``; Vietnamese when unsure."""
        return self.en if re.split("[-_]", locale)[0] == "en" else self.vi


DONT_KNOW_LABEL = Text(vi=DONT_KNOW_CATEGORY.vi, en=DONT_KNOW_CATEGORY.en)


class Option(Sparing):
    """One answer that can be chosen; its code is what the release carries. `other` asks for words beside
    it, `alone` excludes all others."""

    usual = {"other": False, "alone": False}

    code: OptionCode
    label: Text
    other: bool = False
    alone: bool = False


class Scale(Frozen):
    """A list of options shared by items, coded 1, 2, 3 … in the order shown. `best` is the end that is
    best, `middle`, or `none` for a list that is no ladder and is never averaged."""

    id: Code
    best: Best = "1"
    options: Annotated[tuple[Option, ...], Field(min_length=2, max_length=20, strict=False)]


class Condition(Sparing):
    """What is asked of one earlier item: any of some codes, none of some, a range of numbers, or that it is
    answered. What is not answered has none of them."""

    usual = {"codes": (), "without": (), "least": None, "most": None, "answered": False}

    item: ItemId
    codes: TestedCodes = ()
    without: TestedCodes = ()
    least: Annotated[int, Field(ge=0)] | None = None
    most: Annotated[int, Field(ge=0)] | None = None
    answered: bool = False

    @model_validator(mode="after")
    def _one(self) -> Self:
        ranged = self.least is not None or self.most is not None
        if bool(self.codes) + bool(self.without) + ranged + self.answered != 1:
            raise PydanticCustomError("routing_test", "one of codes, without, a range, answered")
        return self


class ShownIf(Sparing):
    """When an item or a section is asked: if any, or all, of these hold."""

    usual = {"any": (), "all": ()}

    any: Annotated[tuple[Condition, ...], Field(strict=False)] = ()
    all: Annotated[tuple[Condition, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _one(self) -> Self:
        if bool(self.any) == bool(self.all):
            raise PydanticCustomError("routing_mode", "either any or all")
        return self


class Item(Sparing):
    """One question as the questionnaire file writes it. Its id is permanent. `settings` are its kind's own;
    items in a row with one `matrix` are shown together."""

    usual = {"kind": DEFAULT, "settings": {}, "shown_if": None, "matrix": None}

    id: ItemId
    criterion: Criterion
    text: Text
    hint: Text | None = None
    scale: Code | None = None
    dont_know: bool = True
    kind: str = DEFAULT
    settings: Settings = Field(default_factory=dict)
    shown_if: ShownIf | None = None
    matrix: Code | None = None


class Section(Sparing):
    """The items on one area of administrative reform, shown as one page."""

    usual = {"shown_if": None}

    id: Code
    area: Annotated[str, Field(pattern=r"^[1-9]$")]
    title: Text
    items: Annotated[tuple[Item, ...], Field(min_length=1, strict=False)]
    shown_if: ShownIf | None = None


class Remark(Frozen):
    """The one free-text question at the end, with the warning not to name anyone."""

    id: ItemId
    prompt: Text
    warning: Text
    max_length: Annotated[int, Field(ge=1, le=1000)] = 1000


class Questionnaire(Frozen):
    """A questionnaire file as its authors wrote it."""

    code: Code
    version: Version
    status: Status
    title: Text
    introduction: Text
    minutes: Annotated[int, Field(ge=1, le=120)]
    scales: Annotated[tuple[Scale, ...], Field(strict=False)] = ()
    sections: Annotated[tuple[Section, ...], Field(min_length=1, strict=False)]
    remark: Remark | None = None


class InstrumentItem(Sparing):
    """One item with the options of its scale written out; `scale` and `best` are empty where it has none."""

    usual = {"kind": DEFAULT, "settings": {}, "shown_if": None, "matrix": None}

    id: ItemId
    criterion: Criterion
    text: Text
    hint: Text | None = None
    scale: str
    best: str
    options: Annotated[tuple[Option, ...], Field(strict=False)]
    dont_know: bool
    kind: str = DEFAULT
    settings: Settings = Field(default_factory=dict)
    shown_if: ShownIf | None = None
    matrix: Code | None = None

    @cached_property
    def codes(self) -> frozenset[str]:
        """Every code that may stand in an answer to this item."""
        return kind_of(self).codes(self)


class InstrumentSection(Sparing):
    """One page of an instrument."""

    usual = {"shown_if": None}

    id: Code
    area: str
    title: Text
    items: Annotated[tuple[InstrumentItem, ...], Field(strict=False)]
    shown_if: ShownIf | None = None


class Instrument(Frozen):
    """A questionnaire frozen for one campaign: what was asked, word for word."""

    code: Code
    version: Version
    status: Status
    title: Text
    introduction: Text
    minutes: int
    sections: Annotated[tuple[InstrumentSection, ...], Field(strict=False)]
    remark: Remark | None = None

    @cached_property
    def items(self) -> tuple[InstrumentItem, ...]:
        """All items, in the order asked."""
        return tuple(item for section in self.sections for item in section.items)

    @cached_property
    def fields(self) -> dict[str, InstrumentItem]:
        """Every field of the form with its item, in the order sealed: the words beside "other" too."""
        return {
            id_: item
            for id_, item in routing.fields(self.items)
            if isinstance(item, InstrumentItem)
        }

    @cached_property
    def is_routed(self) -> bool:
        """Whether what is asked depends on what was answered."""
        return any(section.shown_if for section in self.sections) or any(
            item.shown_if for item in self.items
        )

    @cached_property
    def is_plain(self) -> bool:
        """Everybody is asked every question, and each is a choice of one step of a ladder: why an answer is
        missing needs no codes then, and an empty cell says it."""
        return (
            not self.is_routed
            and all(
                item.kind == DEFAULT and kind_of(item).scores(item) and len(item.options) < 10
                for item in self.items
            )
            and len(self.fields) == len(self.items)
        )

    def applying(self, answers: Mapping[str, str]) -> Mapping[str, ItemLike]:
        """The items that apply, by id, in the order asked."""
        return routing.applying(self.sections, answers) if self.is_routed else self._by_id

    def counted(self, answers: Mapping[str, str]) -> dict[str, str]:
        """Of the answers those that count, by field."""
        return routing.counted(self.sections, answers)

    @cached_property
    def _by_id(self) -> dict[str, InstrumentItem]:
        return {item.id: item for item in self.items}

    def item(self, item_id: str) -> InstrumentItem:
        """The item with this id; KeyError when the instrument has none."""
        return self._by_id[item_id]

    def position(self, item_id: str) -> int:
        """Its number, from 1, as people see it."""
        return list(self._by_id).index(item_id) + 1

    def to_json(self) -> str:
        """Canonical text: the same instrument gives the same bytes on any machine."""
        content: dict[str, Any] = self.model_dump(mode="json")
        return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read back what ``to_json`` wrote."""
        return cls.model_validate_json(text)

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the canonical text, in hexadecimal."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()
