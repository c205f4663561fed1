"""A release holds every answer, names nobody, tells no small group and never changes."""

import csv
import json
import shutil
import stat
import zipfile
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from surveyapp.accounts.act import Act
from surveyapp.accounts.models import AuditEntry
from surveyapp.campaigns.models import Campaign
from surveyapp.exports.errors import NotReleasable, NumberTaken, ReleaseExists, ResponsesChanged
from surveyapp.exports.formats import csv_files
from surveyapp.exports.models import Release
from surveyapp.exports.release import building, signature
from surveyapp.exports.verify import is_signed, verify
from surveyapp.keys import KeyRing
from surveyapp.responses import queries as responses
from surveyapp.responses.models import BoxOpening
from tests import factories
from tests.exports.opened import SIZES, opened_campaign


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def campaign(db, now):
    return opened_campaign(db, now)


@pytest.fixture
def registered(db, campaign, tmp_path, now, keys):
    """A release that stands in the test's own database."""
    return building.build(db, campaign, out=tmp_path, act=Act("centre", now, keys))


@pytest.fixture(scope="module")
def releases() -> dict[str, Path]:
    return {}


@pytest.fixture
def folder(engine, releases, request, tmp_path_factory, now, keys):
    """The files of a release, built once on each engine for all who only read them or change a copy."""
    name = engine.dialect.name
    if name not in releases:
        db, campaign = request.getfixturevalue("db"), request.getfixturevalue("campaign")
        out = tmp_path_factory.mktemp(name)
        releases[name] = building.build(db, campaign, out=out, act=Act("centre", now, keys))
    return releases[name]


def test_a_release_is_whole_where_it_is_received(folder):
    assert verify(folder) == []


def test_an_independent_recount_of_the_responses_agrees_with_the_counts(db, campaign, registered):
    recount = Counter()
    for row in responses.responses(db, campaign.id):
        for item, code in row.answers.items():
            recount[row.rated_unit_code, row.group_code, item, code] += 1
    released = Counter()
    for row in table(registered / "scoring" / "counts.csv"):
        cell = (row["rated_unit"], row["group"], row["item"])
        released[(*cell, row["option"])] = int(row["n_option"])
        released[(*cell, "98")] = int(row["n_dont_know"])
    assert +released == recount


def test_every_response_is_a_row_and_small_cells_lose_their_unit(folder):
    rows = Counter(
        (row["rated_unit"], row["group"]) for row in table(folder / "scoring" / "responses.csv")
    )
    assert rows.total() == sum(SIZES.values())
    assert rows[("*", "M5")] == 13
    assert rows[("*", "M1")] == 14
    assert rows[("BNV", "M1")] == 14
    assert rows[("*", "*")] == 4
    assert ("TTCP", "M1") not in rows


def test_rows_of_a_group_too_small_to_tell_carry_no_answer(folder):
    rows = table(folder / "scoring" / "responses.csv")
    withheld = [row for row in rows if row["group"] == "*"]
    assert {value for row in withheld for name, value in row.items() if name != "row"} == {"*", ""}


def test_counts_are_complete_for_every_planned_cell_and_option(folder):
    rows = table(folder / "scoring" / "counts.csv")
    cells = {(row["rated_unit"], row["group"]) for row in rows}
    assert ("46", "P4") in cells  # planned, nobody answered
    assert ("TTCP", "M5") not in cells  # never asked
    assert all(row["n_responses"] == "0" for row in rows if row["group"] == "P4")
    one = [row for row in rows if (row["rated_unit"], row["item"]) == ("BNV", "M1-101")]
    assert [row["option"] for row in one] == ["1", "2", "3", "4", "5"]


def test_no_public_count_of_a_unit_is_under_the_threshold(folder):
    shown = [row["responses"] for row in table(folder / "public" / "participation.csv")]
    assert min(int(n) for n in shown if n) >= 5
    answers = table(folder / "public" / "answers.csv")
    of_units = [row for row in answers if row["rated_unit"] != "all"]
    assert of_units
    assert all(row["n_low"] == row["n_high"] for row in of_units)
    assert min(int(row["n_low"]) for row in of_units) >= 5


