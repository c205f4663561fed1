"""The quality report follows the European standard, is right, and its public edition tells nothing small."""

import csv
import random
import re
from collections import Counter

import pytest

from surveyapp.exports.disclosure.public_tables import PublicTables
from surveyapp.exports.disclosure.rounded_counts import rounded_down
from surveyapp.exports.quality.figures import (
    MarkTally,
    QualityInputs,
    complete_figures,
    public_figures,
)
from surveyapp.exports.quality.report import QualityAccount, quality_report
from surveyapp.exports.release.results import AnswerTally
from surveyapp.fieldwork.counts.queries import Figures
from surveyapp.fieldwork.rules import Counts
from surveyapp.i18n import speaking
from surveyapp.instruments.comparability import Comparison
from surveyapp.responses.queries import ResponseRow
from tests.exports.test_cleaning_report import words

CRITERIA = {
    "": ("phù hợp", "chính xác", "kịp thời", "dễ tiếp cận", "so sánh được", "nhất quán", "Bảo mật"),
    "_en": ("Relevance", "Accuracy", "Timeliness", "accessibility", "Comparability", "Coherence", "Confidentiality"),
}  # fmt: skip


@pytest.mark.parametrize("part", ["scoring", "public"])
@pytest.mark.parametrize("language", ["", "_en"])
@pytest.mark.parametrize("kind", ["html", "pdf"])
def test_every_quality_criterion_has_its_part_in_both_languages(released, part, language, kind):
    told = words(released.folder / part / f"quality{language}.{kind}")
    for criterion in CRITERIA[language]:
        assert criterion in told, criterion


def rows_of(page, caption):
    """The cells of the table with this caption, row by row."""
    table = page.split(f"<caption>{caption}</caption>")[1].split("</table>")[0]
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in table.split("<tr>")[2:]]


def test_the_complete_report_says_what_the_tables_say(released):
    page = (released.folder / "scoring" / "quality_en.html").read_text()
    with (released.folder / "scoring" / "counts.csv").open(newline="") as file:
        counted = {}
        for row in csv.DictReader(file):
            counted[row["rated_unit"], row["group"]] = int(row["n_responses"])
    by_group = Counter()
    for (_unit, group), n in counted.items():
        by_group[group] += n
    told = {row[0]: int(row[2]) for row in rows_of(page, "Coverage by group")}
    assert told == {group: by_group[group] for group in told}


def figures_of(frame, sizes, seed, *, excluded=0):
    """Both sets of figures of random answers; each cell has a few forms more than responses."""
    chance, tally, marks = random.Random(seed), AnswerTally(), MarkTally()
    for (unit, group), n in sizes.items():
        form = frame.instrument(group)
        for _ in range(n):
            answers = {item.id: chance.choice(["1", "1", "2", ""]) for item in form.items}
            answers = {item: code for item, code in answers.items() if code}
            tally.add(ResponseRow(form.code, form.version, unit, group, answers, {}))
    units = {unit.code: id_ for id_, unit in frame.units.items()}
    groups = {group.code: id_ for id_, group in frame.groups.items()}
    forms = {
        (groups[group], units[unit]): Figures(
            n + 4, counts=Counts({"submitted": n + excluded, "sent": 3})
        )
        for (unit, group), n in sizes.items()
    }
    withheld = frozenset(cell for cell, n in sizes.items() if n < 3)
    inputs = QualityInputs(
        frame, tally, forms, {}, marks, withheld, PublicTables(frame, tally)
    )  # fmt: skip
    return complete_figures(inputs), public_figures(inputs)


def test_public_figures_do_not_move_with_what_is_not_told(released):
    """Cells that no public table tells, and answers behind merged counts, leave no trace in the report."""
    frame = released.account.frame
    told = {("BNV", "M1"): 30, ("NHNN", "M1"): 12, ("01", "P1"): 40}
    _, alone = figures_of(frame, told, 1)
    for small in (1, 4, 9):
        whole, beside = figures_of(frame, told | {("TTCP", "M1"): small, ("46", "P1"): small}, 1)
        assert beside.groups == alone.groups
        assert beside.items == alone.items
        assert (beside.r, beside.cost.merged) == (alone.r, alone.cost.merged)
        assert whole.groups[0].responses == 42 + small
    assert alone.r is not None


def test_a_handful_who_did_not_answer_is_not_told(released):
    """Three forms without an answer, one left out by a rule: a rate would give them away."""
    _, public = figures_of(released.account.frame, {("BNV", "M1"): 30}, 1, excluded=1)
    group = public.groups[0]
    assert (group.responses, group.rate) == (30, None)
    _, public = figures_of(
        released.account.frame, {("BNV", "M1"): 30, ("NHNN", "M1"): 30}, 1, excluded=1
    )
    assert public.groups[0].rate == round(60 / 68, 2)


def test_counts_that_stand_in_no_table_are_rounded_or_hidden():
    assert [rounded_down(n, 40, 5) for n in (0, 4, 5, 9, 34, 36, 40)] == [
        None, None, 5, 5, 30, None, None,
    ]  # fmt: skip


def test_breaks_in_series_are_named_with_their_reason(released):
    complete, _ = figures_of(released.account.frame, {("BNV", "M1"): 30}, 1)
    series = [
        Comparison("M1-101", ()), Comparison("M1-102", ("scale",)), Comparison("M1-103", ("order",)),
    ]  # fmt: skip
    account = QualityAccount(
        complete, released.account, released.account.frame.campaign.closes_at, "par-2022", series
    )
    with speaking("en"):
        part = quality_report(account).parts[8]
    assert (
        "par-2022: 1 questions can be joined, 1 can be joined with a note, 1 are"
        in part.sentences[0]
    )
    assert part.grids[0].rows == [["the answer scale differs", "1"]]


def test_marks_of_poor_quality_are_counted_for_everybody_only_rounded(released):
    complete = (released.folder / "scoring" / "quality_en.html").read_text()
    public = (released.folder / "public" / "quality_en.html").read_text()
    exact = [row[1] for row in rows_of(complete, "Forms with a mark, whole campaign")]
    told = [row[1] for row in rows_of(public, "Forms with a mark, whole campaign")]
    for n, shown in zip(exact, told, strict=True):
        assert shown == "–" or (int(shown) % 5 == 0 and int(shown) <= int(n))
    assert "by group" not in public.split("Forms with a mark")[1].split("</section>")[0]
