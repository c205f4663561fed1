"""The parts of an installation, each with its own life: started, stopped, killed, stopped dead and revived."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.flows import serving
from tests import pooler, postgres

NGINX = serving.ROOT / "docs" / "proxy" / "nginx.conf"
PATIENCE = 90.0
STARTING = 600.0
"""Seconds that a node is given which lives and does not answer yet: a machine may stand still for a while."""
BOUNCES = "thu-tra-lai@example.vn"


def until(is_so, words: str, seconds: float = PATIENCE) -> None:
    """Wait for it, or fail with these words."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise AssertionError(words)
        time.sleep(0.05)


def answers(port: int, path: str = "/health/live") -> bool:
    """Somebody answers there with 200."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return int(answer.status) == 200
    except OSError:
        return False


@dataclass
class Node:
    """One gunicorn with its workers."""

    port: int
    environment: Mapping[str, str]
    log: Path
    more: dict[str, str] = field(default_factory=dict)
    """Variables of its next start alone, such as a clock that is wrong."""
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "surveyapp", "run", "--port", str(self.port)]
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                command,
                cwd=serving.ROOT,
                env={**self.environment, **self.more},
                stdout=out,
                stderr=out,
            )
        until(
            lambda: answers(self.port) or self.process.poll() is not None,
            f"node {self.port} does not answer",
            STARTING,
        )
        assert self.process.poll() is None, f"node {self.port}: {self.log.read_text()[-2000:]}"

    @property
    def workers(self) -> list[int]:
        assert self.process is not None
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(one) for one in path.read_text().split()]

    def reload(self) -> None:
        """New processes take over from the old ones."""
        assert self.process is not None
        before = set(self.workers)
        self.process.send_signal(signal.SIGHUP)
        until(lambda: not before & set(self.workers), "the old workers stay")

    def is_ready(self) -> bool:
        """It has its keys, schema and database."""
        return answers(self.port, "/health/ready")

    def kill(self) -> None:
        """As when the machine is gone."""
        assert self.process is not None
        for pid in [self.process.pid, *self.workers]:
            os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)

    def restart(self) -> None:
        self.stop()
        self.start()


@dataclass
class Proxy:
    """nginx with the site that is shipped, without its TLS."""

    port: int
    folder: Path
    nodes: list[int]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.folder.mkdir(mode=0o755, exist_ok=True)
        (self.folder / "nginx.conf").write_text(self._configuration())
        program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin")
        assert program, "nginx is not installed: apt-get install nginx-light"
        command = [program, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]
        self.process = subprocess.Popen([*command, "-g", "daemon off;"], stderr=subprocess.DEVNULL)
        until(lambda: answers(self.port), "nginx does not answer")

    def _configuration(self) -> str:
        site = re.sub(r"(?s)server \{\s*listen 80;.*?\n\}\n", "", NGINX.read_text(), count=1)
        site = re.sub(r"\n *listen \[::\]:443.*|\n *ssl_.*", "", site)
        site = site.replace("listen 443 ssl http2;", f"listen 127.0.0.1:{self.port};")
        site = site.replace("/var/log/nginx/khaosat.log", str(self.folder / "errors.log"))
        site = site.replace("root /etc/khaosat;", f"root {NGINX.parent};")
        site = site.replace("$scheme", "http").replace(
            "Host              $host;", "Host              $http_host;"
        )
        site = site.replace("X-Forwarded-Host  $host;", "X-Forwarded-Host  $http_host;")
        line = re.search(r" *server 127\.0\.0\.1:8000 (.*);", site)
        assert line
        servers = "".join(f"    server 127.0.0.1:{port} {line[1]};\n" for port in self.nodes)
        site = site.replace(line[0] + "\n", servers)
        paths = "".join(
            f"{kind}_temp_path {self.folder}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = "user root;\n" if os.geteuid() == 0 else ""
        return (
            f"{user}worker_processes 1;\npid {self.folder}/pid;\nerror_log {self.folder}/start.log;\n"
            f"events {{ worker_connections 512; }}\nhttp {{\n{paths}{site}}}\n"
        )

    def restart(self) -> None:
        self.stop()
        self.start()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(60)


@dataclass
class Site:
    """The whole, with what a client must know of the campaign."""

    folder: Path
    url: str
    environment: dict[str, str]
    known: dict
    nodes: list[Node]
    proxy: Proxy
    server: Path | None = None
    """PostgreSQL's folder; None on SQLite."""
    disk: Path | None = None
    """A small file system of the database's own; None where none may be made."""
    mail_port: int = 0
    mail: object = None
    """Where its mail server is to be; `tests.site.mail` starts one there."""
    opened: ExitStack = field(default_factory=ExitStack)

    def signal_database(self, number: int) -> None:
        """To the server and to everything it started."""
        assert self.server is not None
        pid = (self.server / "cluster" / "postmaster.pid").read_text().split()[0]
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for one in [pid, *children]:
            os.kill(int(one), number)


