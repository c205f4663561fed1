"""What a process leaves on the machine."""

import subprocess
import sys
from dataclasses import replace

import pytest

from surveyapp import create_app, traces
from surveyapp.config import PROJECT
from surveyapp.traces import ReadableByOthers

TOLD = "import os, resource; print(resource.getrlimit(resource.RLIMIT_CORE), oct(os.umask(0)))"
NOTHING = "(0, 0) 0o77"


def said(program: str) -> str:
    """What a process of its own prints that begins without any limit of ours."""

    def as_anybody() -> None:
        import os

        os.umask(0o022)

    run = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        cwd=PROJECT,
        preexec_fn=as_anybody,
    )
    return run.stdout.strip()


def test_a_process_of_ours_dumps_no_memory_and_writes_for_its_owner_alone():
    assert said(f"from surveyapp import traces; traces.leave_none(); {TOLD}") == NOTHING
    assert said(TOLD) != NOTHING


def test_what_such_a_process_starts_keeps_to_it():
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {TOLD!r}])"
    assert said(f"from surveyapp import traces; traces.leave_none(); {child}") == NOTHING


@pytest.mark.parametrize("file", ["wsgi.py", "gunicorn.conf.py", "surveyapp/__main__.py"])
def test_every_way_in_begins_with_it(file):
    text = (PROJECT / file).read_text()
    assert "traces.leave_none()" in text
    if file == "wsgi.py":
        assert text.index("leave_none()") < text.index("create_app()")


def test_gunicorn_reads_it_before_any_worker():
    config = "import runpy; found = runpy.run_path('gunicorn.conf.py')"
    assert said(f"{config}; assert found['umask'] == 0o77; {TOLD}") == NOTHING


def test_the_parent_of_the_workers_carries_nothing_of_the_application():
    config = "import runpy, sys; runpy.run_path('gunicorn.conf.py')"
    carried = "print(sorted({'flask', 'sqlalchemy', 'surveyapp.db'} & sys.modules.keys()))"
    assert said(f"{config}; {carried}").strip() == "[]"


@pytest.mark.parametrize(("mode", "refused"), [(0o700, False), (0o750, True), (0o701, True)])
def test_an_instance_folder_open_to_others_is_refused(tmp_path, settings, mode, refused):
    folder = tmp_path / "there"
    folder.mkdir()
    folder.chmod(mode)
    held = replace(settings, instance=folder, database_url=f"sqlite:///{folder}/survey.sqlite3")
    if not refused:
        traces.check(held)
        return
    with pytest.raises(ReadableByOthers) as told:
        traces.check(held)
    assert told.value.paths == [folder]


def test_a_database_file_outside_it_is_looked_at_too(tmp_path, settings):
    file = tmp_path / "elsewhere.sqlite3"
    file.touch()
    file.chmod(0o640)
    held = replace(settings, instance=tmp_path / "not there", database_url=f"sqlite:///{file}")
    with pytest.raises(ReadableByOthers) as told:
        traces.check(held)
    assert told.value.paths == [file]


def test_the_server_does_not_start_on_a_folder_open_to_others(settings, monkeypatch):
    settings.instance.mkdir()
    settings.instance.chmod(0o755)
    monkeypatch.setenv("SURVEYAPP_INSTANCE", str(settings.instance))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    with pytest.raises(ReadableByOthers):
        create_app()
