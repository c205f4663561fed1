"""Answers: drafts while a form is filled in, the sealed box once it is submitted, its one opening.

`drafts` and `service.submit` for the pages, `sealed_box` for key and opening, `queries` for what was opened; `opener/`
is packed to run alone, and the demo's custodians use it. `__all__`, here and in each folder, is what other packages may use.
"""

__all__ = (
    "draft_cipher",
    "draft_secret",
    "drafts",
    "errors",
    "models",
    "opener",
    "queries",
    "receipts",
    "rules",
    "sealed_box",
    "service",
    "visits",
)
