"""Check a release where it is received: no server, no database, nothing but Python's own library.

This file stands alone: copied to the scoring stage it runs as `python3 verify.py FOLDER`. It answers
0 when the folder is whole and 1 with one line per fault otherwise.
"""

import argparse
import csv
import hashlib
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FORMAT = "par-survey-release/1"
MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
UNLISTED = (MANIFEST, SIGNATURE)
MERGED = "*"
DONT_KNOW = "98"
LABELS = 10
"""Columns of `responses.csv` before the items; the last says 1 where a response is not counted."""

FLAGS, EXCLUDED = LABELS - 2, LABELS - 1

SHAPE: dict[str, Any] = {
    "format": str,
    "campaign": {
        "code": str, "title_vi": str, "title_en": str, "year": int, "official": bool, "custody": str,
        "closed_at": str, "opened_at": str,
    },
    "release": int,
    "software": {"name": str, "version": str},
    "pack_sha256": str,
    "instruments": [{"code": str, "version": str, "status": str, "items": int, "sha256": str}],
    "counts": {"submitted": int, "responses": int, "excluded": int, "remarks": int, "by_group": dict},
    "cleaning": [{"id": str, "version": str, "kind": str, "effect": str, "touched": int}],
    "receipts": {"count": int, "sha256": str},
    "disclosure": {
        "row_minimum": int, "table_minimum": int, "rows_withheld": int,
        "pools": [{"group": str, "rows": int, "units": list}],
    },
    "signing": {"algorithm": str, "public_key": str},
    "files": [{"path": str, "bytes": int, "sha256": str}],
}  # fmt: skip
"""What `manifest.json` must hold: by name, the type or the shape of what stands under it."""

NEEDED = (
    "scoring/responses.csv", "scoring/counts.csv", "scoring/rates.csv", "scoring/codebook.csv",
    "scoring/criteria.csv", "scoring/cleaning.csv", "scoring/remarks.csv", "public/participation.csv", "public/answers.csv",
)  # fmt: skip


@dataclass(frozen=True, order=True)
class Fault:
    """Something that is not as the manifest and the contract say: where, what, and the particulars."""

    path: str
    code: str
    detail: str


