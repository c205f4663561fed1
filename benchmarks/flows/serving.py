"""Servers of a run's own, and what they cost: gunicorn as it ships, PostgreSQL as the tests start it."""

import ctypes
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import postgres

ROOT = Path(__file__).resolve().parents[2]
_TICK = os.sysconf("SC_CLK_TCK")
_SCRATCH = "surveyapp-flows-"
STARTS_WITHIN, STOPS_WITHIN = 60.0, 20.0


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder on disk, not in memory: a commit must cost what it costs. Gone afterwards."""
    parent = Path(tempfile.gettempdir())
    for left in parent.glob(f"{_SCRATCH}*"):  # by a run that was killed
        if not Path("/proc", left.name.rpartition("-")[2]).exists():
            _clear(left)
    folder = parent / f"{_SCRATCH}{os.getpid()}"
    folder.mkdir()
    folder.chmod(0o711)  # PostgreSQL runs as a user of its own
    try:
        yield folder
    finally:
        _clear(folder)


def _clear(folder: Path) -> None:
    postgres.stop(folder / "postgres")
    shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@dataclass(frozen=True)
class Server:
    """gunicorn with one application, on a port of 127.0.0.1."""

    port: int
    process: subprocess.Popen[bytes]

    def processor(self) -> float:
        """Seconds of processor time of the whole tree since its start, ended workers included."""
        return tree_seconds(self.process.pid)

    def megabytes(self) -> float:
        """Memory of the whole tree; what processes share is counted once."""
        return sum(_megabytes(pid) for pid in (self.process.pid, *_children(self.process.pid)))


@contextmanager
def gunicorn(
    application: str,
    environment: Mapping[str, str],
    log: Path,
    *,
    config: Path = ROOT / "gunicorn.conf.py",
) -> Iterator[Server]:
    """The application behind the configuration that ships, or another, ready to answer; stopped afterwards."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", str(config)]
    command += ["--chdir", str(ROOT), "--bind", f"127.0.0.1:{port}", application]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SURVEYAPP_")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**kept, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=_end_with_parent,
        )
        try:
            _await_answer(port, process, log)
            yield Server(port, process)
        finally:
            _stop(process)


def _end_with_parent() -> None:
    """A benchmark that is killed leaves no server behind (Linux: PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOPS_WITHIN)
    except subprocess.TimeoutExpired:
        for pid in (*_children(process.pid), process.pid):
            os.kill(pid, signal.SIGKILL)
        process.wait()


def _await_answer(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"the server did not start:\n{log.read_text()}")


def _children(pid: int) -> list[int]:
    """All that live below a process, whichever of its threads began them."""
    descendants = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            begun = [int(child) for child in task.read_text().split()]
        except OSError:
            continue
        for child in begun:
            descendants += [child, *_children(child)]
    return descendants


def tree_seconds(pid: int) -> float:
    """Processor seconds of a process and all below it, of those that live and those that ended."""
    return sum(_ticks(each) for each in (pid, *_children(pid))) / _TICK


def _ticks(pid: int) -> int:
    """Own utime and stime, and those of the children that have ended."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return 0
    return sum(int(each) for each in after_name[11:15])


def _megabytes(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def postmaster(folder: Path) -> int:
    """The process of the PostgreSQL in `folder`, whose children do the work."""
    return int((folder / "cluster" / "postmaster.pid").read_text().splitlines()[0])


def machine_seconds() -> float:
    """Processor seconds that this whole machine has worked, whoever had it work."""
    fields = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    user, nice, system, _idle, _iowait, irq, softirq, steal = (int(each) for each in fields[:8])
    return (user + nice + system + irq + softirq + steal) / _TICK


def machine() -> dict[str, str]:
    """What figures depend on beside the code."""
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return {
        "cores": str(os.cpu_count()),
        "processor": model,
        "python": platform.python_version(),
        "commit": commit(ROOT),
    }


def commit(tree: Path) -> str:
    """The commit a tree stands at, and whether it was changed since."""

    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=tree, capture_output=True, text=True, check=False)  # fmt: skip
        return done.stdout.strip()

    changed = " and changes" if git("status", "--porcelain", "surveyapp", "gunicorn.conf.py") else ""  # fmt: skip
    return (git("rev-parse", "--short", "HEAD") or "unknown") + changed
