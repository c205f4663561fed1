"""What everybody must be able to use: axe's findings on a page, and whether it scrolls sideways."""

import json

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

NAMED = "found => found.violations.flatMap(({id, nodes}) => nodes.map(one => `${id}: ${one.html}`))"
"""Only the faults leave the browser: what axe passed is many times as much."""


def violations(page: Page, *rules: str) -> list[str]:
    """What axe finds wrong with the page as it stands, by all its rules or by those named."""
    options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    page.evaluate(AXE_SCRIPT)
    broken_rules: list[str] = page.evaluate(f"axe.run({json.dumps(options)}).then({NAMED})")
    return broken_rules


SMALL = """() => {
    const shown = (one) => one.getClientRects().length && getComputedStyle(one).visibility !== 'hidden';
    const target = (one) => one.closest('.choice') || one;
    const inText = (one) => one.matches('a') && getComputedStyle(one).display === 'inline'
        && one.parentElement.innerText.trim().length > one.innerText.trim().length + 3;
    return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
        .filter((one) => shown(one) && !one.closest('.unseen, .skip') && !inText(one))
        .map((one) => [one, target(one).getBoundingClientRect()])
        .filter(([, box]) => box.height < 43.5 || box.width < 43.5)
        .map(([one, box]) => `${one.parentElement.tagName}.${one.parentElement.className} > ${one.outerHTML.slice(0, 120)} ${Math.round(box.width)}×${Math.round(box.height)}`);
}"""
"""What is pressed and is under 44 px high or wide; a link within a sentence is as high as its line (WCAG 2.5.5)."""


def small_targets(page: Page) -> list[str]:
    """What a thumb would miss."""
    small: list[str] = page.evaluate(SMALL)
    return small


LARGER = """() => {
    const root = document.documentElement, size = parseFloat(getComputedStyle(root).fontSize);
    root.style.setProperty('font-size', `${2 * size}px`);
    const wide = root.scrollWidth;
    root.style.removeProperty('font-size');
    return wide;
}"""


def width_of_large_text(page: Page) -> int:
    """CSS pixels that the page is wide with its text at 200 %."""
    return int(page.evaluate(LARGER))


def width(page: Page) -> int:
    """CSS pixels that the page is wide; more than the screen's are scrolled for."""
    return int(page.evaluate("document.documentElement.scrollWidth"))
