"""What the house stands on is listed, with its licence."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tools import secret_scan

PROJECT = Path(__file__).parents[2]

SAYS_IT_IN_FILES_ALONE = {"pypdfium2"}
"""Apache-2.0 or BSD-3-Clause, with PDFium's own: in its licence files, in no field of its description."""


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_list_of_components_names_every_library_with_its_licence(tmp_path):
    out = tmp_path / "sbom.json"
    # `make sbom` also holds it against CycloneDX's schema, which takes twenty times as long.
    command = [sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible"]
    command += ["--no-validate"]
    subprocess.run([*command, "-o", str(out)], check=True, capture_output=True, timeout=300)
    listed = json.loads(out.read_text())
    assert listed["bomFormat"] == "CycloneDX"
    components = {plain(one["name"]): one for one in listed["components"]}
    pinned = re.findall(
        r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==([^\s;]+)",
        (PROJECT / "requirements.txt").read_text(),
        re.MULTILINE,
    )
    assert len(pinned) > 30
    for name, version in pinned:
        assert components[plain(name)]["version"] == version
        assert components[plain(name)].get("licenses") or name in SAYS_IT_IN_FILES_ALONE, name


def test_a_secret_that_nobody_has_looked_at_is_found_and_a_known_one_is_not_told_again(tmp_path):
    planted = "".join(("-----BEGIN ", "RSA PRIVATE KEY-----"))
    (tmp_path / "settings.py").write_text(f"KEY = '{planted}'\n")
    (leak,) = secret_scan.scan(tmp_path, ["settings.py"])
    assert leak[1] == "Private Key"
    file = "docs/operating.md"
    assert set(secret_scan.scan(PROJECT, ["deploy/answers.example", file])) <= secret_scan.known()
