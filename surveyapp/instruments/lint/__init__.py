"""The linter of questionnaires: what a reader would stumble over, before anybody is asked."""

__all__ = (
    "check",
    "findings",
    "form_rules",
)
