"""Fresh files of every kind that desks send are read as a careful clerk reads them."""

from collections.abc import Iterator

import pytest

from surveyapp.respondents import errors
from surveyapp.respondents.findings import Finding
from surveyapp.respondents.reading.checking import Checked, check_workbook
from surveyapp.respondents.sheet import child
from surveyapp.respondents.sheet.workbook import workbook_from_reply
from tests.files.sisters import formats, people, tables
from tests.files.sisters.truth import Sister
from tests.respondents.test_sister_cells import context_of

_MADE = (
    tables.letters, tables.several, tables.headings, tables.pairs_of_rows, tables.around, people.names, people.offices,
    people.contacts, formats.delimited, formats.workbooks, formats.documents, formats.refusals,
)  # fmt: skip
_COLUMNS = {"names": "full_name", "departments": "department", "phones": "phone", "emails": "email", "positions": "position"}  # fmt: skip
# Of the whole list, and only where the file says so.
_ODD = ("count_gap_numbering", "count_gap_total", "count_gap_names", "other_unit_named", "other_kind_named", "other_year_named", "position_unlikely")  # fmt: skip


@pytest.mark.parametrize("made", _MADE, ids=lambda made: f"{made.__module__[20:]}.{made.__name__}")
def test_files_like_those_of_desks_are_read_as_what_they_mean(made: object) -> None:
    assert callable(made)
    complaints = [f"{s.name}: {said}" for s in made() for said in judged(s)]
    assert complaints == []


def judged(sister: Sister) -> Iterator[str]:
    """What is read otherwise than told."""
    alternatives = sister.refused.split("|")
    try:
        # What the child does, without a child for each of a hundred files.
        workbook = workbook_from_reply(sister.name, child.read(sister.content, sister.name))
        checked = check_workbook(workbook, context_of(sister.unit, sister.kind))
    except errors.FileRefused as refused:
        if refused.code not in alternatives:
            yield f"refused as {refused.code}"
        return
    if sister.refused and "read" not in alternatives:
        yield "read, should be refused"
        return
    yield from _values(sister, checked)
    yield from _findings(sister, checked)


def _values(sister: Sister, checked: Checked) -> Iterator[str]:
    for attribute, column in _COLUMNS.items():
        told = getattr(sister, attribute)
        if told is None:
            continue
        stored = [line.values.get(column, "") for line in checked.lines]
        if len(stored) != len(told):
            yield f"{len(stored)} people, not {len(told)}"
            continue
        for at, (value, right) in enumerate(zip(stored, told, strict=True)):
            if right is not None and value != right:
                yield f"{column} of {at}: {value!r}, not {right!r}"


def _findings(sister: Sister, checked: Checked) -> Iterator[str]:
    places = {line.number: at for at, line in enumerate(checked.lines)}
    about: dict[int, list[Finding]] = {}
    for finding in checked.findings:
        if finding.counts and finding.line > 0:
            about.setdefault(places[finding.line], []).append(finding)
    for at in sorted(sister.asked - about.keys()):
        yield f"nothing is asked about {at}"
    for at in sorted(about.keys() - sister.asked - sister.either):
        yield f"asked about {at}: {[(f.code, f.value) for f in about[at]]}"
    for at in sister.unblocked:
        if any(f.severity == "must" for f in about.get(at, ())):
            yield f"{at} is blocked"
    codes = {f.code for f in checked.findings if f.line == 0}
    for alternatives in sister.whole:
        if not codes & set(alternatives.split("|")):
            yield f"no {alternatives} among {sorted(codes)}"
    unsaid = {*sister.silent, *(_ODD if not sister.whole else ())}
    if codes & unsaid:
        yield f"said of the list: {sorted(codes & unsaid)}"
