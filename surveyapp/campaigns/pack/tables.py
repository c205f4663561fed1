"""The registries and the plan of a pack: CSV tables whose rows know their line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_core import PydanticCustomError

from surveyapp.i18n import _
from surveyapp.instruments.errors import Fault
from surveyapp.instruments.labels import describe
from surveyapp.instruments.model import Frozen, Words


def _yes_no(written: Any) -> bool:
    if written not in ("yes", "no"):
        raise PydanticCustomError("not_yes_no", "neither yes nor no")
    return bool(written == "yes")


def _count(written: Any) -> int:
    if not (isinstance(written, str) and written.isascii() and written.isdigit()):
        raise PydanticCustomError("not_a_number", "not a whole number")
    return int(written)


YesNo = Annotated[bool, BeforeValidator(_yes_no)]
Count = Annotated[int, BeforeValidator(_count)]
RegistryCode = Annotated[str, Field(pattern=r"^[A-Z0-9]+$", max_length=16)]
Optional = Annotated[Words | None, BeforeValidator(lambda written: written or None)]


class PackUnit(Frozen):
    """A ministry or province. `code` is text: a leading zero is part of it."""

    code: RegistryCode
    kind: Literal["ministry", "province"]
    name_vi: Words
    name_en: Words
    region_vi: Optional = None
    ranked: YesNo


class PackDepartment(Frozen):
    """A kind of provincial department, the ministry it rates and whether it rates its province."""

    code: RegistryCode
    name_vi: Words
    name_en: Words
    assesses_ministry: Optional = None
    rates_province: YesNo


class PackPlan(Frozen):
    """Planned forms of one group from one supplying unit."""

    group: str
    unit: str
    planned: Count


Model = TypeVar("Model", bound=Frozen)


@dataclass(frozen=True)
class TableRow(Generic[Model]):
    """One line of a table: its cells as written, and what they mean where that is sound."""

    line: int
    cells: dict[str, str]
    content: Model


@dataclass
class PackTable(Generic[Model]):
    """A table that could be read, with the rows that have the right form."""

    file: str
    rows: list[TableRow[Model]] = field(default_factory=list)
    readable: bool = True

    def __iter__(self) -> Iterator[TableRow[Model]]:
        return iter(self.rows)

    def fault(self, line: int, column: str, message: str) -> Fault:
        """A fault in one cell, or in a whole line where `column` is empty."""
        return Fault(self.file, line, column, message)


@dataclass(frozen=True)
class Tables:
    """The three tables of a pack."""

    units: PackTable[PackUnit]
    departments: PackTable[PackDepartment]
    plan: PackTable[PackPlan]


def read_tables(folder: Path) -> tuple[Tables, list[Fault]]:
    """Read the pack's tables and every fault of form in them."""
    units, faults = _read(folder / "units.csv", PackUnit)
    departments, more = _read(folder / "departments.csv", PackDepartment)
    faults += more
    plan, more = _read(folder / "plan.csv", PackPlan)
    return Tables(units, departments, plan), faults + more


def _read(path: Path, model: type[Model]) -> tuple[PackTable[Model], list[Fault]]:
    table = PackTable[Model](path.name)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError:
        table.readable = False
        return table, [table.fault(1, "", _("không có tệp này hoặc không đọc được"))]
    except UnicodeDecodeError:
        table.readable = False
        return table, [table.fault(1, "", _("tệp không phải UTF-8"))]
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    heading, faults = next(reader, []), list[Fault]()
    faults += _check_heading(table, heading, model)
    if faults:
        table.readable = False
        return table, faults
    before = reader.line_num
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            faults += _read_row(table, line, heading, cells, model)
    except csv.Error as broken:
        message = _("không đúng cú pháp CSV: %(reason)s", reason=str(broken))
        faults.append(table.fault(reader.line_num, "", message))
    return table, faults


def _check_heading(
    table: PackTable[Model], heading: list[str], model: type[Model]
) -> Iterator[Fault]:
    for column in model.model_fields:
        if column not in heading:
            yield table.fault(1, column, _("thiếu cột này"))
    for column in heading:
        if column not in model.model_fields:
            yield table.fault(1, column, _("không có cột nào tên như vậy"))
    if len(set(heading)) < len(heading):
        yield table.fault(1, "", _("có hai cột trùng tên"))


def _read_row(
    table: PackTable[Model], line: int, heading: list[str], cells: list[str], model: type[Model]
) -> Iterator[Fault]:
    if len(cells) != len(heading):
        message = _("có %(n)s ô, cần %(wanted)s ô", n=len(cells), wanted=len(heading))
        yield table.fault(line, "", message)
        return
    row = dict(zip(heading, cells, strict=True))
    try:
        table.rows.append(TableRow(line, row, model.model_validate(row)))
    except ValidationError as refusal:
        for error in refusal.errors(include_url=False, include_input=False):
            yield table.fault(line, str(error["loc"][0]) if error["loc"] else "", describe(error))
