"""What is done with respondent lists and persons: the use cases in one place."""

from surveyapp.respondents.acceptance import (
    accept,
    approve,
    approve_many,
    hold,
    return_list,
    withdraw,
)
from surveyapp.respondents.amending import amend
from surveyapp.respondents.desks import (
    ask_reminders,
    declare_headcount,
    extend,
    write_address,
)
from surveyapp.respondents.mending import edit_line, leave_out, take_proposal
from surveyapp.respondents.persons import remove_person
from surveyapp.respondents.rereading import read_again
from surveyapp.respondents.staging import declare_nobody, stage

__all__ = [
    "accept",
    "amend",
    "approve",
    "approve_many",
    "ask_reminders",
    "declare_headcount",
    "declare_nobody",
    "edit_line",
    "extend",
    "hold",
    "leave_out",
    "read_again",
    "remove_person",
    "return_list",
    "stage",
    "take_proposal",
    "withdraw",
    "write_address",
]