def verify(folder: Path, *, key: str | None = None) -> list[Fault]:
    """Every fault of a release folder; empty when it is whole.

    `key` is the public key that the sender named by another way; without it any key will do.
    Codes: `no_manifest`, `manifest_shape`, `unknown_format`, `bad_signature`, `other_key`, `missing_file`, `extra_file`, `bytes`,
    `sha256`, `columns`, `unknown_code`, `row_count`, `small_label`, `counts_do_not_add_up`,
    `counts_differ`, `counts_incomplete`, `small_public_cell`, `public_differs`.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return [Fault(MANIFEST, "no_manifest", type(error).__name__)]
    faults = [Fault(MANIFEST, "manifest_shape", where) for where in _misshapen(manifest, SHAPE, "")]
    if faults:
        return faults
    if manifest["format"] != FORMAT:
        return [Fault(MANIFEST, "unknown_format", manifest["format"])]
    faults = sorted([*_signature_faults(folder, manifest, key), *_file_faults(folder, manifest)])
    # Only whole files are worth counting in: a changed byte would be reported a thousand times.
    return faults or sorted(_content_faults(folder, manifest))


def _misshapen(value: Any, shape: Any, where: str) -> Iterator[str]:
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            yield where or "."
            return
        for name, inner in shape.items():
            if name not in value:
                yield f"{where}.{name}".lstrip(".")
            else:
                yield from _misshapen(value[name], inner, f"{where}.{name}".lstrip("."))
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield where
            return
        for number, one in enumerate(value):
            yield from _misshapen(one, shape[0], f"{where}[{number}]")
    elif not isinstance(value, shape) or (shape is int and isinstance(value, bool)):
        yield where


def _signature_faults(
    folder: Path, manifest: Mapping[str, Any], key: str | None
) -> Iterator[Fault]:
    told = manifest["signing"]["public_key"]
    if key is not None and told != key.strip().lower():
        yield Fault(MANIFEST, "other_key", told)
    try:
        signature = bytes.fromhex((folder / SIGNATURE).read_text(encoding="ascii").strip())
        sound = is_signed(bytes.fromhex(told), (folder / MANIFEST).read_bytes(), signature)
    except (OSError, ValueError):
        sound = False
    if not sound:
        yield Fault(SIGNATURE, "bad_signature", "")


def _file_faults(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Fault]:
    listed = {file["path"]: file for file in manifest["files"]}
    for needed in NEEDED:
        if needed not in listed:
            yield Fault(needed, "missing_file", "manifest")
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or (path.is_file() and name not in listed and name not in UNLISTED):
            yield Fault(name, "extra_file", "")
    for name, file in listed.items():
        path = folder / name
        if Path(name).is_absolute() or ".." in Path(name).parts or not path.is_file():
            yield Fault(name, "missing_file", "")
            continue
        if path.stat().st_size != file["bytes"]:
            yield Fault(name, "bytes", f"{path.stat().st_size} != {file['bytes']}")
        with path.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
        if digest != file["sha256"]:
            yield Fault(name, "sha256", digest)


Cell = tuple[str, str]
Recount = dict[Cell, dict[str, Counter[str]]]


def _content_faults(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Fault]:
    codes, rules = _codes(folder), {rule["id"] for rule in manifest["cleaning"]}
    counts = Counts(folder)
    yield from counts.faults(codes)
    rows: Counter[Cell] = Counter()
    excluded: Counter[Cell] = Counter()
    answers: Recount = defaultdict(lambda: defaultdict(Counter))
    yield from _read_responses(folder, codes, rules, rows, excluded, answers)
    yield from _row_faults(manifest, rows)
    yield from _recount_faults(manifest, counts, Counter(rows) - excluded, answers)
    yield from _public_faults(folder, manifest, counts)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _codes(folder: Path) -> dict[str, list[str]]:
    """The option codes of each variable, and "98" where it is offered."""
    codes: dict[str, list[str]] = {}
    for row in _rows(folder / "scoring" / "codebook.csv"):
        if row["role"] in ("option", "dont_know"):
            codes.setdefault(row["variable"], []).append(row["code"])
    return codes


class Counts:
    """`counts.csv` by cell and variable."""

    PATH = "scoring/counts.csv"

    def __init__(self, folder: Path) -> None:
        self.options: Recount = defaultdict(lambda: defaultdict(Counter))
        self.told: dict[tuple[Cell, str], tuple[int, int, int, int]] = {}
        self.rows: dict[Cell, int] = {}
        for row in _rows(folder / self.PATH):
            cell = (row["rated_unit"], row["group"])
            self.options[cell][row["variable"]][row["option"]] += int(row["n_option"])
            answered, unsure = int(row["n_answered"]), int(row["n_dont_know"])
            missing, n = int(row["n_missing"]), int(row["n_responses"])
            self.told[cell, row["variable"]] = (answered, unsure, missing, n)
            self.rows[cell] = n

    def faults(self, codes: Mapping[str, list[str]]) -> Iterator[Fault]:
        """Counts that contradict one another, or are not complete."""
        for (cell, variable), (answered, unsure, missing, n) in self.told.items():
            place = "/".join((*cell, variable))
            options = self.options[cell][variable]
            if options.total() != answered or answered + unsure + missing != n or missing < 0:
                yield Fault(self.PATH, "counts_do_not_add_up", place)
            if set(options) != set(codes.get(variable, ())) - {DONT_KNOW}:
                yield Fault(self.PATH, "counts_incomplete", place)

    def of(self, cell: Cell, variable: str) -> Counter[str]:
        """Answers by code, don't know among them."""
        unsure = self.told[cell, variable][1]
        return +Counter({**self.options[cell][variable], DONT_KNOW: unsure})


def _read_responses(
    folder: Path,
    codes: Mapping[str, list[str]],
    rules: set[str],
    rows: Counter[Cell],
    excluded: Counter[Cell],
    answers: Recount,
) -> Iterator[Fault]:
    path = "scoring/responses.csv"
    with (folder / path).open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        heading = next(reader, [])
        variables = heading[LABELS:]
        if heading[2:4] != ["rated_unit", "group"] or set(variables) != set(codes):
            yield Fault(path, "columns", ",".join(heading[:LABELS]))
            return
        for row in reader:
            cell = (row[2], row[3])
            rows[cell] += 1
            excluded[cell] += bool(row[EXCLUDED])
            if not rules.issuperset(row[FLAGS].split()):
                yield Fault(path, "unknown_code", f"{row[0]}/flags")
            counted = defaultdict(Counter) if row[EXCLUDED] else answers[cell]
            for variable, code in zip(variables, row[LABELS:], strict=True):
                if code:
                    counted[variable][code] += 1
                    if code not in codes[variable]:
                        yield Fault(path, "unknown_code", f"{row[0]}/{variable}")


