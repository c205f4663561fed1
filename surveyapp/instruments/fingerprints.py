"""What makes an item's answers comparable with an earlier round: its wording, its scale, its place."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from surveyapp.instruments.model import Instrument, InstrumentItem


@dataclass(frozen=True)
class Fingerprint:
    """Three digests of one item as asked; equal parts mean that nothing of that kind changed.

    `wording` is the Vietnamese question and hint, `translation` the same in English and not part of
    the written form, `scale` the options in order, the best end and the don't-know option, `order`
    the area and the item asked just before.
    """

    wording: str
    scale: str
    order: str
    translation: str

    def __str__(self) -> str:
        return f"{self.wording}-{self.scale}-{self.order}"


def fingerprints(instrument: Instrument) -> dict[str, Fingerprint]:
    """The fingerprint of every item by its permanent id, in the order asked."""
    digests, before = {}, ""
    for section in instrument.sections:
        for item in section.items:
            digests[item.id] = Fingerprint(
                wording=_digest([item.text.vi, item.hint.vi if item.hint else ""]),
                scale=_digest(_scale(item)),
                order=_digest([section.area, before]),
                translation=_digest(_english(item)),
            )
            before = item.id
    return digests


def _scale(item: InstrumentItem) -> Any:
    options = [[option.code, option.label.vi] for option in item.options]
    return [options, item.best, item.dont_know]


def _english(item: InstrumentItem) -> list[str]:
    hint = item.hint.en if item.hint else ""
    return [item.text.en, hint, *(option.label.en for option in item.options)]


def _digest(content: Any) -> str:
    """The first 40 bits of SHA-256 over the canonical JSON."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:10]
