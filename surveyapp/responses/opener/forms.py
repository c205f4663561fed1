"""A questionnaire as the opener needs it: which answers it takes, in which order. Read from its frozen text."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from .errors import KindUnknown

MARK_DIGITS = 16


@dataclass(frozen=True)
class Item:
    """One closed question: every code that answers it."""

    id: str
    codes: frozenset[str]


@dataclass(frozen=True)
class Form:
    """A frozen questionnaire; `mark` is what its ballots carry."""

    code: str
    version: str
    sha256: str
    items: tuple[Item, ...]

    @property
    def mark(self) -> str:
        """By which a ballot is matched with the very text that was answered."""
        return self.sha256[:MARK_DIGITS]

    @cached_property
    def item_ids(self) -> tuple[str, ...]:
        """The ids of its items, in the order asked."""
        return tuple(item.id for item in self.items)

    def answers(self, codes: Sequence[str]) -> dict[str, str]:
        """By item id, from one code per item in the order asked, "" for none.

        Raises `ValueError` when the codes cannot be answers to this form.
        """
        answers_ = {}
        for item, code in zip(self.items, codes, strict=True):
            if code:
                if code not in item.codes:
                    raise ValueError(item.id)
                answers_[item.id] = code
        return answers_


def read_form(text: str, *, dont_know: str) -> Form:
    """The form in the canonical text of an instrument, whose SHA-256 is the form's.

    Raises `KindUnknown` for a question that cannot be counted here.
    """
    content = json.loads(text)
    return Form(
        code=content["code"],
        version=content["version"],
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        items=tuple(
            _item(item, dont_know) for section in content["sections"] for item in section["items"]
        ),
    )


def _item(written: Mapping[str, object], dont_know: str) -> Item:
    kind = written.get("kind", "single")
    if kind != "single":
        raise KindUnknown(str(written["id"]), str(kind))
    options = written["options"]
    assert isinstance(options, list)
    codes = {str(option["code"]) for option in options}
    return Item(
        str(written["id"]), frozenset(codes | {dont_know} if written["dont_know"] else codes)
    )