def _row_faults(manifest: Mapping[str, Any], rows: Counter[Cell]) -> Iterator[Fault]:
    path = "scoring/responses.csv"
    expected = manifest["counts"]["responses"]
    if rows.total() != expected:
        yield Fault(path, "row_count", f"{rows.total()} != {expected}")
    withheld = manifest["disclosure"]["rows_withheld"]
    if rows[MERGED, MERGED] != withheld:
        yield Fault(path, "row_count", f"*/*: {rows[MERGED, MERGED]} != {withheld}")
    for cell, n in rows.items():
        if cell != (MERGED, MERGED) and n < manifest["disclosure"]["row_minimum"]:
            yield Fault(path, "small_label", "/".join(cell))


def _recount_faults(
    manifest: Mapping[str, Any], counts: Counts, rows: Counter[Cell], answers: Recount
) -> Iterator[Fault]:
    """Counted rows under a label against the counts of the cells the label stands for."""
    pools = {pool["group"]: pool["units"] for pool in manifest["disclosure"]["pools"]}
    for (unit, group), n in rows.items():
        if group == MERGED:
            continue
        cells = (
            [(one, group) for one in pools.get(group, [])] if unit == MERGED else [(unit, group)]
        )
        if sum(counts.rows.get(cell, 0) for cell in cells) != n:
            yield Fault(Counts.PATH, "counts_differ", f"{unit}/{group}")
            continue
        variables = {name for cell, name in counts.told if cell == cells[0]}
        for variable in sorted(variables | set(answers[unit, group])):
            total: Counter[str] = Counter()
            for cell in cells:
                total += counts.of(cell, variable) if (cell, variable) in counts.told else Counter()
            if total != answers[unit, group][variable]:
                yield Fault(Counts.PATH, "counts_differ", f"{unit}/{group}/{variable}")


def _public_faults(folder: Path, manifest: Mapping[str, Any], counts: Counts) -> Iterator[Fault]:
    minimum = manifest["disclosure"]["table_minimum"]
    for row in _rows(folder / "public" / "participation.csv"):
        path, place = "public/participation.csv", f"{row['rated_unit']}/{row['group']}"
        if row["responses"] and int(row["responses"]) < minimum:
            yield Fault(path, "small_public_cell", place)
        n = counts.rows.get((row["rated_unit"], row["group"]))
        if row["responses"] and n is not None and n != int(row["responses"]):
            yield Fault(path, "public_differs", place)
    for row in _rows(folder / "public" / "answers.csv"):
        path, cell = "public/answers.csv", (row["rated_unit"], row["group"])
        place = "/".join((*cell, row["variable"], row["option"]))
        if row["n"] and int(row["n"]) < minimum:
            yield Fault(path, "small_public_cell", place)
        if row["n"] and cell[0] != "all":
            told = counts.told.get((cell, row["variable"]), (0, 0, 0, 0))
            missing = row["option"] == "missing"
            n = told[2] if missing else counts.of(cell, row["variable"])[row["option"]]
            if n != int(row["n"]):
                yield Fault(path, "public_differs", place)


P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int, int, int]
"""A point of the curve in extended coordinates X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z."""


def is_signed(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether an Ed25519 signature holds (RFC 8032, 5.1.7, without the cofactor)."""
    if len(key) != 32 or len(signature) != 64:
        return False
    scalar = int.from_bytes(signature[32:], "little")
    base, signer, chosen = (
        _point((4 * pow(5, -1, P) % P).to_bytes(32, "little")),
        _point(key),
        _point(signature[:32]),
    )
    if base is None or signer is None or chosen is None or scalar >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + key + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    left, right = _times(scalar, base), _sum(chosen, _times(challenge, signer))
    return all((left[n] * right[2] - right[n] * left[2]) % P == 0 for n in (0, 1))


def _point(encoded: bytes) -> Point | None:
    """The point that 32 bytes stand for (RFC 8032, 5.1.3); none if there is none."""
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def _sum(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c, d = 2 * one[3] * other[3] * D % P, 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = _sum(total, point)
        point, number = _sum(point, point), number >> 1
    return total


def main(arguments: list[str] | None = None) -> int:
    """`verify.py [--json] [--key PUBLIC_KEY] FOLDER`: 0 whole, 1 faults, 2 not understood."""
    parser = argparse.ArgumentParser(description="Check a release of the PAR INDEX survey.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true", help="print the answer for a program")
    parser.add_argument("--key", help="the sender's public key, learned by another way")
    given = parser.parse_args(arguments)
    faults = verify(given.folder, key=given.key)
    if given.json:
        told = {"whole": not faults, "faults": [asdict(fault) for fault in faults]}
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
    else:
        for fault in faults:
            sys.stdout.write(f"{fault.path}: {fault.code} {fault.detail}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
