"""Attacks on the opening itself, by whoever may write to the database, and sums over what it gave."""

import csv
import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from surveyapp.responses.opener import box
from surveyapp.responses.opener.errors import Differs, OpenerError
from surveyapp.responses.opener.opening import open_ballots
from surveyapp.responses.opener.transfer.export import Header, SealedBallot
from tests.attacks.interface import Attack, Outcome
from tests.attacks.scene import Cell, Scene, SimulatedPerson, sheet

Box = Callable[[Scene, SimulatedPerson], tuple[Header, list[SealedBallot], dict[str, Any] | None]]
"""What the attacker has opened: the header, the ballots and the exception custodians were talked into."""

FEW = 12
"""People attacked where each attack takes the whole box."""


def _own(scene: Scene, person: SimulatedPerson) -> SealedBallot:
    return next(one for one in scene.box if one.id == scene.ballots[person.id])


def _header(scene: Scene) -> Header:
    assert scene.header is not None
    return scene.header


def alone(scene: Scene, person: SimulatedPerson):  # type: ignore[no-untyped-def]
    """All other ballots are deleted."""
    return _header(scene), [_own(scene, person)], None


def copied(scene: Scene, person: SimulatedPerson):  # type: ignore[no-untyped-def]
    """All others are replaced by copies of the one under new ids, so that the number is right."""
    own = _own(scene, person)
    copies = [replace_id(own) for _ in scene.box[1:]]
    return _header(scene), [own, *copies], None


def replace_id(ballot: SealedBallot) -> SealedBallot:
    """The same ciphertext and mark in another row."""
    return SealedBallot(secrets.token_bytes(16), ballot.ciphertext, ballot.mac)


def forged(scene: Scene, person: SimulatedPerson):  # type: ignore[no-untyped-def]
    """All others are replaced by ballots of the attacker's own, sealed with the public key."""
    header, own = _header(scene), _own(scene, person)
    others = [one for one in scene.people if one is not person]
    made = [own]
    for other in others[: len(scene.box) - 1]:
        form = header.forms[other.form.instrument.sha256]
        ballot = box.Ballot(
            other.form.instrument.code, other.form.instrument.version, form.mark, *other.cell,
            tuple("" for _ in form.items), "", {"under_floor": "no"}, secrets.token_bytes(16),
        )  # fmt: skip
        id_, sealed = (
            secrets.token_bytes(16),
            box.seal(header.public_key, header.campaign_code, ballot),
        )
        made.append(SealedBallot(id_, sealed, secrets.token_bytes(len(own.mac))))
    return header, made, None


def unmarked(scene: Scene, person: SimulatedPerson):  # type: ignore[no-untyped-def]
    """All others are deleted, and their writers made not to have submitted: the numbers agree."""
    header = deepcopy(_header(scene))
    object.__setattr__(header, "submitted", {person.cell: 1})
    return header, [_own(scene, person)], None


def lowered(scene: Scene, person: SimulatedPerson):  # type: ignore[no-untyped-def]
    """As before, and the campaign's own numbers are lowered to one: every lone sheet may leave."""
    content = {**_header(scene).content, "minimums": {"rows": 1, "counts": 1}}
    header = Header(content)
    object.__setattr__(header, "submitted", {person.cell: 1})
    return header, [_own(scene, person)], None


def excepted(scene: Scene, person: SimulatedPerson):  # type: ignore[no-untyped-def]
    """All others are deleted, and two custodians sign for the very difference that is found."""
    header, own = _header(scene), _own(scene, person)
    try:
        open_ballots(header, [own], scene.private_key)
    except Differs as error:
        return header, [own], dict(error.difference)
    return header, [own], None


def _opened(boxed: Box, whole: bool):  # type: ignore[no-untyped-def]
    """How often the person's sheet, counts of it or their remark left the box that was tampered with."""

    def run(scene: Scene, side: str) -> Outcome:
        wrote = [person for person in scene.people if person.remark]
        people = wrote[:FEW] if whole else scene.people
        hits = 0
        for person in people:
            header, ballots, exception = boxed(scene, person)
            if side == "naive":
                hits += any(_reads(scene, person, ballot) for ballot in ballots[:1])
                continue
            try:
                given = open_ballots(header, ballots, scene.private_key, excepted=exception)
            except OpenerError:
                continue
            contents = given.contents
            hits += bool(contents.rows) or any(c["gives"] != "n" for c in contents.cells) or any(
                one["text"] == person.remark for one in contents.remarks
            )  # fmt: skip
        return Outcome(len(people), hits)

    return run


def _reads(scene: Scene, person: SimulatedPerson, ballot: SealedBallot) -> bool:
    """An opener that decrypts whatever lies in the box."""
    told = box.unseal(scene.private_key, scene.campaign.code, ballot.ciphertext)
    answers = dict(zip((i.id for i in person.form.instrument.items), told.codes, strict=True))
    return sheet({item: code for item, code in answers.items() if code}, person.form) == person.sheet  # fmt: skip


# ---- sums over what was given


