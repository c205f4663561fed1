"""`surveyapp doctor`: what is wrong with this installation, and the command that mends it."""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from surveyapp import clock
from surveyapp.config import SettingsRefused, read_settings, settings_file
from surveyapp.i18n import _
from surveyapp.operations.doctor.findings import Level

if TYPE_CHECKING:
    from surveyapp.operations.doctor.findings import Diagnosis


SIGNS = {Level.OK: "  ok ", Level.WARN: " !   ", Level.FAIL: " !!! "}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@click.option(
    "--outside/--no-outside",
    default=True,
    show_default=True,
    help="Also try mail, SMS and the server's own address over the network.",
)
def doctor(as_json: bool, outside: bool) -> None:
    """Look at everything an installation needs. Exit code 1 if something fails, 0 with warnings alone."""
    from surveyapp.operations.doctor.findings import worst

    diagnoses = list(findings(outside))
    if as_json:
        click.echo(json.dumps([asdict(one) for one in diagnoses], ensure_ascii=False, indent=1))
    else:
        for one in diagnoses:
            click.echo(f"{SIGNS[one.level]} {one.check:<12} {one.message}")
            if one.command:
                click.echo(f"{'':<19} → {one.command}")
    sys.exit(worst(diagnoses) == Level.FAIL)


def _mending(ring: Path) -> str:
    """A ring that is not there is brought back or made, and one that others can read is shut."""
    if not ring.exists():
        return "surveyapp keys import FILE || surveyapp init"
    if stat.S_IMODE(ring.stat().st_mode) & 0o077:
        return f"chmod 600 {ring}"
    return "surveyapp keys import FILE"


def findings(outside: bool) -> Iterator[Diagnosis]:
    """What is found, beginning with whether there are settings and keys at all."""
    from surveyapp import db
    from surveyapp.keys import KeyRingRefused, read_key_ring
    from surveyapp.operations.doctor import examination
    from surveyapp.operations.doctor.findings import Diagnosis
    from surveyapp.tables import metadata

    try:
        settings = read_settings()
    except SettingsRefused as refused:
        for fault in refused.faults:
            mending = f"editor {settings_file()}"
            yield Diagnosis("settings", Level.FAIL, fault, mending)
        return
    yield Diagnosis("settings", Level.OK, _("Các cấu hình đọc được."))
    try:
        keys = read_key_ring(settings.keys)
    except KeyRingRefused as refused:
        yield Diagnosis("keys", Level.FAIL, str(refused), _mending(settings.keys))
        return
    engine = db.make_engine(settings.database_url, db.PAGES)
    before = db.bound()
    db.bind(engine)
    try:
        yield from examination.examine(
            settings,
            keys=keys,
            engine=engine,
            metadata=metadata,
            now=clock.now(),
            from_outside=outside,
        )
    finally:
        engine.dispose()
        if before is not None:
            db.bind(before)
