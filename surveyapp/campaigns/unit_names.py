"""How a unit is named in a sentence: a province with "tỉnh" or "thành phố", a ministry by its name."""

from surveyapp.i18n import _

CITIES = frozenset({"01", "31", "48", "79", "92"})
"""GSO codes of the cities under central rule. 46 became one with its new name, Huế."""


def in_a_sentence(code: str, name: str, *, name_vi: str) -> str:
    """The unit's `name` in the present language with what kind of province it is; codes of provinces are digits."""
    if not code.isdigit():
        return name
    if code in CITIES or name_vi == "Huế":
        return _("thành phố %(name)s", name=name)
    return _("tỉnh %(name)s", name=name)