def test_every_item_of_every_unit_with_ten_responses_has_its_figures(folder):
    told = {
        (r["rated_unit"], r["group"]): r for r in table(folder / "public" / "participation.csv")
    }
    assert told["TTCP", "M1"]["responses"] == ""
    enough = {
        cell for cell, row in told.items() if "all" not in cell and int(row["responses"] or 0) >= 10
    }
    means = [r for r in table(folder / "public" / "means.csv") if r["rated_unit"] != "all"]
    assert {(row["rated_unit"], row["group"]) for row in means} == enough
    for row in means:
        assert row["responses"] == told[row["rated_unit"], row["group"]]["responses"]
        assert 0 <= float(row["mean_low"]) <= float(row["mean"]) <= float(row["mean_high"]) <= 100
        assert float(row["interval_low"]) <= float(row["mean_low"])
        assert float(row["interval_high"]) >= float(row["mean_high"])
        assert float(row["top_two_low"]) <= float(row["top_two_high"])


def test_a_total_is_made_of_published_figures_only(folder):
    told = table(folder / "public" / "participation.csv")
    total = next(r for r in told if (r["rated_unit"], r["group"]) == ("all", "M1"))
    assert int(total["responses"]) == 14 + 11  # TTCP's three are not in it
    rows = [r for r in table(folder / "public" / "answers.csv") if r["item"] == "M1-101"]
    of_units = sum(int(r["n_low"]) for r in rows if r["rated_unit"] != "all")
    assert of_units == 25
    for row in (r for r in rows if r["rated_unit"] == "all"):
        runs = [
            r for r in rows if r["rated_unit"] != "all" and row["options"] in r["options"].split()
        ]
        assert int(row["n_high"]) == sum(int(r["n_high"]) for r in runs)


def test_rates_have_a_row_for_every_planned_cell(folder):
    rows = table(folder / "scoring" / "rates.csv")
    cells = {(row["rated_unit"], row["group"]) for row in rows}
    assert ("BNV", "M1") in cells
    assert all(row["rr1"] == "" for row in rows)  # nobody was invited: no rate, not 0 %


def test_the_codebook_knows_every_column(folder):
    with (folder / "scoring" / "responses.csv").open() as file:
        columns = next(csv.reader(file))
    assert {row["variable"] for row in table(folder / "scoring" / "codebook.csv")} == set(columns)


def test_a_remark_stands_apart_and_no_spreadsheet_runs_it(db, now, keys, tmp_path):
    text = '=HYPERLINK("http://xa.example.vn";"bấm")'
    campaign = opened_campaign(db, now, remarks=(("province", text), ("ministry", "'quen'")))
    folder = building.build(db, campaign, out=tmp_path, act=Act("centre", now, keys))
    rows = table(folder / "scoring" / "remarks.csv")
    assert sorted(row["text"].removeprefix("'") for row in rows) == sorted([text, "'quen'"])
    assert all(row["text"].startswith("'") for row in rows)
    assert set(rows[0]) == {"level", "text"}


def test_the_same_results_give_the_same_bytes(db, campaign, registered, tmp_path, now, keys):
    db.execute(Release.__table__.delete())
    again = building.build(db, campaign, out=tmp_path / "again", act=Act("someone else", now, keys))
    first, second = registered.with_suffix(".zip"), again.with_suffix(".zip")
    assert first.read_bytes() == second.read_bytes()


def test_the_next_release_differs_in_its_number_only(db, campaign, registered, tmp_path, now, keys):
    second = building.build(db, campaign, out=tmp_path, act=Act("centre", now, keys))
    assert (registered.name, second.name) == ("tiny-release-001", "tiny-release-002")
    one, two = (json.loads((path / "manifest.json").read_text()) for path in (registered, second))
    assert (one.pop("release"), two.pop("release")) == (1, 2)
    assert one == two


def test_the_zip_holds_the_folder(folder, tmp_path):
    with zipfile.ZipFile(folder.with_suffix(".zip")) as archive:
        archive.extractall(tmp_path / "unpacked")
    assert verify(tmp_path / "unpacked" / folder.name) == []


