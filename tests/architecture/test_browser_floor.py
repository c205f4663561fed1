"""What is served runs in the browsers that the README names: respondents' files in those of 2019, staff's in those of 2023.

Linters of the scripts' own world need Node, which nothing here does; these are the features that came after the
floor and that a page of ours might use. What no reading sees (a call that is missing) the journeys take away:
`tests/browser/scene.py`, `Aged`.
"""

import re
from pathlib import Path

import pytest

import surveyapp

STATIC = Path(surveyapp.__file__).parent / "static"
RESPONDENTS = (
    "css/base.css",
    "js/respond.js",
    "js/answers.js",
    "js/receipt.js",
    "js/challenge.js",
    "js/forget.js",
)
README = (Path(surveyapp.__file__).parents[1] / "README.md").read_text(encoding="utf-8")
Version = tuple[int, ...]
FLOOR: dict[str, tuple[Version, Version, Version]] = {
    "respondents": ((76,), (13,), (78,)),
    "staff": ((109,), (15, 4), (115,)),
}
"""Of Chrome, Safari and Firefox: the oldest in which everything works. The README's own numbers, a test says."""
NEVER = (10**4,)
SCRIPT: dict[str, tuple[Version, Version, Version]] = {
    r"\?\.(?!\d)": ((80,), (13, 1), (74,)),
    r"\?\?(?!=)": ((80,), (13, 1), (72,)),
    r"(?:\|\||&&|\?\?)=": ((85,), (14,), (79,)),
    r"#[a-z]\w*\s*[=;(]": ((74,), (14, 1), (90,)),
    r"static\s*\{": ((94,), (16, 4), (93,)),
    r"\d_\d": ((75,), (13,), (70,)),
    r"\b\d+n\b": ((67,), (14,), (68,)),
    r"\(\?<[=!]": ((62,), (16, 4), (78,)),
    r"\.at\(": ((92,), (15, 4), (90,)),
    r"\.(?:replaceAll)\(": ((85,), (13, 1), (77,)),
    r"\.(?:findLast|findLastIndex)\(": ((97,), (15, 4), (104,)),
    r"\.replaceChildren\(": ((86,), (14,), (78,)),
    r"\.requestSubmit\b": ((76,), (16,), (75,)),
    r"\.to(?:Sorted|Reversed|Spliced)\(": ((110,), (16,), (115,)),
    r"\.aria(?:Hidden|Label|Pressed|Expanded|Checked)\b": ((52,), (12,), (119,)),
    r"\.showModal\(": ((37,), (15, 4), (98,)),
    r"\.inert\b": ((102,), (15, 5), (112,)),
    r"Promise\.any\b": ((85,), (14,), (79,)),
    r"Promise\.allSettled\b": ((76,), (13,), (71,)),
    r"withResolvers": ((119,), (17, 4), (121,)),
    r"Object\.hasOwn\b": ((93,), (15, 4), (92,)),
    r"\bgroupBy\(": ((117,), (17, 4), (119,)),
    r"fromAsync": ((121,), (16, 4), (115,)),
    r"AbortSignal\.timeout": ((124,), (16,), (100,)),
    r"AbortSignal\.any": ((116,), (17, 4), (124,)),
    r"AbortSignal\.abort": ((93,), (15,), (88,)),
    r"structuredClone": ((98,), (15, 4), (94,)),
    r"randomUUID": ((92,), (15, 4), (95,)),
    r"requestIdleCallback": ((47,), NEVER, (55,)),
    r"ResizeObserver": ((64,), (13, 1), (69,)),
    r"scrollend": ((114,), (26, 2), (109,)),
    r"(?<![\w.])navigation\.": ((102,), (26, 2), NEVER),
    r"new FormData\([^()]+,": ((112,), (16, 4), (111,)),
}
"""What a script might use, with the first Chrome, Safari and Firefox that know it whole (MDN)."""
STYLE: dict[str, tuple[Version, Version, Version]] = {
    r":has\(": ((105,), (15, 4), (121,)),
    r":is\(|:where\(": ((88,), (14,), (78,)),
    r"(?<![-\w])inset\s*:": ((87,), (14, 1), (66,)),
    r"(?<!\()aspect-ratio": ((88,), (15,), (89,)),
    r"@layer": ((99,), (15, 4), (97,)),
    r"@container": ((105,), (16,), (110,)),
    r"color-mix": ((111,), (16, 2), (113,)),
    r"\b\d+[dsl]vh\b": ((108,), (15, 4), (101,)),
    r"(?<![-\w])(?:min|max|clamp)\(": ((79,), (13, 1), (75,)),
    r"(?:margin|padding)-(?:inline|block)\s*:": ((87,), (14, 1), (66,)),
    r"(?<=[{;}])\s*&": ((120,), (17, 2), (117,)),
}


