"""`make secrets`: what looks like a secret in the files of the repository and was not looked at by a person yet.

`python -m tools.secret_scan [--accept]`. What was looked at stands in `tools/known_secrets.json` by file and hash:
examples, keys of tests, alphabets. `--accept` writes it anew, after somebody has read the list. Exit code 1 for news.
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from detect_secrets import SecretsCollection
from detect_secrets.settings import default_settings

ROOT = Path(__file__).resolve().parents[1]
KNOWN = ROOT / "tools" / "known_secrets.json"
NOT_READ = re.compile(
    r"\.(lock|po|svg|sql|gz|png|xlsx|xls|ods)$|common_passwords|databases/|known_secrets"
)
"""Hashes, translations and pictures: all of it looks random and none of it opens anything."""

Finding = tuple[str, str, str]


def tracked() -> list[str]:
    """The files that the repository has."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in listed.stdout.splitlines() if not NOT_READ.search(name)]


def scan(root: Path, names: Iterable[str]) -> dict[Finding, int]:
    """File, kind and hash of whatever looks like a secret, with its line."""
    secrets = SecretsCollection(root=str(root))
    with default_settings():
        for name in names:
            secrets.scan_file(name)
    return {(file, one.type, one.secret_hash): one.line_number for file, one in secrets}


def known() -> set[Finding]:
    return {(one[0], one[1], one[2]) for one in json.loads(KNOWN.read_text())}


def main() -> None:
    """Print the news; write down what was looked at with `--accept`."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--accept", action="store_true", help="what is there now was looked at")
    accept = parser.parse_args().accept
    secrets = scan(ROOT, tracked())
    if accept:
        KNOWN.write_text(json.dumps(sorted(secrets), indent=0) + "\n")
    news = sorted(set(secrets) - known())
    for file, kind, secret in news:
        print(f"{file}:{secrets[file, kind, secret]}: {kind}")
    print(f"{len(secrets)} places look like secrets, {len(news)} of them new")
    sys.exit(bool(news))


if __name__ == "__main__":
    main()
