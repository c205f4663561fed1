"""A hand-written YAML file that still knows on which line everything stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from surveyapp.i18n import _
from surveyapp.instruments.errors import Fault
from surveyapp.instruments.labels import describe

MAX_BYTES = 1_000_000

Step = str | int
Model = TypeVar("Model", bound=BaseModel)


class _Constructor(RoundTripConstructor):
    """Leaves dates as they are written: a day the calendar lacks then has a line to point at."""


_Constructor.add_constructor(
    "tag:yaml.org,2002:timestamp", lambda loader, node: loader.construct_scalar(node)
)


class YamlDocument:
    """The content of one file as plain values (`root`), with the line of every field."""

    def __init__(self, file: str, tree: Any) -> None:
        self.file = file
        self._tree = tree
        self.root = _plain(tree)

    def line(self, path: Sequence[Step]) -> int:
        """Line (from 1) of the field at `path`, or of the nearest thing around it that exists."""
        node, line = self._tree, _first_line(self._tree)
        for step in path:
            if not _holds(node, step):
                break
            if step in (node.lc.data or {}):  # what an anchor merged in has no place of its own
                line = node.lc.data[step][0]
            node = node[step]
        return int(line) + 1

    def place(self, path: Sequence[Step]) -> str:
        """The field as a person would point at it: `sections[A].items[M1-101].text`."""
        node, path_text = self.root, ""
        for step in path:
            name = step
            if isinstance(step, int):
                node = node[step] if isinstance(node, list) and step < len(node) else None
                if isinstance(node, dict):
                    name = node.get("id") or node.get("code") or step + 1
                else:
                    name = step + 1
                path_text += f"[{name}]"
            else:
                node = node.get(step) if isinstance(node, dict) else None
                path_text += f".{name}" if path_text else f"{name}"
        return path_text

    def fault(self, path: Sequence[Step], message: str) -> Fault:
        """A fault at `path`."""
        return Fault(self.file, self.line(path), self.place(path), message)

    def maps(self, *path: Step) -> Iterator[tuple[tuple[Step, ...], dict[str, Any]]]:
        """Every mapping of the list at `path` with its own path; nothing when there is no list."""
        node = self.root
        for step in path:
            if isinstance(node, dict):
                node = node.get(str(step))
            elif isinstance(node, list) and isinstance(step, int) and step < len(node):
                node = node[step]
            else:
                node = None
        for index, member in enumerate(node if isinstance(node, list) else ()):
            if isinstance(member, dict):
                yield (*path, index), member

    def validate(self, model: type[Model]) -> tuple[Model | None, list[Fault]]:
        """The document as `model`, or None and every field that does not fit."""
        try:
            return model.model_validate(self.root), []
        except ValidationError as refusal:
            errors = refusal.errors(include_url=False, include_input=False)
            told = [error for error in errors if not self._is_consequence(error)]
            return None, [self.fault(error["loc"], describe(error)) for error in told]

    def _is_consequence(self, error: Any) -> bool:
        """A list that is only too short because what stands in it has faults of its own."""
        if error["type"] != "too_short":
            return False
        node = self.root
        for step in error["loc"]:
            node = node[step]
        return isinstance(node, list) and len(node) >= error["ctx"]["min_length"]


def read_document(path: Path, *, name: str) -> tuple[YamlDocument | None, list[Fault]]:
    """Read a YAML file; `name` is what faults call it. A broken file gives one fault and no document."""
    try:
        content = path.read_bytes()
    except OSError:
        return None, [Fault(name, 1, "", _("không có tệp này hoặc không đọc được"))]
    return parse_document(content, name=name)


def parse_document(content: bytes, *, name: str) -> tuple[YamlDocument | None, list[Fault]]:
    """The same of a file's content."""
    try:
        if len(content) > MAX_BYTES:
            return None, [Fault(name, 1, "", _("tệp lớn hơn 1 MB"))]
        yaml = YAML(typ="rt")
        yaml.Constructor = _Constructor
        tree = yaml.load(content.decode("utf-8-sig"))
    except UnicodeDecodeError as broken:
        line = content[: broken.start].count(b"\n") + 1
        return None, [Fault(name, line, "", _("tệp không phải UTF-8"))]
    except MarkedYAMLError as broken:
        mark = broken.problem_mark or broken.context_mark
        reason = str(broken.problem or broken.context)
        message = _("không đúng cú pháp YAML: %(reason)s", reason=reason)
        return None, [Fault(name, mark.line + 1 if mark else 1, "", message)]
    except (YAMLError, ValueError, RecursionError) as broken:
        reason = str(broken).partition("\n")[0]
        return None, [Fault(name, 1, "", _("không đúng cú pháp YAML: %(reason)s", reason=reason))]
    if not isinstance(tree, CommentedMap):
        return None, [
            Fault(name, 1, "", _("tệp trống hoặc không bắt đầu bằng các cặp khóa: giá trị"))
        ]
    return YamlDocument(name, tree), []


def _holds(node: Any, step: Step) -> bool:
    if isinstance(node, CommentedSeq):
        return isinstance(step, int) and step < len(node)
    return isinstance(node, CommentedMap) and step in node


def _first_line(tree: Any) -> int:
    return int(tree.lc.line or 0) if isinstance(tree, CommentedMap | CommentedSeq) else 0


def _plain(node: Any) -> Any:
    """The node without ruamel's own types."""
    if isinstance(node, dict):
        return {_plain(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    if isinstance(node, bool) or node is None:
        return node
    for kind in (int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return node
