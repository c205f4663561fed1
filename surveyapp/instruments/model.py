"""What a questionnaire file says, and the frozen instrument that is made from it."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

DONT_KNOW = "98"
"""Code of "Không biết / Không có ý kiến" in every instrument: kept apart from the scale."""

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


def _variable(identifier: str) -> str:
    if variable_name(identifier) in _SPSS_RESERVED:
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
OptionCode = Annotated[str, Field(pattern=r"^[1-9]$")]
Status = Literal["illustrative", "official"]


class Frozen(BaseModel):
    """Base of everything read from a pack: strict types, no unknown fields, unchangeable."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Text(Frozen):
    """Words a person sees, in both languages of the survey."""

    vi: Words
    en: Words

    def get(self, locale: str) -> str:
        """The words for a locale such as ``vi``, ``en`` or ``en_GB``; Vietnamese when unsure."""
        return self.en if re.split("[-_]", locale)[0] == "en" else self.vi


DONT_KNOW_LABEL = Text(vi="Không biết / Không có ý kiến", en="Don't know / No opinion")


class Option(Frozen):
    """One answer that can be chosen; its code is what the release carries."""

    code: OptionCode
    label: Text


class Scale(Frozen):
    """A ladder of options shared by items, coded 1, 2, 3 … in the order shown."""

    id: Code
    best: OptionCode = "1"
    options: Annotated[tuple[Option, ...], Field(min_length=2, max_length=7, strict=False)]


class Item(Frozen):
    """One closed question as the questionnaire file writes it. Its id is permanent."""

    id: ItemId
    criterion: Criterion
    text: Text
    hint: Text | None = None
    scale: Code
    dont_know: bool = True


class Section(Frozen):
    """The items on one area of administrative reform, shown as one page."""

    id: Code
    area: Annotated[str, Field(pattern=r"^[1-9]$")]
    title: Text
    items: Annotated[tuple[Item, ...], Field(min_length=1, strict=False)]


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
    scales: Annotated[tuple[Scale, ...], Field(min_length=1, strict=False)]
    sections: Annotated[tuple[Section, ...], Field(min_length=1, strict=False)]
    remark: Remark | None = None


class InstrumentItem(Frozen):
    """One item with the options of its scale written out."""

    id: ItemId
    criterion: Criterion
    text: Text
    hint: Text | None = None
    scale: Code
    best: OptionCode
    options: Annotated[tuple[Option, ...], Field(strict=False)]
    dont_know: bool

    @cached_property
    def codes(self) -> frozenset[str]:
        """Every code that is an answer to this item."""
        codes = frozenset(option.code for option in self.options)
        return codes | {DONT_KNOW} if self.dont_know else codes


class InstrumentSection(Frozen):
    """One page of an instrument."""

    id: Code
    area: str
    title: Text
    items: Annotated[tuple[InstrumentItem, ...], Field(strict=False)]


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
    def _by_id(self) -> dict[str, InstrumentItem]:
        return {item.id: item for item in self.items}

    def item(self, item_id: str) -> InstrumentItem:
        """The item with this id; KeyError when the instrument has none."""
        return self._by_id[item_id]

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
