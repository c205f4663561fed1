"""The kinds there are."""

from __future__ import annotations

from .kind import ItemLike, QuestionKind
from .multiple import Multiple
from .number import Number
from .single import Single
from .text import Written

DEFAULT = Single.code
"""What an item is that does not say."""

KINDS: dict[str, QuestionKind] = {}


def register(kind: QuestionKind) -> QuestionKind:
    """Make a kind known."""
    KINDS[kind.code] = kind
    return kind


def kind_of(item: ItemLike) -> QuestionKind:
    """The kind of an item. KeyError for one that nobody registered."""
    return KINDS[item.kind]


for _kind in (Single(), Multiple(), Number(), Written()):
    register(_kind)
