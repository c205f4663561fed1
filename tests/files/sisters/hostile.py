"""Files made to stop a server, of the kinds that once did: runs of one sign in every column, merges, tables without end."""

from collections.abc import Iterator

from tests.files import writers
from tests.files.layouts import Grid
from tests.files.sisters.truth import HEAD, crowd, page

_LONG = 1900
RUNS = {
    "name_blanks": (1, "A" + " " * _LONG + "B"), "name_brackets": (1, "(" * _LONG + "Lê An"), "name_commas": (1, "An&" * 600),
    "name_titles": (1, "Ông. " * 380 + "An"), "name_dots": (1, "." * _LONG + "An"), "name_families": (1, "Nguyễn Văn " * 170),
    "position_dashes": (2, "Giám đốc" + "-" * _LONG), "position_words": (2, "Phó " * 470), "department_slashes": (3, "Sở / " * 380),
    "department_numbers": (3, "1." * 900 + "Sở Y tế"), "phone_signs": (4, "0912" + "-.() " * 370), "phone_zeros": (4, "0" * _LONG),
    "phone_slashes": (4, "0912345678/" * 170), "mail_dots": (5, "a." * 900 + "@x.vn"), "mail_ats": (5, "@" * _LONG), "mail_domain": (5, "an@" + "a." * 900),
    "mail_commas": (5, "an@x.vn&" * 230), "note_quotes": (6, "”" * _LONG), "note_words": (6, "nghỉ hưu " * 210),
}  # fmt: skip
"""A column and what stands in it, in every row."""


def files() -> Iterator[tuple[str, bytes, int]]:
    """Name, content, and how many people it holds."""
    for name, (column, text) in RUNS.items():
        rows = [HEAD, *(p.cells() for p in crowd(40))]
        for row in rows[1:]:
            row[column] = f"{text} {row[0]}" if column == 3 else text
        yield f"{name}.csv", writers.delimited(Grid(rows), delimiter=";"), 40
    rows = [HEAD, *(p.cells() for p in crowd(30))]
    merged = Grid([list(row) for row in rows] + [[""] * 7 for _ in range(3000)])
    merged.spans = [(2 + n * 100, 101 + n * 100, 6) for n in range(30)]
    yield "merges.xlsx", writers.xlsx(merged), 30
    yield "nested.xls", b"<table>" * 3000 + page(rows), 0
    headings = [[f"Họ và tên {n} {k}" for n in range(100)] for k in range(300)]
    yield "headings.csv", writers.delimited(Grid([*headings, *rows]), delimiter=";"), -1
