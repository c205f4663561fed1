"""Builds the opener as a wheel, from the very files the server opens with in its own custody.

`pip install ./opener` uses it; `python opener/backend.py FOLDER` writes into FOLDER the wheel and a
requirements.lock with the hash of every library, for a machine that has never seen a network.
"""

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
sys.path.insert(0, str(PROJECT))

from tools import pure_wheel  # noqa: E402

KINDS = PROJECT / "surveyapp" / "instruments" / "kinds"
"""The kinds of question, packed as a folder of the package."""

SOURCE = PROJECT / "surveyapp" / "responses" / "opener"
ELSEWHERE = {"surveyapp.campaigns.pack.rule_kinds": "rule_kinds"}
"""Modules that are free of the server and stand outside `SOURCE`: packed into the top of the package."""

FONTS = PROJECT / "surveyapp" / "documents" / "fonts"
PACKAGE = "par_opener"
LIBRARIES = ("cryptography", "cffi", "pycparser", "segno", "typst")
"""What the opener needs, and what these need."""


def get_requires_for_build_wheel(config_settings: object = None) -> list[str]:  # noqa: ARG001
    """Nothing."""
    return []


def build_wheel(
    wheel_directory: str,
    config_settings: object = None,  # noqa: ARG001  the frontend names them
    metadata_directory: object = None,  # noqa: ARG001
) -> str:
    """Write the wheel (PEP 427) and return its name."""
    return pure_wheel.build(Path(wheel_directory), folder=HERE, package=PACKAGE, files=_files())


def lock() -> str:
    """The lines of the server's lock for the opener's libraries, hashes included."""
    entries = re.split(r"\n(?=\S)", (PROJECT / "requirements.lock").read_text(encoding="utf-8"))
    wanted = re.compile(rf"({'|'.join(LIBRARIES)})==")
    return "\n".join(entry.rstrip() for entry in entries if wanted.match(entry)) + "\n"


def _files() -> dict[str, bytes]:
    source = sorted(path for path in SOURCE.rglob("*") if path.suffix in {".py", ".typ"})
    found = {path.relative_to(SOURCE).as_posix(): path.read_bytes() for path in source}
    found |= {f"kinds/{path.name}": path.read_bytes() for path in sorted(KINDS.glob("*.py"))}
    for path in found:
        found[path] = found[path].replace(b"from surveyapp.instruments.kinds", b"from .kinds")
    for module, name in ELSEWHERE.items():
        found[f"{name}.py"] = (PROJECT / f"{module.replace('.', '/')}.py").read_bytes()
        for path in found:
            found[path] = found[path].replace(f"from {module} ".encode(), f"from .{name} ".encode())
    assert not any(b"from surveyapp" in content for content in found.values()), "needs the server"
    fonts = sorted(path for path in FONTS.iterdir() if path.suffix in {".ttf", ".txt"})
    return found | {f"custody/fonts/{path.name}": path.read_bytes() for path in fonts}


if __name__ == "__main__":
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    (out / "requirements.lock").write_text(lock(), encoding="utf-8")
    build_wheel(str(out))
