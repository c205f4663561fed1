"""How long 1,000 letters as one PDF take, and in how much memory.

`.venv/bin/python -m benchmarks.letters [letters]`; goal: under 60 s on two cores.
"""

import resource
import sys
import time

from surveyapp.documents.letters import write_letters
from tests.documents.test_letters import BATCH, letter


def main() -> None:
    """Print seconds, size and the peak of memory, of this process and of the child."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    people = [letter(n) for n in range(count)]
    started = time.perf_counter()
    pdf = write_letters(people, BATCH)
    seconds = time.perf_counter() - started
    print(
        f"{count} letters in {seconds:.1f} s, {count / seconds:.0f} a second, {len(pdf) / 1e6:.1f} MB"
    )
    for who, name in ((resource.RUSAGE_SELF, "this process"), (resource.RUSAGE_CHILDREN, "child")):
        print(f"peak of {name} {resource.getrusage(who).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
