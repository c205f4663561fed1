"""Guard: what README and docs say exists, and what exists is said there."""

import re
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import click
import pytest

from surveyapp.config import Settings, variable
from tools.commands import PAGE, page, walk

PROJECT = Path(__file__).parents[2]
PAGES = [*sorted(PROJECT.glob("*.md")), *sorted((PROJECT / "docs").rglob("*.md"))]


def commands() -> dict[str, click.Command]:
    from surveyapp.cli.main import main

    return dict(walk(main, "surveyapp"))


def settings_named(text: str) -> list[str]:
    """Variables in the first column of a table."""
    return re.findall(r"^\| `(DATABASE_URL|SURVEYAPP_\w+)` \|", text, re.M)


def commands_named(text: str) -> set[str]:
    """`surveyapp lists check FILE` gives `surveyapp lists check`."""
    return {
        " ".join(command.split()) for command in re.findall(r"`(surveyapp(?: [a-z][a-z-]+)+)", text)
    }


def targets() -> dict[str, str]:
    """Targets of the Makefile that somebody may call, with their descriptions."""
    text = (PROJECT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", text, re.M)
    assert phony
    described = dict(re.findall(r"^([a-z-]+):[^#\n]*## (.+)$", text, re.M))
    return {target: described.get(target, "") for target in phony[1].split()}


def broken_links(path: Path) -> list[str]:
    """Relative links of a page that lead nowhere."""
    text = path.read_text()
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text) + re.findall(r'src="([^":]+)"', text)
    return [f"{path.name}: {link}" for link in links if not (path.parent / link).exists()]


def test_the_settings_table_of_the_readme_is_the_settings_class():
    named = settings_named((PROJECT / "README.md").read_text())
    known = [variable(field.name) for field in fields(Settings)]
    assert sorted(named) == sorted(known)


def test_the_template_of_the_environment_file_names_every_setting():
    words = (PROJECT / "deploy" / "surveyapp.env.example").read_text()
    named = set(re.findall(r"^#?(DATABASE_URL|SURVEYAPP_[A-Z_]+)=", words, re.M))
    assert named == {variable(field.name) for field in fields(Settings)}


def test_every_command_is_on_the_page_of_commands():
    from surveyapp.cli.main import main

    assert PAGE.read_text() == page(main), "run `make commands`"


def test_every_command_says_what_it_does():
    assert [path for path, command in commands().items() if not command.help] == []


def test_no_page_names_a_command_that_does_not_exist():
    known = set(commands())
    groups = {path.rpartition(" ")[0] for path in known} | {"surveyapp"}
    unknown = {
        f"{path.name}: {named}"
        for path in PAGES
        for named in commands_named(path.read_text())
        if named not in known | groups
    }
    assert unknown == set()


def test_every_make_target_is_described_and_every_named_one_exists():
    assert [target for target, words in targets().items() if not words] == []
    named = {
        target_named
        for path in PAGES
        for target_named in re.findall(r"`make ([a-z-]+)", path.read_text())
    }
    assert named - set(targets()) == set()


def test_no_page_links_to_nothing():
    assert [fault for path in PAGES for fault in broken_links(path)] == []


def unlisted(docs: Path) -> list[str]:
    """Pages below `docs` that its index does not link to."""
    listed = set(re.findall(r"\]\(([^)#:]+)", (docs / "README.md").read_text()))
    pages = {page.relative_to(docs).as_posix() for page in docs.rglob("*.md")}
    return sorted(pages - listed - {"README.md"})


def test_the_index_names_every_page():
    assert unlisted(PROJECT / "docs") == []


def test_a_page_that_the_index_forgot_is_seen(tmp_path):
    (tmp_path / "README.md").write_text("[a](a.md)")
    (tmp_path / "a.md").write_text("a")
    (tmp_path / "b.md").write_text("b")
    assert unlisted(tmp_path) == ["b.md"]


