"""The sheets and columns of our XLSForms: those of the standard, and ours beside them."""

from surveyapp.instruments.kinds.registry import KINDS

LANGUAGES = {"vi": "Tiếng Việt (vi)", "en": "English (en)"}
"""As XLSForm wants languages named: the name, and the IANA subtag in brackets."""


def spoken(column: str) -> tuple[str, ...]:
    """The column once per language, as `label::Tiếng Việt (vi)`."""
    return tuple(f"{column}::{name}" for name in LANGUAGES.values())


SURVEY = (
    "type",
    "name",
    *spoken("label"),
    *spoken("hint"),
    "required",
    "item_id",
    "criterion",
    "section_id",
    "area",
    "max_length",
    "relevant",
    "constraint",
    "settings",
    "shown_if",
    "matrix",
    "beside",
)
CHOICES = ("list_name", "name", *spoken("label"), "scale", "best", "other", "alone")
SETTINGS = (
    "form_title",
    "form_id",
    "version",
    "default_language",
    "title_vi",
    "title_en",
    "status",
    "minutes",
)
SHEETS = {"survey": SURVEY, "choices": CHOICES, "settings": SETTINGS}

_ITEM = (
    "type", "name", "label", "hint", "guidance_hint", "required", "item_id", "criterion", "max_length", "relevant", "constraint",
    "settings", "shown_if", "matrix", "beside",
)  # fmt: skip

UNDERSTOOD = {
    "begin_group": ("type", "name", "label", "section_id", "area", "relevant", "shown_if"),
    "end_group": ("type", "name"),
    **dict.fromkeys((kind.form_word for kind in KINDS.values()), _ITEM),
    "range": (*_ITEM, "parameters"),
    **dict.fromkeys(("decimal", "percentage", "date", "time", "datetime"), _ITEM),
    "note": (
        "type",
        "name",
        "label",
        "hint",
        "guidance_hint",
        "required",
        "relevant",
        "calculation",
    ),
    "choices": ("list_name", "name", "label", "scale", "best", "other", "alone"),
    "settings": SETTINGS,
}
"""What is read of a row, by its type in the survey sheet or by its sheet; every other filled cell is refused."""

WITHOUT_DONT_KNOW = "-only"
"""Ends the name of a list that is a scale without the don't-know option."""
