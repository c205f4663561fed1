"""Fieldwork: how many answered, where that leads, whether they are like those who were asked, and reports of it.

Everything here is worked out from counts of assignments; nothing reads a draft, a ballot or a response.
`rules` has the dispositions' rates, `counts` the figures, `labels` their words; `__all__`, here and in each folder,
is what other packages may use.
"""

__all__ = (
    "counts",
    "errors",
    "forecast",
    "labels",
    "models",
    "reports",
    "representativeness",
    "rules",
)
