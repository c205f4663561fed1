"""Fuzzing with the reader's own coverage as guide: `make fuzz` (FUZZ="--seconds 600 workbook link").

Prints for each target executions, inputs that reached something new, and findings; a finding is kept as a
file in the folder named, and the run fails. `api` sends cases of the OpenAPI document by Schemathesis.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.targets import TARGETS

CORPUS = Path(__file__).with_name("corpus")
API = "api"


@dataclass(frozen=True)
class Outcome:
    """What a run of one target came to."""

    executions: int
    inputs: int
    findings: int
    last: str


def run(target: str, *, seconds: int, findings_folder: Path) -> Outcome:
    """Let atheris try a target for so long, from the kept corpus on."""
    with tempfile.TemporaryDirectory() as grown:
        command = [sys.executable, "-W", "ignore", "-m", "tests.fuzz.coverage_guided", target]
        told = [f"-max_total_time={seconds}", f"-artifact_prefix={findings_folder}/{target}-"]
        told += ["-print_final_stats=1", "-timeout=20", "-rss_limit_mb=2048", "-max_len=8192"]
        ran = subprocess.run(
            [*command, *told, grown, str(CORPUS / target)],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds + 300,
            check=False,
        )
        said = ran.stderr + ran.stdout
        counts = re.findall(r"number_of_executed_units:\s*(\d+)|^#(\d+)\s", said, re.MULTILINE)
        inputs = len(list(Path(grown).iterdir()))
    executions = max((int(a or b) for a, b in counts), default=0)
    errors = [line for line in said.splitlines() if re.match(r"[\w.]*(Error|Exception)\b", line)]
    last = errors[-1][:120] if errors else said.strip()[-120:]
    return Outcome(executions, inputs, int(ran.returncode != 0), last if ran.returncode else "")


def main() -> None:
    """Run the targets one after the other, print the table, fail if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", default=[*TARGETS, API], choices=[*TARGETS, API])
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--found", type=Path, default=Path("fuzz-findings"), help="folder")
    options = parser.parse_args()
    options.found.mkdir(parents=True, exist_ok=True)
    whole = True
    print(f"{'target':<14} {'executions':>10} {'new inputs':>10} {'findings':>8}")
    for target in options.targets:
        if target == API:
            from tests.fuzz import api

            outcome = Outcome(*api.run(seconds=options.seconds))
        else:
            outcome = run(target, seconds=options.seconds, findings_folder=options.found)
        whole &= outcome.findings == 0 and outcome.executions > 0
        print(
            f"{target:<14} {outcome.executions:>10} {outcome.inputs:>10} {outcome.findings:>8} {outcome.last}",
            flush=True,
        )
    sys.exit(not whole)


if __name__ == "__main__":
    main()
