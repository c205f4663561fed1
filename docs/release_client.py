"""Fetch a release, check it, and print the mean of each rated unit and criterion (0 worst, 100 best).

TOKEN=… python3 release_client.py https://…/api/v1/campaigns/C/releases NUMBER KEY verify.pyz FOLDER
"""

import csv
import os
import subprocess
import sys
import zipfile
from collections import defaultdict
from pathlib import Path
from statistics import mean
from urllib.request import Request, urlopen

address, number, key, check, out = sys.argv[1:]
asked = Request(
    f"{address}/{number}.zip", headers={"Authorization": f"Bearer {os.environ['TOKEN']}"}
)
archive = Path(out) / "release.zip"
with urlopen(asked, timeout=120) as answer:
    archive.write_bytes(answer.read())
if subprocess.run([sys.executable, check, "--key", key, archive]).returncode:
    sys.exit("not whole, or not signed by the centre: nothing was read")
with zipfile.ZipFile(archive) as packed:
    packed.extractall(out)
(scoring,) = Path(out).glob("*/scoring")
with (scoring / "criteria.csv").open(newline="", encoding="utf-8") as table:
    criterion = {row["variable"]: row["criterion"] for row in csv.DictReader(table)}
means = defaultdict(
    lambda: defaultdict(list)
)  # by unit and criterion, then by group: groups count the same
with (scoring / "means.csv").open(newline="", encoding="utf-8") as table:
    for row in csv.DictReader(table):
        means[row["rated_unit"], criterion[row["variable"]]][row["group"]].append(
            float(row["mean"])
        )
for (unit, code), groups in means.items():
    sys.stdout.write(f"{unit}\t{code}\t{mean(map(mean, groups.values())):.2f}\n")
