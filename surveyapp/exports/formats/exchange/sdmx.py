"""The public figures as SDMX-CSV 2.0, one observation a row: what other statistical systems load."""

from collections.abc import Iterator
from pathlib import Path

from surveyapp.exports.disclosure.public_tables import MEANS, PublicTables, mean_rows
from surveyapp.exports.formats.csv_files import Value, write_csv

HEADING = (
    "STRUCTURE", "STRUCTURE_ID", "ACTION", "REF_AREA", "RESPONDENT_GROUP", "ITEM", "INDICATOR",
    "TIME_PERIOD", "OBS_VALUE", "UNIT_MEASURE", "CONF_STATUS",
)  # fmt: skip
STRUCTURE_ID = "VN_MOHA:PAR_SURVEY(1.0)"
UNITS = {
    "responses": "PERSONS", "mean": "POINTS_0_100", "mean_low": "POINTS_0_100", "mean_high": "POINTS_0_100",
    "interval_low": "POINTS_0_100", "interval_high": "POINTS_0_100", "top_two_low": "SHARE",
    "top_two_high": "SHARE", "dont_know_low": "SHARE", "dont_know_high": "SHARE",
}  # fmt: skip
"""What each column of `means.csv` is measured in."""


def write_sdmx(path: Path, tables: PublicTables) -> None:
    """Write every figure of `means.csv`; `CONF_STATUS` is F (free for publication) throughout."""
    write_csv(path, HEADING, rows(tables))


def rows(tables: PublicTables) -> Iterator[tuple[Value, ...]]:
    """Rows of `HEADING`."""
    year = str(tables.frame.campaign.year)
    for row in mean_rows(tables):
        told = dict(zip(MEANS, row, strict=True))
        for name, measured in UNITS.items():
            if told[name] is not None:
                yield (
                    "dataflow", STRUCTURE_ID, "I", told["rated_unit"], told["group"], told["item"],
                    name.upper(), year, told[name], measured, "F",
                )  # fmt: skip