def pooler_pids(site: Site) -> list[int]:
    """The processes of this installation's PgBouncer."""
    running = subprocess.run(
        ["pgrep", "-f", str(site.folder.parent / "pooler" / "pgbouncer.ini")],
        capture_output=True,
        text=True,
        check=False,
    )
    return [int(pid) for pid in running.stdout.split()]


def stage(folder: Path, url: str, people: int) -> dict:
    """A campaign that collects, with as many links."""
    import json

    folder.mkdir(mode=0o700, exist_ok=True)
    built = [sys.executable, "-W", "ignore", "-m", "benchmarks.flows.stage", str(folder), url]
    subprocess.run([*built, str(people), "0"], check=True, cwd=serving.ROOT, timeout=600)
    for file in folder.glob("*.sqlite3*"):
        file.chmod(0o600)
    known: dict = json.loads((folder / "stage.json").read_text())
    return known


@contextmanager
def own_disk(folder: Path) -> Iterator[Path | None]:
    """A file system of 600 MB that can be filled without anybody else noticing."""
    folder.mkdir(mode=0o711)
    mount = ["mount", "-t", "tmpfs", "-o", "size=600m,mode=0711", "tmpfs", str(folder)]
    made = os.geteuid() == 0 and subprocess.run(mount, check=False).returncode == 0
    try:
        yield folder if made else None
    finally:
        if made:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)


@contextmanager
def running(
    scratch: Path, *, people: int, nodes: int = 2, processes: int = 2, sqlite: bool = False
) -> Iterator[Site]:
    """Everything started and answering, with so many processes a node; stopped afterwards."""
    folder, server, disk = scratch / "instance", None, None
    with ExitStack() as opened:
        if sqlite:
            disk = opened.enter_context(own_disk(scratch / "disk"))
            folder = (disk or scratch) / "instance"
            folder.mkdir(mode=0o700)
            url = direct = f"sqlite:///{folder / 'survey.sqlite3'}"
        else:
            disk = opened.enter_context(own_disk(scratch / "disk"))
            server = (disk or scratch) / "postgres"
            postgres.start(server)
            opened.callback(postgres.stop, server)
            postgres.execute(server, "create database survey")
            direct = postgres.url(server, "survey")
            between = scratch / "pooler"
            between.mkdir()
            port = opened.enter_context(pooler.running(server, between))
            user = postgres.server_user() or os.environ["USER"]
            url = f"postgresql://{user}@127.0.0.1:{port}/survey?pgbouncer=yes"
        known = stage(folder, direct, people)
        front = serving.free_port()
        kept = {k: v for k, v in os.environ.items() if not k.startswith("SURVEYAPP_")}
        mail_port = serving.free_port()
        environment = {
            **kept,
            "SURVEYAPP_SMTP_URL": f"smtp://127.0.0.1:{mail_port}",
            "SURVEYAPP_MAIL_FROM": "Vụ CCHC <khaosat@example.vn>",
            "SURVEYAPP_MAIL_BOUNCES": BOUNCES,
            "DATABASE_URL": url,
            "SURVEYAPP_INSTANCE": str(folder),
            "SURVEYAPP_KEYS": str(folder / "keys.json"),
            "SURVEYAPP_BASE_URL": f"http://127.0.0.1:{front}",
            "SURVEYAPP_TRUSTED_PROXIES": "1",
            "SURVEYAPP_LOG_LEVEL": "ERROR",
            "SURVEYAPP_BACKUP_DATABASE_URL": direct,
            "WEB_CONCURRENCY": str(processes),
        }
        started = []
        for number in range(nodes):
            node = Node(serving.free_port(), environment, scratch / f"node-{number}.log")
            node.start()
            opened.callback(node.stop)
            started.append(node)
        proxy = Proxy(front, scratch / "nginx", [node.port for node in started])
        proxy.start()
        opened.callback(proxy.stop)
        yield Site(folder, direct, environment, known, started, proxy, server, disk, mail_port)
