"""The arithmetic of the sample plan, and who is asked about whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple


class Sector(NamedTuple):
    """What the people of a department rate: a ministry or none, and their province or not."""

    ministry: str | None
    rates_province: bool


def split_evenly(total: int, parts: int) -> list[int]:
    """`total` forms over `parts` units by largest remainder: they differ by one at most and sum.

    All remainders are equal here, so the first units in the registry's order take the extra ones.
    """
    share, extra = divmod(total, parts)
    return [share + 1] * extra + [share] * (parts - extra)


def rated_plan(
    rates: str, *, supplied: dict[str, int], rated_ministries: Sequence[str]
) -> dict[str, int]:
    """Planned forms of one group per unit that is rated, from those per unit that supplies.

    Who rates the unit that listed them is planned where they are supplied. Who rates the ministry
    of their department is spread evenly over the ministries that departments rate, for the plan
    has national totals only.
    """
    if rates != "department_ministry":
        return dict(supplied)
    shares = split_evenly(sum(supplied.values()), len(rated_ministries))
    return dict(zip(rated_ministries, shares, strict=True))


def rated_unit(rates: str, unit: str, *, department: Sector | None) -> str | None:
    """The unit that somebody whom `unit` lists rates as a member of a group; None: gives no form.

    `rates` is the group's rule: `department_ministry` rates the ministry in charge of the department's
    sector, if there is one; the others rate the unit that listed them, unless the department is not the
    province's. Asked once, when a pack is loaded: everybody else reads the rows made then (`Rating`).
    """
    if rates == "department_ministry":
        return department.ministry if department else None
    return unit if department is None or department.rates_province else None


def ratings(
    units: Iterable[tuple[str, str]],
    kinds: Iterable[tuple[str, str, Sequence[str]]],
    departments: Iterable[tuple[str, Sector]],
    rules: Mapping[str, str],
) -> Iterator[tuple[str, str, str | None, str, str]]:
    """Who rates whom in a campaign, in codes: (supplying unit, list kind, department or None, group, rated unit).

    `units` are (unit, ministry or province), `kinds` (kind, who supplies it, groups it yields), `rules`
    each group's. People of a ministry's list stand in no department.
    """
    asked, sectors = list(kinds), list(departments)
    for unit, side in units:
        places: list[tuple[str | None, Sector | None]] = [(None, None)]
        if side == "province":
            places += sectors
        for kind, supplier, groups in asked:
            if supplier != side:
                continue
            for department, sector in places:
                for group in groups:
                    rated = rated_unit(rules[group], unit, department=sector)
                    if rated is not None:
                        yield unit, kind, department, group, rated
