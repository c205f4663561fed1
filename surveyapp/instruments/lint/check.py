"""Runs every rule over a questionnaire and lets explained exceptions stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from surveyapp.instruments.lint import form_rules, wording_rules
from surveyapp.instruments.lint.findings import LintFinding
from surveyapp.instruments.model import Frozen, Instrument, Text

Rule = Literal[
    "duplicate",
    "double",
    "double_negative",
    "negative",
    "leading",
    "long",
    "phone",
    "direction",
    "minutes",
]
_GRAVITY = {"error": 0, "warning": 1, "note": 2}


class LintException(Frozen):
    """Findings of one rule that are meant: where, and why. Errors have no exception."""

    rule: Rule
    places: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]
    reason: Text


def lint(instrument: Instrument) -> list[LintFinding]:
    """Every finding, the gravest first, else in the order of the questionnaire."""
    rules = (*form_rules.RULES, *wording_rules.RULES)
    findings = [finding for rule in rules for finding in rule(instrument)]
    return sorted(findings, key=lambda one: (_GRAVITY[one.severity], one.path))


def excuse(
    findings: Iterable[LintFinding], exceptions: Sequence[LintException], *, language: str
) -> list[LintFinding]:
    """The findings, those that an exception covers with its reason in `language`."""
    reasons: dict[tuple[str, str], str] = {
        (each.rule, where): each.reason.get(language)
        for each in exceptions
        for where in each.places
    }
    return [replace(f, excuse=reasons.get((f.rule, f.place), "")) for f in findings]


def unused(
    findings: Iterable[LintFinding], exceptions: Sequence[LintException]
) -> list[tuple[int, LintFinding]]:
    """A finding for each exception that covers nothing, with the exception's position from 0."""
    needed = {(finding.rule, finding.place) for finding in findings}
    return [
        (position, LintFinding("unused_exception", where, facts={"rule": each.rule}))
        for position, each in enumerate(exceptions)
        for where in each.places
        if (each.rule, where) not in needed
    ]