def offered(text: str) -> list[tuple[tuple[str, ...], str]]:
    """Where `module.function(` under the heading of a package may stand, and the function.

    A module is looked for in the package's folders and among the foundations; nowhere is no place.
    """
    house = PROJECT / "surveyapp"
    calls, packages = [], []
    for line in text.splitlines():
        if line.startswith("### "):
            packages = re.findall(r"\w+", line.partition("(")[0])
        for module, name in re.findall(r"`(\w+)\.(\w+)\(", line) if packages else ():
            files = [
                file for one in packages for file in sorted((house / one).rglob(f"{module}.py"))
            ]
            files += [*house.glob(f"{module}.py"), *house.glob(f"{module}/__init__.py")]
            places = (
                ".".join(file.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")
                for file in files
            )
            calls.append((tuple(places), name))
    return calls


def is_offered(places: tuple[str, ...], name: str) -> bool:
    """One of the modules has a function of that name, or one of its classes a method."""
    for there in map(import_module, places):
        classes = [each for each in vars(there).values() if isinstance(each, type)]
        if any(hasattr(owner, name) for owner in (there, *classes)):
            return True
    return False


def test_the_architecture_names_no_function_that_does_not_exist():
    named = offered((PROJECT / "docs" / "architecture.md").read_text())
    assert len(named) > 100
    assert [one for one in named if not is_offered(*one)] == []


def test_the_place_of_each_rule_exists():
    text = (PROJECT / "docs" / "architecture.md").read_text()
    rules = text.partition("**One rule, one place.**")[2].partition("\n\n")[0]
    named = re.findall(r"`(\w+\.\w+)\.(\w+)`", rules)
    assert len(named) > 4
    assert [one for one in named if not is_offered((f"surveyapp.{one[0]}",), one[1])] == []


def test_a_function_or_a_module_that_is_gone_is_seen():
    named = offered(
        "### accounts (staff)\n`audit.record(db)`, `audit.forget(db)`, `journal.keep()`"
    )
    audit = ("surveyapp.accounts.audit",)
    assert named == [(audit, "record"), (audit, "forget"), ((), "keep")]
    assert [is_offered(*one) for one in named] == [True, False, False]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("| `SURVEYAPP_KEYS` | ring |\n| `DATABASE_URL` | x |", ["SURVEYAPP_KEYS", "DATABASE_URL"]),
        ("Set `SURVEYAPP_KEYS` first.", []),
    ],
)
def test_a_settings_table_is_read_row_by_row(text, named):
    assert settings_named(text) == named


def test_commands_and_links_are_found_in_running_text(tmp_path):
    text = (
        "Run `surveyapp lists check FILE --json`, see [this](gone.md) and [that](https://a.vn/b)."
    )
    (tmp_path / "a.md").write_text(text)
    assert commands_named(text) == {"surveyapp lists check"}
    assert broken_links(tmp_path / "a.md") == ["a.md: gone.md"]


def pins(path: Path) -> dict[str, str]:
    """Package and version of each pinned line, names as the index writes them."""
    pinned = re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[\w, ]+\])?==([^\s;\\]+)", path.read_text(), re.M)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in pinned}


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_the_lock_holds_every_pin_with_hashes_and_names_no_host(name):
    lock = PROJECT / f"{name}.lock"
    assert pins(PROJECT / f"{name}.txt").items() <= pins(lock).items(), "run `make lock`"
    assert lock.read_text().count("--hash=sha256:") >= len(pins(lock))
    assert "://" not in lock.read_text()


def test_the_tests_run_on_the_libraries_that_are_served():
    served = pins(PROJECT / "requirements.lock")
    assert served.items() <= pins(PROJECT / "requirements-dev.lock").items()


def modules_missing(text: str) -> list[str]:
    """Modules that a page names and the house has not: `x/y.py`, or `x/` (`y`, `z`)."""
    held = [path.relative_to(PROJECT).as_posix() for path in (PROJECT / "surveyapp").rglob("*.*")]
    held += [path.name for path in PROJECT.iterdir()] + [
        path.relative_to(PROJECT).as_posix()
        for folder in ("tests", "tools", "opener", "verifier")
        for path in (PROJECT / folder).rglob("*.py")
    ]
    named = re.findall(r"`([\w/]+\.py)`", text)
    for folder, inside in re.findall(r"`([\w/]+/)` \(((?:`\w+`(?:, | and |; )?)+)", text):
        named += [f"{folder}{name}.py" for name in re.findall(r"`(\w+)`", inside)]
    return sorted(
        name for name in set(named) if not any(f"/{p}".endswith(f"/{name}") for p in held)
    )


def test_the_modules_of_the_recipes_exist():
    assert modules_missing("`accounts/act.py`, `delivery/waves/` (`absences`), `nowhere.py`") == [
        "nowhere.py"
    ]
    assert modules_missing("`delivery/` (`rules`, `absences`)") == ["delivery/absences.py"]
    for name in ("CONTRIBUTING.md", "docs/architecture.md"):
        assert modules_missing((PROJECT / name).read_text()) == []
