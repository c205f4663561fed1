"""What is done with respondent lists and persons: the use cases in one place."""

from surveyapp.respondents.deadlines.desks import (
    ask_reminders,
    declare_headcount,
    extend,
    write_address,
)
from surveyapp.respondents.lists.acceptance import (
    accept,
    approve,
    approve_many,
    hold,
    return_list,
    withdraw,
)
from surveyapp.respondents.lists.corrections.amending import amend
from surveyapp.respondents.lists.corrections.mending import edit_line, leave_out, take_proposal
from surveyapp.respondents.lists.corrections.rereading import read_again
from surveyapp.respondents.lists.staging import declare_nobody, stage
from surveyapp.respondents.people.reconcile import remove_person

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
