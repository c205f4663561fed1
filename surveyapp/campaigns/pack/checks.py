"""What must agree between the files of a pack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from surveyapp.campaigns.pack.cleaning_checks import check_cleaning
from surveyapp.campaigns.pack.tables import Model, PackTable, Tables
from surveyapp.i18n import _
from surveyapp.instruments.errors import Fault
from surveyapp.instruments.model import variable_name
from surveyapp.instruments.reading import items_of
from surveyapp.instruments.yaml_document import Step, YamlDocument

_RATES_MINISTRY = ("department_ministry", "field_ministry")


def check(
    campaign: YamlDocument | None,
    tables: Tables,
    questionnaires: Mapping[str, YamlDocument] | None,
) -> list[Fault]:
    """Every disagreement in the pack, found on whatever could be read of it.

    `questionnaires`: None where they were not read, and nothing is said of them.
    """
    faults = [*_check_registries(tables), *_check_item_ids(questionnaires or {})]
    if campaign is not None:
        faults += [
            *_check_calendar(campaign),
            *_check_thresholds(campaign),
            *_check_official(campaign, questionnaires or {}),
            *_check_groups(campaign, questionnaires),
            *_check_list_kinds(campaign, tables),
            *_check_yields(campaign),
            *_check_totals(campaign),
            *_check_plan(campaign, tables),
        ]
        if questionnaires is not None:
            faults += check_cleaning(campaign, questionnaires)
    return faults


def _check_registries(tables: Tables) -> Iterator[Fault]:
    units, departments = tables.units, tables.departments
    yield from _repeated_cells(units, "code", "name_vi")
    yield from _repeated_cells(departments, "code", "name_vi")
    for row in units:
        if row.content.kind == "province" and not _two_digits(row.content.code):
            yield units.fault(
                row.line,
                "code",
                _("mã tỉnh gồm đúng hai chữ số (bảng tính hay làm mất số 0 ở đầu)"),
            )
    ministries = {row.content.code for row in units if row.content.kind == "ministry"}
    for entry in departments:
        rated = entry.content.assesses_ministry
        if rated and rated not in ministries and units.readable:
            message = _("không có bộ nào mang mã %(code)s trong units.csv", code=rated)
            yield departments.fault(entry.line, "assesses_ministry", message)
        if not rated and not entry.content.rates_province:
            yield departments.fault(
                entry.line, "rates_province", _("cơ quan này không đánh giá bộ nào cũng như tỉnh")
            )


def _two_digits(code: str) -> bool:
    return len(code) == 2 and code.isascii() and code.isdigit()


def _repeated_cells(table: PackTable[Model], *columns: str) -> Iterator[Fault]:
    for column in columns:
        seen: dict[str, int] = {}
        for row in table:
            value = row.cells[column]
            if value in seen:
                message = _("đã dùng ở dòng %(line)s", line=seen[value])
                yield table.fault(row.line, column, message)
            seen.setdefault(value, row.line)


def _check_item_ids(questionnaires: Mapping[str, YamlDocument]) -> Iterator[Fault]:
    """Ids are unique in the campaign, as variables of the release where capitals do not count."""
    seen: dict[str, tuple[str, int]] = {}
    for document in questionnaires.values():
        here: dict[str, tuple[str, int]] = {}
        remark = document.root.get("remark")
        written = [((*path, "id"), item.get("id")) for path, item in items_of(document)]
        written += [(("remark", "id"), remark.get("id"))] if isinstance(remark, dict) else []
        for path, identifier in written:
            if not isinstance(identifier, str):
                continue
            variable = variable_name(identifier).upper()
            if variable in seen:
                file, line = seen[variable]
                message = _("đã dùng ở %(file)s dòng %(line)s", file=file, line=line)
                yield document.fault(path, message)
            here.setdefault(variable, (document.file, document.line(path)))
        seen |= here


def _check_calendar(campaign: YamlDocument) -> Iterator[Fault]:
    calendar = _map(campaign.root.get("calendar"))
    due, opens, closes = (
        str(calendar.get(field, "")) for field in ("lists_due", "opens_at", "closes_at")
    )
    if opens and closes and opens >= closes:
        yield campaign.fault(("calendar", "closes_at"), _("phải sau lúc mở thu phiếu"))
    if due and opens and due > opens[:10]:
        yield campaign.fault(
            ("calendar", "lists_due"), _("hạn nộp danh sách không được sau ngày mở thu phiếu")
        )
    year = campaign.root.get("year")
    if isinstance(year, int) and opens[:4].isdigit() and int(opens[:4]) - year not in (0, 1):
        yield campaign.fault(
            ("calendar", "opens_at"),
            _("phải thu phiếu trong năm %(year)s hoặc năm sau đó", year=year),
        )


def _check_thresholds(campaign: YamlDocument) -> Iterator[Fault]:
    shares = _map(campaign.root.get("completeness"))
    if _number(shares.get("partial")) >= _number(shares.get("complete"), default=2.0):
        yield campaign.fault(("completeness", "partial"), _("phải nhỏ hơn ngưỡng của phiếu đầy đủ"))
    disclosure = _map(campaign.root.get("disclosure"))
    for name in ("table_minimum", "count_minimum"):
        if _number(disclosure.get(name)) > _number(disclosure.get("row_minimum"), default=1e9):
            yield campaign.fault(("disclosure", name), _("không được lớn hơn ngưỡng của từng dòng"))


def _check_official(
    campaign: YamlDocument, questionnaires: Mapping[str, YamlDocument]
) -> Iterator[Fault]:
    if campaign.root.get("official") is not True:
        return
    if campaign.root.get("custody") != "offline":
        yield campaign.fault(
            ("custody",), _("đợt điều tra chính thức phải giữ khóa ngoài máy chủ (offline)")
        )
    if campaign.root.get("decision") is None:
        yield campaign.fault(
            ("official",),
            _("đợt điều tra chính thức phải ghi quyết định (decision): trang mời nêu số và ngày"),
        )
    for document in questionnaires.values():
        if document.root.get("status") == "illustrative":
            yield document.fault(
                ("status",), _("đợt điều tra chính thức không được dùng phiếu mẫu minh họa")
            )


def _check_groups(
    campaign: YamlDocument, questionnaires: Mapping[str, YamlDocument] | None
) -> Iterator[Fault]:
    yield from _repeated_codes(campaign, "groups")
    used = set()
    for path, group in campaign.maps("groups"):
        code = group.get("questionnaire")
        used.add(code)
        if questionnaires is not None and isinstance(code, str) and code not in questionnaires:
            message = _("không đọc được tệp questionnaires/%(code)s.yaml", code=code)
            yield campaign.fault((*path, "questionnaire"), message)
        if group.get("level") == "province" and group.get("rates") in _RATES_MINISTRY:
            yield campaign.fault(
                (*path, "rates"), _("nhóm đánh giá tỉnh thì phải đánh giá theo own_unit")
            )
    for code, document in (questionnaires or {}).items():
        if document.root.get("code") != code:
            yield document.fault(("code",), _("phải trùng tên tệp: %(code)s", code=code))
        if code not in used:
            yield Fault(document.file, 1, "", _("không nhóm nào dùng phiếu này"))


def _check_list_kinds(campaign: YamlDocument, tables: Tables) -> Iterator[Fault]:
    yield from _repeated_codes(campaign, "list_kinds")
    kinds = {row.content.code: row.content.kind for row in tables.units}
    for path, kind in campaign.maps("list_kinds"):
        for index, code in enumerate(_list(kind.get("not_from"))):
            if tables.units.readable and kinds.get(str(code)) != kind.get("supplier"):
                yield campaign.fault(
                    (*path, "not_from", index),
                    _("không có đơn vị nào mang mã %(code)s nộp loại danh sách này", code=code),
                )
        columns = _map(kind.get("columns"))
        written = [*_list(columns.get("required")), *_list(columns.get("optional"))]
        if "full_name" not in _list(columns.get("required")):
            yield campaign.fault((*path, "columns", "required"), _("phải có full_name"))
        if not {"phone", "email"} & set(map(str, written)):
            yield campaign.fault((*path, "columns"), _("phải có phone hoặc email để gửi lời mời"))
        for column, times in Counter(map(str, written)).items():
            if times > 1:
                message = _("cột %(column)s ghi hai lần", column=column)
                yield campaign.fault((*path, "columns"), message)


def _check_yields(campaign: YamlDocument) -> Iterator[Fault]:
    """Each group is yielded by lists whose lines can say whom its people rate."""
    groups = {group.get("code"): group for _path, group in campaign.maps("groups")}
    yielded = set()
    for path, kind in campaign.maps("list_kinds"):
        required = _list(_map(kind.get("columns")).get("required"))
        for index, code in enumerate(_list(kind.get("yields"))):
            here = (*path, "yields", index)
            group = groups.get(code)
            yielded.add(code)
            if group is None:
                yield campaign.fault(here, _("không có nhóm %(code)s", code=code))
            elif group.get("rates") == "department_ministry":
                if "department" not in required:
                    yield campaign.fault(
                        here,
                        _("nhóm %(code)s cần danh sách bắt buộc có cột department", code=code),
                    )
            elif group.get("level") != kind.get("supplier"):
                yield campaign.fault(
                    here,
                    _("nhóm %(code)s đánh giá cấp khác với đơn vị nộp danh sách", code=code),
                )
    for path, group in campaign.maps("groups"):
        if group.get("code") not in yielded:
            yield campaign.fault(path, _("không loại danh sách nào lập ra nhóm này"))


def _check_totals(campaign: YamlDocument) -> Iterator[Fault]:
    for level, total in _map(campaign.root.get("planned")).items():
        summed = sum(
            _whole(group.get("planned"))
            for _path, group in campaign.maps("groups")
            if group.get("level") == level
        )
        if isinstance(total, int) and total != summed:
            yield campaign.fault(
                ("planned", level),
                _(
                    "các nhóm cộng lại là %(found)s, không phải %(total)s",
                    found=summed,
                    total=total,
                ),
            )


@dataclass(frozen=True)
class _Expected:
    """Which units supply which group, and what each group's rows must sum to."""

    suppliers: dict[str, set[str]]
    totals: dict[str, tuple[tuple[Step, ...], int]]