def test_no_file_of_a_release_can_be_written(folder):
    for path in [*folder.rglob("*.*"), folder.with_suffix(".zip")]:
        assert not stat.S_IMODE(path.stat().st_mode) & 0o222, path


def test_a_release_is_registered_and_the_campaign_released(db, campaign, registered, now):
    entry = db.execute(select(Release)).scalar_one()
    assert (entry.number, entry.built_at, entry.built_by) == (1, now, "centre")
    assert entry.response_count == sum(SIZES.values())
    assert db.scalar(select(Campaign.state).where(Campaign.id == campaign.id)) == "released"
    assert "release.built" in db.scalars(select(AuditEntry.action)).all()
    assert building.releases(db, campaign.id) == [entry]


def test_nothing_is_released_before_the_box_is_opened(db, now, keys, tmp_path):
    campaign = factories.campaign(db, now, opened=True)
    with pytest.raises(NotReleasable) as refused:
        building.build(db, campaign, out=tmp_path, act=Act("centre", now, keys))
    assert refused.value.state == "open"
    assert list(tmp_path.iterdir()) == []


def test_a_release_is_never_written_over(db, campaign, registered, tmp_path, now, keys):
    db.execute(Release.__table__.delete())
    before = (registered / "manifest.json").read_bytes()
    with pytest.raises(ReleaseExists):
        building.build(db, campaign, out=tmp_path, act=Act("centre", now, keys))
    assert (registered / "manifest.json").read_bytes() == before


def test_two_releases_at_once_do_not_share_a_number(db, campaign, tmp_path, now, keys):
    first = building.prepare(db, campaign, out=tmp_path / "one", keys=keys)
    second = building.prepare(db, campaign, out=tmp_path / "two", keys=keys)
    building.register(db, campaign, first, act=Act("centre", now, keys))
    with pytest.raises(NumberTaken):
        building.register(db, campaign, second, act=Act("centre", now, keys))
    assert list((tmp_path / "two").iterdir()) == []


def test_a_response_that_was_lost_after_the_opening_stops_the_release(
    db, campaign, tmp_path, now, keys
):
    db.execute(update(BoxOpening).values(ballots=sum(SIZES.values()) + 1))
    with pytest.raises(ResponsesChanged) as refused:
        building.build(db, campaign, out=tmp_path, act=Act("centre", now, keys))
    assert refused.value.found == sum(SIZES.values())
    assert list(tmp_path.iterdir()) == []


