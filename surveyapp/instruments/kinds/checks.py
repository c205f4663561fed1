"""What must be so of the kinds and the routing of a questionnaire: found when it is loaded, never by a respondent."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from . import routing
from .kind import ItemFault, ItemLike, Said, to_translate
from .registry import KINDS, kind_of

MOST_TRIED = 20_000
"""Sets of answers that are tried to reach an item; a condition on more is taken to be reachable."""


def faults(sections: Sequence[Any]) -> Iterator[ItemFault]:
    """Every fault, each with its path from the questionnaire's root."""
    known: dict[str, ItemLike] = {}
    everything = {item.id: item for section in sections for item in section.items}
    sound = True
    for section_index, section in enumerate(sections):
        at: tuple[str | int, ...] = ("sections", section_index)
        for fault in _of_condition(section.shown_if, known, everything):
            sound = False
            yield _under(at, fault)
        for item_index, item in enumerate(section.items):
            for fault in (
                *kind_of(item).faults(item),
                *_of_condition(item.shown_if, known, everything),
            ):
                sound = False
                yield _under((*at, "items", item_index), fault)
            known[item.id] = item
    if sound:
        yield from _unreachable(sections)


def written_faults(item: Mapping[str, Any]) -> Iterator[ItemFault]:
    """What is wrong with an item as it is written, before it can be read as one."""
    kind = KINDS.get(item.get("kind", "single"))
    if kind is None:
        said = Said(to_translate("chỉ nhận một trong: %(values)s"), {"values": ", ".join(KINDS)})
        yield ItemFault(("kind",), said)
    elif kind.has_options and "scale" not in item:
        yield ItemFault(("scale",), Said(to_translate("thiếu trường bắt buộc này")))
    elif not kind.has_options and "scale" in item:
        yield ItemFault(("scale",), Said(to_translate("loại câu hỏi này không có phương án")))


def _under(path: tuple[str | int, ...], fault: ItemFault) -> ItemFault:
    return ItemFault((*path, *fault.path), fault.said)


def _of_condition(
    condition: Any, known: Mapping[str, ItemLike], everything: Mapping[str, ItemLike]
) -> Iterator[ItemFault]:
    if condition is None:
        return
    mode = "any" if condition.any else "all"
    for test_index, test in enumerate(condition.any or condition.all):
        path = ("shown_if", mode, test_index)
        if test.item not in known:
            words = (
                to_translate("chỉ được dựa vào câu hỏi đứng trước: %(item)s")
                if test.item in everything
                else to_translate("không có câu hỏi %(item)s")
            )
            yield ItemFault((*path, "item"), Said(words, {"item": test.item}))
            continue
        item = known[test.item]
        kind = kind_of(item)
        for name, codes in (("codes", test.codes), ("without", test.without)):
            unknown = [code for code in codes if code not in kind.conditions(item)]
            if unknown:
                facts = {"item": test.item, "codes": ", ".join(unknown)}
                words = to_translate("câu %(item)s không có mã %(codes)s")
                yield ItemFault((*path, name), Said(words, facts))
        if (test.least is not None or test.most is not None) and not kind.is_number:
            words = to_translate("câu %(item)s không phải là số")
            yield ItemFault(path, Said(words, {"item": test.item}))


def _unreachable(sections: Sequence[Any]) -> Iterator[ItemFault]:
    """Items that no answers lead to."""
    for section_index, section in enumerate(sections):
        for item_index, item in enumerate(section.items):
            if not _can_apply(sections, section, item):
                words = to_translate("không câu trả lời nào dẫn đến câu hỏi này")
                yield ItemFault(
                    ("sections", section_index, "items", item_index, "shown_if"), Said(words)
                )


def _can_apply(sections: Sequence[Any], section: Any, item: Any) -> bool:
    items = {one.id: (whole, one) for whole in sections for one in whole.items}
    asked: dict[str, None] = {}
    waiting = _named(section, item)
    while waiting:
        id_ = waiting.pop()
        if id_ not in asked:
            asked[id_] = None
            waiting += _named(*items[id_])
    tests = [
        test
        for whole in sections
        for one in (whole, *whole.items)
        if one.shown_if
        for test in (one.shown_if.any or one.shown_if.all)
    ]
    values = [
        kind_of(items[id_][1]).representatives(items[id_][1], [t for t in tests if t.item == id_])
        for id_ in asked
    ]
    if prod(map(len, values)) > MOST_TRIED:
        return True
    on_the_way = list(_only(sections, {*asked, item.id}))
    return any(
        item.id in routing.applying(on_the_way, dict(zip(asked, chosen, strict=True)))
        for chosen in product(*values)
    )


@dataclass(frozen=True)
class _Part:
    """A section with some of its items."""

    items: tuple[Any, ...]
    shown_if: Any


def _only(sections: Sequence[Any], ids: Container[str]) -> Iterator[_Part]:
    """Of the sections the items by which it is decided whether one of them applies."""
    for section in sections:
        if items := tuple(item for item in section.items if item.id in ids):
            yield _Part(items, section.shown_if)


def _named(section: Any, item: Any) -> list[str]:
    return [
        test.item
        for one in (section, item)
        if one.shown_if
        for test in (one.shown_if.any or one.shown_if.all)
    ]
