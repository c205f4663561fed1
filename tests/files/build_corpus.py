"""The corpus: dirty workbooks with known truth. `python -m tests.files.build_corpus` writes or scores it."""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from surveyapp.respondents.context import ListContext
from surveyapp.respondents.lists.uploads.upload import check_file
from surveyapp.respondents.reading.checking import Checked
from tests.files import by_hand, refused, writers
from tests.files.faults import CHECK, FAULTS, HARMLESS, MUST, Expected
from tests.files.layouts import SECTION_COLUMN, Grid, Style, lay_out
from tests.files.people import COLUMNS, OTHER_PEOPLES, Crowd, context
from tests.files.scores import Score

XLS = Path(__file__).parent / "xls"
ABBREVIATIONS = {
    "Sở Nông nghiệp và Phát triển nông thôn": "Sở NN&PTNT",
    "Sở Tài chính": "STC",
    "Sở Lao động - Thương binh và Xã hội": "Sở LĐTBXH",
    "Sở Kế hoạch và Đầu tư": "Sở KH&ĐT",
    "Sở Văn hóa, Thể thao và Du lịch": "Sở VHTT&DL",
    "Sở Thông tin và Truyền thông": "Sở TT và TT",
    "Sở Nội vụ": "SỞ NỘI VỤ",
    "Sở Y tế": "So Y te",
}


@dataclass(frozen=True)
class Planted:
    """One fault: on which line, and what must be said about it."""

    line: int
    fault: str
    expected: Expected


@dataclass(frozen=True)
class Case:
    """A file, whose list it is, and the truth about it. `refused` is the code of a refusal."""

    name: str
    kind: str
    content: bytes
    lines: tuple[int, ...] = ()
    planted: tuple[Planted, ...] = ()
    refused: str = ""

    @property
    def context(self) -> ListContext:
        """For which list the file is checked."""
        return context(self.kind)

    def truth(self) -> dict[str, object]:
        """The truth as JSON."""
        return {
            "file": self.name,
            "kind": self.kind,
            "lines": list(self.lines),
            "refused": self.refused,
            "planted": [asdict(p) for p in self.planted],
        }


@dataclass
class Draft:
    """People on the way into a file, with faults by position."""

    kind: str
    crowd: Crowd
    people: list[dict[str, str]] = field(default_factory=list)
    faults: list[tuple[int, str, Expected]] = field(default_factory=list)


