"""Who stands in each list of a unit: as many people as the plan asks for, in departments that exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from surveyapp.demo.names import Someone, somebody

if TYPE_CHECKING:
    from surveyapp.campaigns.pack.reading import Pack, PackListKind
    from surveyapp.campaigns.pack.tables import PackDepartment, PackUnit

DEPUTIES_IN_OFFICE = 2
"""Council deputies of a province who lead a department too: one person on two lists."""
_OFTEN_MISSING = {"SNGV": 0.3, "BDT": 0.25, "SDTTG": 0.2, "BQLKKT": 0.3}
_LEADERS_PER_OFFICE = 3
_OFFICES = (
    "Văn phòng", "Phòng Tổ chức cán bộ", "Phòng Kế hoạch - Tài chính", "Thanh tra", "Phòng Pháp chế",
    "Phòng Quản lý chuyên ngành", "Trung tâm Công nghệ thông tin", "Chi cục Quản lý chất lượng",
    "Trung tâm Dịch vụ công", "Phòng Nghiệp vụ 1", "Phòng Nghiệp vụ 2", "Ban Quản lý dự án",
)  # fmt: skip
_MINISTRY_OFFICES = (
    "Văn phòng Bộ", "Vụ Tổ chức cán bộ", "Vụ Kế hoạch - Tài chính", "Vụ Pháp chế", "Thanh tra Bộ",
    "Vụ Hợp tác quốc tế", "Vụ Cải cách hành chính", "Cục Công nghệ thông tin", "Vụ Thi đua - Khen thưởng",
    "Cục Quản lý chuyên ngành", "Vụ Tổng hợp", "Trung tâm Thông tin",
)  # fmt: skip
_PLACES = ("An", "Bình", "Châu", "Đông", "Hòa", "Lộc", "Mỹ", "Phú", "Tân", "Thanh", "Vĩnh", "Yên")
_FIELDS = ("Khoa học hành chính", "Doanh nghiệp", "Kỹ thuật chuyên ngành", "Tư vấn", "Khuyến học")


@dataclass(frozen=True, slots=True)
class Task:
    """One list to be made: of which unit and kind, for how many people, numbered from where."""

    unit: str
    kind: str
    people: int
    first_number: int


def tasks(pack: Pack, *, share: float = 1.0, units: Sequence[str] = ()) -> list[Task]:
    """Every list the campaign asks for (of `units`, where given), at `share` of the plan's people."""
    made = []
    number = 0
    for unit, kind in pack.expected_lists():
        if units and unit.code not in units:
            continue
        people = max(1, scaled(_people(pack, unit.code, kind), share))
        made.append(Task(unit.code, kind.code, people, number))
        number += people
    return made


def scaled(planned: int, share: float) -> int:
    """`share` of a number of the plan; whoever is planned at all is there."""
    return max(1, round(planned * share)) if planned else 0


def _people(pack: Pack, unit: str, kind: PackListKind) -> int:
    """People of a list: those who rate the province and those who rate a ministry only."""
    own, ministry = _planned(pack, unit, kind)
    return own + _apart(pack, kind, ministry) if own else ministry


def _planned(pack: Pack, unit: str, kind: PackListKind) -> tuple[int, int]:
    """Planned forms of the list's groups: on the unit that lists them, on departments' ministries."""
    forms = {code: pack.planned(code, unit) for code in kind.yields}
    by_ministry = {c for c in kind.yields if pack.group(c).rates == "department_ministry"}
    own = sum(n for code, n in forms.items() if code not in by_ministry)
    return own, sum(forms[code] for code in by_ministry)


def _apart(pack: Pack, kind: PackListKind, ministry_forms: int) -> int:
    """People whose department is not the province's own (a branch of the State Bank)."""
    apart = [d for d in pack.departments if d.assesses_ministry and not d.rates_province]
    if "department" not in kind.columns.required or not apart:
        return 0
    return round(ministry_forms * len(apart) / len(pack.rated_ministries))


def people_of(pack: Pack, task: Task) -> list[Someone]:
    """The people of one list, the same each time it is asked for."""
    random = Random(f"{pack.code} {task.unit} {task.kind}")  # noqa: S311  a demo, not a secret
    kind, unit = pack.list_kind(task.kind), pack.unit(task.unit)
    places = _places(pack, task, kind, random)
    domain = f"{'tinh' if unit.kind == 'province' else ''}{unit.code}"
    return [
        somebody(random, number=task.first_number + index, domain=domain).moved_to(**workplace)
        for index, workplace in zip(range(task.people), places, strict=True)
    ]


