"""Who is answering now: the invitation behind the session's code, and one of its questionnaires."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

from flask import g
from markupsafe import Markup
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.assignments.errors import AssignmentRevoked
from surveyapp.assignments.rules import Disposition
from surveyapp.campaigns import unit_names
from surveyapp.db import reading
from surveyapp.errors import SurveyError
from surveyapp.i18n import locale
from surveyapp.instruments.model import Instrument
from surveyapp.invitations import queries as invitations
from surveyapp.invitations import service as inviting
from surveyapp.invitations.queries import AssignmentView, Invited
from surveyapp.responses import draft_cipher, draft_secret, drafts, visits
from surveyapp.responses.draft_cipher import DraftHolder
from surveyapp.responses.drafts import DraftAnswers
from surveyapp.responses.errors import BegunElsewhere
from surveyapp.responses.visits import SavedForm
from surveyapp.web.http import sessions, state
from surveyapp.web.parts import deadlines, help_desk
from surveyapp.web.parts.deadlines import Deadline


class SessionOver(SurveyError):
    """Nobody has opened a questionnaire in this browser, or too long ago."""


class NoSuchQuestionnaire(SurveyError):
    """The invitation holds no questionnaire or page with this `number`."""

    def __init__(self, number: int) -> None:
        super().__init__(str(number))
        self.number = number


def rated(assignment: AssignmentView) -> Markup:
    """The rated unit as a sentence names it, in the present language; kept on one line where it fits."""
    name = assignment.rated_name_en if locale() == "en" else assignment.rated_name_vi
    code, name_vi = assignment.rated_unit_code, assignment.rated_name_vi
    return _on_one_line(locale(), code, name, name_vi)


@lru_cache(maxsize=1024)
def _on_one_line(_language: str, code: str, name: str, name_vi: str) -> Markup:
    told = unit_names.in_a_sentence(code, name, name_vi=name_vi)
    return Markup('<span class="name">{}</span>').format(told)


@dataclass(frozen=True)
class Visit:
    """A code that opened an invitation in this browser."""

    code: str
    invited: Invited
    strand: bytes | None = None
    saved: Mapping[UUID, SavedForm] = field(default_factory=dict)
    """What lies in the database of each questionnaire, where it was read with the invitation."""

    @property
    def holder(self) -> DraftHolder:
        """What opens its drafts. Raises `BegunElsewhere`, `DraftSecretMissing`."""
        if self.strand is None:
            raise BegunElsewhere
        where = draft_secret.folder(state.settings())
        secret = draft_secret.read(where, self.invited.campaign.code)
        return DraftHolder(self.code, self.strand, secret, state.keys())

    def assignment(self, number: int) -> AssignmentView:
        """The questionnaire with this number. Raises `NoSuchQuestionnaire`."""
        assignment = self.invited.numbered(number)
        if assignment is None:
            raise NoSuchQuestionnaire(number)
        return assignment

    @property
    def assignments(self) -> tuple[AssignmentView, ...]:
        """The questionnaires that still stand, in order."""
        return self.invited.assignments

    @property
    def is_begun(self) -> bool:
        """Something is being answered: submitting is possible within the grace."""
        return self.invited.is_begun

    @property
    def is_taken(self) -> bool:
        """Answers of this person are taken now."""
        return self.invited.campaign.is_collecting(clock.now(), begun=self.is_begun)

    @property
    def deadline(self) -> Deadline:
        """Until when, as the pages tell it."""
        return deadlines.facts(self.invited.campaign, begun=self.is_begun, now=clock.now())

    @property
    def unsubmitted(self) -> list[AssignmentView]:
        """What is left to answer."""
        return [each for each in self.assignments if each.is_open]

    def draft(self, assignment: AssignmentView, instrument: Instrument) -> DraftAnswers:
        """What is saved of one questionnaire. Raises `DraftUnreadable`."""
        draft_context = drafts.context(self.invited.campaign, instrument, assignment.id)
        saved = self.saved[assignment.id]
        return drafts.opened(draft_context, saved.stored, holder=self.holder, beside=saved.beside)


def opened(code: str, strand: bytes | None) -> Visit:
    """The visit of a code with what is saved, in one statement. Raises what became of the invitation."""
    mark = draft_cipher.mark(strand) if strand is not None else b""
    invited, saved = visits.find(code, mark, keys=state.keys())
    return Visit(code, invited, strand, saved)


def present() -> Visit:
    """The visit of this browser, for pages that only read. See `visiting`."""
    visit = opened(_code(), sessions.respondent_strand())
    g.contact = help_desk.contact(visit.invited.campaign.settings)
    return visit


def _code() -> str:
    code = sessions.respondent_code()
    if code is None:
        raise SessionOver
    return code


def visiting(db: Session) -> Visit:
    """The visit of this browser, within a transaction. Raises `SessionOver`, or what became of the invitation.

    Whatever goes wrong after that, its page names the campaign's help desk (`errors.py`).
    """
    code = _code()
    invited = invitations.find(db, code, keys=state.keys())
    visit = Visit(code, invited, sessions.respondent_strand())
    g.contact = help_desk.contact(visit.invited.campaign.settings)
    return visit


def answering(number: int, db: Session | None = None) -> tuple[Visit, AssignmentView, Instrument]:
    """The visit and one questionnaire that can be answered now, with its instrument.

    Within the transaction of `db`, or as it stands this moment with what is saved of it. Raises
    `AssignmentRevoked` for one that was taken back, `NoSuchQuestionnaire`, and `CampaignNotOpenYet` or
    `CampaignClosed` outside the campaign's window.
    """
    visit = present() if db is None else visiting(db)
    assignment = visit.invited.numbered(number)
    if assignment is None:
        with reading() as past:
            gone = invitations.withdrawn(past, visit.invited.invitation_id, number)
        raise AssignmentRevoked(gone) if gone else NoSuchQuestionnaire(number)
    if assignment.is_open:
        begun = assignment.disposition == Disposition.BEGUN
        inviting.check_open(visit.invited.campaign, clock.now(), begun=begun)
    return visit, assignment, assignment.instrument
