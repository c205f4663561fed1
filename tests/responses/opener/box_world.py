"""A closed box as the server would export it, made without a server."""

import hashlib
import random
from base64 import b64encode
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from surveyapp.responses.opener import box
from surveyapp.responses.opener.custody import keys
from surveyapp.responses.opener.transfer import export, files
from surveyapp.responses.opener.transfer.export import Header, SealedBallot

CODE = "PAR-TEST"
ITEMS = 6
MAC_KEY = b"m" * 32
SERVER = Ed25519PrivateKey.from_private_bytes(b"s" * 32)
SERVER_PRINT = files.key_print(files.public_hex(SERVER))
NAMES = ("Nguyễn Văn An", "Trần Thị Bình", "Lê Hồng Giang")
FORM = files.canonical(
    {
        "code": "Q",
        "version": "1",
        "sections": [
            {
                "items": [
                    {"id": f"Q{n}", "options": [{"code": str(c)} for c in range(1, 6)], "dont_know": True}
                    for n in range(1, ITEMS + 1)
                ]
            }
        ],
    }
).decode()  # fmt: skip
MARK = hashlib.sha256(FORM.encode()).hexdigest()


@cache
def key():
    """Public half and shares of the one key of these tests."""
    return keys.create()


def private() -> bytes:
    public, parts = key()
    return keys.combine(parts[:2], public)


def ballot(unit="U1", group="G1", *, codes=("1",) * ITEMS, remark="", receipt=b"r" * 16, **changed):
    """One ballot before sealing."""
    quality = changed.pop("quality", {"under_floor": "no"})
    return box.Ballot(
        **{
            "instrument_code": "Q", "instrument_version": "1", "instrument_mark": MARK[:16],
            "rated_unit_code": unit, "group_code": group, "codes": tuple(codes), "remark": remark,
            "quality": quality, "receipt_tag": receipt,
        } | changed
    )  # fmt: skip


def seal(ballot_: box.Ballot, *, id_: bytes, code: str = CODE) -> SealedBallot:
    sealed = box.seal(key()[0], code, ballot_)
    return SealedBallot(id_, sealed, box.mac(MAC_KEY, code, id_, sealed))


@dataclass
class Box:
    """A header's content and the ballots that belong to it."""

    content: dict[str, Any]
    ballots: list[SealedBallot]
    plain: list[box.Ballot] = field(default_factory=list)

    @property
    def header(self) -> Header:
        return Header(self.content)

    def write(self, path: Path, signing: Ed25519PrivateKey = SERVER) -> str:
        with path.open("wb") as file:
            return export.write(file, self.content, sorted(self.ballots), signing)


def make_box(cells, *, seed=1, rules=(), remarks=(), answers=None) -> Box:
    """A box with `cells[(unit, group)]` ballots of random answers each."""
    chance = random.Random(seed)
    plain = []
    for (unit, group), n in cells.items():
        for n_of_cell in range(n):
            codes = tuple(chance.choice(("1", "2", "3", "4", "5", "98", "")) for _ in range(ITEMS))
            if answers is not None:
                codes = answers(unit, group, n_of_cell)
            remark = remarks[len(plain)] if len(plain) < len(remarks) else ""
            receipt = chance.randbytes(16)
            plain.append(ballot(unit, group, codes=codes, remark=remark, receipt=receipt))
    sealed = [seal(one, id_=chance.randbytes(16)) for one in plain]
    return Box(header_content(cells, rules=rules), sealed, plain)


def header_content(cells, *, rules=()) -> dict[str, Any]:
    public, _ = key()
    groups = sorted({group for _, group in cells})
    return {
        "campaign": {"code": CODE, "title_vi": CODE, "title_en": CODE, "year": 2023, "official": True},
        "box": {"suite": box.SUITE_NAME, "public_key": b64encode(public).decode(),
                "fingerprint": box.fingerprint(public)},
        "ballots": sum(cells.values()),
        "submitted": [[unit, group, n] for (unit, group), n in sorted(cells.items())],
        "groups": [{"code": group, "level": "ministry", "form": MARK} for group in groups],
        "forms": [FORM],
        "dont_know": "98",
        "mac_keys": [MAC_KEY.hex()],
        "minimums": {"rows": 10, "counts": 3},
        "completeness": {"complete": 0.8, "partial": 0.5},
        "cleaning": {"number": 0, "sha256": "", "rules": list(rules)},
    }  # fmt: skip
