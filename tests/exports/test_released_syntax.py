"""R and PSPP (which reads SPSS's commands) run what a release holds for them, and count what the CSV counts.

Stata is not free: its commands are read by nobody here, only held against the columns (`test_formats.py`).
"""

import csv
import json
import shutil
import subprocess
from collections import Counter

import pytest

ITEMS = ("M1_101", "M1_203", "P3_101")

IN_R = """
source("documentation/syntax/{name}", encoding = "UTF-8")
for (item in c({items})) {{
  counted <- table(responses[[item]])
  write.table(data.frame(item, names(counted), as.vector(counted), attr(responses[[item]], "label")),
    "{out}", append = TRUE, sep = "\\t", quote = FALSE, row.names = FALSE, col.names = FALSE, fileEncoding = "UTF-8")
}}
cat(nrow(responses), sum(responses$rated_unit == "01"), "\\n")
"""


def program(name):
    """Where it is: `tools/system_packages.sh` installs it."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed: tools/system_packages.sh")
    return path


@pytest.fixture
def told(released):
    """Rows, and how often each code stands in each item, from the CSV alone."""
    with (released.folder / "scoring" / "responses.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return rows, {name: Counter(row[name] for row in rows if row[name]) for name in ITEMS}


def words(released, language):
    """The label of each item and of each of its codes, from the codebook."""
    with (released.folder / "scoring" / "codebook.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["variable"] in ITEMS and row["code"]:
                yield row["variable"], row["code"], row[f"label_{language}"]


@pytest.mark.parametrize(("name", "language"), [("read.R", "vi"), ("read_en.R", "en")])
def test_r_reads_the_same_numbers_with_labels(released, told, tmp_path, name, language):
    rscript, out = program("Rscript"), tmp_path / "told.tsv"
    items = ", ".join(json.dumps(item) for item in ITEMS)
    script = tmp_path / "count.R"
    script.write_text(IN_R.format(name=name, items=items, out=out))
    ran = subprocess.run(
        [rscript, "--vanilla", str(script)], cwd=released.folder, capture_output=True, text=True,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"}, timeout=60,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    rows, counts = told
    provinces = sum(row["rated_unit"] == "01" for row in rows)
    assert ran.stdout.split() == [str(len(rows)), str(provinces)]
    counted = {}
    for line in out.read_text().splitlines():
        item, label, n, question = line.split("\t")
        assert question
        counted[item, label] = int(n)
    expected = {
        (item, f"{code}. {label}"): counts[item][code]
        for item, code, label in words(released, language)
    }
    assert counted == expected


@pytest.mark.parametrize(("name", "language"), [("read.sps", "vi"), ("read_en.sps", "en")])
def test_pspp_reads_the_same_numbers_with_labels_and_missing_codes(
    released, told, tmp_path, name, language
):
    pspp = program("pspp")
    commands = (released.folder / "documentation" / "syntax" / name).read_text()
    script = tmp_path / "count.sps"
    script.write_text(f"{commands}FREQUENCIES {' '.join(ITEMS)} /STATISTICS=NONE.\n")
    out = tmp_path / "told.csv"
    ran = subprocess.run(
        [pspp, str(script), "-O", "format=csv", "-o", str(out)], cwd=released.folder, capture_output=True, text=True,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}, timeout=60,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    rows, counts = told
    tables = out.read_text().split("Table: ")[1:]
    assert len(tables) == len(ITEMS)
    labels = {item: {} for item in ITEMS}
    for item, code, label in words(released, language):
        labels[item][label] = code
    for item, table in zip(ITEMS, tables, strict=True):
        counted, missing, part = Counter(), Counter(), ""
        for line in csv.reader(table.splitlines()[2:]):
            part = line[0] if line and line[0] else part
            if len(line) > 2 and line[1] in labels[item]:
                (missing if part == "Missing" else counted)[labels[item][line[1]]] = int(line[2])
        asked = counts[item]
        assert counted == Counter({code: n for code, n in asked.items() if code != "98"})
        assert missing == Counter({"98": asked["98"]} if asked["98"] else {})
        assert f"Total,,{len(rows)}" in table
