"""How long a list of 20,000 people takes to be read, checked, stored and shown, in how much memory.

`.venv/bin/python -m benchmarks.lists [people]`; goal: under 3 s and 400 MB on two cores. Memory is that of
the whole tree: this process, which is server and client in one, and the child that reads the file.
Beside the time on the clock stands the time of the processor, which a busy machine hardly changes.
"""

import os
import secrets
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from flask.testing import FlaskClient

from surveyapp import clock, create_app, schema
from surveyapp.config import Settings
from surveyapp.db import bind, make_engine, transaction
from surveyapp.keys import KeyRing
from surveyapp.respondents.reading.checking import read_lines
from surveyapp.respondents.reading.sheet_reading import understand
from surveyapp.respondents.rules import check_rows
from surveyapp.respondents.sheet import read_workbook
from surveyapp.web.desk import background
from tests import factories
from tests.files import writers
from tests.files.layouts import Grid
from tests.files.people import context
from tests.web.browsing import HERE, reading_form, sign_in, token


def _workbook(people: int) -> bytes:
    """A list of sub-unit leaders, every name, phone and address different."""
    listed = context("subunit-leaders")
    grid = Grid([["Họ và tên", "Chức vụ", "Sở", "Đơn vị", "Điện thoại", "Email", "Ghi chú"]])
    for n in range(people):
        name = f"Nguyễn {_word(n % 97)} {_word(n // 97 % 97)} {_word(n // 9409 % 97)}"
        department = listed.departments[n % len(listed.departments)].name
        unit = f"Chi cục Số {n // 3}"
        contact = [
            f"0599{n * 7919 % 1_000_000:06d}",
            f"nguoi{n * 7919 % 1_000_003}@coquan.example.vn",
        ]
        grid.rows.append([name, "Phó Giám đốc", department, unit, *contact, ""])
    return writers.xlsx(grid)


def _word(n: int) -> str:
    onsets = ("B", "C", "D", "H", "K", "L", "M", "N", "P", "S", "T", "V")
    rhymes = ("ình", "ảo", "ũng", "ương", "iên", "oàn", "ạnh", "inh", "úc")
    return onsets[n % 12] + rhymes[n // 12 % 9]


class Tree:
    """The most memory this process and its children held together, looked at every 10 ms."""

    def __init__(self) -> None:
        self.peak = 0
        self.child_peak = 0
        self._over = threading.Event()

    def watch(self) -> None:
        """Look until told that it is over."""
        while not self._over.wait(0.01):
            own, children = _resident(os.getpid()), sum(map(_resident, _children()))
            self.peak, self.child_peak = (
                max(self.peak, own + children),
                max(self.child_peak, children),
            )

    def stop(self) -> None:
        """Look no longer."""
        self._over.set()


def _resident(pid: int) -> float:
    """Megabytes in memory; 0 when the process is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _children() -> list[int]:
    pids = []
    for task in Path("/proc/self/task").iterdir():
        try:
            pids += [int(pid) for pid in (task / "children").read_text("ascii").split()]
        except OSError:
            continue
    return pids


@contextmanager
def _measured(what: str) -> Iterator[None]:
    """Print clock and processor time of the block, children included."""
    clocked, used = time.perf_counter(), os.times()
    yield
    after = os.times()
    processor = sum(after[:4]) - sum(used[:4])
    print(f"{what}: {time.perf_counter() - clocked:.2f} s, processor {processor:.2f} s")


@contextmanager
def _desk() -> Iterator[tuple[FlaskClient, str]]:
    """A coordinator signed in to a server with a campaign, and the page of a list."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/survey.sqlite3")
        schema.migrate(engine)
        bind(engine)
        now = clock.now()
        keys = KeyRing({1: secrets.token_bytes(32)})
        with transaction() as db:
            factories.campaign(db, now, pack="../../questionnaires/par-index-2023")
            factories.staff(
                db,
                now,
                "coordinator",
                unit="01",
                username="desk",
                campaign_code="par-index-2023",
                keys=keys,
            )
        settings = Settings(instance=Path(folder), base_url="http://localhost")
        client = create_app(settings, keys=keys, engine=engine).test_client()
        sign_in(client, "desk")
        yield client, "/desk/par-index-2023/01/lists/subunit-leaders/"
        engine.dispose()


def _through_the_pages(content: bytes) -> None:
    """A coordinator's way from the file to the findings, every step waited for."""
    background.PATIENCE = 600
    with _desk() as (client, page):
        fields = {"csrf_token": token(client.get(page)), "file": (BytesIO(content), "list.xlsx")}
        with _measured("whole path, upload to findings"):
            with _measured("  sent, read and understood"):
                address = client.post(
                    page, data=fields, headers=HERE, content_type="multipart/form-data"
                ).location
            with _measured("  shown as understood"):
                form = reading_form(client.get(address))
            with _measured("  confirmed: read, checked, compared, stored"):
                client.post(address, data=form, headers=HERE)
            with _measured("  shown with its findings"):
                shown = client.get(address, follow_redirects=True)
        assert "/list/" in shown.request.path


def main() -> None:
    """Print seconds per step and the peak of memory over the tree of processes."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    content = _workbook(people)
    listed = context("subunit-leaders")
    print(f"{people} people, {len(content) / 1e6:.1f} MB; load {os.getloadavg()[0]:.1f}")
    tree = Tree()
    watcher = threading.Thread(target=tree.watch)
    watcher.start()
    _through_the_pages(content)
    tree.stop()
    watcher.join()
    print(f"peak of the tree {tree.peak:.0f} MB, of the child alone {tree.child_peak:.0f} MB")
    with _measured("read"):
        workbook = read_workbook(content, "list.xlsx")
    with _measured("understood"):
        rows = read_lines(workbook, understand(workbook, listed), listed)
    with _measured("checked"):
        check_rows(rows, listed)


if __name__ == "__main__":
    main()
