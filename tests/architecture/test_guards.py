"""The rules of the house hold, and each guard is shown a planted fault first."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture import guards

SURVEYAPP = Path(__file__).parents[2] / "surveyapp"

# guard, the file in which the fault is planted, the fault
PLANTED: list[tuple[Callable[[Path], list[str]], str, str]] = [
    (guards.arrows, "campaigns/service.py", "from surveyapp.respondents import service"),
    (guards.arrows, "fieldwork/queries.py", "from surveyapp.responses.models import Response"),
    (guards.arrows, "exports/rows.py", "def f():\n    import surveyapp.invitations.models"),
    (guards.arrows, "exports/rows.py", "from ..respondents import models"),
    (guards.arrows, "keys.py", "from surveyapp.campaigns import queries"),
    (guards.arrows, "respondents/rules/lines.py", "from surveyapp.web import wording"),
    (guards.arrows, "respondents/rules/lines.py", "from surveyapp import invitations"),
    (guards.arrows, "novelty/service.py", "x = 1"),
    (guards.flask_in_the_domain, "responses/service.py", "from flask import g"),
    (guards.flask_in_the_domain, "documents/qr.py", "import werkzeug.utils"),
    (guards.sql_outside_the_domain, "web/desk/lists.py", "from sqlalchemy import select"),
    (guards.sql_outside_the_domain, "web/desk/lists.py", "def f(db):\n    db.execute(g())"),
    (guards.sql_outside_the_domain, "cli/main.py", "from sqlalchemy.orm import aliased"),
    (guards.sql_outside_the_domain, "cli/release.py", "import sqlalchemy"),
    (guards.commits, "invitations/service.py", "def f(db):\n    db.commit()"),
    (guards.commits, "web/account.py", "def f(engine):\n    with engine.begin():\n        pass"),
    (guards.clock_readers, "accounts/service.py", "from datetime import date\nx = date.today()"),
    (guards.clock_readers, "web/sessions.py", "import time\nx = time.time()"),
    (
        guards.clock_readers,
        "cli/main.py",
        "import datetime\nx = datetime.datetime.now(datetime.UTC)",
    ),
    (guards.clock_callers, "accounts/service.py", "from surveyapp import clock\nx = clock.now()"),
    (
        guards.foreign_writes,
        "responses/service.py",
        "from surveyapp.assignments.models import Assignment\nupdate(Assignment).values(state=1)",
    ),
    (
        guards.foreign_writes,
        "web/centre/people.py",
        "from surveyapp.respondents.models import Person\ndb.add(Person(id=1))",
    ),
    (guards.heavy_imports, "exports/tables.py", "import pandas as pd"),
    (guards.heavy_imports, "documents/books.py", "from xlsxwriter import Workbook"),
    (
        guards.heavy_imports,
        "respondents/lists/uploads/intake.py",
        "from surveyapp.respondents.sheet.formats import spreadsheets",
    ),
    (guards.long_modules, "web/pages.py", "x = 1\n" * 401),
    (guards.unnamed_modules, "web/utils.py", '"""Things."""'),
    (guards.unnamed_modules, "web/pages.py", "x = 1"),
    (guards.vague_variables, "web/pages.py", "found = 1"),
    (guards.vague_variables, "web/pages.py", "for place, _ in pages:\n    pass"),
    (guards.vague_variables, "web/pages.py", "def f(wanted):\n    pass"),
    (guards.vague_variables, "web/pages.py", "def found():\n    pass"),
    (guards.vague_variables, "web/pages.py", "x = [1 for subject in pages]"),
    (guards.vague_variables, "web/pages.py", "if subject := g():\n    pass"),
    (guards.vague_variables, "campaigns/errors.py", "def f(subject):\n    pass"),
    (guards.inline_code, "templates/a.html", "<p>a</p>\n<script>go()</script>"),
    (guards.inline_code, "templates/a.html", "<style>p {}</style>"),
    (guards.inline_code, "templates/a.html", '<p style="color: red">'),
    (guards.inline_code, "templates/a.html", '<button onclick="go()">'),
    (guards.inline_code, "templates/a.html", '<a href="javascript:go()">'),
    (guards.inline_code, "templates/a.html", '<img src="https://example.org/a.png">'),
    (guards.inline_code, "documents/charts/bars.py", "x = '<rect style=\"fill: red\">'"),
]

# What the rules allow, in the words that come closest to breaking them.
INNOCENT = {
    "errors.py": '"""Root."""\ndef differs(expected, found):\n    pass\n',
    "messaging/mail.py": '"""Mail."""\nsubject = "Invitation"\nmail.found = subject.wanted\n',
    "fieldwork/service.py": '"""Folds."""\nfrom surveyapp.assignments.models import CountDelta\n'
    "from .models import CountTotal\nfrom . import queries\ndelete(CountDelta)\nCountTotal(n=1)\n",
    "respondents/sheet/formats/spreadsheets.py": '"""Sheets."""\nimport python_calamine',
    "exports/tables.py": '"""Tables."""\nfrom typing import TYPE_CHECKING\n'
    "if TYPE_CHECKING:\n    import pandas\n\n\ndef write():\n    import pandas\n",
    "web/desk/lists.py": '"""Lists."""\nfrom sqlalchemy.orm import Session\n'
    "from surveyapp import clock\nfrom flask import g\nx = clock.now()\nvalues.get(1)\n"
    "invitations.begin(db, invited)\n",
    "cli/release.py": '"""Commands."""\nfrom surveyapp import clock\nimport surveyapp.cli.main\n',
    "templates/a.html": '<script src="/static/a.js" defer></script>\n<p class="on style">on = "x"</p>',
}


def _plant(root: Path, files: dict[str, str]) -> Path:
    for file, text in files.items():
        path = root / "surveyapp" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root / "surveyapp"


ALL = sorted({guard for guard, _, _ in PLANTED}, key=lambda guard: guard.__name__)


@pytest.mark.parametrize("guard", ALL, ids=lambda guard: guard.__name__)
def test_the_house_keeps_the_rule(guard):
    assert guard(SURVEYAPP) == []


@pytest.mark.parametrize("folder", ["benchmarks", "opener", "tests", "tools", "verifier"])
def test_what_stands_beside_the_program_calls_variables_after_what_they_hold(folder):
    assert guards.vague_variables(SURVEYAPP.parent / folder) == []


@pytest.mark.parametrize(("guard", "file", "fault"), PLANTED)
def test_the_guard_sees_a_planted_fault(tmp_path, guard, file, fault):
    faults = guard(_plant(tmp_path, {file: fault}))
    assert len(faults) == 1
    assert faults[0].startswith(file)


def test_a_package_is_used_as_it_says_in_all(tmp_path):
    assert guards.faces(SURVEYAPP) == []
    house = {
        "rates/__init__.py": '"""Rates."""\n__all__ = ("counts", "rules")\n',
        "rates/counts/__init__.py": '"""Counts."""\n__all__ = ("Sum", "queries")\nSum = int',
        "rates/rules.py": "from surveyapp.rates.counts import sums",
        "rates/inner.py": "x = 1",
        "rates/counts/queries.py": "x = 1",
        "rates/counts/sums.py": "x = 1",
        "web/__init__.py": '"""Pages."""',
        "web/sound.py": "from surveyapp.rates.counts import queries, Sum\n"
        "import surveyapp.rates.rules\nfrom surveyapp.rates.rules import Counts",
    }
    assert guards.faces(_plant(tmp_path / "sound", house)) == []
    planted = {
        "web/one.py": "from surveyapp.rates.counts.sums import total",
        "web/two.py": "from surveyapp.rates import inner",
        "web/three.py": "def f():\n    import surveyapp.rates.inner",
        "rates/four.py": "from surveyapp.web import sound",
    }
    faults = guards.faces(_plant(tmp_path / "entered", house | planted))
    assert [fault.partition(":")[0] for fault in faults] == [*sorted(planted)]


def test_a_package_says_what_it_offers_and_offers_what_is_used(tmp_path):
    use = {
        "web/__init__.py": '"""Pages."""',
        "web/page.py": "from surveyapp.rates.counts import sums",
        "rates/counts/sums.py": "x = 1",
    }
    mute = {"rates/__init__.py": '__all__ = ("counts",)', "rates/counts/__init__.py": ""}
    assert guards.faces(_plant(tmp_path / "mute", use | mute)) == [
        "rates/__init__.py: does not say what the package is for",
        "rates/counts/__init__.py: does not say what the package is for",
        "web/page.py:1: not offered: surveyapp.rates.counts sums",
    ]
    wide = {
        "rates/__init__.py": '"""Rates."""\n__all__ = ("counts", "rules")',
        "rates/counts/__init__.py": '"""Counts."""\n__all__ = ("sums",)',
        "rates/rules.py": "x = 1",
    }
    assert guards.faces(_plant(tmp_path / "wide", use | wide)) == [
        "rates/__init__.py: offers rules, which no other package uses"
    ]


def test_a_class_name_means_one_thing(tmp_path):
    assert guards.names_of_two_things(SURVEYAPP) == []
    house = {
        "rates/one.py": "class Rate: ...\nclass _Row: ...",
        "lists/two.py": "class Line:\n    class Rate: ...\nclass _Row: ...",
        "responses/opener/three.py": "class Rate: ...",
    }
    assert guards.names_of_two_things(_plant(tmp_path / "sound", house)) == []
    twice = house | {"web/four.py": "class Rate: ..."}
    assert guards.names_of_two_things(_plant(tmp_path / "twice", twice)) == [
        "Rate: rates/one.py, web/four.py"
    ]


def test_a_folder_holds_a_dozen_modules(tmp_path):
    assert guards.crowded_folders(SURVEYAPP) == []
    full = {f"rates/rate{number}.py": '"""A rate."""' for number in range(12)}
    assert guards.crowded_folders(_plant(tmp_path / "full", full)) == []
    over = full | {"rates/__init__.py": "", "rates/thirteenth.py": '"""One more."""'}
    assert guards.crowded_folders(_plant(tmp_path / "over", over)) == ["rates: 13 modules"]


@pytest.mark.parametrize("guard", ALL, ids=lambda guard: guard.__name__)
def test_the_guard_lets_sound_code_pass(tmp_path, guard):
    assert guard(_plant(tmp_path, INNOCENT)) == []
