"""The arithmetic of the sample plan, and who is asked about whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


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


def groups_of(
    groups: Iterable[tuple[str, str]], *, department: tuple[bool, bool] | None
) -> list[str]:
    """Codes of the groups that one line of a list belongs to, in the campaign's order.

    `groups` are (code, rates) of all that its list kind yields; `department` says whether the line's
    department rates a ministry and whether it rates its province, None where lists name none.
    """
    rates_ministry, rates_province = department or (False, True)
    return [
        code
        for code, rates in groups
        if (rates_ministry if rates == "department_ministry" else rates_province)
    ]
