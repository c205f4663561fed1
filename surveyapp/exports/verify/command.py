"""The check from the command line of the receiver."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from .checks.formats import NoReader
from .ddi import NoValidator, schema_faults
from .folder import verify
from .layout import SCHEMA, UNKNOWN_KEY


def main(arguments: list[str] | None = None) -> int:
    """Check a release, or print the layout: 0 whole, 1 faults, 2 not understood, 3 whole but by an unknown key."""
    parser = argparse.ArgumentParser(description="Check a release of the PAR INDEX survey.")
    parser.add_argument("folder", type=Path, nargs="?", help="the folder of a release, or its zip")
    parser.add_argument("--json", action="store_true", help="print the answer for a program")
    parser.add_argument("--key", help="the sender's public key, learned by another way")
    parser.add_argument(
        "--ddi-schema", type=Path, metavar="FILE", help="codebook.xsd of DDI-Codebook 2.5"
    )
    parser.add_argument(
        "--formats",
        action="store_true",
        help="hold the Parquet, SPSS, Stata and Excel files against the CSV (pyarrow, pyreadstat)",
    )
    parser.add_argument(
        "--schema", action="store_true", help="print the JSON Schema of a release and stop"
    )
    given = parser.parse_args(arguments)
    if given.schema:
        sys.stdout.write(json.dumps(SCHEMA, ensure_ascii=False, indent=2) + "\n")
        return 0
    if given.folder is None:
        parser.error("which folder?")
    try:
        faults = verify(given.folder, key=given.key, formats=given.formats)
    except NoReader as error:
        parser.error(f"--formats needs the Python library {error.needs}")
    if given.ddi_schema:
        try:
            faults += schema_faults(given.folder, given.ddi_schema)
        except NoValidator:
            parser.error("--ddi-schema needs the Python library lxml or the program xmllint")
    if given.json:
        report = {
            "whole": not faults,
            "key": "known" if given.key else "unknown",
            "faults": [asdict(fault) for fault in faults],
        }
        sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=2) + "\n")
    else:
        for fault in faults:
            sys.stdout.write(f"{fault.path}: {fault.code} {fault.detail}\n")
        if not faults:
            sys.stdout.write(
                "whole\n" if given.key else "whole, signed by an unknown key: see --key\n"
            )
    if faults:
        return 1
    return 0 if given.key else UNKNOWN_KEY
