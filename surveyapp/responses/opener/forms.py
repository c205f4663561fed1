"""A questionnaire as the opener needs it: which answers it takes, in which order. Read from its frozen text."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from surveyapp.instruments.kinds import routing  # packed beside this file (opener/backend.py)
from surveyapp.instruments.kinds.kind import LEFT_EMPTY, NOT_ASKED
from surveyapp.instruments.kinds.registry import DEFAULT, KINDS, kind_of

from .errors import KindUnknown

MARK_DIGITS = 16


@dataclass(frozen=True)
class FormOption:
    """One option as far as answers go."""

    code: str
    label: str = ""
    other: bool = False
    alone: bool = False


@dataclass(frozen=True)
class FormCondition:
    """What is asked of one earlier item."""

    item: str
    codes: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    answered: bool = False


@dataclass(frozen=True)
class FormRouting:
    """When an item or a section is asked."""

    any: tuple[FormCondition, ...] = ()
    all: tuple[FormCondition, ...] = ()


@dataclass(frozen=True)
class Item:
    """One question: all that its kind asks of it."""

    id: str
    kind: str
    options: tuple[FormOption, ...]
    dont_know: bool
    best: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    shown_if: FormRouting | None = None


@dataclass(frozen=True)
class FormSection:
    """Items in the order asked."""

    items: tuple[Item, ...]
    shown_if: FormRouting | None = None


class OpenedAnswers(NamedTuple):
    """What of one ballot stays in its row, the words that leave it (field and text), and how many of the items
    that applied were answered."""

    row: dict[str, str]
    texts: list[tuple[str, str]]
    answered: int
    applying: int


@dataclass(frozen=True)
class Form:
    """A frozen questionnaire; `mark` is what its ballots carry."""

    code: str
    version: str
    sha256: str
    sections: tuple[FormSection, ...]

    @property
    def mark(self) -> str:
        """By which a ballot is matched with the very text that was answered."""
        return self.sha256[:MARK_DIGITS]

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Every item, in the order asked."""
        return tuple(item for section in self.sections for item in section.items)

    @cached_property
    def item_ids(self) -> tuple[str, ...]:
        """The ids of the items that stand in rows, in the order asked."""
        return tuple(item.id for item in self.items if not kind_of(item).leaves_row)

    @cached_property
    def ladder_ids(self) -> tuple[str, ...]:
        """Of these the ones whose codes are steps of a ladder."""
        return tuple(item.id for item in self.items if kind_of(item).scores(item))

    @cached_property
    def _fields(self) -> tuple[tuple[str, Item], ...]:
        return tuple(
            (id_, item) for id_, item in routing.fields(self.items) if isinstance(item, Item)
        )

    @cached_property
    def _several(self) -> dict[str, Item]:
        return {item.id: item for item in self.items if kind_of(item).is_several}

    @cached_property
    def _is_plain(self) -> bool:
        """Every answer stays in its row as it is, and everybody is asked everything."""
        routed = any(one.shown_if for one in self.sections) or any(
            one.shown_if for one in self.items
        )
        return (
            not routed
            and all(item.kind == DEFAULT for item in self.items)
            and len(self._fields) == len(self.items)
        )

    @cached_property
    def _codes(self) -> dict[str, frozenset[str]]:
        return {item.id: kind_of(item).codes(item) for item in self.items}

    def answers(self, codes: Sequence[str]) -> OpenedAnswers:
        """What was answered, from one value per field in the order asked, "" for none.

        Raises `ValueError` when the values cannot be answers to this form.
        """
        answers = {}
        for (id_, item), code in zip(self._fields, codes, strict=True):
            if not code:
                continue
            if self._is_plain:
                if code not in self._codes[id_]:
                    raise ValueError(id_)
            elif routing.field_refusal(item, id_, code) is not None:
                raise ValueError(id_)
            answers[id_] = code
        if self._is_plain:
            return OpenedAnswers(answers, [], len(answers), len(self.items))
        return self._split(answers)

    def counts(self, row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Under which codes a row counts; of questions with several answers also that none was given."""
        for id_, value in row.items():
            if id_ not in self._several:
                yield id_, value
                continue
            for code in kind_of(self._several[id_]).chosen(value):
                yield id_, code
        for id_ in self._several:
            if id_ not in row:
                yield id_, LEFT_EMPTY

    def _split(self, given: Mapping[str, str]) -> OpenedAnswers:
        applying = routing.applying(self.sections, given)
        row: dict[str, str] = {}
        texts = []
        for id_, item in self._fields:
            kind = kind_of(item)
            if id_ != item.id or kind.leaves_row:
                if item.id in applying and given.get(id_):
                    texts.append((id_, given[id_]))
                continue
            value = kind.opened(item, given.get(id_, "")) if id_ in applying else NOT_ASKED
            if value:
                row[id_] = value
        answered = sum(1 for id_ in applying if given.get(id_))
        return OpenedAnswers(row, texts, answered, len(applying))


def read_form(text: str) -> Form:
    """The form in the canonical text of an instrument, whose SHA-256 is the form's.

    Raises `KindUnknown` for a question that cannot be counted here.
    """
    content = json.loads(text)
    return Form(
        code=content["code"],
        version=content["version"],
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        sections=tuple(
            FormSection(
                tuple(_item(item) for item in section["items"]), _routing(section.get("shown_if"))
            )
            for section in content["sections"]
        ),
    )


def _item(written: Mapping[str, Any]) -> Item:
    kind = str(written.get("kind", DEFAULT))
    if kind not in KINDS:
        raise KindUnknown(str(written["id"]), kind)
    return Item(
        str(written["id"]),
        kind,
        tuple(_option(option) for option in written["options"]),
        bool(written["dont_know"]),
        str(written.get("best", "")),
        written.get("settings", {}),
        _routing(written.get("shown_if")),
    )


def _option(written: Mapping[str, Any]) -> FormOption:
    return FormOption(
        str(written["code"]), other=bool(written.get("other")), alone=bool(written.get("alone"))
    )


def _routing(written: Mapping[str, Any] | None) -> FormRouting | None:
    if written is None:
        return None
    return FormRouting(
        **{
            mode: tuple(
                FormCondition(
                    **test | {name: tuple(test.get(name, ())) for name in ("codes", "without")}
                )
                for test in tests
            )
            for mode, tests in written.items()
        }
    )
