"""Which items apply: `shown_if` of an item or a section, read the same on the server, in the opener and, as
the converter's XPath, in a spreadsheet's form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from .kind import OTHER_LENGTH, WIDEST, ItemLike, plain, too_long
from .registry import kind_of

OTHER = ".other"
"""Ends the id of the field beside an option that asks for words."""


class SectionLike(Protocol):
    """A section as frozen."""

    @property
    def shown_if(self) -> Any: ...
    @property
    def items(self) -> Sequence[Any]: ...


def fields(items: Iterable[ItemLike]) -> Iterator[tuple[str, ItemLike]]:
    """Every field of a form with the item it belongs to: the item's own, and the words beside "other"."""
    for item in items:
        yield item.id, item
        if any(option.other for option in item.options):
            yield item.id + OTHER, item


def applying(sections: Iterable[SectionLike], answers: Mapping[str, str]) -> dict[str, ItemLike]:
    """The items that apply, by id, in the order asked. An answer to what does not apply leads nowhere."""
    asked: dict[str, ItemLike] = {}
    counted: dict[str, str] = {}
    for section in sections:
        whole = holds(section.shown_if, asked, counted)
        for item in section.items:
            if whole and holds(item.shown_if, asked, counted):
                asked[item.id] = item
                counted[item.id] = answers.get(item.id, "")
    return asked


def holds(condition: Any, items: Mapping[str, ItemLike], answers: Mapping[str, str]) -> bool:
    """Whether a `shown_if` is met; none is always met."""
    if condition is None:
        return True
    tests = [_met(test, items, answers) for test in (condition.any or condition.all)]
    return any(tests) if condition.any else all(tests)


def _met(test: Any, items: Mapping[str, ItemLike], answers: Mapping[str, str]) -> bool:
    value = answers.get(test.item, "")
    if not value or test.item not in items:
        return bool(test.without)
    kind = kind_of(items[test.item])
    if test.without:
        return not set(test.without) & set(kind.chosen(value))
    if test.codes:
        return bool(set(test.codes) & set(kind.chosen(value)))
    if test.answered:
        return True
    number = kind.number(value)
    if number is None:
        return False
    return (test.least is None or number >= test.least) and (
        test.most is None or number <= test.most
    )


def counted(sections: Sequence[SectionLike], answers: Mapping[str, str]) -> dict[str, str]:
    """Of the answers those that count: of items that apply, and the words beside an option that is chosen."""
    counting = {}
    for id_, item in fields(applying(sections, answers).values()):
        value = answers.get(id_, "")
        if not value or (
            id_ != item.id and not kind_of(item).words_beside(item, answers.get(item.id, ""))
        ):
            continue
        counting[id_] = value
    return counting


def longest(items: Iterable[ItemLike]) -> dict[str, str]:
    """The answers that take most room, by field."""
    return {
        id_: kind_of(item).longest(item) if id_ == item.id else WIDEST * OTHER_LENGTH
        for id_, item in fields(items)
    }


def field_value(item: ItemLike, field_id: str, sent: Sequence[str]) -> str:
    """What was sent for a field of the item, in its one spelling."""
    if field_id != item.id:
        return plain(sent[0]) if sent else ""
    return kind_of(item).read(item, sent)


def field_refusal(item: ItemLike, field_id: str, value: str) -> Any:
    """Why the value will not do in this field; None where it will."""
    if field_id != item.id:
        return too_long(value, OTHER_LENGTH)
    return kind_of(item).refusal(item, value)