def _table(scene: Scene, name: str) -> list[dict[str, str]]:
    with (scene.release / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


Counts = dict[Cell, dict[str, Counter[str]]]


def _counted(people: Iterable[SimulatedPerson]) -> Counts:
    """The true counts of each cell by item and code."""
    counts: Counts = defaultdict(lambda: defaultdict(Counter))
    for person in people:
        for item in person.form.instrument.items:
            counts[person.cell][item.id][person.answers.get(item.id, "missing")] += 1
    return counts


def _given(scene: Scene) -> Counts:
    """The counts of the release."""
    counts: Counts = defaultdict(lambda: defaultdict(Counter))
    for row in _table(scene, "scoring/counts.csv"):
        cell = (row["rated_unit"], row["group"])
        told = counts[cell][row["item"]]
        told[row["option"]] = int(row["n_option"])
        told["98"], told["missing"] = int(row["n_dont_know"]), int(row["n_missing"])
    return counts


def by_differences(scene: Scene, side: str) -> Outcome:
    """Totals over all units, less the cells that are given: what stays is what was withheld.

    The attacker claims the counts of every group × item of which some cell is withheld.
    """
    truth = _counted(scene.people)
    given = _given(scene)
    hidden = {cell for cell in truth if cell not in given}
    totals: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    if side == "naive":
        for (_unit, group), items in truth.items():
            for item, codes in items.items():
                totals[group, item] += codes
    else:
        for row in _table(scene, "public/answers.csv"):
            if row["rated_unit"] == "all":  # the most that each option can have
                totals[row["group"], row["item"]][row["options"]] += int(row["n_high"])
    claims = hits = 0
    for group in {group for _, group in hidden}:
        hidden_counts: dict[str, Counter[str]] = defaultdict(Counter)
        for cell in hidden:
            if cell[1] == group:
                for item, codes in truth[cell].items():
                    hidden_counts[item] += codes
        for item, codes in hidden_counts.items():
            rest = Counter(totals[group, item])
            for (_unit, of), items in given.items():
                if of == group:
                    rest.subtract(items.get(item, {}))
            left = Counter({code: n for code, n in rest.items() if n > 0})
            if left:
                claims += 1
                hits += left == +codes
    return Outcome(claims, hits)


def by_subset_sums(scene: Scene, side: str) -> Outcome:
    """Rows whose unit is not told, and exact counts of the small cells: which rows add up to which cell?"""
    small = {cell: people for cell, people in scene.in_cells().items() if 2 < len(people) < 10}
    if side == "naive":
        rows = [(p.cell[1], p.answers, p.id) for people in small.values() for p in people]
        counts = _counted(p for people in small.values() for p in people)
    else:
        counts = {cell: items for cell, items in _given(scene).items() if cell in small}
        rows = []
        for row in _table(scene, "scoring/responses.csv"):
            if row["rated_unit"] == "*" or (row["rated_unit"], row["group"]) in small:
                answers = {name.replace("_", "-"): v for name, v in row.items() if v}
                rows.append((row["group"], answers, row["row"]))
    claims = hits = 0
    for cell in sorted(small):
        pool = [row for row in rows if row[0] in (cell[1], "*")]
        chosen = _adding_up(pool, counts.get(cell, {}), len(small[cell]))
        own = {person.id for person in small[cell]}
        claims += len(chosen)
        hits += sum(pool[n][2] in own for n in chosen)
    return Outcome(claims, hits)


def _adding_up(pool: list[Any], counts: Any, n: int) -> list[int]:
    """Rows of the pool which give exactly these counts; none where no such choice is found."""
    if len(pool) < n or not counts:
        return []
    lines, sums = [np.ones(len(pool))], [n]
    for item, codes in counts.items():
        for code, times in codes.items():
            if code != "missing":
                lines.append(np.array([float(row[1].get(item) == code) for row in pool]))
                sums.append(times)
    choice = milp(
        np.zeros(len(pool)),
        integrality=np.ones(len(pool)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(np.array(lines), sums, sums),
        options={"time_limit": 20},
    )
    return [] if choice.x is None else [k for k, x in enumerate(choice.x) if x > 0.5]


def by_completeness(scene: Scene, side: str) -> Outcome:
    """How complete the forms of a tiny cell were: where all are alike, that is known of each person."""
    told = {}
    for row in _table(scene, "scoring/rates.csv"):
        cell = (row["rated_unit"], row["group"])
        told[cell] = [row[name] for name in ("complete", "partial", "break_off")] + [
            row[name] for name in ("rr1", "rr5") if side == "real"
        ]
    claims = hits = 0
    for cell, people in scene.in_cells().items():
        if len(people) >= _header(scene).minimums.counts:
            continue
        if side == "naive":
            kinds = {_header(scene).thresholds.of(len(p.answers), len(p.form.instrument.items)) for p in people}  # fmt: skip
            claims += len(people)
            hits += len(people) if len(kinds) == 1 else 0
        elif any(told.get(cell, [])):
            claims += len(people)
            hits += len(people)
    return Outcome(claims, hits)


OPENINGS = (
    Attack("subset opening", "the box with one ballot in it", _opened(alone, False)),
    Attack("copied ballots", "one ballot and copies of it", _opened(copied, True)),
    Attack("forged ballots", "one ballot and the attacker's own", _opened(forged, True)),
    Attack("subset, numbers made to agree", "one ballot, the others unmarked", _opened(unmarked, False)),
    Attack("subset, minimums lowered", "one ballot, rows wanted from one on", _opened(lowered, True)),
    Attack("subset, exception signed", "one ballot and two custodians", _opened(excepted, True)),
    Attack("sums", "all totals of the release less all its cells", by_differences),
    Attack("subset sums", "unlabelled rows × exact counts", by_subset_sums),
    Attack("completeness of tiny cells", "rates of the release", by_completeness),
)  # fmt: skip
