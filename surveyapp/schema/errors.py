"""Why a schema is not taken, and why it was not changed."""

from collections.abc import Sequence

from surveyapp.errors import SurveyError


class BrokenReferences(SurveyError):
    """A migration would leave rows of `tables` that refer to nothing; it was undone."""

    def __init__(self, tables: list[str]) -> None:
        super().__init__(", ".join(tables))
        self.tables = tables


class UnknownRevision(SurveyError):
    """There is no migration called `revision`."""

    def __init__(self, revision: str) -> None:
        super().__init__(revision)
        self.revision = revision


class NotCompacted(SurveyError):
    """Migrated; but an older transaction still sees what was erased of `tables`, so it is still there."""

    def __init__(self, tables: Sequence[str]) -> None:
        super().__init__(", ".join(tables))
        self.tables = tables


class SchemaDiffers(SurveyError):
    """The tables stand at revision `found` (empty where there are none); this code needs `needed`."""

    def __init__(self, found: str, needed: str) -> None:
        super().__init__(f"{found or 'no tables'}, needed {needed}: run `surveyapp migrate`")
        self.found, self.needed = found, needed


class SchemaForeign(SurveyError):
    """The number of the revision is right and the tables are not: `differences` says where.

    So looks a database that was made by a revision rewritten since, or mended by hand.
    """

    def __init__(self, revision: str, differences: Sequence[str]) -> None:
        super().__init__(f"{revision}: {'; '.join(differences)}")
        self.revision, self.differences = revision, tuple(differences)
