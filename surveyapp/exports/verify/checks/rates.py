"""Forms of each rated unit × group, what became of them, and the shares made of them.

Formulas: AAPOR Standard Definitions, 10th edition, worked out here anew from the columns of `scoring/rates.csv`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from math import isclose
from pathlib import Path
from typing import Any

from ..faults import ReleaseFault
from .released_counts import rows_of

RATES, RESPONSES = "scoring/rates.csv", "scoring/responses.csv"
COMPLETENESS = ("complete", "partial", "break_off")
ELIGIBLE = ("begun", "refused", "unavailable", "not_sent", "sent", "bounced")
NOT_ELIGIBLE = ("moved", "wrong_group", "duplicate", "removed")
COUNTED = ("submitted", *COMPLETENESS, *ELIGIBLE, *NOT_ELIGIBLE)
SHARES = ("rr1", "rr2", "rr3", "rr4", "rr5", "rr6", "e")
CLOSE = 1e-6
"""Shares are written with six digits."""


def rate_faults(folder: Path, manifest: Mapping[str, Any]) -> Iterator[ReleaseFault]:
    """Rows whose forms do not add up or whose shares do not follow from them; a cell told twice."""
    rows = Counter((row["rated_unit"], row["group"]) for row in rows_of(folder / RESPONSES))
    is_every_ballot_of_a_form = manifest["opening"]["ballots"] == manifest["counts"]["submitted"]
    total, seen = 0, set()
    for row in rows_of(folder / RATES):
        cell = (row["rated_unit"], row["group"])
        where = "/".join(cell)
        if cell in seen:
            yield ReleaseFault(RATES, "rates_differ", f"{where}: 2")
        seen.add(cell)
        total += int(row["submitted"])
        told = [int(row[name]) for name in COMPLETENESS if row[name]]
        if (
            len(told) not in (0, len(COMPLETENESS))
            or (told and is_every_ballot_of_a_form and sum(told) != int(row["submitted"]))
            or (rows[cell] and sum(told) != rows[cell])
        ):
            yield ReleaseFault(RATES, "rates_differ", where)
        yield from _share_faults(row, where, is_told=bool(told))
    if total != manifest["counts"]["submitted"]:
        yield ReleaseFault(RATES, "rates_differ", f"{total} != {manifest['counts']['submitted']}")


def _share_faults(row: dict[str, str], where: str, *, is_told: bool) -> Iterator[ReleaseFault]:
    others = sum(int(row[name]) for name in (*ELIGIBLE, *NOT_ELIGIBLE))
    if int(row["submitted"]) + others != int(row["assigned"]):
        yield ReleaseFault(RATES, "rates_differ", f"{where}/assigned")
    planned = int(row["planned"] or 0)
    if not _is_share(row["coverage"], int(row["submitted"]) / planned if planned else None):
        yield ReleaseFault(RATES, "rates_differ", f"{where}/coverage")
    # of a cell of which the number alone left the box no rate is told that needs its completeness
    none: dict[str, float | None] = dict.fromkeys(SHARES)
    expected = rates_of({name: int(row[name]) for name in COUNTED}) if is_told else none
    for name, share in expected.items():
        if not _is_share(row[name], share):
            yield ReleaseFault(RATES, "rates_differ", f"{where}/{name}")


def rates_of(n: Mapping[str, int]) -> dict[str, float | None]:
    """RR1 to RR6 and e of forms by column; None where nobody is eligible."""
    complete, answered = n["complete"], n["complete"] + n["partial"]
    known = n["submitted"] + n["begun"] + n["refused"] + n["unavailable"]
    unknown, out = n["not_sent"] + n["sent"] + n["bounced"], n["moved"] + n["wrong_group"]
    e = known / (known + out) if known else 1.0
    rates: dict[str, float | None] = {}
    for number, whole in enumerate((known + unknown, known + e * unknown, known)):
        rates[f"rr{2 * number + 1}"] = complete / whole if whole else None
        rates[f"rr{2 * number + 2}"] = answered / whole if whole else None
    return rates | {"e": e if known + unknown else None}


def _is_share(cell: str, share: float | None) -> bool:
    if share is None or not cell:
        return share is None and not cell
    return isclose(float(cell), share, abs_tol=CLOSE)
