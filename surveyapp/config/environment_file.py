"""The one file of settings that services and the command line read alike.

Its form is that of systemd's `EnvironmentFile=`: a variable a line, `#` before a remark, quotes around
what has spaces. Nothing in it is replaced or run.
"""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "SURVEYAPP_ENV_FILE"
USUAL = Path("/etc/surveyapp/surveyapp.env")


def in_use() -> Path:
    """The file that is read, whether or not it is there."""
    return Path(os.environ.get(VARIABLE) or USUAL)


def merged(environment: Mapping[str, str], faults: list[str]) -> dict[str, str]:
    """The variables of the file, if there is one, under those of the environment itself."""
    given = environment.get(VARIABLE)
    path = Path(given) if given else USUAL
    if not given and not os.access(path, os.R_OK):
        return dict(environment)
    try:
        words = path.read_text(encoding="utf-8")
        mode = path.stat().st_mode
    except (OSError, UnicodeDecodeError):
        faults.append(f"{VARIABLE}: cannot be read: {path}")
        return dict(environment)
    if mode & stat.S_IRWXO:
        faults.append(f"{VARIABLE}: {path} holds passwords and others can read it: chmod o= {path}")
    return {**_read(path, words, faults), **environment}


def _read(path: Path, words: str, faults: list[str]) -> dict[str, str]:
    settings = {}
    for number, line in enumerate(words.splitlines(), start=1):
        text = line.strip()
        if not text or text[0] in "#;":
            continue
        name, equals, value = text.partition("=")
        if not equals or not name.isidentifier():
            faults.append(f"{path}:{number}: give NAME=value")
            continue
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        settings[name] = value
    return settings
