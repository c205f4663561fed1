"""Numbers and addresses that count up row by row: somebody dragged the corner of a cell down the column."""

from collections.abc import Iterator, Sequence

from surveyapp.respondents.findings import CHECK, Finding, Line

_DIGITS = 18
_RUN = 5
"""So many rows in a row; four in a row an office may well have bought together."""


def filled_findings(lines: Sequence[Line]) -> Iterator[Finding]:
    """A finding on every line of a run whose cells differ by one, written alike."""
    for column in ("phone", "email"):
        run: list[Line] = []
        before: tuple[str, int, str] | None = None
        for line in lines:
            shape = _shape(line, column)
            follows = (
                shape is not None
                and before is not None
                and (shape[0], shape[2]) == (before[0], before[2])
                and shape[1] == before[1] + 1
            )
            if not follows:
                yield from _told(run, column)
                run = []
            run.append(line)
            before = shape
        yield from _told(run, column)


def _told(run: list[Line], column: str) -> Iterator[Finding]:
    if len(run) < _RUN:
        return
    facts = {"first": run[0].number, "last": run[-1].number}
    for line in run:
        written = line.cells.get(column, "")
        yield Finding(line.number, column, CHECK, "counts_up", written[:200], facts=facts)


def _shape(line: Line, column: str) -> tuple[str, int, str] | None:
    """What stands before the last number, the number, what stands after: as written, all of it."""
    value, written = line.values.get(column, ""), line.cells.get(column, "").strip()
    if not value:
        return None
    if column == "phone":
        head = written.rstrip("0123456789")  # `0912 345 678` goes on with `0912 345 679`
        head += "0" * (len(written) - len(head) - len(written[len(head) :].lstrip("0")))
        digits = written[len(head) :]
        return (head, int(digits), "") if digits and len(digits) < 13 else None
    local, _, domain = written.partition("@")
    tail = len(local.rstrip("0123456789"))
    if tail == len(local):
        # `an1.hagiang@…`: the number may stand before a word.
        head = local.rpartition(".")[0] or local.rpartition("_")[0]
        tail, end = len(head.rstrip("0123456789")), len(head)
    else:
        end = len(local)
    if tail == end or end - tail > _DIGITS or not local[tail:end].isascii():
        return None
    return local[:tail], int(local[tail:end]), f"{local[end:]}@{domain}"
