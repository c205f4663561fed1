"""How long the custodians' machine takes to open a full round, and how much memory.

python -m benchmarks.opening                   50,155 ballots of 40 items
python -m benchmarks.opening --ballots 5000
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from surveyapp.responses.opener import box
from surveyapp.responses.opener.custody import keys, records, shares
from surveyapp.responses.opener.transfer import export, files
from surveyapp.responses.opener.transfer.export import SealedBallot

PLANNED = {
    "M1": (19, 1600), "M2": (19, 3700), "M3": (19, 16400), "M4": (19, 800), "M5": (18, 155),
    "P1": (63, 3500), "P2": (63, 4100), "P3": (63, 17800), "P4": (63, 2100),
}  # fmt: skip
"""Rated units and forms of each group, as the published plan of the 2023 round has them: 50,155."""

ITEMS, CODE = 40, "BENCH"
RULES = [
    {"id": "straight", "kind": "longest_run", "effect": "exclude", "at_least": 40},
    {"id": "gaps", "kind": "missing_share", "effect": "exclude", "at_least": 0.5},
    {"id": "alike", "kind": "low_variation", "effect": "flag", "below": 0.3},
    {"id": "fast", "kind": "under_floor", "effect": "flag"},
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ballots", type=int, default=50_155)
    n_ballots = parser.parse_args().ballots
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        arguments = prepare(out, n_ballots)
        began = time.perf_counter()
        program = "from surveyapp.responses.opener.command import main; main()"
        subprocess.run([sys.executable, "-c", program, "open", *arguments], check=True)
        took = time.perf_counter() - began
        bundle = next(out.glob("*-bundle.json.gz")).stat().st_size
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"opened in {took:.1f} s ({used.ru_utime + used.ru_stime:.1f} s of the processor), "
        f"peak {used.ru_maxrss / 1024:.0f} MB, bundle {bundle / 2**20:.1f} MB"
    )


def prepare(out: Path, n_ballots: int) -> list[str]:
    """The export, registration and shares in `out`; the arguments of `open`."""
    public, parts = keys.create()
    cells = sized(n_ballots)
    chance = random.Random(1)
    signing, mac_key = Ed25519PrivateKey.generate(), chance.randbytes(32)
    path = out / "export.gz"
    began = time.perf_counter()
    with path.open("wb") as file:
        header = content(public, cells, mac_key)
        export.write(file, header, ballots(public, cells, mac_key, chance), signing)
    took = time.perf_counter() - began
    print(
        f"{n_ballots} ballots sealed and exported in {took:.1f} s, {path.stat().st_size / 2**20:.0f} MB"
    )
    signed = records.registration(CODE, public, ("A", "B", "C"), parts, today=date(2026, 1, 5))
    (out / "registration.json").write_text(files.document_text(signed), encoding="utf-8")
    given = []
    for part in parts[:2]:
        (out / f"{part.number}.txt").write_text(shares.text(part))
        given += ["--share", str(out / f"{part.number}.txt")]
    return [
        str(out / "registration.json"), str(path), *given, "--out", str(out), "--submitted",
        str(n_ballots), "--server-key", files.key_print(files.public_hex(signing)),
    ]  # fmt: skip


def sized(n_ballots: int) -> dict[tuple[str, str], int]:
    """`wanted` ballots over the cells of the plan, each group split evenly."""
    planned = sum(forms for _, forms in PLANNED.values())
    places = [
        (f"{'U' if group[0] == 'M' else 'T'}{n % units:02d}", group)
        for group, (units, forms) in PLANNED.items()
        for n in range(forms)
    ]
    cells: dict[tuple[str, str], int] = {}
    for n in range(n_ballots):
        cell = places[n * planned // n_ballots]
        cells[cell] = cells.get(cell, 0) + 1
    return cells


def form() -> str:
    options = [{"code": str(code)} for code in range(1, 6)]
    items = [{"id": f"Q{n}", "options": options, "dont_know": True} for n in range(ITEMS)]
    return files.canonical({"code": "Q", "version": "1", "sections": [{"items": items}]}).decode()


def content(public: bytes, cells: dict[tuple[str, str], int], mac_key: bytes) -> dict[str, object]:
    mark = sha256(form().encode()).hexdigest()
    return {
        "campaign": {"code": CODE},
        "box": {"suite": box.SUITE_NAME, "public_key": b64encode(public).decode(),
                "fingerprint": box.fingerprint(public)},
        "ballots": sum(cells.values()),
        "submitted": [[unit, group, n] for (unit, group), n in cells.items()],
        "groups": [{"code": g, "level": "ministry" if g[0] == "M" else "province", "form": mark}
                   for g in PLANNED],
        "forms": [form()],
        "dont_know": "98",
        "mac_keys": [mac_key.hex()],
        "minimums": {"rows": 10, "counts": 3},
        "completeness": {"complete": 0.8, "partial": 0.5},
        "cleaning": {"number": 0, "sha256": "", "rules": RULES},
    }  # fmt: skip


def ballots(
    public: bytes, cells: dict[tuple[str, str], int], mac_key: bytes, chance: random.Random
) -> Iterator[SealedBallot]:
    mark = sha256(form().encode()).hexdigest()[:16]
    for (unit, group), n in cells.items():
        for _ in range(n):
            codes = tuple(
                chance.choices(
                    ("1", "2", "3", "4", "5", "98", ""), (20, 40, 20, 8, 4, 5, 3), k=ITEMS
                )
            )
            remark = "Đề nghị đơn giản hóa thủ tục. " * 10 if chance.random() < 0.2 else ""
            quality = {"under_floor": "no"}
            one = box.Ballot(
                "Q", "1", mark, unit, group, codes, remark, quality, chance.randbytes(16)
            )
            id_, sealed = chance.randbytes(16), box.seal(public, CODE, one)
            yield SealedBallot(id_, sealed, box.mac(mac_key, CODE, id_, sealed))


if __name__ == "__main__":
    main()
