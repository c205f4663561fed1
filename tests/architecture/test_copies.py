"""No two modules share more than one copied run of six lines."""

from pathlib import Path

import pytest

from tests.architecture.copies import copied

PROJECT = Path(__file__).parents[2]
RUN = "".join(f"total_{n} = counted[{n}] + planned[{n}]\n" for n in range(7))
OTHER = "".join(f"name_{n} = words.fold(row[{n}])\n" for n in range(6))


@pytest.mark.parametrize(
    ("second", "runs"),
    [
        (RUN + "x = 1\n" + OTHER, {("a/one.py", "a/two.py"): 2}),
        (RUN, {}),
        ("\n# a remark\n".join((RUN, OTHER.replace("fold", "tidy"))), {}),
        (OTHER.replace("\n", "\n\n") + "y = 2\n" + RUN, {("a/one.py", "a/two.py"): 2}),
    ],
    ids=["two runs", "one run is let pass", "with other names it is no copy", "in any order"],
)
def test_a_second_copied_run_is_seen(tmp_path, second, runs):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.py").write_text(RUN + "z = 3\n" + OTHER)
    (tmp_path / "a" / "two.py").write_text(second)
    assert copied(tmp_path, "a") == runs


def test_no_two_modules_share_more_than_one_copied_run():
    assert copied(PROJECT, "surveyapp", "tests", "tools", "benchmarks", "opener", "verifier") == {}
