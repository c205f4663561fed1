"""What an XLSForm says in another way than ours is written out in rows of ours, before they are read."""

from surveyapp.instruments.xlsform.document import SheetDocument
from surveyapp.instruments.xlsform.rewriting import boxes
from surveyapp.instruments.xlsform.rewriting.filtered import FilteredLists
from surveyapp.instruments.xlsform.rewriting.made import AskedRow
from surveyapp.instruments.xlsform.rewriting.repeats import Repeats
from surveyapp.instruments.xlsform.sheets import SheetRow

__all__ = ("rewritten",)


def rewritten(
    document: SheetDocument, asked: list[AskedRow], choices: list[SheetRow]
) -> tuple[list[AskedRow], list[SheetRow]]:
    """The survey's rows, and the rows of all lists; what cannot be written out stays and is refused for it."""
    asked, choices = boxes.expand(document, asked, choices)
    if not document.is_ours:  # ours has ids that can stand but once
        asked, choices = Repeats(document, choices).expand(asked)
    return FilteredLists(document, choices).expand(asked)
