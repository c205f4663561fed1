"""What somebody else's visit costs while files made to stop the server are handed in and confirmed.

`.venv/bin/python -m benchmarks.hostile [rounds] [folder]`: a server of its own, as it is run, with one worker; a
visitor opens the first page again and again, in turn with nobody else there and while a desk hands in every
file of the folder, one after the other. Goal: the median while they are read at most twice the quiet one.
"""

import html
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

from surveyapp import clock, schema
from surveyapp.db import bind, make_engine, transaction
from surveyapp.keys import make_key_ring, read_key_ring
from tests import factories
from tests.ports import free_port

CAMPAIGN, UNIT, DESK = "par-index-2023", "01", "desk"
FILES = Path(__file__).parents[1] / "tests" / "files" / "hostile"
LIST = f"/desk/{CAMPAIGN}/{UNIT}/lists/agency-leaders/"
PAUSE = 0.01
QUIET_VISITS = 150


class Browser:
    """Somebody with cookies and no scripts."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar()), urllib.request.ProxyHandler({})
        )

    def get(self, path: str) -> tuple[str, str]:
        """Where it leads, and the page."""
        return self._open(urllib.request.Request(self.address + path))

    def post(self, path: str, fields: dict[str, str], file: Path | None = None) -> tuple[str, str]:
        """Send a form of the page, with a file."""
        body, kind = urllib.parse.urlencode(fields).encode(), "application/x-www-form-urlencoded"
        if file is not None:
            body, kind = _multipart(fields, file)
        headers = {"Content-Type": kind, "Sec-Fetch-Site": "same-origin"}
        return self._open(urllib.request.Request(self.address + path, body, headers))

    def _open(self, request: urllib.request.Request) -> tuple[str, str]:
        try:
            with self._opener.open(request, timeout=120) as answer:
                return answer.url.removeprefix(self.address), answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return request.selector, error.read().decode()


def _multipart(fields: dict[str, str], file: Path) -> tuple[bytes, str]:
    edge = uuid.uuid4().hex
    head = f'--{edge}\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n'
    parts = [(head % (name, "") + value).encode() for name, value in fields.items()]
    parts.append((head % ("file", f'; filename="{file.name}"')).encode() + file.read_bytes())
    return b"\r\n".join(
        [*parts, f"--{edge}--\r\n".encode()]
    ), f"multipart/form-data; boundary={edge}"


def _form(page: str) -> dict[str, str]:
    """The fields of the page's form as they stand, a gap in the count answered as seen."""
    fields = {
        name: html.unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    }
    if 'name="answer"' in page:
        fields["answer"] = "seen"
    for name, options in re.findall(
        r'<select class="entry" id="(column_\w+)"(.*?)</select>', page, re.S
    ):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        fields[name] = chosen[1] if chosen else ""
    return fields


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    url = f"sqlite:///{folder}/survey.sqlite3"
    engine = make_engine(url)
    schema.migrate(engine)
    bind(engine)
    now = clock.now()
    make_key_ring(folder / "keys.json")
    keys = read_key_ring(folder / "keys.json")
    with transaction() as db:
        factories.campaign(db, now, pack=f"../../questionnaires/{CAMPAIGN}")
        factories.staff(
            db, now, "coordinator", unit=UNIT, username=DESK, campaign_code=CAMPAIGN, keys=keys
        )
    port = free_port()
    told = {
        "HOME": str(folder),
        "WEB_CONCURRENCY": "1",
        "DATABASE_URL": url,
        "SURVEYAPP_INSTANCE": str(folder),
        "SURVEYAPP_BASE_URL": f"http://127.0.0.1:{port}",
    }
    command = [sys.executable, "-m", "surveyapp", "run", "--port", str(port)]
    with subprocess.Popen(command, env={**os.environ, **told}) as server:
        try:
            _wait(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


def _wait(port: int) -> None:
    for _attempt in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return


def sign_in(desk: Browser) -> None:
    """Through the pages, with a second factor; ends the run unless the list's page is reached."""
    given = {"username": DESK, "password": factories.PASSWORD}
    desk.post("/account/sign-in", {**_form(desk.get("/account/sign-in")[1]), **given})
    page = desk.get("/account/second-factor")[1]
    code = {"factor_code": factories.recovery_codes(DESK)[0], "factor_passkey": ""}
    desk.post("/account/second-factor", {**_form(page), **code})
    path, _page = desk.get(LIST)
    if path != LIST:
        sys.exit(f"signing in led to {path}, not to the list")


def hand_in(desk: Browser, file: Path) -> str:
    """Send the file and confirm what was understood; where it ended."""
    path, page = desk.post(LIST, _form(desk.get(LIST)[1]), file)
    path, page = _waited(desk, path, page)
    if path == LIST:
        return "not received"
    if "/received/" in path:
        path, page = _waited(desk, *desk.post(path, _form(page)))
    return "stored" if "/list/" in path else "refused"


def _waited(desk: Browser, path: str, page: str) -> tuple[str, str]:
    """The page that follows a page of progress."""
    while 'http-equiv="refresh"' in page:
        time.sleep(0.3)
        path, page = desk.get(path)
    return path, page


def visits(visitor: Browser, *, until: threading.Event | None) -> list[float]:
    """Milliseconds of every visit: so many, or until the event."""
    taken = []
    while not until.is_set() if until else len(taken) < QUIET_VISITS:
        began = time.perf_counter()
        visitor.get("/")
        taken.append((time.perf_counter() - began) * 1000)
        time.sleep(PAUSE)
    return taken


def _while_handed_in(visitor: Browser, desk: Browser, file: Path) -> tuple[list[float], str]:
    over, ended = threading.Event(), []

    def work() -> None:
        try:
            ended.append(hand_in(desk, file))
        finally:
            over.set()

    threading.Thread(target=work).start()
    return visits(visitor, until=over), ended[0] if ended else "failed"


def main() -> None:
    """Print median and 95th percentile, quiet and beside each file, and their ratio."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else FILES
    files = sorted(path for path in folder.iterdir() if path.is_file())
    quiet, beside = [], []
    with tempfile.TemporaryDirectory() as instance, _server(Path(instance)) as address:
        desk, visitor = Browser(address), Browser(address)
        sign_in(desk)
        visits(visitor, until=None)
        for _round in range(rounds):
            for file in files:
                alone = visits(visitor, until=None)
                taken, ended = _while_handed_in(visitor, desk, file)
                quiet += alone
                beside += taken
                ratio = statistics.median(taken) / statistics.median(alone)
                print(f"{file.name}: {ended}, {len(taken)} visits, ×{ratio:.2f}", flush=True)
    for name, taken in (("quiet", quiet), ("beside hostile files", beside)):
        worst = statistics.quantiles(taken, n=20)[-1]
        print(f"{name}: median {statistics.median(taken):.1f} ms, 95 % {worst:.1f} ms")
    print(f"ratio of the medians {statistics.median(beside) / statistics.median(quiet):.2f}")


if __name__ == "__main__":
    main()