def writable(folder: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    for path in copy.rglob("*.*"):
        path.chmod(0o644)
    return copy


def relisted(folder: Path) -> Path:
    """The manifest after someone hid a change by new sums and signed it with a key of their own."""
    forger = KeyRing({1: bytes(range(32))})
    package = json.loads((folder / "datapackage.json").read_text())
    for one in package.get("resources", ()):
        if (folder / one["path"]).is_file():
            one["hash"] = f"sha256:{csv_files.sha256(folder / one['path'])}"
    (folder / "datapackage.json").unlink()
    csv_files.write_json(folder / "datapackage.json", package)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").unlink()
    (folder / "manifest.sig").unlink()
    manifest["files"] = csv_files.listing(folder)
    manifest["signing"]["public_key"] = signature.public_key(forger)
    csv_files.write_json(folder / "manifest.json", manifest)
    signature.sign(folder, forger)
    return folder


def changed(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def codes(folder: Path) -> set[str]:
    return {fault.code for fault in verify(folder)}


def test_a_changed_byte_is_found(folder, tmp_path):
    copy = writable(folder, tmp_path)
    changed(copy / "scoring" / "counts.csv", "M1-101", "M1-102")
    assert codes(copy) == {"sha256"}


def test_a_missing_and_a_surplus_file_are_found(folder, tmp_path):
    copy = writable(folder, tmp_path)
    (copy / "scoring" / "rates.csv").rename(copy / "scoring" / "rates2.csv")
    assert codes(copy) == {"missing_file", "extra_file"}


def test_a_manifest_that_lacks_an_entry_is_found(folder, tmp_path):
    copy = writable(folder, tmp_path)
    changed(copy / "manifest.json", '"rows_withheld"', '"rows"')
    assert [fault.detail for fault in verify(copy)] == ["disclosure.rows_withheld"]


def test_a_folder_without_a_manifest_is_no_release(tmp_path):
    assert codes(tmp_path) == {"no_manifest"}


def test_a_manifest_changed_after_signing_is_found(folder, tmp_path):
    copy = writable(folder, tmp_path)
    changed(copy / "manifest.json", '"release": 1', '"release": 2')
    assert codes(copy) == {"bad_signature"}


def test_a_release_signed_by_a_stranger_is_found_by_who_knows_the_key(folder, tmp_path, keys):
    known = signature.public_key(keys)
    assert verify(folder, key=known) == []
    forged = relisted(writable(folder, tmp_path))
    assert [fault.code for fault in verify(forged, key=known)] == ["other_key"]


@settings(max_examples=20, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80), st.integers(0, 511))
def test_the_receivers_own_arithmetic_agrees_with_the_library_that_signs(seed, message, bit):
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, made = private.public_key().public_bytes_raw(), private.sign(message)
    assert is_signed(public, message, made)
    flipped = (int.from_bytes(made) ^ 1 << bit).to_bytes(64)
    assert not is_signed(public, message, flipped)
    assert not is_signed(public, message + b" ", made)


def test_ten_lines_over_the_rows_give_every_count_of_every_cell_told(folder):
    """Nothing of the server: the file, and the codes that count as answers."""
    asked = defaultdict(lambda: defaultdict(Counter))
    with (folder / "scoring" / "responses.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for name, code in list(row.items())[10:]:
                if row["excluded"] != "1":
                    asked[row["rated_unit"], row["group"]][name][code] += 1
    compared = 0
    for told in table(folder / "scoring" / "counts.csv"):
        if (counts_of_cell := asked.get((told["rated_unit"], told["group"]))) is not None:
            counts = counts_of_cell[told["variable"]]
            assert counts[told["option"]] == int(told["n_option"])
            assert counts["98"] == int(told["n_dont_know"])
            assert counts[""] == int(told["n_missing"])
            assert counts.total() == int(told["n_responses"])
            compared += 1
    assert compared > 100


def test_a_count_changed_with_its_sum_is_found_by_recounting(folder, tmp_path):
    copy = writable(folder, tmp_path)
    path = copy / "scoring" / "counts.csv"
    rows = path.read_text().splitlines()
    index = next(n for n, row in enumerate(rows) if row.startswith("province,01,P1,"))
    for line, change in ((index, 1), (index + 1, -1)):
        cells = rows[line].split(",")
        cells[7] = str(int(cells[7]) + change)
        rows[line] = ",".join(cells)
    path.write_text("\n".join(rows) + "\n")
    assert "counts_differ" in codes(relisted(copy))


def test_an_answer_that_is_no_option_is_found(folder, tmp_path):
    copy = writable(folder, tmp_path)
    path = copy / "scoring" / "responses.csv"
    rows = path.read_text().splitlines()
    line = next(n for n, row in enumerate(rows) if ",M1,M1,1.0," in row)
    cells = rows[line].split(",")
    cells[10] = "7"
    rows[line] = ",".join(cells)
    path.write_text("\n".join(rows) + "\n")
    assert "unknown_code" in codes(relisted(copy))


def test_a_small_cell_put_into_a_public_table_is_found(folder, tmp_path):
    copy = writable(folder, tmp_path)
    changed(copy / "public" / "participation.csv", "ministry,TTCP,M1,\n", "ministry,TTCP,M1,3\n")
    assert codes(relisted(copy)) == {"small_public_cell", "public_differs"}  # and no total has it


def test_a_row_that_names_a_small_cell_is_found(folder, tmp_path):
    copy = writable(folder, tmp_path)
    changed(copy / "scoring" / "responses.csv", ",ministry,*,M5,", ",ministry,BNV,M5,")
    assert "small_label" in codes(relisted(copy))
