"""Cleaning by rule: sets of rules, what they find and what they would do to results; nothing stored is ever changed."""

__all__ = (
    "answer_similarity",
    "report",
    "rule_labels",
    "rulesets",
    "sensitivity",
    "studies",
)
