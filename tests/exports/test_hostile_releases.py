"""A release made to deceive the check, or to break it: none passes, and none ends it."""

import csv
import json
import os
import zipfile

import pyarrow.parquet as parquet
import pyreadstat
import pytest

from surveyapp.exports.formats import csv_files
from surveyapp.exports.verify import verify
from tests.exports.test_other_formats_checked import in_the_workbook
from tests.exports.test_release import changed, codes, relisted, writable
from tests.exports.test_tampered import remade


@pytest.fixture
def copy(released, tmp_path):
    return writable(released.folder, tmp_path)


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def stored(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def two_columns_swapped(copy):
    path = copy / "scoring" / "responses.csv"
    heading, *rows = table(path)
    one, other = heading.index("P1_101"), heading.index("P1_102")
    for row in rows:
        row[one], row[other] = row[other], row[one]
    stored(path, [heading, *rows])


def one_answer_in_every_format(copy):
    """Another code in the CSV, Parquet, SPSS, Stata and Excel files alike; counts and all else as they were."""
    scoring = copy / "scoring"
    heading, *rows = table(scoring / "responses.csv")
    at = heading.index("P1_101")
    number = next(n for n, row in enumerate(rows) if row[at] == "1")
    rows[number][at] = "2"
    stored(scoring / "responses.csv", [heading, *rows])
    frame = parquet.read_table(scoring / "responses.parquet").to_pandas()
    frame.loc[number, "P1_101"] = 2
    frame.to_parquet(scoring / "responses.parquet", index=False)
    for suffix in ("", "_en"):
        path = scoring / f"responses{suffix}.sav"
        frame, about = pyreadstat.read_sav(path, user_missing=True)
        frame.loc[number, "P1_101"] = 2
        pyreadstat.write_sav(frame, path, variable_value_labels=about.variable_value_labels)


def table_and_entry_dropped(copy):
    (copy / "public" / "sdmx.csv").unlink()


def document_and_entry_dropped(copy):
    (copy / "documentation" / "ddi.xml").unlink()


def one_more_table(copy):
    (copy / "public" / "small_cells.csv").write_text("rated_unit,n\nTTCP,3\n")


def look_alike(copy):
    source = copy / "public" / "means.csv"
    (copy / "public" / "mеans.csv").write_bytes(source.read_bytes())


def a_link(copy):
    path = copy / "public" / "means.csv"
    other = copy.with_name("outside.csv")
    path.rename(other)
    path.symlink_to(other)


def line_ends(copy):
    path = copy / "scoring" / "counts.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


def line_end_in_a_number(copy):
    path = copy / "scoring" / "counts.csv"
    heading, *rows = table(path)
    rows[0][7] += "\n"
    stored(path, [heading, *rows])


def number_as_float(copy):
    changed(copy / "public" / "participation.csv", ",M1,14\n", ",M1,14.0\n") if ",M1,14\n" in (
        copy / "public" / "participation.csv"
    ).read_text() else changed(copy / "public" / "participation.csv", ",M1,", ",M1,1e1")


def digits_without_end(copy):
    path = copy / "scoring" / "counts.csv"
    heading, *rows = table(path)
    rows[0][7] = "9" * 5000
    stored(path, [heading, *rows])


def cell_without_end(copy):
    with (copy / "scoring" / "remarks.csv").open("a") as file:
        file.write("ministry," + "x" * 200_000 + "\n")


def no_text(copy):
    (copy / "scoring" / "rates.csv").write_bytes(b"\xff\xfe\x00" * 50)


def a_nul(copy):
    with (copy / "scoring" / "remarks.csv").open("a") as file:
        file.write("ministry,a\0b\n")


def broken_workbook(copy):
    (copy / "public" / "results.xlsx").write_bytes(b"PK\x03\x04 broken")


def broken_statistics(copy):
    (copy / "scoring" / "responses.sav").write_bytes(b"$FL2 broken")


def sheet_added(copy):
    in_the_workbook(b'<sheet name="public-means"', b'<sheet name="public-other"', "public")(copy)


def deep(name):
    def do(copy):
        (copy / name).write_text("[" * 200_000)

    return do


def another_figure_in_both(copy):
    for path in ("public/means.json", "public/means_en.json"):
        cube = json.loads((copy / path).read_text())
        first = next(iter(cube["value"]))
        cube["value"][first] += 1
        (copy / path).write_text(json.dumps(cube))


def response_rate(copy):
    heading, first, *rows = table(copy / "scoring" / "rates.csv")
    first[heading.index("rr2")] = "0.900000"
    stored(copy / "scoring" / "rates.csv", [heading, first, *rows])


FORGERIES = [
    two_columns_swapped, one_answer_in_every_format, table_and_entry_dropped, document_and_entry_dropped, one_more_table,
    look_alike, a_link, line_ends, line_end_in_a_number, number_as_float, digits_without_end, cell_without_end, no_text,
    a_nul, broken_workbook, broken_statistics, sheet_added, deep("datapackage.json"), deep("public/means.json"),
    deep("questionnaires/M1.json"), another_figure_in_both, response_rate,
]  # fmt: skip


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_what_was_signed_anew_after_a_forgery_is_not_whole(copy, forge):
    forge(copy)
    assert verify(hidden(copy), formats=True) != []


def test_another_best_end_with_its_new_sum_is_not_what_the_codebook_says(copy):
    path = copy / "questionnaires" / "P1.json"
    changed(path, '"best":"1"', '"best":"5"')

    def its_sum(manifest):
        (one,) = [form for form in manifest["instruments"] if form["code"] == "P1"]
        one["sha256"] = csv_files.sha256(path)

    remade(relisted(copy), its_sum)
    assert codes(copy) == {"codebook_differs"}


def hidden(copy):
    """Sums made anew; where the data package is none any more, it is left so."""
    package = (copy / "datapackage.json").read_bytes()
    if package.startswith(b"[["):
        (copy / "datapackage.json").write_text("{}")
        relisted(copy)
        (copy / "datapackage.json").write_bytes(package)

        def one(manifest):
            manifest["files"] = csv_files.listing(copy)
            manifest["files"] = [
                f for f in manifest["files"] if not f["path"].startswith("manifest.")
            ]

        remade(copy, one)
        return copy
    return relisted(copy)


@pytest.mark.parametrize(
    "text",
    [
        '{"format": "par-survey-release/5", "format": "par-survey-release/5"}',
        '{"release": NaN}', '{"a":' * 50_000, "9" * 5000, '"text"', "null", "[]", "", "\ufeff{}", "\0",
    ],
)  # fmt: skip
def test_a_manifest_that_is_none_is_refused(copy, text):
    (copy / "manifest.json").write_text(text)
    assert codes(copy) & {"no_manifest", "manifest_shape"}


def test_a_name_that_stands_twice_in_the_manifest_is_refused(copy):
    changed(copy / "manifest.json", '"release": 1,', '"release": 2,\n  "release": 1,')
    assert codes(copy) == {"no_manifest"}


@pytest.mark.parametrize(
    "path",
    ["../outside.csv", "/etc/passwd", "public/../../outside.csv", "public/means.csv\0", "public\\means.csv", "Public/means.csv", "con", "", "."],
)  # fmt: skip
def test_a_path_in_the_manifest_leads_nowhere_else(copy, path):
    (copy.parent / "outside.csv").write_text("x")

    def one_more(manifest):
        manifest["files"].append({"path": path, "bytes": 1, "sha256": "0" * 64})

    remade(relisted(copy), one_more)
    assert "extra_file" in codes(copy)


def zipped(folder, archive, more):
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(folder.rglob("*.*")):
            if path.is_file():
                packed.write(path, f"{folder.name}/{path.relative_to(folder).as_posix()}")
        more(packed, folder.name)


def link(packed, top):
    member = zipfile.ZipInfo(f"{top}/public/link.csv")
    member.create_system, member.external_attr = 3, 0o120777 << 16
    packed.writestr(member, "/etc/passwd")


def out_of_it(packed, top):
    packed.writestr(f"{top}/../../outside.txt", "x")


def absolute(packed, _top):
    packed.writestr("/tmp/outside.txt", "x")


def backslash(packed, top):
    packed.writestr(f"{top}\\..\\..\\outside.txt", "x")


def twice(packed, top):
    with pytest.warns(UserWarning, match="Duplicate"):
        packed.writestr(f"{top}/manifest.json", "{}")


def capitals(packed, top):
    packed.writestr(f"{top}/Manifest.json", "{}")


def other_top(packed, _top):
    packed.writestr("other/readme.txt", "x")


def many(packed, top):
    for number in range(1_001):
        packed.writestr(f"{top}/{number}", "")


def bomb(packed, top):
    """Three gigabytes of nothing, told as such: refused before anything is unpacked."""
    with packed.open(f"{top}/public/zeros", "w", force_zip64=True) as member:
        block = bytes(1 << 20)
        member.write(block)
    packed.infolist()[-1].file_size = 3 << 30


@pytest.mark.parametrize(
    "more", [link, out_of_it, absolute, backslash, twice, capitals, other_top, many, bomb]
)
def test_a_zip_with_more_than_a_release_is_refused_before_it_is_unpacked(released, tmp_path, more):
    archive = tmp_path / "release.zip"
    zipped(released.folder, archive, more)
    assert {fault.code for fault in verify(archive)} == {"bad_zip"}
    assert not (tmp_path.parent / "outside.txt").exists()


def test_a_zip_with_a_name_cut_by_a_nul_is_refused(released, tmp_path):
    archive = tmp_path / "release.zip"
    zipped(released.folder, archive, lambda packed, top: packed.writestr(f"{top}/aXb.txt", "x"))
    archive.write_bytes(archive.read_bytes().replace(b"/aXb.txt", b"/a\0b.txt"))
    assert {fault.code for fault in verify(archive)} == {"bad_zip"}


def test_a_zip_that_breaks_off_is_refused(released, tmp_path):
    archive = tmp_path / "release.zip"
    whole = released.folder.with_name(released.folder.name + ".zip").read_bytes()
    for length in (0, 10, len(whole) // 2, len(whole) - 30):
        archive.write_bytes(whole[:length])
        assert {fault.code for fault in verify(archive)} == {"bad_zip"}


def test_a_pipe_or_a_device_in_the_folder_is_told_and_not_read(copy):
    os.mkfifo(copy / "public" / "pipe")
    assert codes(copy) == {"extra_file"}