def _people(kind: str, seed: int, count: int, style: Style) -> Draft:
    """Every third line faulty, every third sloppy but sound, the rest clean."""
    draft = Draft(kind, Crowd(seed))
    draft.people = [draft.crowd.person(kind, serial) for serial in range(count)]
    hidden = (
        {SECTION_COLUMN.get(kind, "")} if style.sections or style.merged or style.dittos else set()
    )
    usable = [
        n for n, f in FAULTS.items() if _applies(f.needs, kind) and f.needs not in hidden - {""}
    ]
    if style.split_name:
        usable = [n for n in usable if not n.startswith("name_")]
    harmless = [n for n in HARMLESS if not (style.split_name and n.startswith("name_"))]
    for position, cells in enumerate(draft.people):
        if position % 3 == 1:
            name = usable[(seed * 5 + position // 3) % len(usable)]
            FAULTS[name].plant(cells, draft.crowd)
            draft.faults.append((position, name, FAULTS[name].expected))
        elif position % 3 == 2:
            HARMLESS[harmless[(seed * 7 + position // 3) % len(harmless)]](cells, draft.crowd)
            cells["department"] = ABBREVIATIONS.get(
                cells.get("department", ""), cells.get("department", "")
            )
    if not style.split_name:
        draft.people[0]["full_name"] = OTHER_PEOPLES[seed % len(OTHER_PEOPLES)]
    _repeat(draft)
    return draft


def _applies(column: str, kind: str) -> bool:
    return not column or column == "note" or column in COLUMNS[kind][0]


def _repeat(draft: Draft) -> None:
    """The third clean line once more further down; and one mailbox for three clean people."""
    clean = list(range(3, len(draft.people), 3))
    if len(clean) < 6:
        return
    source, target, *sharing = clean[0], clean[-1], *clean[1:4]
    draft.people[target].update(draft.people[source])
    draft.faults.append((target, "duplicate", Expected("", MUST, ("duplicate",))))
    for position in sharing:
        draft.people[position]["email"] = "vanthu@thanhhoa.example.vn"
        draft.faults.append((position, "shared", Expected("email", CHECK, ("contact_shared",))))


STYLES: dict[str, Style] = {
    "plain": Style(titles=0, shuffled=False, tail=False),
    "titles": Style(titles=6),
    "letter": Style(titles=4, numbering_row=True),
    "sections": Style(sections=True),
    "sections-unnumbered": Style(sections=True, number=False, titles=3),
    "merged": Style(merged=True, titles=3),
    "blanks": Style(blanks=True, left=1),
    "shifted": Style(left=3, titles=5, number=False),
    "two-row-header": Style(two_row_header=True, shuffled=False),
    "split-name": Style(split_name=True),
    "pages": Style(pages=True, numbering_row=True, titles=3),
    "lettered": Style(lettered_row=True, two_row_header=True, shuffled=False),
    "subtotals": Style(sections=True, subtotals=True, titles=4),
    "dittos": Style(dittos=True, titles=3),
}
Write = Callable[[Grid], bytes]
FORMATS: dict[str, Write] = {
    "xlsx": writers.xlsx,
    "several-sheets.xlsx": lambda g: writers.xlsx(g, before=("Bìa", "Hướng dẫn"), after=("Danh mục",)),
    "text-cells.xlsx": lambda g: writers.xlsx(g, as_numbers=False),
    "xlsm": writers.xlsm,
    "ods": writers.ods,
    "bom.csv": writers.delimited,
    "utf8-semicolon.csv": lambda g: writers.delimited(g, encoding="utf-8", delimiter=";"),
    "utf16-tab.csv": lambda g: writers.delimited(g, encoding="utf-16", delimiter="\t"),
    "utf16be.csv": lambda g: "\ufeff".encode("utf-16-be") + writers.delimited(g, encoding="utf-16-be", delimiter="\t"),
    "windows1258.csv": lambda g: writers.delimited(g, encoding="cp1258", delimiter=";"),
    "said.csv": lambda g: writers.delimited(g, encoding="utf-8-sig", delimiter=";", said=True),
}  # fmt: skip
KINDS = tuple(COLUMNS)


def _plan() -> Iterator[tuple[int, str, str, str]]:
    """Seed, kind, style and format of every generated file: each style in every third format or so."""
    formats = [*FORMATS, "xls"]
    seed = 0
    for turn in range(5):
        for style in STYLES:
            seed += 1
            chosen = formats[(seed + turn) % len(formats)]
            if "merged" in style and chosen.endswith("csv"):
                chosen = "ods"
            yield seed, KINDS[(seed + turn) % len(KINDS)], style, chosen


def _grid(seed: int, kind: str, style_name: str) -> tuple[Grid, Draft]:
    style = STYLES[style_name]
    draft = _people(kind, seed, 27 + seed % 5 * 3, style)
    return lay_out(draft.people, kind, style, draft.crowd), draft


def _speakable(draft: Draft, chosen: str) -> None:
    """Windows-1258 has no room for a legacy font's letters nor for full-width ones: others stand in."""
    if chosen != "windows1258.csv":
        return
    for position, cells in enumerate(draft.people):
        if b"?" in writers.to_cp1258("".join(cells.values())) or any(
            f[:2] in ((position, "name_tcvn3"), (position, "name_vni")) for f in draft.faults
        ):
            cells.update(draft.crowd.person(draft.kind, position))
            draft.faults = [f for f in draft.faults if f[0] != position]


def readable_cases() -> Iterator[Case]:
    """The files a coordinator could send, every planted fault known."""
    for seed, kind, style_name, chosen in _plan():
        style = STYLES[style_name]
        draft = _people(kind, seed, 27 + seed % 5 * 3, style)
        _speakable(draft, chosen)
        grid = lay_out(draft.people, kind, style, draft.crowd)
        name = f"{seed:02d}-{kind}-{style_name}.{chosen}"
        if chosen == "xls":
            content = (XLS / name).read_bytes() if (XLS / name).exists() else b""
        else:
            content = FORMATS[chosen](grid)
        first = 1 if chosen == "said.csv" else 0
        planted = [
            Planted(grid.lines[i] + first, fault, expected) for i, fault, expected in draft.faults
        ]
        lines = tuple(line + first for line in grid.lines)
        yield Case(name, kind, content, lines, tuple(planted))


def judge_by_hand(case: by_hand.ByHand, checked: Checked) -> list[str]:
    """What the reader makes otherwise of a file than the person who read it."""
    body_column = {"associations": "association", "district-leaders": "district"}.get(
        case.kind, "department"
    )
    columns = ("full_name", "position", body_column, "phone", "email")
    got = {
        line.number: tuple(line.values.get(column, "") for column in columns)
        for line in checked.lines
    }
    faults = {
        (f.line, f.column): (f.severity, f.code, f.proposal)
        for f in checked.findings
        if f.counts and f.line > 0
    }
    pairs = [("people", dict(case.people), got), ("faults", dict(case.faults), faults)]
    return [
        f"{case.name}: {what} {key}: {seen.get(key)}, should be {right.get(key)}"
        for what, right, seen in pairs
        for key in sorted(right.keys() | seen.keys())
        if right.get(key) != seen.get(key)
    ]


def refused_cases() -> Iterator[Case]:
    """Files that must be refused, each with the reason."""
    for name, kind, code, content in refused.files():
        yield Case(name, kind, content, refused=code)


def cases() -> Iterator[Case]:
    """The whole corpus."""
    yield from readable_cases()
    yield from refused_cases()


def score(case: Case, checked: Checked, total: Score) -> None:
    """Hold one result against the truth."""
    if case.refused:
        total.planted += 1
        got = checked.refusal.code if checked.refusal else "read"
        total.caught += got == case.refused
        if got != case.refused:
            total.complaints.append(f"{case.name}: {got}, should be refused as {case.refused}")
        return
    if tuple(line.number for line in checked.lines) != case.lines:
        got_lines = {line.number for line in checked.lines}
        total.complaints.append(
            f"{case.name}: {checked.reason or ''} missing {sorted(set(case.lines) - got_lines)}"
            f" extra {sorted(got_lines - set(case.lines))}"
        )
    for planted in case.planted:
        total.planted += 1
        hit = any(
            f.line == planted.line
            and f.column == planted.expected.column
            and f.severity == planted.expected.severity
            and f.code in planted.expected.codes
            for f in checked.findings
        )
        total.caught += hit
        if not hit:
            seen = [
                (f.column, f.severity, f.code, f.value)
                for f in checked.findings
                if f.line == planted.line
            ]
            total.complaints.append(
                f"{case.name}:{planted.line} {planted.fault} not found, saw {seen}"
            )
    faulty = {p.line for p in case.planted}
    for finding in checked.findings:
        if finding.counts and finding.line > 0:
            total.raised += 1
            total.justified += finding.line in faulty
            if finding.line not in faulty:
                total.complaints.append(
                    f"{case.name}:{finding.line} clean, but {finding.column} {finding.code} {finding.value!r}"
                )


def _write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    truth = []
    for case in cases():
        (folder / case.name).write_bytes(case.content)
        truth.append(case.truth())
    (folder / "truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1), "utf-8")


def _make_xls() -> None:
    """Have LibreOffice write the XLS files that are kept beside this script."""
    XLS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for seed, kind, style_name, chosen in _plan():
            if chosen == "xls":
                path = Path(folder) / f"{seed:02d}-{kind}-{style_name}.xlsx"
                path.write_bytes(writers.xlsx(_grid(seed, kind, style_name)[0]))
        files = [str(p) for p in sorted(Path(folder).glob("*.xlsx"))]
        profile = f"-env:UserInstallation=file://{folder}/profile"
        subprocess.run(["soffice", "--headless", profile, "--convert-to", "xls", "--outdir", str(XLS), *files], check=True)  # fmt: skip


def main() -> None:
    """Write the corpus to a folder, make its XLS files, or print precision and recall."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--write", type=Path, metavar="FOLDER")
    parser.add_argument("--make-xls", action="store_true")
    chosen = parser.parse_args()
    if chosen.make_xls:
        _make_xls()
    elif chosen.write:
        _write(chosen.write)
    else:
        total, count = Score(), Counter[str]()
        for case in cases():
            count["refused" if case.refused else "read"] += 1
            score(case, check_file(case.content, case.name, case.context), total)
        read = by_hand.files()
        for hand in read:
            checked = check_file(hand.content, hand.name, context(hand.kind))
            total.complaints += judge_by_hand(hand, checked)
        print(*total.complaints, sep="\n")
        print(f"{len(read)} files whose truth was written by hand")
        print(f"{count['read']} files read, {count['refused']} refused")
        print(f"recall {total.recall:.4f} ({total.caught} of {total.planted})")
        print(f"precision {total.precision:.4f} ({total.justified} of {total.raised})")
        sys.exit(bool(total.complaints))


if __name__ == "__main__":
    main()
