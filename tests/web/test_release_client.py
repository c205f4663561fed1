"""The example of the contract, run as the scoring stage would run it: over the network, with its own check."""

import csv
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import delete
from werkzeug.serving import WSGIRequestHandler, make_server

from surveyapp.db import transaction
from surveyapp.exports.models import Release
from surveyapp.exports.release import signature
from tests.web.test_release_api import BASE, built, given

PROJECT = Path(__file__).parents[2]
__all__ = ["built", "given"]
EXAMPLE = PROJECT / "docs" / "release_client.py"


class Quiet(WSGIRequestHandler):
    """A server that writes no log."""

    def log(self, *_said: object) -> None:
        """Nothing."""


@pytest.fixture
def address(app):
    server = make_server("127.0.0.1", 0, app, request_handler=Quiet)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}{BASE}"
    server.shutdown()
    thread.join()


@pytest.fixture
def fetch(address, given, tmp_path):
    made = subprocess.run([sys.executable, PROJECT / "verifier" / "backend.py", tmp_path])
    assert made.returncode == 0

    def run(key, token=given, number="1"):
        out = tmp_path / "fetched"
        out.mkdir()
        return subprocess.run(
            [sys.executable, "-I", EXAMPLE, address, number, key, tmp_path / "verify.pyz", out],
            env=os.environ | {"TOKEN": token}, capture_output=True, text=True, timeout=120,
        )  # fmt: skip

    return run


def test_the_example_fetches_checks_and_computes_a_mean_per_criterion(fetch, keys, built):
    ran = fetch(signature.public_key(keys))
    assert (ran.returncode, ran.stderr) == (0, "")
    whole, *lines = ran.stdout.splitlines()
    assert whole == "whole"
    told = {tuple(line.split("\t")[:2]): float(line.split("\t")[2]) for line in lines}
    with (built / "scoring" / "criteria.csv").open(newline="") as file:
        of_item = {row["item"]: row["criterion"] for row in csv.DictReader(file)}
    chosen = defaultdict(list)
    with (built / "scoring" / "codebook.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["role"] == "option":
                chosen[row["item"], row["best"]].append(row["code"])
    worth = {
        (item, code): 100 * n / (len(codes) - 1)
        for (item, best), codes in chosen.items()
        for n, code in enumerate(codes[::-1] if best == codes[0] else codes)
    }
    scores = defaultdict(lambda: defaultdict(list))
    totals = defaultdict(lambda: [0.0, 0])
    with (built / "scoring" / "counts.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            of = totals[row["rated_unit"], row["group"], row["item"]]
            of[0] += worth[row["item"], row["option"]] * int(row["n_option"])
            of[1] += int(row["n_option"])
    for (unit, group, item), (total, n) in totals.items():
        if n:
            scores[unit, of_item[item]][group].append(total / n)
    for key, groups in scores.items():
        expected = sum(sum(of) / len(of) for of in groups.values()) / len(groups)
        assert told[key] == pytest.approx(expected, abs=0.006), key
    assert {unit for unit, _ in told} == {"all", *(unit for unit, _ in scores)}


def test_the_example_reads_nothing_that_another_signed(fetch):
    ran = fetch("00" * 32)
    assert ran.returncode == 1
    assert "a release would not be understood: [{'expected': '0000" in ran.stderr
    assert ran.stdout == ""


def test_the_example_tries_its_whole_way_before_there_is_a_release(fetch, keys, given):
    with transaction() as db:
        db.execute(delete(Release))
    ran = fetch(signature.public_key(keys), number="dry-run")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_the_contract_names_the_example():
    assert "release_client.py" in (PROJECT / "docs" / "release-contract.md").read_text()
