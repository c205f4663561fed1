"""What can go wrong with the questionnaires people are asked to fill in."""

from uuid import UUID

from surveyapp.errors import SurveyError


class AssignmentError(SurveyError):
    """Root of the failures that concern one questionnaire of an invitation."""

    def __init__(self, assignment_id: UUID) -> None:
        super().__init__(str(assignment_id))
        self.assignment_id = assignment_id


class UnknownAssignment(AssignmentError):
    """There is no such assignment."""


class AlreadySubmitted(AssignmentError):
    """Submitted is terminal: nothing about the assignment can change any more."""


class AssignmentRevoked(AssignmentError):
    """The questionnaire was taken back: its list or group no longer names the person."""


class MoveRefused(AssignmentError):
    """The table of moves does not lead from this disposition to that one. A fault of the program."""

    def __init__(self, assignment_id: UUID, move: str, before: str, after: str) -> None:
        super().__init__(assignment_id)
        self.move, self.before, self.after = move, before, after


class DraftsUnattended(SurveyError):
    """A move that makes drafts unreadable, while nobody has said what becomes of them."""

    def __init__(self, move: str) -> None:
        super().__init__(move)
        self.move = move
