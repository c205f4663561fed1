"""The guards: each reads a source folder and names every place that breaks one rule of the house."""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.architecture.source import ARROWS, FOUNDATIONS, Module, dotted, modules

FLASK = {"flask", "flask_wtf", "werkzeug", "wtforms"}
HEAVY = {"pandas", "pyarrow", "xlsxwriter", "typst", "python_calamine", "pyreadstat", "openpyxl"}
CHILD_PROCESS = {
    "respondents/lists/uploads/file_work.py",
    "respondents/sheet/child.py",
    "respondents/sheet/marks/patching.py",
    "respondents/sheet/formats/spreadsheets.py",
}
CHILD_MODULES = {
    f"surveyapp.{module.removesuffix('.py').replace('/', '.')}" for module in CHILD_PROCESS
}
# The counts travel from invitations to fieldwork as deltas, which fieldwork takes away when folded.
FOLDED = ("fieldwork", "CountDelta")
SQL_CALLS = {"execute", "scalar", "scalars", "get", "add", "add_all", "delete", "merge", "flush", "query"}  # fmt: skip
SQL_TYPES = {"Session", "Engine"}
OPENER_COMMAND = "responses/opener/command.py"
"""Runs where there is no server, and so no clock.py."""

CLOCK_CALLS = re.compile(
    r"^(?:\w+\.)*(?:datetime\.(?:now|utcnow|today)|date\.today|time\.(?:time|time_ns|localtime|gmtime))$"
)
MODULE_LINES = 400
FOLDER_MODULES = 12
ALONE = ("responses/opener/", "exports/verify/")
FROZEN_AND_ROW = {"Instrument", "Remark"}
"""What a file says, and the row that keeps it: one thing in two forms."""
VAGUE = re.compile(r"^(?:utils?|helpers?|common|misc|manager)\.py$")
SAYS_NOTHING = {"found", "place", "subject", "wanted"}
"""Words for whatever came back: a variable is called after what it holds."""
SAYS_SOMETHING = {
    "subject": (
        "the subject of a mail",
        re.compile(
            r"messaging/.*|delivery/(?:models|preview|sending/(?:housekeeping|outgoing))\.py"
            r"|accounts/links/account_mail\.py|respondents/deadlines/reminders\.py"
        ),
    ),
    "place": (
        "where in a file, in a template or on a letter, told to people",
        re.compile(
            r"instruments/(?:changes|errors|lint/findings)\.py|messaging/templates\.py"
            r"|fieldwork/reports/official_letter\.py|operations/backup/errors\.py"
        ),
    ),
    "found": ("what was there, beside what was expected", re.compile(r"(?:.*/)?errors\.py")),
    "wanted": ("what should be, beside what was found", re.compile(r"(?:.*/)?errors\.py")),
}
"""Where such a word is the right one, and why."""
INLINE = {
    "a script in the page": re.compile(r"<script\b(?![^>]*\bsrc=)", re.I),
    "a style in the page": re.compile(r"<style\b", re.I),
    "a style attribute": re.compile(r"\sstyle\s*=\s*[\"'{]", re.I),
    "an event attribute": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.I),
    "a script address": re.compile(r"javascript:", re.I),
    "another host": re.compile(r"\b(?:src|srcset|action)\s*=\s*[\"']https?:", re.I),
}


def arrows(root: Path) -> list[str]:
    """A package imports the foundations and only the packages that stand above it."""
    faults = []
    for module in modules(root):
        if module.is_outer:
            continue
        if module.package in FOUNDATIONS:
            allowed = FOUNDATIONS
        elif module.package in ARROWS:
            allowed = FOUNDATIONS | {module.package, *ARROWS[module.package].split()}
        else:
            faults.append(f"{module.place}: no place in the architecture for {module.package}")
            continue
        for target, line in _own_imports(module):
            if target not in allowed:
                faults.append(f"{module.place}:{line}: {module.package} imports {target}")
    return faults


def _own_imports(module: Module) -> list[tuple[str, int]]:
    own_imports = []
    for one in module.imports:
        parts = one.module.split(".")
        if parts[0] != "surveyapp":
            continue
        own_imports.append((parts[1] if len(parts) > 1 else one.name or "__init__", one.line))
    return own_imports


