"""The installation of docs/operating.md on a bare Debian, as one run: `make install-test`.

`python -m tests.site.bare_debian`. A Debian 12 is made by debootstrap in a folder, with a network of its own; the
numbered commands of the page are given there, as they stand, and counted. There is no systemd in a folder:
`systemctl enable` is the real one, and what it enabled is then started here by each unit's own command and user.
Prints what each command took and what was found; exit code 1 if anything is not as the page says.
"""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from surveyapp.config import PROJECT

MOST_COMMANDS = 10
NAME = "khaosat.example.vn"
PAGE = PROJECT / "docs" / "operating.md"
MIRROR = "http://deb.debian.org/debian"
FROM_OUTSIDE = ("apt-get", "pip install")
"""Commands that fetch something: they are given the machine's network, all others only their own."""


def commands() -> list[str]:
    """The numbered commands of the page's installation, in their order."""
    part = PAGE.read_text().partition("\n## Install\n")[2].partition("\n## ")[0]
    return re.findall(r"^\d+\. `([^`]+)`", part, re.M)


@dataclass
class Bare:
    """A Debian in a folder, with a network namespace of its own."""

    root: Path
    network: int
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def words(self, command: str, *, user: str = "root", outside: bool = False) -> list[str]:
        inside = ["chroot", str(self.root), "/usr/bin/env", "-i", *self._environment()]
        if user != "root":
            inside += ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"]
        inside += ["/bin/sh", "-c", command]
        return inside if outside else ["nsenter", f"--net=/proc/{self.network}/ns/net", *inside]

    @staticmethod
    def _environment() -> list[str]:
        kept = [f"{name}={value}" for name, value in os.environ.items() if name.startswith("PIP_")]
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        return [
            f"PATH={path}",
            "HOME=/root",
            "LANG=C.UTF-8",
            "DEBIAN_FRONTEND=noninteractive",
            *kept,
        ]

    def run(self, command: str, *, user: str = "root", outside: bool = False) -> str:
        """Its output; a failure ends the test with it."""
        done = subprocess.run(
            self.words(
                f"cd {'/root' if user == 'root' else '/'} && {command}", user=user, outside=outside
            ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )
        if done.returncode:
            sys.exit(
                f"$ {command}\n{done.stdout[-4000:]}{done.stderr[-4000:]}\nexit code {done.returncode}"
            )
        return done.stdout + done.stderr

    def start(self, command: str, *, user: str, folder: str, log: str) -> None:
        """As systemd would: in its folder, as its user, with its settings, until the end of the test."""
        with (self.root / "var" / "log" / log).open("ab") as out:
            words = self.words(f"cd {folder} && umask 077 && exec {command}", user=user)
            self.started.append(
                subprocess.Popen(words, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
            )


@dataclass(frozen=True)
class Unit:
    """What a unit file says."""

    name: str
    command: str
    user: str
    folder: str


def unit(bare: Bare, name: str) -> Unit:
    """A unit by its name, a template filled in."""
    stem, _, instance = name.removesuffix(".service").partition("@")
    file = f"{stem}@.service" if instance else f"{stem}.service"
    words = (bare.root / "etc/systemd/system" / file).read_text().replace("%i", instance)
    told = dict(re.findall(r"^(\w+)=(.*)$", words, re.M))
    return Unit(name, told["ExecStart"], told["User"], told["WorkingDirectory"])


def enabled(bare: Bare, target: str) -> list[str]:
    """What `systemctl enable` put below a target."""
    folder = bare.root / "etc/systemd/system" / f"{target}.wants"
    return sorted(one.name for one in folder.iterdir() if one.name.startswith("surveyapp"))


@contextmanager
def bare_debian(scratch: Path) -> Iterator[Bare]:
    """Made, and taken away again with all that runs in it."""
    root = scratch / "debian"
    made = ["debootstrap", "--variant=minbase", "--include=systemd,ca-certificates", "bookworm"]
    subprocess.run([*made, str(root), MIRROR], check=True, stdout=subprocess.DEVNULL, timeout=900)
    with ExitStack() as opened:
        for name in ("proc", "dev"):
            subprocess.run(["mount", "--rbind", f"/{name}", str(root / name)], check=True)
            opened.callback(
                subprocess.run, ["umount", "--recursive", "--lazy", str(root / name)], check=False
            )
        _reach_registries(root)
        holder = subprocess.Popen(
            ["unshare", "--net", "sh", "-c", "ip link set lo up && exec sleep 3600"]
        )
        opened.callback(holder.wait)
        opened.callback(holder.kill)
        time.sleep(0.5)
        bare = Bare(root, holder.pid)
        opened.callback(_stop, bare)
        yield bare


def _reach_registries(root: Path) -> None:
    """As this machine reaches Debian's packages and Python's: the only thing that is not bare."""
    for name in (
        "etc/resolv.conf",
        "etc/hosts",
        "etc/pip.conf",
        "etc/ssl/certs/ca-certificates.crt",
    ):
        if Path("/", name).exists():
            shutil.copy(Path("/", name), root / name)
    for folder in ("etc/apt/sources.list.d", "etc/apt/apt.conf.d"):
        shutil.copytree(Path("/", folder), root / folder, dirs_exist_ok=True)
    (root / "etc/apt/sources.list").unlink(missing_ok=True)
    with (root / "etc/hosts").open("a") as hosts:
        hosts.write(f"\n127.0.0.1 {NAME}\n")
    (root / "usr/sbin/policy-rc.d").write_text("#!/bin/sh\nexit 101\n")
    (root / "usr/sbin/policy-rc.d").chmod(0o755)


def _stop(bare: Bare) -> None:
    for process in bare.started:
        process.terminate()
    for command in ("pg_ctlcluster 15 main stop -m immediate", "nginx -s stop"):
        subprocess.run(bare.words(command), check=False, capture_output=True)
    for process in bare.started:
        process.wait(60)


def hand_over(bare: Bare) -> None:
    """The release archive and the answers, the two files that an administrator brings along."""
    archive = bare.root / "root/surveyapp.tar.gz"
    packed = [
        "git",
        "archive",
        "--format=tar.gz",
        "--prefix=surveyapp/",
        "-o",
        str(archive),
        "HEAD",
    ]
    subprocess.run(packed, check=True, cwd=PROJECT)
    words = (PROJECT / "deploy" / "answers.example").read_text()
    (bare.root / "root/answers").write_text(words)


def install(bare: Bare) -> Iterator[tuple[str, float]]:
    """Every command of the page; how long each took. What systemd would start is started afterwards."""
    for command in commands():
        began = time.monotonic()
        given = command.replace("enable --now", "enable")
        if "systemctl reload" not in given:
            bare.run(given, outside=any(one in command for one in FROM_OUTSIDE))
        yield command, time.monotonic() - began
        if command.startswith(
            "apt-get install"
        ):  # Debian's own service, which systemd would have started
            bare.run("pg_ctlcluster 15 main start")


def bring_to_life(bare: Bare) -> None:
    """What was enabled is started; every timer's service is run once."""
    bare.run("nginx -t && nginx")
    for name in enabled(bare, "multi-user.target"):
        one = unit(bare, name)
        bare.start(one.command, user=one.user, folder=one.folder, log=f"{name}.log")
    for name in enabled(bare, "timers.target"):
        one = unit(bare, name.replace(".timer", ".service"))
        bare.run(
            f"cd {one.folder} && {one.command} || test $? = 1 -a {name} = surveyapp-watch.timer",
            user=one.user,
        )


def ask(bare: Bare, url: str) -> tuple[int, str]:
    """A page over TLS as a visitor with the certificate of the installation gets it."""
    script = (
        "import ssl,sys,urllib.request,urllib.error\n"
        "c=ssl.create_default_context(cafile='/etc/ssl/khaosat/fullchain.pem')\n"
        "try:\n a=urllib.request.urlopen(sys.argv[1],timeout=10,context=c)\n"
        "except urllib.error.HTTPError as e: a=e\n"
        "except OSError as e: print(0,e); sys.exit()\n"
        "print(a.status, a.read().decode()[:20000].replace(chr(10),' '))"
    )
    told = bare.run(f"/opt/surveyapp/.venv/bin/python -c {shlex.quote(script)} {url}")
    status, _, text = told.partition(" ")
    return int(status), text


def wait_ready(bare: Bare) -> None:
    end = time.monotonic() + 90
    while ask(bare, f"https://{NAME}/health/ready")[0] != 200:
        if time.monotonic() > end:
            logs = "".join(
                p.read_text()[-2000:] for p in (bare.root / "var/log").glob("surveyapp*")
            )
            sys.exit(f"never ready\n{logs}")
        time.sleep(0.5)


def findings(bare: Bare) -> Iterator[tuple[str, bool]]:
    """What a new administrator would look at."""
    nodes = [name for name in enabled(bare, "multi-user.target") if "web@" in name]
    yield f"{len(nodes)} nodes enabled", len(nodes) == 2
    status, page = ask(bare, f"https://{NAME}/")
    yield f"the front page over TLS: {status}", status == 200 and "<html" in page
    upstream = bare.run(
        "grep -c 'server 127.0.0.1:80' /etc/nginx/sites-enabled/khaosat.conf"
    ).strip()
    yield f"{upstream} nodes in nginx", upstream == "2"
    timers = enabled(bare, "timers.target")
    yield f"{len(timers)} timers enabled, each run once", len(timers) == 5
    backups = bare.run("ls /var/backups/surveyapp/*.backup").split()
    yield f"{len(backups)} backup taken by its timer's service", len(backups) == 1
    said = bare.run(
        f"surveyapp backup verify {backups[0]} --secret /etc/surveyapp/backup-secret.key"
    )
    yield f"the backup reads back: {said.strip()}", True
    told = json.loads(
        bare.run("SSL_CERT_FILE=/etc/ssl/khaosat/fullchain.pem surveyapp doctor --json || true")
    )
    failed = [f"{one['check']}: {one['message']}" for one in told if one["level"] == "fail"]
    yield f"the doctor, from outside too: {len(told)} looked at, failing {failed}", not failed
    yield from killed_under_load(bare)


LOAD = """
import collections, ssl, sys, threading, time, urllib.error, urllib.request
trust = ssl.create_default_context(cafile="/etc/ssl/khaosat/fullchain.pem")
seen, longest, end = collections.Counter(), 0.0, time.monotonic() + 12
def ask():
    global longest
    while time.monotonic() < end:
        began = time.monotonic()
        try:
            with urllib.request.urlopen(sys.argv[1], timeout=30, context=trust) as answer:
                how = answer.status
        except urllib.error.HTTPError as error:
            how = error.code
        except OSError as error:
            how = type(error).__name__
        seen[str(how)] += 1
        longest = max(longest, time.monotonic() - began)
people = [threading.Thread(target=ask) for _ in range(4)]
print("begun", flush=True)
for one in people: one.start()
for one in people: one.join()
print(longest, *(f"{how}={n}" for how, n in seen.items()))
"""
"""Four visitors who ask without a pause for twelve seconds, and what they saw."""


def killed_under_load(bare: Bare) -> Iterator[tuple[str, bool]]:
    """One node after the other dies with all its processes; the first is back before the second goes."""
    names = [name for name in enabled(bare, "multi-user.target") if "web@" in name]
    for number, name in enumerate(names):
        script = f"/opt/surveyapp/.venv/bin/python -c {shlex.quote(LOAD)} https://{NAME}/"
        with subprocess.Popen(bare.words(script), stdout=subprocess.PIPE, text=True) as visitors:
            assert visitors.stdout is not None
            visitors.stdout.readline()
            time.sleep(3)
            kill_all_of(bare.started[number])
            told = visitors.stdout.read().split()
        longest, seen = float(told[0]), told[1:]
        words = f"{name} killed under load: {' '.join(seen)}, longest wait {longest:.1f} s"
        yield words, len(seen) == 1 and seen[0].startswith("200=")
        one = unit(bare, name)
        bare.start(one.command, user=one.user, folder=one.folder, log=f"{name}.log")
        port = re.sub(r"\D", "", name)
        wait_for_node(bare, port)


def kill_all_of(master: subprocess.Popen[bytes]) -> None:
    """As when the machine is gone: the master and what it started, at once."""
    children = Path(f"/proc/{master.pid}/task/{master.pid}/children").read_text().split()
    for pid in [master.pid, *map(int, children)]:
        os.kill(pid, signal.SIGKILL)
    master.wait()


def wait_for_node(bare: Bare, port: str) -> None:
    """Until it answers by itself, and longer than nginx leaves out who failed."""
    script = (
        f"import urllib.request as u; u.urlopen('http://127.0.0.1:{port}/health/live', timeout=5)"
    )
    asking = bare.words(f"/opt/surveyapp/.venv/bin/python -c {shlex.quote(script)}")
    end = time.monotonic() + 90
    while subprocess.run(asking, check=False, capture_output=True).returncode:
        if time.monotonic() > end:
            sys.exit(f"the node at {port} does not come back")
        time.sleep(0.5)
    time.sleep(6)


def main() -> None:
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        sys.exit("This needs root and debootstrap: apt-get install debootstrap")
    count = len(commands())
    well = count <= MOST_COMMANDS
    with (
        tempfile.TemporaryDirectory(prefix="bare-debian-") as scratch,
        bare_debian(Path(scratch)) as bare,
    ):
        hand_over(bare)
        print(
            f"bare Debian {(bare.root / 'etc/debian_version').read_text().strip()}, {count} commands\n"
        )
        for command, seconds in install(bare):
            print(f"{seconds:7.1f} s  {command}", flush=True)
        bring_to_life(bare)
        wait_ready(bare)
        for words, is_so in findings(bare):
            print(f"{'yes' if is_so else 'NO '}  {words}", flush=True)
            well = well and is_so
    sys.exit(not well)


if __name__ == "__main__":
    main()
