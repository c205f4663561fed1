"""Server time of the respondent's pages and saves, on both engines, with a questionnaire of full size.

`.venv/bin/python -m benchmarks.respond [requests]`; goals: a section page under 8 ms, a save of one item under
5 ms, a save of a section under 12 ms. PostgreSQL is started in memory like in the tests, or left out.
"""

import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from flask.testing import FlaskClient

from surveyapp import schema
from surveyapp.db import make_engine
from tests import postgres
from tests.browser.scene import build
from tests.web.browsing import HERE, token
from tests.web.test_parts import Page

WARM = 20


def main() -> None:
    """Print the median and the 95th percentile of each request, in milliseconds."""
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # PostgreSQL runs as a user of its own
        measure("sqlite", f"sqlite:///{folder}/survey.sqlite3", Path(folder), requests)
        server = Path(folder) / "postgres"
        try:
            postgres.start(server)
        except (OSError, RuntimeError) as fault:
            print(f"postgresql left out: {fault}")
            return
        postgres.execute(server, "CREATE DATABASE bench")
        measure("postgresql", postgres.url(server, "bench"), Path(folder), requests)
        postgres.stop(server)


def measure(name: str, url: str, folder: Path, requests: int) -> None:
    """One engine."""
    warnings.simplefilter("error")
    engine = make_engine(url)
    schema.migrate(engine)
    scene = build(folder, engine=engine)
    client = scene.app.test_client()
    person = scene.person(2)
    link = person.link.removeprefix("http://localhost")
    client.post(f"{link}/start", headers=HERE)
    fields = form(client, "/phieu/1/1")
    items = [name for name in fields if name.startswith("was.")]
    print(f"== {name}: median / 95 % / processor in ms over {requests} requests")
    report("page before answering", requests, lambda _n: client.get(link))
    report("section page", requests, lambda _n: client.get("/phieu/1/1"))
    report("review page", requests, lambda _n: client.get("/phieu/1/xem-lai"))

    def send(address: str, codes: list[int]) -> object:
        chosen = {
            item.removeprefix("was."): str(code) for item, code in zip(items, codes, strict=True)
        }
        answer = client.post(address, data={**fields, **chosen}, headers=HERE)
        fields.update({f"was.{item}": code for item, code in chosen.items()})
        return answer

    def save_item(n: int) -> object:
        return send("/phieu/1/luu", [1 + n % 5, *[1 for _item in items[1:]]])

    def save_section(n: int) -> object:
        return send("/phieu/1/1", [1 + (n + at) % 5 for at in range(len(items))])

    report("save of one item", requests, save_item)
    report("save of a section", requests, save_section)
    engine.dispose()


def form(client: FlaskClient, address: str) -> dict[str, str]:
    """The hidden fields of the page's form."""
    page = client.get(address)
    hidden = {
        field["name"] or "": field.get("value") or ""
        for field in Page(page.text).all("input")
        if field.get("type") == "hidden"
    }
    return {**hidden, "csrf_token": token(page)}


def report(what: str, requests: int, ask: Callable[[int], object]) -> None:
    """Ask again and again and print how long it took, and how much of that this process worked."""
    spent, worked = [], []
    for n in range(WARM + requests):
        started, busy = time.perf_counter(), time.process_time()
        answer = ask(n)
        spent.append((time.perf_counter() - started) * 1000)
        worked.append((time.process_time() - busy) * 1000)
        assert answer.status_code < 400, answer.status_code  # type: ignore[attr-defined]
    spent = sorted(spent[WARM:])
    slow = spent[int(len(spent) * 0.95)]
    cpu = statistics.median(worked[WARM:])
    print(f"{what:24} {statistics.median(spent):6.2f} {slow:6.2f}   cpu {cpu:6.2f}")


if __name__ == "__main__":
    main()
