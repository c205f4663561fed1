"""Joins by what a database and its files keep of moments and places."""

import itertools
import random
import re
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import inspect, text

from surveyapp.responses import receipts
from tests.attacks import places
from tests.attacks.interface import NOTHING, Attack, Outcome, total
from tests.attacks.scene import Cell, Row, Scene, SimulatedPerson, chance_of, rows_of


def paired(
    people: Sequence[SimulatedPerson], rows: Sequence[Row], *, both: bool = False
) -> Outcome:
    """The attacker pairs both lines cell by cell, forwards and backwards, and is given the better of them.

    Where many such pairings are added up, `both` are counted: the better of two is better than chance.
    """
    lines: dict[Cell, list[SimulatedPerson]] = {}
    for person in people:
        lines.setdefault(person.cell, []).append(person)
    rows_by_cell: dict[Cell, list[Row]] = {}
    for row in rows:
        rows_by_cell.setdefault(row.cell, []).append(row)
    forwards, backwards = NOTHING, NOTHING
    for cell, line in lines.items():
        there = rows_by_cell.get(cell, [])
        forwards += _claimed(line, there)
        backwards += _claimed(line, there[::-1])
    if both:
        return forwards + backwards
    return max(forwards, backwards, key=lambda outcome: outcome.hits)


def _claimed(people: Sequence[SimulatedPerson], rows: Sequence[Row]) -> Outcome:
    counted = Counter(row.sheet for row in rows)
    pairs = list(zip(people, rows, strict=False))
    return Outcome(
        len(pairs),
        sum(person.sheet == row.sheet for person, row in pairs),
        sum(chance_of(person, counted) for person, _ in pairs),
    )


def by_transaction(scene: Scene, side: str) -> Outcome:
    """PostgreSQL writes the number of the transaction beside every row."""
    tables = (
        ("naive_person p", "p.assignment", "naive_answer r", "r.sheet")
        if side == "naive"
        else ("assignment p", "p.id", "response r", "CAST(r.answers AS text)")
    )
    names, who, answers, what = tables
    with scene.engine.connect() as connection:
        statement = f"SELECT {who}, {what} FROM {names} JOIN {answers} ON p.xmin = r.xmin"
        pairs = connection.execute(text(statement)).all()
        connection.rollback()
    claims = [(scene.by_id[str(who)], what) for who, what in pairs if str(who) in scene.by_id]
    # Where no number is shared the attacker is left with guessing, which is no claim.
    return Outcome(len(claims), sum(person.sheet == what.strip("=") for person, what in claims))


def _in_order(order: str, twins: str = ""):
    def run(scene: Scene, side: str) -> Outcome:
        return paired(scene.order, rows_of(scene, side, (twins or order) if side == "naive" else order))  # fmt: skip

    return run


def by_rowid(scene: Scene, side: str) -> Outcome:
    """SQLite's hidden row number, where a table has one; the order of the table where it has none."""
    if side == "naive":
        return paired(scene.order, rows_of(scene, side, "ORDER BY rowid"))
    with scene.engine.connect() as connection:
        made = connection.execute(text("SELECT sql FROM sqlite_master WHERE name = 'response'"))
        hidden = "WITHOUT ROWID" not in made.scalar_one().upper()
        connection.rollback()
    return paired(scene.order, rows_of(scene, side, "ORDER BY rowid" if hidden else ""))


def by_time(scene: Scene, side: str) -> Outcome:
    """A moment beside the name and the same or the next moment beside the sheet."""
    if side == "naive":
        rows = sorted(rows_of(scene, side), key=lambda row: row.beside["at"])
        return paired(scene.order, rows)
    columns = {
        column["name"]
        for table in ("response", "remark", "receipt")
        for column in inspect(scene.engine).get_columns(table)
        if re.search("DATE|TIME", str(column["type"]).upper()) or re.search("_(at|on)$", column["name"])
    }  # fmt: skip
    outcomes = [paired(scene.order, rows_of(scene, side, f"ORDER BY {name}")) for name in columns]
    # The day of the submission is all that stands beside the name: whole days against any order there is.
    days = sorted(scene.order, key=lambda person: scene.beside[person.id]["submitted_on"])
    return total([*outcomes, paired(days, rows_of(scene, side))])


def by_page(scene: Scene, side: str) -> Outcome:
    """Sheets as they lie in the files: page after page, each from its end, where engines put the first row."""
    location = places.in_files(scene, side)
    rows = [row for row in rows_of(scene, side) if row.sheet in location]
    return paired(scene.order, sorted(rows, key=lambda row: location[row.sheet]))


def by_log(scene: Scene, side: str) -> Outcome:
    """Sheets in the order in which the log was written."""
    turn = {told: number for number, told in enumerate(scene.log[side])}
    rows = [row for row in rows_of(scene, side) if row.sheet in turn]
    return paired(scene.order, sorted(rows, key=lambda row: turn[row.sheet]))


def by_backups(scene: Scene, side: str) -> Outcome:
    """A backup before and one after a submission: the row that is new belongs to whoever submitted."""
    if side == "naive":
        rows = rows_of(scene, side, "ORDER BY id")
        return paired(scene.order, rows)
    with scene.engine.connect() as connection:
        left = set(connection.execute(text("SELECT id FROM response")).scalars())
        connection.rollback()
    same = sum(ballot in left for ballot in scene.ballots.values())
    by_ballot = sorted(scene.order, key=lambda person: scene.ballots[person.id])
    return Outcome(same, same) + paired(by_ballot, rows_of(scene, side, "ORDER BY id"))


