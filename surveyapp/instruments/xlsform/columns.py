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

UNDERSTOOD = {
    "begin_group": ("type", "name", "label", "section_id", "area"),
    "end_group": ("type", "name"),
    "select_one": ("type", "name", "label", "hint", "required", "item_id", "criterion"),
    "text": ("type", "name", "label", "hint", "required", "item_id", "max_length"),
    "note": ("type", "name", "label", "required"),
    "choices": ("list_name", "name", "label", "scale", "best"),
    "settings": SETTINGS,
}
"""What is read of a row, by its type in the survey sheet or by its sheet; every other filled cell is refused."""

WITHOUT_DONT_KNOW = "-only"
"""Ends the name of a list that is a scale without the don't-know option."""
