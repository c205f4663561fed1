"""Measure whole flows under load on this machine, beside its ceiling, and write `benchmarks/RESULTS.md`.

.venv/bin/python -m benchmarks.flows                              everything, on both engines: about 25 minutes
.venv/bin/python -m benchmarks.flows --only pages --engines sqlite --clients 8 --rounds 1 --json /tmp/a.json
"""

import argparse
import json
import os
import signal
import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks.flows import figures, measure, report, serving


def main() -> None:
    """Measure, then write; with `--json FILE` only that file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    plan = measure.Plan()
    parser.add_argument("--engines", default=",".join(plan.engines))
    parser.add_argument("--clients", default=",".join(map(str, plan.clients)))
    parser.add_argument("--only", default=",".join(plan.only), help="of these, by comma")
    parser.add_argument("--rounds", type=int, default=plan.rounds)
    parser.add_argument("--seconds", type=float, default=plan.seconds, help="of each measurement")
    parser.add_argument("--lean", action="store_true", help="no bare routes beside")
    parser.add_argument("--json", type=Path, help="write figures here, and no report")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    plan = measure.Plan(
        engines=tuple(given.engines.split(",")),
        clients=tuple(int(each) for each in given.clients.split(",")),
        only=tuple(given.only.split(",")),
        rounds=given.rounds,
        seconds=given.seconds,
        lean=given.lean,
    )
    load = os.getloadavg()[0]
    seen = measure.run(plan, lambda words: print(words, flush=True))
    made = figures.figures(seen)
    if given.json:
        content = {
            "machine": serving.machine(),
            "load": load,
            "figures": [asdict(figure) for figure in made],
            "ratios": [asdict(ratio) for ratio in figures.ratios(made)],
        }
        given.json.write_text(json.dumps(content))
    else:
        report.write(plan, made, load=load)
    if any(figure.errors for figure in made):
        raise SystemExit("steps brought back something else than they must: see above")


if __name__ == "__main__":
    main()
