"""Synthetic people: as many as planned, plainly synthetic, and readable by the rules."""

from pathlib import Path
from random import Random

import pytest

from surveyapp.config import PROJECT
from surveyapp.demo import rosters, workbooks
from surveyapp.demo.behaviour import Behaviour
from surveyapp.demo.lists import Desk, read
from surveyapp.demo.names import somebody
from surveyapp.instruments.kinds.registry import kind_of
from surveyapp.respondents.context import context_from_pack
from surveyapp.respondents.lists.uploads.upload import check_file
from surveyapp.respondents.rules.contacts import read_email, read_phone


@pytest.fixture(scope="module")
def pack():
    return read(PROJECT / "questionnaires" / "par-index-2023")


def test_the_lists_of_every_unit_yield_exactly_the_planned_forms_of_every_group(pack):
    departments = {d.name_vi: d for d in pack.departments}
    forms = dict.fromkeys((group.code for group in pack.campaign.groups), 0)
    for task in rosters.tasks(pack):
        for person in rosters.people_of(pack, task):
            department = departments.get(person.department)
            for code in pack.list_kind(task.kind).yields:
                by_ministry = pack.group(code).rates == "department_ministry"
                if department is None:
                    counts = True
                elif by_ministry:
                    counts = department.assesses_ministry is not None
                else:
                    counts = department.rates_province
                forms[code] += counts
    assert forms == {group.code: group.planned for group in pack.campaign.groups}


def test_nobodys_contact_is_anybody_elses_and_all_of_them_pass(pack):
    random = Random(7)
    people = [somebody(random, number=n, domain="tinh01") for n in (0, 1, 31_000, 9_999_999)]
    assert len({p.phone for p in people}) == len({p.email for p in people}) == len(people)
    assert [read_phone(p.phone).value for p in people] == [p.phone for p in people]
    assert [read_email(p.email).value for p in people] == [p.email for p in people]
    assert all(p.email.endswith(".example.vn") for p in people)


def test_the_numbers_of_colleagues_do_not_look_as_if_a_cell_had_been_dragged_down():
    phones = {int(somebody(Random(n), number=n, domain="tinh01").phone) for n in range(500, 1_500)}
    assert len(phones) == 1_000
    assert not [phone for phone in phones if phone + 1 in phones]


@pytest.mark.parametrize("grouping", ["merged", "sections", "plain"])
def test_a_sloppy_workbook_is_read_to_the_last_person_without_a_must(pack, grouping):
    task = next(t for t in rosters.tasks(pack) if t.kind == "subunit-leaders")
    people = rosters.people_of(pack, task)
    kind = pack.list_kind(task.kind)
    habits = workbooks.Habits(
        wording=1, titles=True, grouping=grouping, numeric_phones=False, sloppy=True, signed=True
    )
    content = workbooks.write(
        people,
        columns=[*kind.columns.required, *kind.columns.optional],
        title=kind.name.vi,
        unit_name=pack.unit(task.unit).name_vi,
        habits=habits,
        random=Random(3),
    )
    checked = check_file(content, "a.xlsx", context_from_pack(pack, task.unit, task.kind))
    assert sorted(line.values["full_name"] for line in checked.lines) == sorted(
        person.full_name for person in people
    )
    assert [f for f in checked.findings if f.severity == "must"] == []


def test_a_workbook_is_the_same_whoever_makes_it(pack, tmp_path: Path):
    tasks = rosters.tasks(pack, share=0.1, units=["01"])
    first, second = (Desk(pack.folder, tmp_path, tasks).deliver(tasks[0]) for _ in range(2))
    assert first.checked.lines == second.checked.lines


def test_most_are_content_on_whichever_side_of_a_scale_its_best_stands(pack):
    """A unit lies half a rung to two below the best on average, so its answers lie above the middle."""
    behaviour = Behaviour(pack.code, days=range(5), willingness=1.0)
    worth: dict[bool, list[float]] = {True: [], False: []}
    for instrument in pack.instruments.values():
        items = {item.id: item for item in instrument.items}
        for n in range(20):
            for item_id, value in behaviour.answers(instrument, f"unit {n}", 1.0).items():
                item = items.get(item_id)
                scores = kind_of(item).scores(item) if item else {}
                if item and value in scores:
                    worth[item.best == item.options[0].code].append(scores[value])
    assert all(len(given) > 100 and sum(given) / len(given) > 55 for given in worth.values())
