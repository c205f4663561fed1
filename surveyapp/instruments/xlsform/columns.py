"""The sheets and columns of our XLSForms: those of the standard, and ours beside them."""

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
)
CHOICES = ("list_name", "name", *spoken("label"), "scale", "best")
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

WITHOUT_DONT_KNOW = "-only"
"""Ends the name of a list that is a scale without the don't-know option."""
