"""One target under atheris: `python -m tests.fuzz.coverage_guided TARGET [libFuzzer's options] [corpus …]`."""

import sys

import atheris

with atheris.instrument_imports(include=["surveyapp"]):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    """Fuzz until the time is over or something is found."""
    target = TARGETS[sys.argv.pop(1)]
    target(b"")  # what is made once is not counted as the first input's coverage
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
