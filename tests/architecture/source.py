"""Reading Python source for the guards: imports, where they stand, and calls."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

FOUNDATIONS = frozenset(
    [
        "errors",
        "clock",
        "config",
        "db",
        "keys",
        "i18n",
        "limits",
        "log",
        "schema",
        "small_json",
        "store",
        "timers",
        "traces",
        "version",
        "messaging",
        "documents",
    ]
)
# Each package may import the foundations and the packages named beside it (docs/architecture.md).
ARROWS = {
    "instruments": "",
    "accounts": "instruments",
    "campaigns": "instruments accounts",
    "respondents": "instruments accounts campaigns",
    "assignments": "",
    "invitations": "instruments accounts campaigns respondents assignments",
    "delivery": "instruments accounts campaigns respondents assignments invitations",
    "followup": "instruments accounts campaigns respondents assignments invitations delivery",
    "responses": "instruments accounts campaigns assignments invitations",
    "fieldwork": "instruments accounts campaigns respondents assignments delivery",
    "exports": "instruments accounts campaigns assignments responses fieldwork",
    "operations": "instruments accounts campaigns respondents assignments invitations delivery followup "
    "responses fieldwork exports",
}
OUTER = frozenset({"web", "cli", "demo", "tables", "__init__", "__main__"})


@dataclass(frozen=True)
class Import:
    """One imported name: `from surveyapp.db import Base` is module `surveyapp.db`, name `Base`."""

    module: str
    name: str
    line: int
    late: bool


@dataclass(frozen=True)
class Module:
    """One source file of a package folder called `surveyapp`."""

    root: Path
    path: Path

    @property
    def place(self) -> str:
        return self.path.relative_to(self.root).as_posix()

    @property
    def package(self) -> str:
        """The part of the house: `campaigns`, `web`, or the stem of a file at the top."""
        return self.path.relative_to(self.root).parts[0].removesuffix(".py")

    @property
    def is_outer(self) -> bool:
        """Web, command line and demo."""
        return self.package in OUTER

    @cached_property
    def text(self) -> str:
        return self.path.read_text()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def imports(self) -> list[Import]:
        return list(_imports(self.tree, late=False, here=self.path, root=self.root))

    @cached_property
    def _calls(self) -> list[ast.Call]:
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.Call)]

    def calls(self) -> Iterator[ast.Call]:
        return iter(self._calls)


@cache
def modules(root: Path) -> tuple[Module, ...]:
    """Read and parsed once for all guards: nothing below `root` changes afterwards."""
    return tuple(Module(root, path) for path in sorted(root.rglob("*.py")))


def _imports(node: ast.AST, *, late: bool, here: Path, root: Path) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(alias.name, "", child.lineno, late)
        elif isinstance(child, ast.ImportFrom):
            base = child.module or ""
            if child.level:
                parents = here.relative_to(root).parts[: -child.level]
                base = ".".join(("surveyapp", *parents, *([base] if base else [])))
            for alias in child.names:
                yield Import(base, alias.name, child.lineno, late)
        else:
            inner = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            typing_only = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)
            yield from _imports(child, late=late or inner or typing_only, here=here, root=root)


def dotted(node: ast.AST) -> str:
    """`datetime.now` for the expression of that name, an empty string for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""
