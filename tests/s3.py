"""A SeaweedFS of the test's own: an S3-compatible server that checks every signature."""

import json
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ports import free_port

ACCESS, SECRET, NAME = "survey-access", "survey/secret+odd", "survey"
PATIENCE = 60.0


def _program() -> str:
    beside = Path(sys.executable).parent / "weed"
    program = str(beside) if beside.exists() else shutil.which("weed")
    assert program, "SeaweedFS is not installed: make test installs it with the test tools"
    return program


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The address of a bucket as the setting has it. `weed` makes the bucket with the first file."""
    names = ("master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc", "s3.port", "s3.port.grpc")  # fmt: skip
    ports = {name: free_port() for name in names}
    identity = {
        "name": "survey",
        "credentials": [{"accessKey": ACCESS, "secretKey": SECRET}],
        "actions": ["Admin", "Read", "List", "Write"],
    }
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    (folder / "kept").mkdir()
    command = [
        _program(),
        "server",
        f"-dir={folder / 'kept'}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
    ]
    command += ["-filer", "-s3", f"-s3.config={folder / 's3.json'}", "-s3.iam=false"]
    command += ["-master.volumeSizeLimitMB=16", "-volume.max=16"]
    command += [f"-{name}={port}" for name, port in ports.items()]
    with (folder / "weed.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        _wait(f"http://127.0.0.1:{ports['s3.port']}/", server, folder / "weed.log")
        secret = SECRET.replace("/", "%2F").replace("+", "%2B")
        yield f"http://{ACCESS}:{secret}@127.0.0.1:{ports['s3.port']}/{NAME}/khao-sat"
    finally:
        server.kill()
        server.wait(20)


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Until it answers, with whatever."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.HTTPError as answered:
            answered.close()
            return
        except OSError:
            assert server.poll() is None and time.monotonic() < end, log.read_text()[-2000:]
            time.sleep(0.05)
        else:
            return
