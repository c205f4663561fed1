"""Every rule about the lines of a list, applied at once, so that a desk mends it in one pass."""

from collections.abc import Iterator, Sequence

from surveyapp.respondents.context import ListContext
from surveyapp.respondents.findings import CHECK, NO_MARKS, NOTE, Finding, Line, Row, SheetMarks
from surveyapp.respondents.progress import EVERY, Progress, no_progress
from surveyapp.respondents.rules.domains import own_domains
from surveyapp.respondents.rules.emails import valid_email
from surveyapp.respondents.rules.fill_series import filled_findings
from surveyapp.respondents.rules.lines import LineJudge
from surveyapp.respondents.rules.people import people_findings
from surveyapp.respondents.rules.whole_list import Notice, whole_list_findings
from surveyapp.respondents.sheet.formats.encodings import RECODED
from surveyapp.respondents.words.departments import index_for

__all__ = ["check_rows", "people_findings", "whole_list_findings"]


def check_rows(
    rows: Sequence[Row],
    context: ListContext,
    *,
    titles: tuple[str, ...] = (),
    others: tuple[str, ...] = (),
    remarks: tuple[str, ...] = (),
    notices: Sequence[Notice] = (),
    marks: SheetMarks = NO_MARKS,
    mended: frozenset[int] = frozenset(),
    progress: Progress = no_progress,
) -> tuple[list[Line], list[Finding]]:
    """The lines with normalised values, and every finding in the order of the list.

    `titles` are the texts above the headings, `others` further sheets with people, `remarks` what
    the reader left out of the file, `notices` what it has to say of the whole, `marks` of single rows. `mended` are lines whose name somebody
    has written anew.
    """
    own = own_domains(row.cells.get("email", "") for row in rows)
    judge = LineJudge(context, index_for(context), own)
    lines: list[Line] = []
    findings: list[Finding] = []
    for done, row in enumerate(rows):
        if not done % EVERY:
            progress("checking", done, len(rows))
        line, line_findings = judge.judge(row)
        lines.append(line)
        findings += line_findings
    findings += people_findings(lines)
    if RECODED in remarks:
        findings += [_recoded(line) for line in lines if line.number not in mended]
        remarks = tuple(remark for remark in remarks if remark != RECODED)
    findings += filled_findings(lines)
    findings += shown_findings(lines, marks)
    findings += whole_list_findings(
        lines, context, titles=titles, others=others, remarks=remarks, notices=notices
    )
    findings.sort(key=lambda f: f.line)
    return lines, findings


def _recoded(line: Line) -> Finding:
    """A name out of a file in an old code: right as far as can be told, and a person looks."""
    name = line.values.get("full_name", "")
    return Finding(
        line.number, "full_name", CHECK, RECODED, line.cells.get("full_name", "")[:200], name
    )


def shown_findings(lines: Sequence[Line], marks: SheetMarks) -> Iterator[Finding]:
    """A finding on every line that the sheet marks; an address that was mended since is settled."""
    for line in lines:
        name = line.cells.get("full_name", "")[:200]
        if line.number in marks.struck:
            yield Finding(line.number, "", CHECK, "row_struck_out", name)
        if line.number in marks.hidden:
            yield Finding(line.number, "", NOTE, "row_hidden", name)
        link = marks.links.get(line.number)
        if link and link != line.values.get("email"):
            proposal = valid_email(link)
            written = line.cells.get("email", "")[:200]
            yield Finding(line.number, "email", CHECK, "email_link_differs", written, proposal)
