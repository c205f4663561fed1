"""A custodian's paper, read as she reads it: the groups of signs, in the order of their places."""

import re
from pathlib import Path

import pypdfium2

_LINE = re.compile(r"([1-7])(\w{6})(8|9|1[0-4])(\w{6})")


def text_of(content: Path | bytes) -> str:
    pages = pypdfium2.PdfDocument(content)
    return "\n".join(page.get_textpage().get_text_bounded() for page in pages)


def groups_on(content: Path | bytes) -> list[str]:
    """The fourteen groups of a share that was printed."""
    group_by_number: dict[int, str] = {}
    for line in text_of(content).splitlines():
        read = _LINE.fullmatch("".join(line.split()))
        if read:
            group_by_number |= {int(read[1]): read[2], int(read[3]): read[4]}
    return [group_by_number[number] for number in range(1, 15)]
