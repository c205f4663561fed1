"""Guards for what has a name of its own: acts of the staff are members of `Action`, states of their enums."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import Module, dotted, modules

ENTERS = frozenset({"audit.record", "trail.record", "enter"})
OF_ITS_OWN = frozenset({"messaging"})
"""Packages whose `state` is a word of their own that happens to sound alike."""
STATE = re.compile(r"(?:\w+_)?state|became")
ASKED = re.compile(r"\.state\s+(?:not\s+)?in\s*\(([^)]*)\)")


def unregistered_actions(root: Path) -> list[str]:
    """What is entered in the audit trail is a member of `Action`, never a text of the moment."""
    return [
        f"{module.place}:{call.lineno}: an action written as text"
        for module in modules(root)
        for call in module.calls()
        if dotted(call.func) in ENTERS and any(_is_text(argument) for argument in call.args)
    ]


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def states_as_text(root: Path) -> list[str]:
    """A state is compared, set and asked for by the member of its enum, never by its letters."""
    known = _values(root)
    return [
        f"{module.place}:{text.lineno}: {text.value!r} is a state with a name"
        for module in modules(root)
        if module.package not in OF_ITS_OWN and module.path.name != "states.py"
        for part in _about_states(module)
        for text in _texts(part)
        if text.value in known
    ]


def groups_of_states_in_pages(root: Path) -> list[str]:
    """A page asks the model whether it is in one of several states."""
    known = _values(root)
    return [
        f"{path.relative_to(root)}: {comparison[0]}"
        for path in sorted((root / "templates").rglob("*.html"))
        for comparison in ASKED.finditer(path.read_text(encoding="utf-8"))
        if len(known & set(re.findall(r'"(\w+)"', comparison[1]))) > 1
    ]


def _values(root: Path) -> set[str]:
    return {
        str(assigned.value.value)
        for module in modules(root)
        if module.path.name == "states.py"
        for enum in module.tree.body
        if isinstance(enum, ast.ClassDef)
        for assigned in enum.body
        if isinstance(assigned, ast.Assign) and isinstance(assigned.value, ast.Constant)
    }


def _about_states(module: Module) -> Iterator[ast.AST]:
    """What is compared with a state, given to one, or asked of a column of states."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Compare) and any(map(_is_state, [node.left, *node.comparators])):
            yield from (node.left, *node.comparators)
        elif isinstance(node, ast.Assign | ast.keyword) and _sets_state(node):
            yield node.value
        elif isinstance(node, ast.Call) and _asks_column(node.func):
            yield from node.args


def _asks_column(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and function.attr in {"in_", "not_in"}
        and _is_state(function.value)
    )


def _sets_state(node: ast.Assign | ast.keyword) -> bool:
    if isinstance(node, ast.keyword):
        return bool(STATE.fullmatch(node.arg or ""))
    return any(
        _is_state(one)
        for target in node.targets
        for one in (target.elts if isinstance(target, ast.Tuple) else [target])
    )


def _is_state(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return bool(STATE.fullmatch(name))


def _texts(node: ast.AST) -> Iterator[ast.Constant]:
    """The texts a value may be; those it is computed from are not states."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    elif isinstance(node, ast.Tuple | ast.List | ast.Set):
        for one in node.elts:
            yield from _texts(one)
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
