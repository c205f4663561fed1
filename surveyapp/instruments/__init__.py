"""Questionnaire files: read, validated and frozen into the instruments people answer. Pure; no tables.

`reading` reads, `freeze` freezes, `lint` says what a reader would stumble over, `xlsform` goes to spreadsheets and back.
`__all__`, here and in each folder, is what other packages may use.
"""

__all__ = (
    "changes",
    "comparability",
    "errors",
    "fingerprints",
    "freeze",
    "kinds",
    "labels",
    "lint",
    "model",
    "printed",
    "reading",
    "xlsform",
    "yaml_document",
    "yaml_writing",
)
