"""Columns that tell of each other: who is asked follows from other answers, and options of one question overlap.

An attacker knows the questionnaire and reads every run that is told of a rated unit × group. All of it is one
integer program, over the columns together.
"""

import random
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from surveyapp.exports.disclosure import linked_columns
from surveyapp.exports.disclosure.option_merging import OptionRow, merge_options
from surveyapp.exports.disclosure.public_tables import PublicTables
from surveyapp.exports.release.results import AnswerTally, Frame
from surveyapp.instruments.freeze import freeze
from surveyapp.instruments.kinds.kind import NOT_ASKED
from surveyapp.instruments.kinds.registry import kind_of
from surveyapp.instruments.reading import parse_questionnaire
from surveyapp.responses.queries import ResponseRow

MINIMUM = 5


def words(text):
    return f"{{vi: {text}, en: {text}}}"


def options(n, *, alone=""):
    return "\n".join(
        f'      - {{code: "{k}", label: {words(f"O{k}")}{", alone: true" if str(k) == alone else ""}}}'
        for k in range(1, n + 1)
    )


def item(id_, scale, *, more=""):
    return f"""
      - id: {id_}
        criterion: X1
        text: {words(id_)}
        scale: {scale}{more}"""


def asked_if(mode, *tests):
    return f"\n        shown_if: {{{mode}: [{', '.join(tests)}]}}"


WORSE = '{item: Q-1, codes: ["2", "3"]}'
SEVERAL = "\n        kind: multiple\n        settings: "
FORM = f"""
code: T
version: "1"
status: illustrative
title: {words("T")}
introduction: {words("T")}
minutes: 5
scales:
  - id: three
    options:
{options(3)}
  - id: list
    best: none
    options:
{options(4, alone="4")}
sections:
  - id: A
    area: "1"
    title: {words("A")}
    items:{item("Q-1", "three")}{item("Q-2", "three", more=asked_if("all", WORSE))}
{item("Q-3", "three", more=asked_if("all", WORSE))}
{item("Q-4", "three", more=asked_if("all", '{item: Q-2, codes: ["1"]}'))}
{item("Q-5", "list", more=SEVERAL + "{most: 2}")}
{item("Q-6", "list", more=SEVERAL + "{least: 1, most: 1}" + asked_if("all", "{item: Q-1, answered: true}"))}
  - id: B
    area: "1"
    title: {words("B")}
    shown_if: {{any: [{{item: Q-1, codes: ["3"]}}, {{item: Q-5, codes: ["1"]}}]}}
    items:{item("Q-7", "three")}
"""


@pytest.fixture(scope="module")
def form():
    return freeze(parse_questionnaire(FORM.encode(), name="T.yaml"))


def frame_of(form):
    campaign = SimpleNamespace(row_minimum=10, table_minimum=MINIMUM)
    group = SimpleNamespace(code="G", level="province", instrument_id=1)
    return Frame(campaign, {1: SimpleNamespace(code="01")}, {1: group}, {1: form}, frozenset())


def answered(form, n, seed):
    """Opened rows of `n` people who lean to one answer of each item, so that rare ones are common."""
    chance = random.Random(seed)
    leaning = {one.id: chance.random() ** 2 for one in form.items}
    usual = {one.id: kind_of(one).play(one, chance, chance.random() * 2) for one in form.items}
    empty = chance.random() / 4
    rows = []
    for _ in range(n):
        given = {}
        for one in form.items:
            if chance.random() < empty:
                continue
            plays = chance.random() < leaning[one.id]
            given[one.id] = kind_of(one).play(one, chance, 1) if plays else usual[one.id]
        asks = form.applying(given)
        answers = {one.id: given.get(one.id, "") for one in form.items if one.id in asks}
        answers = {id_: value for id_, value in answers.items() if value}
        answers |= {one.id: NOT_ASKED for one in form.items if one.id not in asks}
        rows.append(ResponseRow(form.code, "1", "01", "G", answers, {}))
    return rows


def tables_of(form, rows):
    tally = AnswerTally(several=frozenset(one.id for one in form.items if kind_of(one).is_several))
    for row in rows:
        tally.add(row)
    return PublicTables(frame_of(form), tally)