def _expected(campaign: YamlDocument, tables: Tables) -> _Expected:
    suppliers: dict[str, set[str]] = {}
    for _path, kind in campaign.maps("list_kinds"):
        units = {
            row.content.code
            for row in tables.units
            if row.content.kind == kind.get("supplier")
            and row.content.code not in _list(kind.get("not_from"))
        }
        for code in _list(kind.get("yields")):
            suppliers.setdefault(str(code), set()).update(units)
    totals = {
        str(group.get("code")): ((*path, "planned"), _whole(group.get("planned")))
        for path, group in campaign.maps("groups")
    }
    return _Expected(suppliers, totals)


def _check_plan(campaign: YamlDocument, tables: Tables) -> Iterator[Fault]:
    plan = tables.plan
    if not (plan.readable and tables.units.readable):
        return
    expected = _expected(campaign, tables)
    known = {row.content.code for row in tables.units}
    seen: dict[tuple[str, str], int] = {}
    sums: Counter[str] = Counter()
    for row in plan:
        group, unit = row.content.group, row.content.unit
        if group not in expected.totals:
            yield plan.fault(row.line, "group", _("không có nhóm %(code)s", code=group))
        if unit not in known:
            yield plan.fault(row.line, "unit", _("không có đơn vị %(code)s", code=unit))
        elif row.content.planned and unit not in expected.suppliers.get(group, {unit}):
            message = _(
                "đơn vị %(unit)s không lập danh sách nhóm %(group)s", unit=unit, group=group
            )
            yield plan.fault(row.line, "unit", message)
        if (group, unit) in seen:
            message = _("đã dùng ở dòng %(line)s", line=seen[group, unit])
            yield plan.fault(row.line, "", message)
        seen.setdefault((group, unit), row.line)
        sums[group] += row.content.planned
    yield from _check_sums(plan, campaign, expected, seen, sums)


