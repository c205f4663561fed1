"""Why a backup was not taken, not read, or not restored."""

from pathlib import Path

from surveyapp.errors import SurveyError


class NoRecipient(SurveyError):
    """No key is set to which a backup could be encrypted."""


class BackupUnreadable(SurveyError):
    """The file is no backup, was cut short or altered, or is for another key; `reason` says which."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason


class ProgramFailed(SurveyError):
    """A program of PostgreSQL's ended with an error, or is not installed."""

    def __init__(self, program: str, said: str) -> None:
        super().__init__(f"{program}: {said}")
        self.program, self.said = program, said


class NotEmpty(SurveyError):
    """A backup goes only where nothing is: `place` holds something."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place


class BackupNewer(SurveyError):
    """The backup is of `revision`, which this program does not know."""

    def __init__(self, revision: str) -> None:
        super().__init__(revision)
        self.revision = revision


class OtherEngine(SurveyError):
    """The backup is of one engine and DATABASE_URL names another."""

    def __init__(self, found: str, wanted: str) -> None:
        super().__init__(f"{found}, not {wanted}")
        self.found, self.wanted = found, wanted
