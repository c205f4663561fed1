"""Every regular expression of the house, collected by reading the code, and strings made to slow each down."""

import ast
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from itertools import islice, product
from pathlib import Path
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

FUNCTIONS = {"compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}  # fmt: skip
ANCHORED = {"match", "fullmatch"}
REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
# Of a pattern put together when it is used: what its parts could be there.
PARTS: dict[str, Mapping[str, Any]] = {
    "surveyapp.documents.letters": {"letters": "12", "batch": type("Batch", (), {"reference": "A1"})},
    "surveyapp.exports.verify.schema": {"schema": {"pattern": r"^[0-9]+$"}},
    "surveyapp.exports.disclosure.remark_screening": {"unit": "Sở Nội vụ"},
    "surveyapp.instruments.lint.lexicon": {"any_word": "không|chưa", "phrase": "không chưa"},
    "surveyapp.messaging.email.return_addresses": {"domain": "a.example.vn", "pattern": "<([a-z]+)@a>"},
    "surveyapp.respondents.rules.contacts": {"host": r"(gmail\.com|yahoo\.com(?:\.vn)?)$"},
    "surveyapp.respondents.sheet.marks.comments": {"name": b"ref"},
}  # fmt: skip


@dataclass(frozen=True)
class Pattern:
    """A pattern where it is written, with the methods by which it is put to a text."""

    where: str
    compiled: re.Pattern[Any]
    methods: frozenset[str]


def collect(root: Path) -> Iterator[Pattern]:
    """Every pattern given to `re` in the package. Raises NameError where one cannot be put together."""
    for path in sorted(root.rglob("*.py")):
        tree = ast.parse(path.read_text())
        calls = [call for call in ast.walk(tree) if _is_pattern(call)]
        if not calls:
            continue
        parts = path.relative_to(root.parent).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        known = {**vars(import_module(name)), **PARTS.get(name, {})}
        for call in calls:
            yield _collected(call, f"{path.relative_to(root.parent)}:{call.lineno}", known, tree)


def _is_pattern(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in FUNCTIONS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and bool(node.args)
    )


def _collected(call: ast.Call, where: str, known: Mapping[str, Any], tree: ast.Module) -> Pattern:
    def value(node: ast.expr) -> Any:
        return eval(compile(ast.Expression(node), where, "eval"), dict(known))

    assert isinstance(call.func, ast.Attribute)
    function = call.func.attr
    at = {"compile": 1, "match": 2, "fullmatch": 2, "search": 2, "findall": 2, "finditer": 2}
    given = call.args[at[function]] if len(call.args) > at.get(function, 9) else None
    given = next((k.value for k in call.keywords if k.arg == "flags"), given)
    compiled = re.compile(value(call.args[0]), value(given) if given is not None else 0)
    methods = {function} if function != "compile" else _methods(call, tree)
    return Pattern(where, compiled, frozenset(methods))


def _methods(call: ast.Call, tree: ast.Module) -> set[str]:
    """The methods called on the name it is given; all of them where it has none or is passed on."""
    names = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and node.value is call
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    if not names or not next(iter(names)).startswith("_"):
        return {"search", "match"}
    called = {
        id(node.value): node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in FUNCTIONS
    }
    uses = [
        called.get(id(node), "search")
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id in names and isinstance(node.ctx, ast.Load)
    ]
    return set(uses) or {"search"}


def growth(pattern: Pattern) -> tuple[float, str]:
    """By how much the work grows when the worst of the attacks grows fourfold, and that attack.

    The work of a linear pattern grows fourfold, of a quadratic one sixteenfold.
    """
    worst = (0.0, "")
    for run in _runs(pattern):
        for start, pump, end in attacks(pattern.compiled):
            grown = _grown(run, lambda n, a=start, p=pump, z=end: a + p * (n // len(p) + 1) + z)
            worst = max(worst, (grown, f"{start!r} + {pump!r} × n + {end!r}"))
            if grown > 2 * BOUND:
                return worst
    return worst


def _runs(pattern: Pattern) -> Iterator[Callable[[str], Any]]:
    whole = pattern.compiled
    is_bytes = isinstance(whole.pattern, bytes)

    def given(method: Callable[[Any], Any]) -> Callable[[str], Any]:
        return (lambda text: method(text.encode())) if is_bytes else method

    if pattern.methods & ANCHORED:
        yield given(whole.match)
        yield given(whole.fullmatch)
    if pattern.methods - ANCHORED:
        yield given(lambda text: whole.sub(type(text)(), text))


BOUND = 8.0


def _grown(run: Callable[[str], Any], text: Callable[[int], str]) -> float:
    """The growth from one length to four times as much, up to lengths that show it."""
    grown = 0.0
    for shorter, longer in ((9, 18), (24, 96), (96, 384), (750, 3000)):
        ends, allowed = longer >= 3000, BOUND if longer > 18 else 40
        for repeats in (1, 3, 7):
            few, many = _work(run, text(shorter), repeats), _work(run, text(longer), repeats)
            grown = many / max(few, 2e-6)
            if grown < allowed or grown > 20 * allowed:
                break
        if grown >= allowed or ends:
            return grown
    return grown


def _work(run: Callable[[str], Any], text: str, repeats: int) -> float:
    def once() -> float:
        began = time.thread_time()
        run(text)
        return time.thread_time() - began

    return min(once() for _ in range(repeats))


GENERAL = (" ", "a", "1", "\n", "<", "(", "@", ".", "-", "a ", "1 ")


def attacks(compiled: re.Pattern[Any]) -> list[tuple[str, str, str]]:
    """Texts (start, what is repeated, end) on which a pattern with two ways to repeat would try them all."""
    pattern = compiled.pattern
    text = pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern
    tree = _parser.parse(text, compiled.flags & ~re.UNICODE)
    pairs = {("", pump) for pump in (*GENERAL, *islice(_literals(tree), 30))}
    for before, body in _repeated(tree, ""):
        bodies = sorted(set(islice(_examples(body), 6)))
        pairs |= {("", before + one) for one in ("", *bodies[:2])}
        pairs |= {(start, one) for start in ("", before) for one in (*bodies, " ", before)}
    return [(start, pump, end) for start, pump in sorted(pairs) if pump for end in ("", "\x00")]


def _repeated(tree: Any, before: str) -> Iterator[tuple[str, Any]]:
    """Every part that may be repeated without end (or often), with an example of what leads to it."""
    for operator, argument in tree:
        if operator in REPEATS:
            _least, most, body = argument
            if most == sre.MAXREPEAT or most > 8:
                yield before, body
            yield from _repeated(body, before)
        else:
            for part in _inside(operator, argument):
                yield from _repeated(part, before)
        before += next(_examples([(operator, argument)]), "")


def _inside(operator: Any, argument: Any) -> list[Any]:
    if operator is sre.SUBPATTERN:
        return [argument[3]]
    if operator is sre.BRANCH:
        return list(argument[1])
    if operator is sre.ATOMIC_GROUP:
        return [argument]
    return [argument[1]] if operator in (sre.ASSERT, sre.ASSERT_NOT) else []


def _literals(tree: Any) -> Iterator[str]:
    for operator, argument in tree:
        if operator is sre.LITERAL:
            yield chr(argument)
        elif operator is sre.IN:
            yield from _of_class(argument)
        elif operator in REPEATS:
            yield from _literals(argument[2])
        else:
            for part in _inside(operator, argument):
                yield from _literals(part)


PROBES = " a1A.,:;-@!<>()[]/\"'_\t\nđế#=\\|"
CATEGORIES = {
    sre.CATEGORY_DIGIT: "1", sre.CATEGORY_NOT_DIGIT: "a -", sre.CATEGORY_SPACE: " \n",
    sre.CATEGORY_NOT_SPACE: "a1@", sre.CATEGORY_WORD: "a1đ_", sre.CATEGORY_NOT_WORD: " -.",
}  # fmt: skip


def _of_class(argument: Any) -> Iterator[str]:
    """A few letters of a class."""
    items = [item for item in argument if item[0] is not sre.NEGATE]
    if argument[0][0] is sre.NEGATE:
        yield from (probe for probe in PROBES if not any(_holds(item, probe) for item in items))
        return
    for operator, value in items:
        if operator is sre.LITERAL:
            yield chr(value)
        elif operator is sre.RANGE:
            yield chr(value[0])
        else:
            yield from CATEGORIES[value]


def _holds(item: Any, letter: str) -> bool:
    operator, value = item
    if operator is sre.LITERAL:
        return ord(letter) == value
    if operator is sre.RANGE:
        return bool(value[0] <= ord(letter) <= value[1])
    kinds = {"DIGIT": str.isdigit, "SPACE": str.isspace, "WORD": lambda c: c.isalnum() or c == "_"}
    name = str(value).removeprefix("CATEGORY_")
    expected = not name.startswith("NOT_")
    return bool(kinds[name.removeprefix("NOT_")](letter)) is expected


def _examples(tree: Any) -> Iterator[str]:
    """Some of the texts that match, the shortest of each kind first."""
    parts = [
        list(islice(_example_of(operator, argument), 4)) or [""] for operator, argument in tree
    ]
    for chosen in product(*parts):
        yield "".join(chosen)


def _example_of(operator: Any, argument: Any) -> Iterator[str]:
    if operator is sre.LITERAL:
        yield chr(argument)
    elif operator is sre.NOT_LITERAL:
        yield next(probe for probe in PROBES if ord(probe) != argument)
    elif operator is sre.ANY:
        yield from ("a", " ")
    elif operator is sre.IN:
        yield from _of_class(argument)
    elif operator in REPEATS:
        least, most, body = argument
        for example in islice(_examples(body), 4):
            yield example * max(least, min(1, most))
    elif operator is sre.BRANCH:
        for branch in argument[1]:
            yield from islice(_examples(branch), 2)
    elif operator in (sre.SUBPATTERN, sre.ATOMIC_GROUP):
        yield from _examples(_inside(operator, argument)[0])
