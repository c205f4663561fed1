"""Fetch a release, check it, and print the mean of each rated unit and criterion (0 worst, 100 best).

TOKEN=… python3 release_client.py https://…/api/v1/campaigns/C/releases NUMBER KEY verify.pyz FOLDER
With `dry-run` as NUMBER: only ask whether a release would be understood.
"""

import csv
import json
import os
import subprocess
import sys
import zipfile
from collections import defaultdict
from pathlib import Path
from statistics import mean
from urllib.parse import urlencode
from urllib.request import Request, urlopen

READ = {"criteria": ("variable", "criterion"), "means": ("rated_unit", "group", "variable", "mean")}
address, number, key, check, out = sys.argv[1:]


def fetch(path):
    headers = {"Authorization": f"Bearer {os.environ['TOKEN']}"}
    with urlopen(Request(f"{address}/{path}", headers=headers), timeout=120) as answer:
        return answer.read()


def rows(name):
    with next(Path(out).glob(f"*/scoring/{name}.csv")).open(newline="", encoding="utf-8") as table:
        yield from csv.DictReader(table)


asked = [("column", f"scoring/{name}.csv:{one}") for name, names in READ.items() for one in names]
asked += [("format", "par-survey-release/5"), ("key", key)]
if wrong := json.loads(fetch(f"dry-run?{urlencode(asked)}"))["mismatches"]:
    sys.exit(f"a release would not be understood: {wrong}")
if number == "dry-run":
    sys.exit(0)
archive = Path(out) / "release.zip"
archive.write_bytes(fetch(f"{number}.zip"))
if subprocess.run([sys.executable, check, "--key", key, archive]).returncode:
    sys.exit("not whole, or not signed by the centre: nothing was read")
with zipfile.ZipFile(archive) as packed:
    packed.extractall(out)
criterion = {row["variable"]: row["criterion"] for row in rows("criteria")}
means = defaultdict(lambda: defaultdict(list))  # by unit and criterion, then by group
for row in rows("means"):
    if row["mean"]:
        means[row["rated_unit"], criterion[row["variable"]]][row["group"]].append(
            float(row["mean"])
        )
for (unit, code), groups in means.items():  # groups count the same
    sys.stdout.write(f"{unit}\t{code}\t{mean(map(mean, groups.values())):.2f}\n")
