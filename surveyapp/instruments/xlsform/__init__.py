"""Questionnaires as XLSForm workbooks, the form that ODK, KoboToolbox and spreadsheet authors share."""

__all__ = (
    "reading",
    "writing",
)