def in_office(people: Sequence[Someone], leaders: Sequence[Someone]) -> list[Someone]:
    """A council list whose first deputies are leaders of the province's departments."""
    both = [
        leader.moved_to(position="Đại biểu HĐND", department="", workplace=leader.department)
        for leader in leaders[:: max(1, len(leaders) // 2)][:DEPUTIES_IN_OFFICE]
    ]
    return [*both, *people[len(both) :]] if len(people) > len(both) else list(people)


def _places(
    pack: Pack, task: Task, kind: PackListKind, random: Random
) -> Iterator[Mapping[str, str]]:
    columns = (*kind.columns.required, *kind.columns.optional)
    if "department" in columns:
        return _in_departments(pack, task, kind, random)
    if "district" in columns:
        return _in_districts(task.people, random)
    if "association" in columns:
        return _in_associations(task.people, pack.unit(task.unit), random)
    return _in_offices(task, kind, random)


def _in_departments(
    pack: Pack, task: Task, kind: PackListKind, random: Random
) -> Iterator[Mapping[str, str]]:
    sizes = _department_sizes(pack, task, kind, random)
    with_office = "workplace" in kind.columns.required
    for department, size in sizes:
        for index in range(size):
            if not with_office:
                head = "Giám đốc" if department.name_vi.startswith("Sở") else "Thủ trưởng"
                deputy = f"Phó {head}"
                yield {
                    "department": department.name_vi,
                    "position": head if index == 0 else deputy,
                }
                continue
            office = _OFFICES[index // _LEADERS_PER_OFFICE % len(_OFFICES)]
            yield {
                "department": department.name_vi,
                "workplace": office,
                "position": _office_position(office, index % _LEADERS_PER_OFFICE),
            }


def _office_position(office: str, rank: int) -> str:
    heads = {"Phòng": "Trưởng phòng", "Trung tâm": "Giám đốc", "Ban": "Trưởng ban"}
    heads |= {
        "Văn phòng": "Chánh Văn phòng",
        "Thanh tra": "Chánh Thanh tra",
        "Chi cục": "Chi cục trưởng",
    }
    heads |= {"Vụ": "Vụ trưởng", "Cục": "Cục trưởng"}
    head = next(
        (title for word, title in heads.items() if office.startswith(word)), "Trưởng đơn vị"
    )
    return head if rank == 0 else f"Phó {head}"


def _department_sizes(
    pack: Pack, task: Task, kind: PackListKind, random: Random
) -> list[tuple[PackDepartment, int]]:
    """The province's departments with their people, so that both kinds of form come out as planned."""
    own, ministry = _planned(pack, task.unit, kind)
    scale = task.people / max(1, own + _apart(pack, kind, ministry))
    apart = round(_apart(pack, kind, ministry) * scale)
    both = min(task.people - apart, max(0, round(ministry * scale) - apart))
    there = _departments_there(pack, task.unit)
    sizes = {
        "both": _shared(both, [d for d in there if d.assesses_ministry and d.rates_province], random),
        "apart": _shared(apart, [d for d in there if d.assesses_ministry and not d.rates_province], random),
        "own": _shared(task.people - both - apart, [d for d in there if not d.assesses_ministry], random),
    }  # fmt: skip
    sized = {d.code: n for part in sizes.values() for d, n in part}
    return [(d, sized[d.code]) for d in there if sized.get(d.code)]


def _departments_there(pack: Pack, unit: str) -> list[PackDepartment]:
    """One department for each rated ministry, some offices missing, as it is in the provinces."""
    random = Random(f"{pack.code} {unit} departments")  # noqa: S311  a demo, not a secret
    there: list[PackDepartment] = []
    served: set[str] = set()
    for department in pack.departments:
        ministry = department.assesses_ministry
        if ministry in served or random.random() < _OFTEN_MISSING.get(department.code, 0):
            continue
        there.append(department)
        served |= {ministry} if ministry else set()
    return there


def _shared(
    people: int, departments: Sequence[PackDepartment], random: Random
) -> list[tuple[PackDepartment, int]]:
    """`people` over the departments, unevenly, by largest remainder."""
    if not departments or people <= 0:
        return []
    weights = [random.uniform(0.7, 1.3) for _ in departments]
    exact = [people * weight / sum(weights) for weight in weights]
    sizes = [int(part) for part in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: sizes[i] - exact[i])
    for index in by_remainder[: people - sum(sizes)]:
        sizes[index] += 1
    return list(zip(departments, sizes, strict=True))


def _in_districts(people: int, random: Random) -> Iterator[Mapping[str, str]]:
    names = [
        f"{a} {b}"
        for a, b in zip(random.sample(_PLACES, 4), random.sample(_PLACES, 4), strict=True)
    ]
    districts = [f"Thành phố {names[0]}", *(f"Huyện {name}" for name in names[1:])]
    districts = districts[: random.choice((3, 4))]
    for index in range(people):
        rank = index // len(districts)
        position = "Chủ tịch" if rank == 0 else "Phó Chủ tịch" if rank < 4 else "Ủy viên UBND"
        yield {"district": districts[index % len(districts)], "position": position}


def _in_associations(people: int, unit: PackUnit, random: Random) -> Iterator[Mapping[str, str]]:
    names = [f"Hội {field} {unit.code}" for field in random.sample(_FIELDS, 3)]
    for index in range(people):
        position = ("Chủ tịch", "Phó Chủ tịch", "Tổng Thư ký")[index % 3]
        yield {"association": names[index // 3 % len(names)], "position": position}


def _in_offices(task: Task, kind: PackListKind, random: Random) -> Iterator[Mapping[str, str]]:
    """Ministry offices, commune committees, or a council, by what the list asks for."""
    for index in range(task.people):
        if kind.supplier == "province" and "workplace" in kind.columns.required:
            office_name = f"UBND xã {_PLACES[index // 3 % 12]} {_PLACES[index // 36 % 12]}"
            position = "Chủ tịch" if index % 3 == 0 else "Phó Chủ tịch"
            yield {"workplace": office_name, "position": position}
        elif kind.supplier == "province":
            yield {"workplace": f"Tổ đại biểu số {index // 6 + 1}", "position": "Đại biểu HĐND"}
        elif "leaders" in kind.code:
            office = _MINISTRY_OFFICES[index // 8 % len(_MINISTRY_OFFICES)]
            yield {"workplace": office, "position": _office_position(office, index % 8)}
        else:
            yield {
                "workplace": random.choice(_MINISTRY_OFFICES),
                "position": random.choice(
                    ("Chuyên viên", "Chuyên viên chính", "Chuyên viên cao cấp")
                ),
            }
