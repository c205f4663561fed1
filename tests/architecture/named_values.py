"""Guards for what has a name of its own: acts of the staff are members of `Action`, never texts."""

import ast
from pathlib import Path

from tests.architecture.source import dotted, modules

ENTERS = frozenset({"audit.record", "trail.record", "enter"})


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