class Joint:
    """What is told of one cell as equations over the counts of all its columns."""

    def __init__(self, form, tables, n):
        self.form, self.n = form, n
        self.columns = tables.columns["G"]
        self.place, self.rows, self.wanted = {}, [], {}
        self.told = {key[2]: figures for key, figures in tables.figures.items()}
        conditions = linked_columns.conditions(form)
        for name, column in self.columns.items():
            tests = conditions[column.item.id]
            row = OptionRow.with_codes(column.item, column.options, is_conditional=bool(tests))
            self.tell({(name, code): 1 for code in row.codes}, n, n)
            self.wanted |= {f"{name} {code}": {(name, code): 1} for code in row.codes}
            without = [code for code in row.off if code != NOT_ASKED]
            self.wanted[f"{name} without"] = {(name, code): 1 for code in without}
            if name in self.told:
                for run, (low, high) in self.told[name].counts.items():
                    self.tell({(name, code): 1 for code in run}, low, high)
        self._link()

    def tell(self, weights, low, high):
        for cell in weights:
            self.place.setdefault(cell, len(self.place))
        self.rows.append((weights, low, high))

    def same(self, one, other):
        weights = dict(one)
        for cell, weight in other.items():
            weights[cell] = weights.get(cell, 0) - weight
        self.tell(weights, 0, 0)

    def asked(self, item):
        """Everybody of an item but who was not asked, as a sum."""
        name = next(name for name, column in self.columns.items() if column.item.id == item)
        return {cell: 1 for cell in self.place if cell[0] == name and cell[1] != NOT_ASKED}

    def _link(self):
        by_condition = {}
        for section, one in ((s, i) for s in self.form.sections for i in s.items):
            names = [name for name, column in self.columns.items() if column.item.id == one.id]
            for name, code in product(names[1:], ("98", "missing", NOT_ASKED)):
                if (name, code) in self.place:
                    self.same({(name, code): 1}, {(names[0], code): 1})
            if kind_of(one).is_several:
                self._options(one, names)
            self._condition(section, one)
            key = (section.shown_if, one.shown_if)
            if key != (None, None) and key in by_condition:
                self.same(self.asked(one.id), self.asked(by_condition[key]))
            by_condition.setdefault(key, one.id)

    def _options(self, one, names):
        """Nobody chooses fewer or more than may be; what stands alone is chosen by other people."""
        column = self.columns
        alone = {o.code for o in one.options if o.alone}
        among = [name for name in names if column[name].option not in alone]
        apart = [name for name in names if column[name].option in alone]
        free = {(names[0], "1"): 1, (names[0], "2"): 1}
        for name in apart:
            free[name, "1"] = free.get((name, "1"), 0) - 1
        least, most = kind_of(one).choices(one)
        for sign, times in ((1, least), (-1, most)):
            weights = {cell: -sign * times * weight for cell, weight in free.items()}
            for name in among:
                weights[name, "1"] = weights.get((name, "1"), 0) + sign
            self.tell(weights, 0, np.inf)
        for name in among:
            weights = dict(free)
            weights[name, "1"] = weights.get((name, "1"), 0) - 1
            self.tell(weights, 0, np.inf)

    def _condition(self, section, one):
        both = [shown_if for shown_if in (section.shown_if, one.shown_if) if shown_if]
        tests = [test for shown_if in both for test in shown_if.any or shown_if.all]
        met = [self._met(test) for test in tests]
        if len(tests) == 1:
            self.same(self.asked(one.id), met[0])
        elif tests and any(shown_if.any for shown_if in both):
            for weights in met:
                bound = dict(self.asked(one.id))
                for cell, weight in weights.items():
                    bound[cell] = bound.get(cell, 0) - weight
                self.tell(bound, 0, np.inf)

    def _met(self, test):
        source = self.form.item(test.item)
        if kind_of(source).is_several:
            (code,) = test.codes
            return {(f"{test.item}_{code}".replace("-", "_"), "1"): 1}
        name = test.item.replace("-", "_")
        codes = kind_of(source).categories_met(source, test)
        return {(name, code): 1 for code in codes}

    def solve(self, weights):
        """The least and the most that a sum of unknowns can be."""
        matrix = np.zeros((len(self.rows), len(self.place)))
        for at, (row, _, _) in enumerate(self.rows):
            for one, weight in row.items():
                matrix[at, self.place[one]] = weight
        ends = np.array([(low, high) for _, low, high in self.rows])
        goal = np.zeros(len(self.place))
        for cell, weight in weights.items():
            goal[self.place[cell]] = weight
        bounds = []
        for sign in (1, -1):
            solved = milp(
                sign * goal,
                integrality=np.ones(len(self.place)),
                bounds=Bounds(0, np.inf),
                constraints=LinearConstraint(matrix, ends[:, 0] - 1e-6, ends[:, 1] + 1e-6),
            )
            assert solved.status == 0, solved.message
            bounds.append(round(sign * solved.fun))
        return tuple(bounds)

    def found_small(self):
        """Counts seen to be one number under the minimum, or one of two."""
        return {
            name: ends
            for name, weights in self.wanted.items()
            for ends in [self.solve(weights)]
            if ends[1] < MINIMUM and ends[1] - ends[0] < 2
        }


@settings(max_examples=3, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(st.integers(10, 45), st.integers(0, 1 << 30))
def test_no_small_count_of_a_column_follows_from_the_others(form, n, seed):
    rows = answered(form, n, seed)
    assert Joint(form, tables_of(form, rows), n).found_small() == {}


def by_itself(form, columns, counts, minimum):
    """As it was before: every column merged as if no other told of it."""
    merged = {}
    for name, column in columns.items():
        row = OptionRow.with_codes(column.item, column.options, is_conditional=form.is_routed)
        of = {**linked_columns.by_code(counts[name]), NOT_ASKED: counts[name].not_asked}
        told = merge_options(row, of, minimum)
        merged[name] = linked_columns.ToldColumn(told, told)
    return merged


def test_the_attack_finds_counts_where_every_column_is_merged_by_itself(form, monkeypatch):
    rows = answered(form, 30, 4)
    monkeypatch.setattr("surveyapp.exports.disclosure.public_tables.merge_columns", by_itself)
    assert Joint(form, tables_of(form, rows), 30).found_small()
