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
    found: list[str] = page.evaluate(f"axe.run({json.dumps(options)}).then({NAMED})")
    return found


def width(page: Page) -> int:
    """CSS pixels that the page is wide; more than the screen's are scrolled for."""
    return int(page.evaluate("document.documentElement.scrollWidth"))
