"""The words behind the codes: units, groups and criteria, in both languages, for every reader."""

from collections.abc import Iterator
from pathlib import Path

from surveyapp.exports.disclosure.public_tables import ALL
from surveyapp.exports.disclosure.row_labels import MERGED
from surveyapp.exports.formats.codebook import in_both
from surveyapp.exports.formats.csv_files import write_csv
from surveyapp.exports.release.results import Frame
from surveyapp.i18n import lazy

UNITS = ("code", "kind", "ranked", "name_vi", "name_en")
GROUPS = ("code", "level", "instrument", "name_vi", "name_en")
CRITERIA = ("criterion", "level", "area", "area_vi", "area_en", "title_vi", "title_en")

_ALL_UNITS, _ALL_GROUPS = lazy("Tất cả đơn vị được nêu"), lazy("Tất cả nhóm được nêu")
_UNTOLD = lazy("Không nêu, vì quá ít phiếu")


def write_names(folder: Path, frame: Frame) -> None:
    """Write `units.csv`, `groups.csv` and `criteria.csv`; `all` and `*` are in them, as in the tables."""
    write_csv(folder / "units.csv", UNITS, unit_rows(frame))
    write_csv(folder / "groups.csv", GROUPS, group_rows(frame))
    write_csv(folder / "criteria.csv", CRITERIA, criterion_rows(frame))


def unit_rows(frame: Frame) -> Iterator[tuple[str, ...]]:
    """Rows of `UNITS`."""
    for unit in frame.units.values():
        yield unit.code, unit.kind, str(int(unit.ranked)), unit.name_vi, unit.name_en
    yield ALL, "", "", *in_both(_ALL_UNITS)
    yield MERGED, "", "", *in_both(_UNTOLD)


def group_rows(frame: Frame) -> Iterator[tuple[str, ...]]:
    """Rows of `GROUPS`."""
    for code, group in frame.groups_by_code.items():
        yield code, group.level, frame.instrument(code).code, group.name_vi, group.name_en
    yield ALL, "", "", *in_both(_ALL_GROUPS)
    yield MERGED, "", "", *in_both(_UNTOLD)


def criterion_rows(frame: Frame) -> list[tuple[str, ...]]:
    """Rows of `CRITERIA`: the area by its section; the criterion by the words of the first item on it."""
    rows: dict[str, tuple[str, ...]] = {}
    for code, group in frame.groups_by_code.items():
        for section in frame.instrument(code).sections:
            for item in section.items:
                words = (section.title.vi, section.title.en, item.text.vi, item.text.en)
                rows.setdefault(item.criterion, (item.criterion, group.level, section.area, *words))
    return list(rows.values())
