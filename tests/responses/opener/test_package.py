"""The opener is installed where there is no server, with the very libraries of the server's lock."""

import importlib.util
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from .box_world import CODE, NAMES, SERVER_PRINT, make_box

PROJECT = Path(__file__).parents[3]
LIBRARIES = ("cryptography", "cffi", "_cffi_backend", "segno", "typst")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("opener")
    backend = str(PROJECT / "opener" / "backend.py")
    subprocess.run([sys.executable, backend, str(out)], check=True, cwd=out)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def alone(wheel, tmp_path_factory):
    """A folder with the opener and its libraries, and nothing else of this machine's."""
    folder = tmp_path_factory.mktemp("alone")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder)
    for name in LIBRARIES:
        spec = importlib.util.find_spec(name)
        origin = Path(spec.origin)
        installed = origin.parent if spec.submodule_search_locations else origin
        (folder / installed.name).symlink_to(installed)
    return folder


def run(alone, *arguments):
    start = f"import sys; sys.path.insert(0, {str(alone)!r}); from par_opener.command import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", start, *map(str, arguments)],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_a_box_is_opened_where_there_is_no_server(alone, tmp_path):
    from surveyapp.responses.opener.custody import records, shares
    from surveyapp.responses.opener.transfer import bundle, files

    from .box_world import key

    names = [word for name in NAMES for word in ("--custodian", name)]
    created = run(alone, "create", "--campaign", CODE, *names, "--out", tmp_path / "created")
    assert created.returncode == 0, created.stderr
    assert len(list((tmp_path / "created").glob("*.pdf"))) == 3

    public, parts = key()
    import datetime

    signed = records.registration(CODE, public, NAMES, parts, today=datetime.date(2026, 1, 5))
    registration = tmp_path / "registration.json"
    registration.write_text(files.document_text(signed), encoding="utf-8")
    given = []
    for part in parts[:2]:
        path = tmp_path / f"{part.number}.txt"
        path.write_text(shares.text(part))
        given += ["--share", path]
    exported = tmp_path / "export.gz"
    make_box({("U1", "G1"): 12}).write(exported)
    opened = run(
        alone, "open", registration, exported, *given, "--out", tmp_path / "out",
        "--server-key", SERVER_PRINT, "--submitted", 12,
    )  # fmt: skip
    assert opened.returncode == 0, opened.stderr
    registered = records.read_registration("r", registration.read_bytes())
    opened_bundle = bundle.read(
        tmp_path / "out" / f"{CODE}-bundle.json.gz",
        campaign_code=CODE,
        custodians=registered.signers,
    )
    assert len(opened_bundle.contents.rows) == 12


def test_the_opener_opens_no_connection_and_knows_no_server(alone):
    watch = (
        "import sys\n"
        "sys.addaudithook(lambda event, _: event.startswith('socket.') and sys.exit(event))\n"
        f"sys.path.insert(0, {str(alone)!r})\n"
        "import par_opener.command, par_opener.custody.custodian_papers, segno, typst\n"
        "found = {name.split('.')[0] for name in sys.modules}\n"
        "sys.exit(', '.join(found & {'surveyapp', 'sqlalchemy', 'flask', 'pydantic', 'urllib3'}))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", watch], capture_output=True, text=True, timeout=60
    )
    assert (ran.returncode, ran.stderr) in ((0, ""), (1, "\n")), ran.stderr


def test_the_wheel_needs_exactly_the_libraries_that_the_server_pins(wheel):
    pins = tomllib.loads((PROJECT / "opener" / "pyproject.toml").read_text())["project"][
        "dependencies"
    ]
    served = (PROJECT / "requirements.txt").read_text().split()
    assert set(pins) <= set(served)
    lock = (wheel.parent / "requirements.lock").read_text()
    assert all(f"{pin} \\\n    --hash=" in lock for pin in pins)
    assert lock.count("==") == 5


def test_the_same_source_gives_the_same_wheel(wheel, tmp_path):
    backend = str(PROJECT / "opener" / "backend.py")
    subprocess.run([sys.executable, backend, str(tmp_path)], check=True, cwd=tmp_path)
    assert (tmp_path / wheel.name).read_bytes() == wheel.read_bytes()
