"""Write docs/commands.md from the command line itself, so that no command goes undocumented."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

PAGE = Path(__file__).resolve().parent.parent / "docs" / "commands.md"
HEAD = """# Commands

Written by `make commands` from the commands' own help; a test keeps it current. Every command takes `--help`.
Exit codes: 0 done, 1 refused with the reason, 2 wrong usage.
"""


def walk(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with its full name, groups opened."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command, info_name=path)
    for name in command.list_commands(context):
        inner = command.get_command(context, name)
        assert inner is not None, f"{path} {name} cannot be loaded"
        yield from walk(inner, f"{path} {name}")


def page(root: click.Command) -> str:
    """The whole page."""
    return HEAD + "".join(section(path, command) for path, command in walk(root, "surveyapp"))


def section(path: str, command: click.Command) -> str:
    """One command: its usage, what it does, its arguments and options."""
    context = click.Context(command, info_name=path)
    usage = " ".join(command.collect_usage_pieces(context))
    help_text = " ".join((command.help or "").split())
    rows = [
        record
        for parameter in command.get_params(context)
        if (record := parameter.get_help_record(context)) and "--help" not in record[0]
    ]
    options = "".join(f"- `{names}` {words}".rstrip() + "\n" for names, words in rows)
    return f"\n## `{path}`\n\n{help_text}\n\n    {path} {usage}\n" + (
        f"\n{options}" if rows else ""
    )


def main() -> None:
    from surveyapp.cli.main import main as root

    assert isinstance(root, click.Command)
    PAGE.write_text(page(root))
    print(PAGE)


if __name__ == "__main__":
    sys.exit(main())
