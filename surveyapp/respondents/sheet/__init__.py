"""From the bytes of a file to its rows, in a guarded child process."""

from surveyapp.respondents.sheet.guarded import (
    mark_workbook,
    read_workbook,
    refuse_by_size,
    work_here,
    write_anew,
)
from surveyapp.respondents.sheet.workbook import Sheet, Workbook

__all__ = [
    "Sheet",
    "Workbook",
    "mark_workbook",
    "marks",
    "read_workbook",
    "refuse_by_size",
    "work_here",
    "write_anew",
]
