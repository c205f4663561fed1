"""What a process leaves on the machine: no image of its memory, no file that anybody else can read."""

import os
import resource
from pathlib import Path

from surveyapp.config import Settings
from surveyapp.errors import SurveyError

UMASK = 0o077
_FILE = "sqlite:///"


class ReadableByOthers(SurveyError):
    """Files or folders of the server that others on the machine can read or enter."""

    def __init__(self, paths: list[Path]) -> None:
        super().__init__(", ".join(map(str, paths)))
        self.paths = paths


def leave_none() -> None:
    """From now on, in this process and all that it starts: no core dump, and files for the owner alone.

    A core dump would hold whatever answers were in memory, in clear, in a file that nobody thinks of.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(UMASK)


def check(settings: Settings) -> None:
    """Refuse an instance folder, or a database file outside it, that stands open to others.

    Raises `ReadableByOthers` with all of it. The key ring and the box keys have their own check.
    """
    guarded = [settings.instance]
    if settings.database_url.startswith(_FILE):
        database = Path(settings.database_url.removeprefix(_FILE))
        if settings.instance not in database.parents:
            guarded += (Path(f"{database}{end}") for end in ("", "-wal", "-shm"))
    wide = [path for path in guarded if path.exists() and path.stat().st_mode & UMASK]
    if wide:
        raise ReadableByOthers(wide)