def by_receipt(scene: Scene, side: str) -> Outcome:
    """Everybody shows their receipt: it is looked up, and what stands at its place in the list is read."""
    if side == "naive":
        with scene.engine.connect() as connection:
            looked_up = connection.execute(text("SELECT receipt, sheet FROM naive_answer")).all()
            connection.rollback()
        sheets = {receipt: told.strip("=") for receipt, told in looked_up}
        hits = sum(sheets.get(scene.receipts[p.id]) == p.sheet for p in scene.people)
        return Outcome(len(scene.people), hits)
    listed = sorted(scene.people, key=lambda p: receipts.tag(scene.receipts[p.id]))
    physical_order = "ORDER BY ctid" if scene.engine.dialect.name == "postgresql" else ""
    return total(
        paired(listed, rows_of(scene, side, order)) for order in {"ORDER BY id", physical_order}
    )


def by_remark(scene: Scene, side: str) -> Outcome:
    """Who is known by what they wrote, at the place of the remark among the remarks of the level."""
    wrote = [person for person in scene.people if person.remark]
    with scene.engine.connect() as connection:
        texts = connection.execute(text("SELECT text FROM remark ORDER BY id")).scalars().all()
        connection.rollback()
    by_text = {person.remark: person for person in wrote}
    if side == "naive":
        people = {person.sheet: person for person in scene.people}
        rows = [row for row in rows_of(scene, side, "ORDER BY id") if people[row.sheet].remark]
        line = [person for person in scene.order if person.remark]
        return paired(line, rows)
    line = [by_text[told] for told in texts]
    return paired(line, rows_of(scene, side, "ORDER BY id"))


def by_properties(scene: Scene, side: str) -> Outcome:
    """Whatever stands beside names against whatever stands in sheets, ordered and paired within each cell.

    The attack that once found 189 people: a share answered beside the name, and the share in the sheet.
    """
    chance = random.Random(5)
    rows = rows_of(scene, side)
    if side == "naive":
        kept = {p.id: {"share": f"{p.share:.2f}"} for p in scene.people}
    else:
        kept = scene.beside
    names = sorted(set(itertools.chain.from_iterable(kept[p.id] for p in scene.people)))
    outcomes = []
    for name, (_what, feature) in itertools.product(names, sorted(FEATURES.items())):
        people = sorted(scene.people, key=lambda p: (kept[p.id].get(name, ""), chance.random()))
        ranked_rows = sorted(rows, key=lambda row: (feature(row), chance.random()))
        outcomes.append(paired(people, ranked_rows, both=True))
    return total(outcomes)


def answered(row: Row) -> int:
    """Items with an answer."""
    return sum(bool(code) for code in row.sheet.split("|"))


def longest(row: Row) -> int:
    """The longest run of one code."""
    return max(len(list(run)) for _, run in itertools.groupby(row.sheet.split("|")))


FEATURES = {
    "items answered": answered,
    "longest run": longest,
    "don't know": lambda row: row.sheet.split("|").count("98"),
    "quality": lambda row: str(row.beside.get("under_floor")),
}


def unique_by_properties(scene: Scene, side: str) -> Outcome:
    """Only where one person of a cell has a property and one sheet of it the like: no guessing at all."""
    rows = rows_of(scene, side)
    claims = hits = 0
    expected = 0.0
    for cell, people in scene.in_cells().items():
        rows_of_cell = [row for row in rows if row.cell == cell]
        if not rows_of_cell:
            continue
        counted = Counter(row.sheet for row in rows_of_cell)
        for name in ("share",) if side == "naive" else sorted(scene.beside[people[0].id]):
            kept = {
                p.id: f"{p.share:.2f}" if side == "naive" else scene.beside[p.id].get(name, "")
                for p in people
            }
            alone = _alone(list(kept.values()))
            rare = _alone([_told(row, side) for row in rows_of_cell])
            for person in people:
                if kept[person.id] not in alone:
                    continue
                same = [row for row in rows_of_cell if _told(row, side) in rare]
                if side == "naive":
                    same = [row for row in same if _told(row, side) == kept[person.id]]
                if len(same) == 1:
                    claims += 1
                    hits += same[0].sheet == person.sheet
                    expected += chance_of(person, counted)
    return Outcome(claims, hits, expected)


def _told(row: Row, side: str) -> str:
    return str(row.beside["share"]) if side == "naive" else str(answered(row))


def _alone(values: Sequence[str]) -> set[str]:
    return {value for value, n in Counter(values).items() if n == 1}


POSTGRESQL, SQLITE = ("postgresql",), ("sqlite",)

JOINS = (
    Attack("transaction number", "xmin beside every row", by_transaction, POSTGRESQL),
    Attack("place in the table", "ctid", _in_order("ORDER BY ctid"), POSTGRESQL),
    Attack("hidden row number", "rowid", by_rowid, SQLITE),
    Attack("order of keys", "ids in their order", _in_order("ORDER BY id")),
    Attack("order of the table", "rows as they come", _in_order("")),
    Attack("times", "every date and time beside both", by_time),
    Attack("place in the files", "pages of the tables, each from its end", by_page),
    Attack("order of the log", "the archived write-ahead log", by_log),
    Attack("two backups", "before and after each submission", by_backups),
    Attack("receipts", "everybody's receipt and the published list", by_receipt),
    Attack("remarks", "who wrote what, and the order of remarks", by_remark),
    Attack("properties, paired", "all columns beside names × features of sheets", by_properties),
    Attack("properties, unique", "one such name, one such sheet in a cell", unique_by_properties),
)
