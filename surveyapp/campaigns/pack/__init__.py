"""The campaign pack: one folder that holds everything a round is made of, read, checked and loaded."""

__all__ = (
    "cleaning_rules",
    "json_schemas",
    "linting",
    "loading",
    "reading",
    "rounds",
    "rule_kinds",
    "tables",
)