def faces(root: Path) -> list[str]:
    """Of a package others use only the modules that `__all__` names, and it names no module that nobody uses.

    Each package says so in its `__init__.py`, with a docstring, and so does each folder it offers.
    """
    faults, taken = [], set()
    for module in modules(root):
        for one in module.imports:
            steps = [*one.module.split("."), one.name][1:]
            if not one.module.startswith("surveyapp.") or steps[0] == module.package:
                continue
            way = list(_way(root, steps))
            taken.update(way)
            if any(name not in _offered(folder) for folder, name in way):
                faults.append(
                    f"{module.place}:{one.line}: not offered: {one.module} {one.name}".rstrip()
                )
    folders = [folder for folder in root.iterdir() if (folder / "__init__.py").is_file()]
    for folder in folders:
        init = folder / "__init__.py"
        package = init.relative_to(root).as_posix()
        if not ast.get_docstring(ast.parse(init.read_text())):
            faults.append(f"{package}: does not say what the package is for")
        for name in sorted(_offered(folder)):
            inner = folder / name
            if not inner.is_dir() and not inner.with_suffix(".py").is_file():
                continue
            if (folder, name) not in taken:
                faults.append(f"{package}: offers {name}, which no other package uses")
            elif inner.is_dir():
                folders.append(inner)
    return sorted(faults)


def _way(root: Path, steps: list[str]) -> Iterator[tuple[Path, str]]:
    """Each module or folder that an import from outside passes, with the folder it stands in."""
    folder = root / steps[0]
    for step in filter(None, steps[1:]):
        inner = folder / step
        if not inner.is_dir() and not inner.with_suffix(".py").is_file():
            return
        yield folder, step
        folder = inner


@cache
def _offered(folder: Path) -> frozenset[str]:
    """What `__all__` of a package or folder names: modules, and names of its `__init__.py`."""
    for node in ast.parse((folder / "__init__.py").read_text()).body:
        if isinstance(node, ast.Assign) and dotted(node.targets[0]) == "__all__":
            return frozenset(ast.literal_eval(node.value))
    return frozenset()


def flask_in_the_domain(root: Path) -> list[str]:
    """The domain works without the web."""
    return [
        f"{module.place}:{one.line}: imports {one.module}"
        for module in modules(root)
        if module.package in ARROWS or module.package in FOUNDATIONS
        for one in module.imports
        if one.module.split(".")[0] in FLASK
    ]


def sql_outside_the_domain(root: Path) -> list[str]:
    """Web and command line call one service or query function; they hold no SQL."""
    faults = []
    for module in modules(root):
        if not module.is_outer or module.package in {"tables", "demo"}:
            continue
        faults += [
            f"{module.place}:{one.line}: imports {one.module}.{one.name}"
            for one in module.imports
            if one.module.split(".")[0] == "sqlalchemy" and one.name not in SQL_TYPES
        ]
        faults += [
            f"{module.place}:{call.lineno}: {dotted(call.func)}()"
            for call in module.calls()
            if isinstance(call.func, ast.Attribute)
            and call.func.attr in SQL_CALLS
            and dotted(call.func.value) == "db"
        ]
    return faults


def commits(root: Path) -> list[str]:
    """Only `db.transaction()` and `db.write_once()` commit; migrations have a transaction of their own."""
    return [
        f"{module.place}:{call.lineno}: .{call.func.attr}()"
        for module in modules(root)
        if module.place not in {"db/sessions.py", "db/write_queue.py", "schema/revisions.py"}
        for call in module.calls()
        if isinstance(call.func, ast.Attribute)
        and (call.func.attr == "commit" or (call.func.attr == "begin" and not call.args))
    ]


def clock_readers(root: Path) -> list[str]:
    """Time is passed in; only clock.py reads it."""
    return [
        f"{module.place}:{call.lineno}: {dotted(call.func)}()"
        for module in modules(root)
        if module.place not in {"clock.py", OPENER_COMMAND}
        for call in module.calls()
        if CLOCK_CALLS.match(dotted(call.func))
    ]