def newer(known: dict[str, tuple[Version, Version, Version]], who: str) -> re.Pattern[str]:
    """Whatever one of the three does not know at the floor of these pages."""
    floor = FLOOR[who]
    later = [
        pattern
        for pattern, since in known.items()
        if any(version > oldest for version, oldest in zip(since, floor, strict=True))
    ]
    return re.compile("|".join(later))


NEWER_SCRIPT, NEWER_STYLE = newer(SCRIPT, "respondents"), newer(STYLE, "respondents")
NEWER_STAFF_SCRIPT = newer(SCRIPT, "staff")
COMMENT = re.compile(r"/\*.*?\*/|(?<![:'\"])//[^\n]*", re.DOTALL)


def code(name: str) -> str:
    return COMMENT.sub("", (STATIC / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", [one for one in RESPONDENTS if one.endswith(".js")])
def test_scripts_of_respondents_know_nothing_later_than_2019(name: str):
    assert NEWER_SCRIPT.findall(code(name)) == []


def test_the_style_of_respondents_knows_nothing_later_than_2019():
    assert NEWER_STYLE.findall(code("css/base.css")) == []


def test_no_words_touch_where_a_browser_knows_no_gap_between_the_parts_of_a_row():
    """Chrome before 84 and Safari before 14.1 know `gap` in grids alone."""
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", code("css/base.css"))
    touching = [
        selector.strip()
        for selector, said in rules
        if "flex" in said and re.search(r"(?<![-\w])gap\s*:", said)
    ]
    assert touching == []


@pytest.mark.parametrize(
    "name",
    sorted(
        f"js/{one.name}"
        for one in (STATIC / "js").glob("*.js")
        if f"js/{one.name}" not in RESPONDENTS
    ),
)
def test_scripts_of_staff_know_nothing_later_than_2023(name: str):
    assert NEWER_STAFF_SCRIPT.findall(code(name)) == []


@pytest.mark.parametrize("name", sorted(one.name for one in (STATIC / "css").glob("*.css")))
def test_what_depends_on_has_stands_apart_so_that_nothing_else_is_lost_without_it(name: str):
    """Firefox 115 drops a whole rule for one selector that it does not know."""
    style = code(f"css/{name}")
    while support := re.search(r"@supports selector\(:has\(\*\)\)\s*\{", style):
        depth, end = 1, support.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(style[end], 0)
            end += 1
        style = style[: support.start()] + style[end:]
    assert ":has(" not in style


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("respondents", ("trang trả lời phiếu", "respondents' pages")),
        ("staff", ("trang của cán bộ", "staff pages")),
    ],
)
def test_the_readme_names_the_floor_that_is_held(who: str, words: tuple[str, str]):
    lines = re.findall(r"^\*\*(?:Trình duyệt|Browsers)\*\*:.*$", README, re.MULTILINE)
    for line, told in zip(lines, words, strict=True):
        passage = line.partition(told)[2].partition(";")[0]
        named = []
        for browser in ("Chrome", "Safari", "Firefox(?: ESR)?"):
            version = re.search(rf"{browser} ([0-9]+(?:\.[0-9]+)?)", passage)
            assert version, (browser, passage)
            named.append(tuple(int(part) for part in version[1].split(".")))
        assert tuple(named) == FLOOR[who], passage


@pytest.mark.parametrize(
    "name", [one for one in RESPONDENTS if one.startswith(("js/a", "js/respond"))]
)
def test_a_script_says_for_which_browsers_it_is_written(name: str):
    chrome, safari, firefox = (".".join(map(str, one)) for one in FLOOR["respondents"])
    told = f"Written for Chrome {chrome}, Safari {safari}, Firefox {firefox}."
    assert told in (STATIC / name).read_text(encoding="utf-8")


def test_the_checks_see_what_they_look_for():
    assert NEWER_SCRIPT.search("form.requestSubmit(button)") and NEWER_SCRIPT.search("a?.b")
    assert NEWER_SCRIPT.search("given ?? other") and NEWER_SCRIPT.search("list.at(-1)")
    assert NEWER_STYLE.search("html:has(.saving)") and NEWER_STYLE.search(".x { inset: 0 }")
    assert NEWER_STAFF_SCRIPT.search("new FormData(form, event.submitter)")
