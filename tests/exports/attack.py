"""An attacker with every public table of one or several releases and an integer program.

What each option of an item was chosen by is unknown; every number published is an equation or a bound
on the unknowns. For each option the least and the most that it can be are asked of the solver.
"""

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class PublishedFigures:
    """All that `folders` (each a `public/`) tell about one group and item of a campaign.

    `row` is the options of the item, known to everybody.
    """

    def __init__(self, folders, group, item, row):
        self.columns, self.rows = {}, []
        self.row, self.scale = row, row.scale
        for folder in folders:
            self._read(folder, group, item)

    def _read(self, folder, group, item):
        answers = [
            r for r in table(folder / "answers.csv") if (r["group"], r["item"]) == (group, item)
        ]
        units = list(dict.fromkeys(r["rated_unit"] for r in answers if r["rated_unit"] != "all"))
        for row in answers:
            codes, ends = row["options"].split(), (int(row["n_low"]), int(row["n_high"]))
            of = units if row["rated_unit"] == "all" else [row["rated_unit"]]
            self.tell({(unit, code): 1 for unit in of for code in codes}, *ends)
        for row in table(folder / "participation.csv"):
            if row["group"] == group and row["rated_unit"] in units:
                n = int(row["responses"])
                self.tell({(row["rated_unit"], code): 1 for code in self.row.codes}, n, n)
        self._read_means(folder, group, item)

    def _read_means(self, folder, group, item):
        for row in table(folder / "means.csv"):
            unit = row["rated_unit"]
            if (row["group"], row["item"]) != (group, item) or unit == "all":
                continue
            low, high, n = float(row["mean_low"]), float(row["mean_high"]), int(row["responses"])
            if low == high:  # rounded to a tenth, or a band of one
                low, high = low - 0.05, high + 0.1
            top = len(self.scale) - 1
            score = {code: 100 * (top - at) / top for at, code in enumerate(self.scale)}
            self.tell({(unit, code): score[code] - low for code in self.scale}, 0, np.inf)
            self.tell({(unit, code): score[code] - high for code in self.scale}, -np.inf, 0)
            for name, codes in (("top_two", self.row.top), ("dont_know", ["98"])):
                ends = [row[f"{name}_low"], row[f"{name}_high"]]
                if all(ends):
                    least, most = (round(float(end) * n) for end in ends)
                    self.tell({(unit, code): 1 for code in codes}, least, most)

    def tell(self, weights, low, high):
        for cell in weights:
            self.columns.setdefault(cell, len(self.columns))
        self.rows.append((weights, low, high))

    def bounds(self, cell):
        """The least and the most that one unknown can be."""
        matrix = np.zeros((len(self.rows), len(self.columns)))
        for at, (weights, _, _) in enumerate(self.rows):
            for one, weight in weights.items():
                matrix[at, self.columns[one]] = weight
        ends = np.array([(low, high) for _, low, high in self.rows])
        ends_solved = []
        for sign in (1, -1):
            objective = np.zeros(len(self.columns))
            objective[self.columns[cell]] = sign
            solved = milp(
                objective,
                integrality=np.ones(len(self.columns)),
                bounds=Bounds(0, np.inf),
                constraints=LinearConstraint(matrix, ends[:, 0] - 1e-6, ends[:, 1] + 1e-6),
            )
            assert solved.status == 0, solved.message
            ends_solved.append(round(sign * solved.fun))
        return tuple(ends_solved)

    def found_small(self, minimum):
        """Unknowns seen to be one number under `minimum`, or one of two; those told alone hold it."""
        told = {
            cell
            for weights, low, high in self.rows
            if len(weights) == 1 and low == high >= minimum
            for cell in weights
        }
        return {
            cell: bounds
            for cell in self.columns
            if cell not in told
            for bounds in [self.bounds(cell)]
            if bounds[1] < minimum and bounds[1] - bounds[0] < 2
        }


def questions(folder):
    """Group and item of every row of means."""
    pairs = defaultdict(None)
    for row in table(folder / "means.csv"):
        pairs[row["group"], row["item"]] = None
    return list(pairs)
