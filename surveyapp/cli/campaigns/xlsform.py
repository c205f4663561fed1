"""`surveyapp campaign xlsform …`: questionnaires out to spreadsheets and back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from surveyapp.i18n import _
from surveyapp.instruments.errors import QuestionnaireRefused

if TYPE_CHECKING:
    from surveyapp.instruments.xlsform.reading import BestEnd, ImportedForm

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT = click.Path(path_type=Path)


@click.group()
def xlsform() -> None:
    """Questionnaires as XLSForm workbooks, out and back in."""


@xlsform.command()
@click.argument("folder", type=FOLDER)
@click.option(
    "--questionnaire", "only", help="Code of one questionnaire; all of the pack unless given."
)
@click.option(
    "-o", "--out", type=OUT, required=True, help="A file .xlsx for one, a folder for all."
)
def export(folder: Path, only: str | None, out: Path) -> None:
    """Write the questionnaires of the pack at FOLDER as XLSForm."""
    from surveyapp.instruments.reading import read_questionnaire
    from surveyapp.instruments.xlsform.writing import write_xlsform

    files = [
        path
        for path in sorted((folder / "questionnaires").glob("*.yaml"))
        if only in (None, path.stem)
    ]
    is_file = out.suffix.lower() == ".xlsx"
    if not files or (is_file and len(files) > 1):
        words = _(
            "gói có %(n)s phiếu như vậy; chọn một bằng --questionnaire, hoặc ghi -o là một thư mục",
            n=len(files),
        )
        raise click.UsageError(words)
    (out.parent if is_file else out).mkdir(parents=True, exist_ok=True)
    try:
        for path in files:
            target = out if is_file else out / f"{path.stem}.xlsx"
            target.write_bytes(write_xlsform(read_questionnaire(path)))
            click.echo(str(target))
    except QuestionnaireRefused as refused:
        _refuse(refused)


@xlsform.command("import")
@click.argument("file", type=FILE)
@click.option("-o", "--out", type=OUT, required=True, help="Folder for the YAML file.")
@click.option("--replace", is_flag=True, help="Write over a questionnaire that is there.")
@click.option(
    "--best",
    type=click.Choice(["first", "last"]),
    help="The good end of every list that does not mark one in its column best.",
)
def import_(file: Path, out: Path, replace: bool, best: BestEnd | None) -> None:
    """Read an XLSForm workbook and write it as a questionnaire file; every fault is told with row and column.

    What the form does not say and what was renamed is told beside it.
    """
    from surveyapp.instruments.xlsform.reading import read_xlsform
    from surveyapp.instruments.yaml_writing import as_yaml

    try:
        form = read_xlsform(file.read_bytes(), file=file.name, best=best)
    except QuestionnaireRefused as refused:
        _refuse(refused)
    path = out / f"{form.questionnaire.code}.yaml"
    if path.exists() and not replace:
        words = _("%(path)s đã có; thêm --replace để ghi đè", path=path)
        raise click.UsageError(words)
    out.mkdir(parents=True, exist_ok=True)
    path.write_text(as_yaml(form.questionnaire), encoding="utf-8")
    click.echo(str(path))
    _tell(form)


def _tell(form: ImportedForm) -> None:
    """What was set and what was renamed, beside the path: for the person, not for a pipe."""
    for words in form.notices:
        click.echo(words, err=True)
    if form.mapped:
        click.echo(_("Tên và mã trong biểu mẫu → trong phiếu:"), err=True)
    width = max((len(name.written) for name in form.mapped), default=0)
    for name in form.mapped:
        line = (
            f"  {name.sheet} {name.row:>4}  {name.written:<{width}}  →  {name.ours}  {name.words}"
        )
        click.echo(line.rstrip(), err=True)


def _refuse(refused: QuestionnaireRefused) -> None:
    for fault in refused.faults:
        click.echo(str(fault), err=True)
    sys.exit(1)
