"""Two rounds side by side: which items may stand in one time series, and why the others may not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from surveyapp.i18n import lazy
from surveyapp.instruments.fingerprints import Fingerprint, fingerprints
from surveyapp.instruments.model import Instrument

BREAKING = ("only_in_a", "only_in_b", "wording", "scale", "routing", "respondents")
NOTED = ("criterion", "order", "translation")

REASONS = {
    "only_in_a": lazy("chỉ có ở đợt thứ nhất"),
    "only_in_b": lazy("chỉ có ở đợt thứ hai"),
    "wording": lazy("lời câu hỏi hoặc gợi ý khác nhau"),
    "scale": lazy("thang trả lời khác nhau"),
    "routing": lazy("điều kiện hỏi khác nhau"),
    "respondents": lazy("nhóm được hỏi khác nhau"),
    "criterion": lazy(
        "thuộc tiêu chí khác: chỉ nối được theo câu hỏi, không nối được theo tiêu chí"
    ),
    "order": lazy("đứng ở chỗ khác hoặc sau một câu khác"),
    "translation": lazy("chỉ lời tiếng Anh khác nhau"),
}
VERDICTS = {
    "yes": lazy("nối được"),
    "with_care": lazy("nối được, kèm ghi chú"),
    "no": lazy("không nối được"),
}


@dataclass(frozen=True)
class Asked:
    """One round as far as comparing goes: its instruments and which groups answer each."""

    code: str
    instruments: Mapping[str, Instrument]
    groups: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Comparison:
    """What becomes of one item; `twins` are items of the other round that ask the same groups the same under other ids."""

    item: str
    reasons: tuple[str, ...]
    fingerprint_a: str = ""
    fingerprint_b: str = ""
    twins: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """`yes`, `with_care` or `no`: whether both rounds may stand in one series."""
        if set(self.reasons) & set(BREAKING):
            return "no"
        return "with_care" if self.reasons else "yes"


@dataclass(frozen=True)
class _Placed:
    fingerprint: Fingerprint
    criterion: str
    groups: tuple[str, ...]


def compare(a: Asked, b: Asked) -> list[Comparison]:
    """Every item of either round once: those of `a` in its order, then what only `b` asks."""
    first, second = _placed(a), _placed(b)
    return [
        *(_compared(item, first[item], second.get(item), second) for item in first),
        *(
            Comparison(
                item,
                ("only_in_b",),
                fingerprint_b=str(placed.fingerprint),
                twins=_twins(placed, first, besides=second),
            )
            for item, placed in second.items()
            if item not in first
        ),
    ]


def _compared(
    item: str, a: _Placed, b: _Placed | None, others: Mapping[str, _Placed]
) -> Comparison:
    if b is None:
        twins = _twins(a, others, besides={})  # an id that stays may have taken over the words
        return Comparison(item, ("only_in_a",), fingerprint_a=str(a.fingerprint), twins=twins)
    return Comparison(item, tuple(_differences(a, b)), str(a.fingerprint), str(b.fingerprint))


def _differences(a: _Placed, b: _Placed) -> Iterator[str]:
    for part in ("wording", "scale", "routing"):
        if getattr(a.fingerprint, part) != getattr(b.fingerprint, part):
            yield part
    if a.groups != b.groups:
        yield "respondents"
    if a.criterion != b.criterion:
        yield "criterion"
    for part in ("order", "translation"):
        if getattr(a.fingerprint, part) != getattr(b.fingerprint, part):
            yield part


def _twins(
    one: _Placed, others: Mapping[str, _Placed], *, besides: Mapping[str, _Placed]
) -> tuple[str, ...]:
    return tuple(
        item
        for item, other in others.items()
        if item not in besides
        and other.groups == one.groups
        and other.fingerprint.wording == one.fingerprint.wording
        and other.fingerprint.scale == one.fingerprint.scale
    )


def _placed(asked: Asked) -> dict[str, _Placed]:
    positions = {}
    for code, instrument in asked.instruments.items():
        prints = fingerprints(instrument)
        for item in instrument.items:
            groups = tuple(sorted(asked.groups.get(code, ())))
            positions[item.id] = _Placed(prints[item.id], item.criterion, groups)
    return positions
