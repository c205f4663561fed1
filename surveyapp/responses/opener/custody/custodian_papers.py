"""Papers of the custodians, as PDF: a share to be kept, and minutes to be signed. In Vietnamese."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from ..transfer.files import key_print
from . import shares
from .records import Registration
from .shares import Share

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
"""Packed beside this file; on the server the fonts of its own documents serve."""

_SERVER_FONTS = HERE.parents[2] / "documents" / "fonts"
QUIET_ZONE = 4


@dataclass(frozen=True)
class Minutes:
    """Minutes of one act: sentences, facts by name, one table at most, and who signs."""

    title: str
    campaign: str
    day: date
    facts: Sequence[tuple[str, str]]
    sentences: Sequence[str] = ()
    heading: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    signers: Sequence[str] = field(default=())


def share_pdf(registered: Registration, share: Share) -> bytes:
    """One page: the share as a QR code and in numbered groups, whose it is and how it is kept."""
    owner = registered.custodians[share.number - 1]
    text = shares.text(share)
    return _compile(
        "share.typ",
        {
            "campaign": registered.campaign_code,
            "number": share.number,
            "custodian": owner.name,
            "fingerprint": registered.fingerprint,
            "signing_key": key_print(owner.public_key),
            "made_on": registered.made_on.strftime("%d/%m/%Y"),
            "groups": text.split("-"),
            "qr": _qr_svg(text),
        },
    )


def minutes_pdf(minutes: Minutes) -> bytes:
    """The minutes, with room for the signatures."""
    return _compile(
        "minutes.typ",
        {
            "title": minutes.title,
            "campaign": minutes.campaign,
            "day": minutes.day.strftime("%d/%m/%Y"),
            "sentences": list(minutes.sentences),
            "facts": [list(fact) for fact in minutes.facts],
            "heading": list(minutes.heading),
            "rows": [list(row) for row in minutes.rows],
            "signers": list(minutes.signers),
        },
    )


def _qr_svg(text: str) -> str:
    import segno

    svg = BytesIO()
    segno.make(text, error="q", micro=False).save(
        svg, kind="svg", border=QUIET_ZONE, xmldecl=False, light="#fff"
    )
    return svg.getvalue().decode()


def _compile(template: str, facts: Mapping[str, Any]) -> bytes:
    """The template with the facts as data: nothing in them is read as markup."""
    import typst

    made: bytes = typst.compile(
        HERE / template,
        format="pdf",
        sys_inputs={"facts": json.dumps(facts, ensure_ascii=False)},
        font_paths=[FONTS if FONTS.is_dir() else _SERVER_FONTS],
        ignore_system_fonts=True,
    )
    return made
