"""What makes an item's answers comparable with an earlier round: its wording, its scale, its place."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from surveyapp.instruments.kinds.registry import DEFAULT
from surveyapp.instruments.model import Instrument, InstrumentItem, InstrumentSection


@dataclass(frozen=True)
class Fingerprint:
    """Three digests of one item as asked; equal parts mean that nothing of that kind changed.

    `wording` is the Vietnamese question and hint, `translation` the same in English and not part of
    the written form, `scale` the options in order, the best end and the don't-know option, `order`
    the area and the item asked just before, `routing` what leads to it, empty where everybody is asked.
    """

    wording: str
    scale: str
    order: str
    translation: str
    routing: str = ""

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
                order=_digest([section.area, before, *_routing(section, item)]),
                translation=_digest(_english(item)),
                routing=_digest(_routing(section, item)) if _routing(section, item) else "",
            )
            before = item.id
    return digests


def _scale(item: InstrumentItem) -> Any:
    options = [[option.code, option.label.vi] for option in item.options]
    marks = [[o.code, o.other, o.alone] for o in item.options if o.other or o.alone]
    own = [item.kind, item.settings, marks]
    usual = [DEFAULT, {}, []]
    return [options, item.best, item.dont_know, *([] if own == usual else own)]


def _routing(section: InstrumentSection, item: InstrumentItem) -> list[Any]:
    """What leads to the item; nothing where everybody is asked."""
    conditions = [
        one.shown_if.model_dump(mode="json") if one.shown_if else None for one in (section, item)
    ]
    return conditions if any(conditions) else []


def _english(item: InstrumentItem) -> list[str]:
    hint = item.hint.en if item.hint else ""
    return [item.text.en, hint, *(option.label.en for option in item.options)]


def _digest(content: Any) -> str:
    """The first 40 bits of SHA-256 over the canonical JSON."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:10]