def _check_sums(
    plan: PackTable[Any],
    campaign: YamlDocument,
    expected: _Expected,
    seen: Iterable[tuple[str, str]],
    sums: Counter[str],
) -> Iterator[Fault]:
    rows = set(seen)
    for group, units in expected.suppliers.items():
        missing = sorted(unit for unit in units if (group, unit) not in rows)
        if missing and group in expected.totals:
            message = _(
                "nhóm %(group)s chưa có chỉ tiêu cho: %(units)s",
                group=group,
                units=", ".join(missing),
            )
            yield plan.fault(1, "unit", message)
    for group, (path, total) in expected.totals.items():
        if sums[group] != total:
            message = _(
                "plan.csv cộng lại là %(found)s, không phải %(total)s",
                found=sums[group],
                total=total,
            )
            yield campaign.fault(path, message)


def _repeated_codes(campaign: YamlDocument, field: str) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for path, member in campaign.maps(field):
        code, line = member.get("code"), campaign.line((*path, "code"))
        if isinstance(code, str):
            if code in seen:
                message = _("đã dùng ở dòng %(line)s", line=seen[code])
                yield campaign.fault((*path, "code"), message)
            seen.setdefault(code, line)


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _number(value: Any, *, default: float = 0.0) -> float:
    return float(value) if isinstance(value, int | float) else default
