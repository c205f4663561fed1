"""PDF by typst: tagged, in Vietnamese, from a template of ours and facts as JSON, never from built markup.

Runs in a process of its own, because typst keeps what it has laid out in memory.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SECONDS = 60
FONTS = Path(__file__).parent / "fonts"


def write_pdf(template: Path, facts: Mapping[str, Any]) -> bytes:
    """The document that `template` (a .typ file) makes of `facts`, read there as `sys.inputs.facts`.

    Raises `subprocess.CalledProcessError` when the template has a fault.
    """
    return _compile(template, facts, "pdf")


def write_png(template: Path, facts: Mapping[str, Any]) -> bytes:
    """The one page that `template` makes of `facts`, as a picture of 192 dots an inch."""
    return _compile(template, facts, "png")


def _compile(template: Path, facts: Mapping[str, Any], kind: str) -> bytes:
    done = subprocess.run(  # noqa: S603  our own interpreter and our own file
        [sys.executable, "-m", "surveyapp.documents.pdf", str(template), kind],
        input=json.dumps(facts, ensure_ascii=False).encode(),
        capture_output=True,
        timeout=SECONDS,
        check=True,
    )
    return done.stdout


def main() -> None:
    """Facts on standard input, the document on standard output."""
    import typst

    is_picture = sys.argv[2:] == ["png"]
    made: bytes = typst.compile(
        Path(sys.argv[1]),
        format="png" if is_picture else "pdf",
        ppi=192.0 if is_picture else None,
        sys_inputs={"facts": sys.stdin.buffer.read().decode()},
        font_paths=[FONTS],
        ignore_system_fonts=True,
    )
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
