"""Rules about what a sheet shows beside its cells: rows struck out or hidden, addresses behind others."""

from collections.abc import Iterator, Sequence

from surveyapp.respondents.findings import CHECK, NOTE, Finding, Line
from surveyapp.respondents.reading.marks import Marks
from surveyapp.respondents.rules.emails import valid_email


def shown_findings(lines: Sequence[Line], marks: Marks) -> Iterator[Finding]:
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
