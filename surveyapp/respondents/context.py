"""What the reader must know about the list it is given: campaign, unit, kind, departments, plan."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from surveyapp.campaigns.errors import UnknownUnit
from surveyapp.respondents import errors

if TYPE_CHECKING:
    from surveyapp.campaigns.pack.reading import Pack

COLUMNS = (
    "full_name",
    "position",
    "department",
    "workplace",
    "district",
    "association",
    "group",
    "phone",
    "email",
    "note",
)
IDENTIFYING = ("department", "district", "association", "workplace")
DISTRICTS_PER_PROVINCE = (3, 4)
GROUP_SEPARATOR = " + "
"""Between the groups of one person; a comma would part the choices of a drop-down."""


@dataclass(frozen=True, slots=True)
class DepartmentEntry:
    """A department as the campaign knows it; `ministry` is the rated ministry's code, if any.

    `groups` are the codes of the groups that its people in this list belong to.
    """

    code: str
    name: str
    ministry: str | None
    rates_province: bool
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """A respondent group as the campaign knows it."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ListContext:
    """One list kind of one unit. `planned` is the number of forms the plan expects, if it says;
    `declared` how many people the unit itself says it has, `several_groups` the groups of a kind that
    yields more than one; `learned` are spellings of departments that the unit's desk explained before, with
    the code of each.
    """

    campaign: str
    unit: str
    unit_kind: str
    unit_name: str
    kind: str
    kind_name: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    departments: tuple[DepartmentEntry, ...] = ()
    planned: int | None = None
    groups: tuple[str, ...] = ()
    other_units: tuple[str, ...] = ()
    other_kinds: tuple[tuple[str, str], ...] = ()
    districts: tuple[int, int] | None = DISTRICTS_PER_PROVINCE
    declared: int | None = None
    several_groups: tuple[GroupEntry, ...] = ()
    learned: tuple[tuple[str, str], ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of this list in the order in which people expect them.

        A list that yields several groups has a column for them, always optional.
        """
        several = ("group",) if len(self.several_groups) > 1 else ()
        return tuple(c for c in COLUMNS if c in (*self.required, *self.optional, *several))

    def groups_of(self, department: DepartmentEntry) -> tuple[str, ...]:
        """Codes of the groups a person of that department is in: whom she rates follows from it."""
        return tuple(g.code for g in self.several_groups if g.code in department.groups)

    @property
    def group_choices(self) -> tuple[tuple[str, ...], ...]:
        """Every set of groups that some department leads to, the largest first."""
        choices = dict.fromkeys(self.groups_of(d) for d in self.departments)
        return tuple(sorted((f for f in choices if f), key=lambda f: (-len(f), f)))

    @property
    def identifying(self) -> tuple[str, ...]:
        """Required columns that say where a person belongs."""
        return tuple(c for c in IDENTIFYING if c in self.required)

    def department(self, code: str) -> DepartmentEntry | None:
        """The department of that code."""
        return next((d for d in self.departments if d.code == code), None)


def several(groups: Iterable[GroupEntry]) -> tuple[GroupEntry, ...]:
    """The groups where there is a choice between them, else none."""
    chosen = tuple(groups)
    return chosen if len(chosen) > 1 else ()


def planned_people(forms: Iterable[tuple[str, int]]) -> int | None:
    """People to expect from forms per group: one person fills one form of each group she is in."""
    return max((planned for _, planned in forms), default=0) or None


def context_from_pack(pack: "Pack", unit: str, kind: str) -> ListContext:
    """The context of `unit`'s list of `kind` from the campaign's pack, without a database.

    Raises UnknownUnit or UnknownListKind; ListNotExpected when this unit does not supply it.
    """
    units = {u.code: u for u in pack.units}
    kinds = {k.code: k for k in pack.campaign.list_kinds}
    if unit not in units:
        raise UnknownUnit(unit)
    if kind not in kinds:
        raise errors.UnknownListKind(kind, tuple(kinds))
    supplier, list_kind = units[unit], kinds[kind]
    if list_kind.supplier != supplier.kind or unit in list_kind.not_from:
        raise errors.ListNotExpected(unit, kind)
    from surveyapp.campaigns.pack.loading import pack_ratings

    groups: dict[str | None, set[str]] = {}
    for supplying, listed, department, group, _rated in pack_ratings(pack):
        if (supplying, listed) == (unit, kind):
            groups.setdefault(department, set()).add(group)
    return ListContext(
        campaign=pack.code,
        unit=unit,
        unit_kind=supplier.kind,
        unit_name=supplier.name_vi,
        kind=kind,
        kind_name=list_kind.name.vi,
        required=tuple(list_kind.columns.required),
        optional=tuple(list_kind.columns.optional),
        departments=tuple(
            DepartmentEntry(
                d.code,
                d.name_vi,
                d.assesses_ministry,
                d.rates_province,
                frozenset(groups.get(d.code, ())),
            )
            for d in pack.departments
        ),
        planned=planned_people((g, pack.planned(g, unit)) for g in list_kind.yields),
        groups=tuple(list_kind.yields),
        other_units=tuple(
            u.name_vi for u in pack.units if u.kind == supplier.kind and u.code != unit
        ),
        other_kinds=tuple((k.code, k.name.vi) for k in kinds.values() if k.code != kind),
        several_groups=several(
            GroupEntry(g.code, g.name.vi)
            for g in pack.campaign.groups
            if g.code in list_kind.yields
        ),
    )
