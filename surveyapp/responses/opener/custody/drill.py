"""A drill: test ballots are sealed to the registered key, exported, refused when altered, and opened."""

import hashlib
import secrets
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .. import box
from ..errors import BallotsForged, BallotsMissing, OpenerError
from ..opening import open_ballots
from ..transfer import export, files
from ..transfer.export import SealedBallot
from .records import Registration

BALLOTS = 100
_ITEMS = 20
_CELLS = (("DRILL-1", 2), ("DRILL-2", 6), ("DRILL-3", BALLOTS - 8))
"""One cell that gives the number alone, one that gives counts, one that gives rows."""


class DrillFailed(OpenerError):
    """The drill did not end as it must: `step` says where. This machine must not open a box."""

    def __init__(self, step: str) -> None:
        super().__init__(step)
        self.step = step


def drill(registered: Registration, private_key: bytes) -> dict[str, Any]:
    """Seal, export, refuse and open; the facts of it for an attestation. Raises `DrillFailed`.

    Drill ballots are sealed for a campaign of another name, so that none can ever lie in the box.
    """
    code = f"{registered.campaign_code}-DRILL"
    header, ballots = _box(code, registered.public_key)
    signing = Ed25519PrivateKey.generate()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "drill.gz"
        with path.open("wb") as file:
            export.write(file, header, ballots, signing)
        read = export.read(path, server_key=files.key_print(files.public_hex(signing)))
        sound = list(read.ballots())
    one = sound[0]
    turned = bytes([one.ciphertext[0] ^ 1]) + one.ciphertext[1:]
    altered = [one._replace(ciphertext=turned), *sound[1:]]
    for step, wrong, refusal in (
        ("altered", altered, BallotsForged),
        ("missing", sound[1:], BallotsMissing),
    ):
        try:
            open_ballots(read.header, wrong, private_key)
        except refusal:
            continue
        except OpenerError as other:
            raise DrillFailed(step) from other
        raise DrillFailed(step)
    opened = open_ballots(read.header, sound, private_key)
    gives = {cell["unit"]: cell["gives"] for cell in opened.contents.cells}
    if gives != {"DRILL-1": "n", "DRILL-2": "counts", "DRILL-3": "rows"}:
        raise DrillFailed("cells")
    if len(opened.contents.receipts) != BALLOTS:
        raise DrillFailed("receipts")
    return {"sealed": BALLOTS, "opened": opened.ballots, "refused": ["altered", "missing"]}


def _box(code: str, public_key: bytes) -> tuple[dict[str, Any], list[SealedBallot]]:
    form = _form()
    mac_key = secrets.token_bytes(32)
    ballots = sorted(_ballots(code, public_key, form, mac_key), key=lambda ballot: ballot.id)
    header = {
        "campaign": {
            "code": code,
            "title_vi": code,
            "title_en": code,
            "year": 0,
            "official": False,
        },
        "box": {
            "suite": box.SUITE_NAME,
            "public_key": b64encode(public_key).decode(),
            "fingerprint": box.fingerprint(public_key),
        },
        "ballots": BALLOTS,
        "submitted": [[unit, "D", n] for unit, n in _CELLS],
        "groups": [{"code": "D", "level": "ministry", "form": hashlib.sha256(form).hexdigest()}],
        "forms": [form.decode()],
        "dont_know": "98",
        "mac_keys": [mac_key.hex()],
        "minimums": {"rows": 10, "counts": 3},
        "completeness": {"complete": 0.8, "partial": 0.5},
        "cleaning": {"number": 0, "sha256": "", "rules": []},
    }
    return header, ballots


def _form() -> bytes:
    """A questionnaire of twenty questions with five options, in the form of a frozen instrument."""
    options = [{"code": str(n)} for n in range(1, 6)]
    items = [{"id": f"Q{n}", "options": options, "dont_know": True} for n in range(1, _ITEMS + 1)]
    return files.canonical({"code": "DRILL", "version": "1", "sections": [{"items": items}]})


def _ballots(code: str, public_key: bytes, form: bytes, mac_key: bytes) -> Iterator[SealedBallot]:
    blank = box.Ballot(
        instrument_code="DRILL",
        instrument_version="1",
        instrument_mark=hashlib.sha256(form).hexdigest()[:16],
        rated_unit_code="",
        group_code="D",
        codes=(),
        remark="",
        quality={"under_floor": "no"},
        receipt_tag=b"",
    )
    for unit, n in _CELLS:
        for _ in range(n):
            codes = tuple(secrets.choice("12345") for _item in range(_ITEMS))
            ballot = replace(
                blank, rated_unit_code=unit, codes=codes, receipt_tag=secrets.token_bytes(16)
            )
            id_ = secrets.token_bytes(16)
            sealed = box.seal(public_key, code, ballot)
            yield SealedBallot(id_, sealed, box.mac(mac_key, code, id_, sealed))
