"""Which questionnaires a person is asked to fill in, and what must change to get there. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from surveyapp.assignments.count_deltas import Cell
from surveyapp.assignments.rules import Disposition
from surveyapp.assignments.states import AssignmentState


class Form(NamedTuple):
    """One questionnaire about one unit: what a person may be asked once."""

    group_id: int
    rated_unit_id: int


class LockedAssignment(NamedTuple):
    """An assignment as it stands under its lock."""

    id: UUID
    campaign_id: int
    invitation_id: UUID
    number: int
    supplying_unit_id: int
    rated_unit_id: int
    group_id: int
    department_id: int | None
    state: AssignmentState
    disposition: str
    begun_on: date | None
    second_form: bool
    channel: str

    @property
    def form(self) -> Form:
        """The questionnaire and whom it is about."""
        return Form(self.group_id, self.rated_unit_id)

    @property
    def cell(self) -> Cell:
        """Where it is counted."""
        return Cell(
            self.supplying_unit_id,
            self.rated_unit_id,
            self.group_id,
            self.department_id or 0,
            self.channel,
        )


@dataclass
class Plan:
    """What must happen to one person's assignments; forms are mapped to their department."""

    create: dict[Form, int | None] = field(default_factory=dict)
    create_duplicates: dict[Form, int | None] = field(default_factory=dict)
    restore: list[LockedAssignment] = field(default_factory=list)
    revoke: list[tuple[LockedAssignment, Disposition]] = field(default_factory=list)
    move: list[tuple[LockedAssignment, int | None]] = field(default_factory=list)
    second: set[Form] = field(default_factory=set)
    has_forms: bool = False
    """The person has something to answer, or has answered."""

    def __bool__(self) -> bool:
        return any((self.create, self.create_duplicates, self.restore, self.revoke, self.move))


def reconcile(
    asked_forms: Mapping[Form, Sequence[int | None]],
    standing: Sequence[LockedAssignment],
    *,
    second_form_allowed: bool,
) -> Plan:
    """Bring the assignments of one person to what the lists say now.

    Submitted ones stay for ever. A unit is rated once: by the form that was submitted, else the one
    that was begun, else the first group in the campaign's order; the others are duplicates.
    """
    plan = Plan()
    by_form = {assignment.form: assignment for assignment in standing}
    holders = _holders(asked_forms, standing)
    for form, departments in asked_forms.items():
        stands = second_form_allowed or holders[form.rated_unit_id] == form
        if stands and holders[form.rated_unit_id] != form:
            plan.second.add(form)
        _settle(plan, form, departments, by_form.get(form), stands=stands)
    for assignment in standing:
        gone = (
            assignment.state == AssignmentState.ACTIVE
            or assignment.disposition == Disposition.DUPLICATE
        )
        if gone and assignment.form not in asked_forms:
            plan.revoke.append((assignment, Disposition.REMOVED))
    submitted = any(assignment.state == AssignmentState.SUBMITTED for assignment in standing)
    plan.has_forms = bool(asked_forms) or submitted
    return plan


def _holders(
    asked_forms: Mapping[Form, Sequence[int | None]], standing: Sequence[LockedAssignment]
) -> dict[int, Form]:
    submitted = [
        assignment.form for assignment in standing if assignment.state == AssignmentState.SUBMITTED
    ]
    begun = [
        assignment.form
        for assignment in standing
        if assignment.state == AssignmentState.ACTIVE
        and assignment.form in asked_forms
        and assignment.begun_on is not None
    ]
    holders: dict[int, Form] = {}
    for form in (*submitted, *begun, *asked_forms):
        holders.setdefault(form.rated_unit_id, form)
    return holders


def _settle(
    plan: Plan,
    form: Form,
    departments: Sequence[int | None],
    assignment: LockedAssignment | None,
    *,
    stands: bool,
) -> None:
    if assignment is None:
        (plan.create if stands else plan.create_duplicates)[form] = departments[0]
        return
    if assignment.state == AssignmentState.SUBMITTED:
        return
    if stands and assignment.state == AssignmentState.REVOKED:
        plan.restore.append(assignment)
    elif not stands and assignment.disposition != Disposition.DUPLICATE:
        plan.revoke.append((assignment, Disposition.DUPLICATE))
    if assignment.department_id not in departments:
        plan.move.append((assignment, departments[0]))
