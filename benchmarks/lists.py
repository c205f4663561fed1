"""How long a list of 20,000 people takes to be read, checked, stored and shown, in how much memory.

`.venv/bin/python -m benchmarks.lists [people]`; goal: under 3 s and 400 MB on two cores.
"""

import resource
import secrets
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path

from surveyapp import clock, create_app, schema
from surveyapp.config import Settings
from surveyapp.db import bind, make_engine, transaction
from surveyapp.keys import KeyRing
from surveyapp.respondents.reading import check_file, read_lines
from surveyapp.respondents.rules import check_rows
from surveyapp.respondents.sheet import read_workbook
from surveyapp.respondents.understanding import understand
from tests import factories
from tests.files import writers
from tests.files.layouts import Grid
from tests.files.people import context
from tests.web.browsing import HERE, sign_in, token


def _workbook(people: int) -> bytes:
    """A list of sub-unit leaders, every name, phone and address different."""
    listed = context("subunit-leaders")
    grid = Grid([["Họ và tên", "Chức vụ", "Sở", "Đơn vị", "Điện thoại", "Email", "Ghi chú"]])
    for n in range(people):
        name = f"Nguyễn {_word(n % 97)} {_word(n // 97 % 97)} {_word(n // 9409 % 97)}"
        department = listed.departments[n % len(listed.departments)].name
        unit = f"Chi cục Số {n // 3}"
        contact = [f"0599{n % 1_000_000:06d}", f"nguoi{n}@coquan.example.vn"]
        grid.rows.append([name, "Phó Giám đốc", department, unit, *contact, ""])
    return writers.xlsx(grid)


def _word(n: int) -> str:
    onsets = ("B", "C", "D", "H", "K", "L", "M", "N", "P", "S", "T", "V")
    rhymes = ("ình", "ảo", "ũng", "ương", "iên", "oàn", "ạnh", "inh", "úc")
    return onsets[n % 12] + rhymes[n // 12 % 9]


def _through_the_page(content: bytes) -> tuple[float, float]:
    """Seconds of a coordinator's upload until the answer, and of the page of findings after it."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/survey.sqlite3")
        schema.migrate(engine)
        bind(engine)
        now = clock.now()
        with transaction() as db:
            factories.campaign(db, now, pack="../../questionnaires/par-index-2023")
            factories.staff(
                db, now, "coordinator", unit="01", username="desk", campaign_code="par-index-2023"
            )
        settings = Settings(instance=Path(folder), base_url="http://localhost")
        keys = KeyRing({1: secrets.token_bytes(32)})
        client = create_app(settings, keys=keys, engine=engine).test_client()
        sign_in(client, "desk")
        home = "/desk/par-index-2023/01/"
        fields = {"csrf_token": token(client.get(home)), "file": (BytesIO(content), "list.xlsx")}
        started = time.perf_counter()
        answer = client.post(
            f"{home}lists/subunit-leaders/",
            data=fields,
            headers=HERE,
            content_type="multipart/form-data",
        )
        stored = time.perf_counter()
        assert client.get(answer.location).status_code == 200
        shown = time.perf_counter()
        engine.dispose()
        return stored - started, shown - stored


def main() -> None:
    """Print seconds per step and the peak of memory, of this process and of the child."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    content = _workbook(people)
    listed = context("subunit-leaders")
    print(f"{people} people, {len(content) / 1e6:.1f} MB")
    started = time.perf_counter()
    workbook = read_workbook(content, "list.xlsx")
    read = time.perf_counter()
    rows = read_lines(workbook, understand(workbook, listed), listed)
    understood = time.perf_counter()
    lines, findings = check_rows(rows, listed)
    checked = time.perf_counter()
    print(
        f"read {read - started:.2f} s, understood {understood - read:.2f} s, checked {checked - understood:.2f} s"
    )
    print(f"together {checked - started:.2f} s; {len(lines)} lines, {len(findings)} findings")
    again = time.perf_counter()
    check_file(content, "list.xlsx", listed)
    print(f"check_file once more {time.perf_counter() - again:.2f} s")
    uploaded, shown = _through_the_page(content)
    print(f"an upload read, checked and stored {uploaded:.2f} s, its page {shown:.2f} s")
    for who, name in ((resource.RUSAGE_SELF, "this process"), (resource.RUSAGE_CHILDREN, "child")):
        print(f"peak of {name} {resource.getrusage(who).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
