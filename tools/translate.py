"""Collect the messages of the source, add those the English catalogues lack, name what is wrong.

The source strings are Vietnamese; `translations/en/LC_MESSAGES/<domain>.po` holds their English.
A new message is appended to the catalogue of its part of the house with an empty translation;
nothing that a translator wrote is touched. Exit code 1 while anything is missing or wrong.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import normalize, read_po

PROJECT = Path(__file__).resolve().parent.parent
KEYWORDS = {
    "_": None, "gettext": None, "lazy": None, "to_translate": None, "_n": (1, 2), "ngettext": (1, 2),
}  # fmt: skip
METHODS = [
    ("**.py", "python"),
    ("templates/**.*", "jinja2.ext:babel_extract"),
    ("**.html", "jinja2.ext:babel_extract"),
]
DOMAINS = [
    (re.compile(r"^(?:web|templates)/(respond|desk|centre)\b"), None),
    (re.compile(r"^(?:messaging|templates/messages)/"), "messages"),
    (re.compile(r"^(?:exports|templates/exports)/"), "exports"),
    (re.compile(r"^respondents/"), "respondents"),
    (re.compile(r"^documents/"), "documents"),
    (re.compile(r"^(?:operations|templates/operations)/"), "operations"),
    (re.compile(r"^cli/administration/"), "operations"),
    (re.compile(r"^(?:instruments|campaigns)/"), "packs"),
]
PLACEHOLDER = re.compile(r"%\(\w+\)[sdf]|%%")
MESSAGE = re.compile(r'^msgid ((?:"[^\n]*"\n)+)', re.MULTILINE)
HEADER = """msgid ""
msgstr ""
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""

Words = str | tuple[str, ...]


@dataclass
class Wording:
    """The messages of the source with their places, and what is wrong with their English."""

    places: dict[Words, list[str]]
    missing: list[Words] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def domain(file: str) -> str:
    """The catalogue that a message found in `place` goes to."""
    for pattern, name in DOMAINS:
        match = pattern.match(file)
        if match:
            return name or match[1]
    return "core"


def collect(source: Path) -> dict[Words, list[str]]:
    """Every message of the source folder, and where it stands."""
    uses: dict[Words, list[str]] = {}
    for file, line, words, _comments, _context in extract_from_dir(source, METHODS, {}, KEYWORDS):
        key: Words = tuple(words) if isinstance(words, tuple | list) else words
        uses.setdefault(key, []).append(f"{file}:{line}")
    return uses


def check(source: Path, catalogues: Path) -> Wording:
    """Compare the messages of `source` with the .po files in `catalogues`."""
    wording = Wording(collect(source))
    english: dict[str, tuple[Words, Words]] = {}
    for path in sorted(catalogues.glob("*.po")):
        wording.faults += _doubled(path)
        with path.open("rb") as file:
            for message in read_po(file, locale="en", abort_invalid=True):
                if message.id:
                    where = f"{path.name}:{message.lineno}"
                    wording.faults += _faults(where, message, wording.places, english)
    wording.missing = [words for words in wording.places if _first(words) not in english]
    return wording


def _faults(where, message, places, english) -> Iterator[str]:  # type: ignore[no-untyped-def]
    key = tuple(message.id) if isinstance(message.id, tuple | list) else message.id
    translated = message.string if isinstance(message.string, tuple | list) else (message.string,)
    if message.fuzzy:
        yield f"{where}: fuzzy"
    if key not in places:
        yield f"{where}: no longer in the source: {_first(key)}"
    if not all(translated):
        yield f"{where}: no English: {_first(key)}"
    elif any(_slots(one) != _slots(_last(key)) for one in translated):
        yield f"{where}: other placeholders than the Vietnamese: {_first(key)}"
    if english.get(_first(key), (key, message.string)) != (key, message.string):
        yield f"{where}: translated otherwise elsewhere: {_first(key)}"
    english[_first(key)] = (key, message.string)


def _doubled(path: Path) -> list[str]:
    """Messages that stand twice in one catalogue, as a merge by lines leaves them; the reader keeps the last."""
    standing = Counter(MESSAGE.findall(path.read_text()))
    return [f"{path.name}: stands twice: {one.strip()}" for one, n in standing.items() if n > 1]


def _first(words: Words) -> str:
    return words if isinstance(words, str) else words[0]


def _last(words: Words) -> str:
    return words if isinstance(words, str) else words[-1]


def _slots(words: str) -> set[str]:
    return set(PLACEHOLDER.findall(words)) - {"%%"}


def append(catalogues: Path, words: Words, places: list[str]) -> Path:
    """Add a message without English to the catalogue of its first place."""
    path = catalogues / f"{domain(places[0])}.po"
    if not path.exists():
        path.write_text(HEADER)
    lines = [f"#: {use}" for use in places[:3]]
    if isinstance(words, str):
        lines += [f"msgid {normalize(words)}", 'msgstr ""']
    else:
        lines += [f"msgid {normalize(words[0])}", f"msgid_plural {normalize(words[1])}"]
        lines += ['msgstr[0] ""', 'msgstr[1] ""']
    with path.open("a") as file:
        file.write("\n" + "\n".join(lines) + "\n")
    return path


def main() -> int:
    source = PROJECT / "surveyapp"
    catalogues = PROJECT / "translations" / "en" / "LC_MESSAGES"
    for words in (wording := check(source, catalogues)).missing:
        print(f"added to {append(catalogues, words, wording.places[words]).name}: {_first(words)}")
    wording = check(source, catalogues)
    print("\n".join(wording.faults), file=sys.stderr)
    print(f"{len(wording.places)} messages, {len(wording.faults)} to mend")
    return 1 if wording.faults else 0


if __name__ == "__main__":
    sys.exit(main())
