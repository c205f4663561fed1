"""Every rule about the lines of a list, applied at once, so that a desk mends it in one pass."""

from collections.abc import Sequence

from surveyapp.respondents.context import ListContext
from surveyapp.respondents.findings import Finding, Line, Row
from surveyapp.respondents.progress import EVERY, Progress, untold
from surveyapp.respondents.rules.lines import LineJudge
from surveyapp.respondents.rules.people import people_findings
from surveyapp.respondents.rules.whole import whole_list_findings
from surveyapp.respondents.words.departments import index_for

__all__ = ["check_rows", "people_findings", "whole_list_findings"]


def check_rows(
    rows: Sequence[Row],
    context: ListContext,
    *,
    titles: tuple[str, ...] = (),
    others: tuple[str, ...] = (),
    remarks: tuple[str, ...] = (),
    progress: Progress = untold,
) -> tuple[list[Line], list[Finding]]:
    """The lines with normalised values, and every finding in the order of the list.

    `titles` are the texts above the headings, `others` further sheets with people, `remarks` what
    the reader left out of the file.
    """
    judge = LineJudge(context, index_for(context))
    lines: list[Line] = []
    findings: list[Finding] = []
    for done, row in enumerate(rows):
        if not done % EVERY:
            progress("checking", done, len(rows))
        line, found = judge.judge(row)
        lines.append(line)
        findings += found
    findings += people_findings(lines)
    findings += whole_list_findings(lines, context, titles=titles, others=others, remarks=remarks)
    findings.sort(key=lambda f: f.line)
    return lines, findings