def clock_callers(root: Path) -> list[str]:
    """Services are given `now`: web and command line alone ask the clock for it."""
    return [
        f"{module.place}:{call.lineno}: clock.now()"
        for module in modules(root)
        if not module.is_outer and module.place not in {"clock.py", "log.py"}
        for call in module.calls()
        if dotted(call.func).endswith("clock.now")
    ]


def foreign_writes(root: Path) -> list[str]:
    """Only the package that owns a table writes it."""
    faults = []
    for module in modules(root):
        foreign = {
            one.name: one.module
            for one in module.imports
            if re.fullmatch(r"surveyapp\.\w+\.models", one.module)
            and one.module.split(".")[1] != module.package
        }
        for call in module.calls():
            written = dotted(call.func)
            if written.rpartition(".")[2] in {"insert", "update", "delete"} and call.args:
                written = dotted(call.args[0]).split(".")[0]
            if written in foreign and (module.package, written) != FOLDED:
                faults.append(f"{module.place}:{call.lineno}: writes {foreign[written]}.{written}")
    return faults


def heavy_imports(root: Path) -> list[str]:
    """A web worker must not carry the spreadsheet and table libraries: they are imported late.

    The guarded child process that reads workbooks may, as long as nothing else imports its modules.
    """
    faults = []
    for module in modules(root):
        if module.place in CHILD_PROCESS:
            continue
        for one in module.imports:
            full = f"{one.module}.{one.name}"
            heavy = one.module.split(".")[0] in HEAVY
            if not one.late and (heavy or {one.module, full} & CHILD_MODULES):
                faults.append(f"{module.place}:{one.line}: imports {one.module} with the module")
    return faults


def long_modules(root: Path) -> list[str]:
    """A module that has grown past a few screens wants to be two."""
    return [
        f"{module.place}: {lines} lines"
        for module in modules(root)
        if (lines := module.text.count("\n")) > MODULE_LINES
    ]


def crowded_folders(root: Path) -> list[str]:
    """A folder that has grown past a dozen modules wants rooms with the field's words on their doors."""
    held = Counter(module.path.parent for module in modules(root) if module.path.stem != "__init__")
    return [
        f"{folder.relative_to(root).as_posix()}: {count} modules"
        for folder, count in sorted(held.items())
        if count > FOLDER_MODULES
    ]


def names_of_two_things(root: Path) -> list[str]:
    """A class name means one thing in the house; programs that run alone have words of their own."""
    places: dict[str, list[str]] = defaultdict(list)
    for module in modules(root):
        if module.place.startswith(ALONE):
            continue
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(module.place)
    return [
        f"{name}: {', '.join(modules_named)}"
        for name, modules_named in sorted(places.items())
        if len(modules_named) > 1 and name not in FROZEN_AND_ROW
    ]


def vague_variables(root: Path) -> list[str]:
    """A variable, a parameter or a function of a module is called after what it holds or gives."""
    return [
        f"{module.place}:{line}: {name} does not say what it holds"
        for module in modules(root)
        for name, line in _bound(module.tree)
        if (word := name.strip("_")) in SAYS_NOTHING
        and not SAYS_SOMETHING[word][1].fullmatch(module.place)
    ]


def _bound(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name, node.lineno
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                yield name, node.lineno
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node.name, node.lineno


def unnamed_modules(root: Path) -> list[str]:
    """Every module says in one line what it is for, and its name says something too."""
    faults = []
    for module in modules(root):
        if VAGUE.match(module.path.name):
            faults.append(f"{module.place}: the name says nothing")
        if module.text.strip() and not ast.get_docstring(module.tree):
            faults.append(f"{module.place}: no docstring")
    return faults


def inline_code(root: Path) -> list[str]:
    """The content security policy allows no script, style or event handler inside a page."""
    faults = []
    drawing = [*(root / "web").rglob("*.py"), *(root / "documents" / "charts").rglob("*.py")]
    files = [*root.rglob("*.html"), *root.rglob("*.svg"), *drawing]
    for path in sorted(files):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for fault, pattern in INLINE.items():
                if pattern.search(line):
                    faults.append(f"{path.relative_to(root)}:{number}: {fault}")
    return faults
