"""LibreOffice as the writer of what offices hand in."""

import subprocess
from pathlib import Path


def converted(path: Path, kind: str) -> bytes:
    """The same workbook saved as `kind` (ods, xls, xlsx), in a folder beside it."""
    folder = path.parent / kind
    profile = f"-env:UserInstallation=file://{path.parent}/profile"
    subprocess.run(
        [
            "soffice",
            "--headless",
            profile,
            "--convert-to",
            kind,
            "--outdir",
            str(folder),
            str(path),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return (folder / f"{path.stem}.{kind}").read_bytes()
