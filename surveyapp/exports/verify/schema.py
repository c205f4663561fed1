"""As much of JSON Schema as the layout uses: enough to check a release without a library."""

import re
from collections.abc import Iterator
from typing import Any

TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict, "array": list, "string": str, "integer": int, "boolean": bool,
}  # fmt: skip


def misfits(value: Any, schema: dict[str, Any], where: str = "") -> Iterator[str]:
    """Where in `value` something is missing or is not as `schema` says, as `a.b[0].c`."""
    if ("type" in schema and not _is(value, schema["type"])) or (
        "const" in schema and value != schema["const"]
    ):
        yield where or "."
    elif isinstance(value, dict):
        yield from _in_object(value, schema, where)
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from misfits(one, schema.get("items", {}), f"{where}[{number}]")
    elif not fits(value, schema):
        yield where or "."


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """Whether a text or number of the right type is one of those meant."""
    if "enum" in schema and value not in schema["enum"]:
        return False
    # a line end at the end of a text passes Python's `$`, and no other validator's
    if "pattern" in schema and not re.search(schema["pattern"].replace("$", r"\Z"), value):
        return False
    return bool(value >= schema["minimum"]) if "minimum" in schema else True


def _is(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, TYPES[name])


def _in_object(value: dict[str, Any], schema: dict[str, Any], where: str) -> Iterator[str]:
    properties = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{where}.{name}".lstrip(".")
    for name, inner in value.items():
        path = f"{where}.{name}".lstrip(".")
        if name in properties:
            yield from misfits(inner, properties[name], path)
        elif isinstance(schema.get("additionalProperties"), dict):
            yield from misfits(inner, schema["additionalProperties"], path)
