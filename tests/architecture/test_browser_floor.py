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
NEWER_SCRIPT = re.compile(
    r"\?\.(?!\d)|\?\?|\|\|=|&&=|\*\*=|\d_\d|\d+n\b|#[a-z]\w*\s*[=;(]|static\s*\{|\bimport\(|\(\?<[=!]"
    r"|\.(?:at|flat|flatMap|replaceAll|matchAll|findLast|replaceChildren|requestSubmit|toSorted|ariaHidden|showModal)\("
    r"|\.(?:requestSubmit|ariaHidden|ariaLabel|inert|isComposing)\b"
    r"|Promise\.(?:any|allSettled|withResolvers)|Object\.(?:hasOwn|fromEntries|groupBy)|AbortSignal\.|structuredClone"
    r"|randomUUID|globalThis|requestIdleCallback|ResizeObserver|IntersectionObserver|scrollend|navigation\."
)
"""Later than Chrome 76, Safari 13, Firefox 78."""
NEWER_STYLE = re.compile(
    r":has\(|:is\(|:where\(|(?<![-\w])inset\s*:|aspect-ratio|@layer|@container|color-mix|\b\d+[dsl]vh\b"
    r"|(?<![-\w])(?:min|max|clamp)\(|(?:margin|padding)-(?:inline|block)\s*:|(?<=[{;}])\s*&"
)
NEWER_STAFF_SCRIPT = re.compile(
    r"\(\?<[=!]|requestSubmit|ariaHidden|\.toSorted\(|groupBy|withResolvers|fromAsync|AbortSignal\.|static\s*\{"
    r"|new FormData\([^()]+,"
)
"""Later than Chrome 109, Safari 15.4, Firefox ESR 115, or known to one of them under another name."""
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


def test_the_checks_see_what_they_look_for():
    assert NEWER_SCRIPT.search("form.requestSubmit(button)") and NEWER_SCRIPT.search("a?.b")
    assert NEWER_SCRIPT.search("given ?? other") and NEWER_SCRIPT.search("list.at(-1)")
    assert NEWER_STYLE.search("html:has(.saving)") and NEWER_STYLE.search(".x { inset: 0 }")
    assert NEWER_STAFF_SCRIPT.search("new FormData(form, event.submitter)")
