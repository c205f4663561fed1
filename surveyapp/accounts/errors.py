"""What can go wrong with staff accounts and what they ask for."""

from surveyapp.errors import SurveyError


class AccountError(SurveyError):
    """Root of the failures of this package."""


class TooManySignIns(AccountError):
    """Too many failed attempts come from one network; it may try again after `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after


class WeakPassword(AccountError):
    """The password breaks `rule`: short, long, common, username or repetitive."""

    def __init__(self, rule: str) -> None:
        super().__init__(f"password is too weak: {rule}")
        self.rule = rule


class PasskeyRefused(AccountError):
    """A passkey was not taken: `reason` is answer, challenge, unknown, known or many."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"passkey refused: {reason}")
        self.reason = reason


class LinkDead(AccountError):
    """A link to set a password is used, over, replaced, or was never made."""


class BadBook(AccountError):
    """A workbook of coordinators has no table (`headings`) or too many rows (`long`): `reason`."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"no list of coordinators: {reason}")
        self.reason = reason


class NobodyAsked(AccountError):
    """There is no such request: it was answered, taken back, is over, or belongs to another campaign."""


class SamePerson(AccountError):
    """Whoever asked cannot be the second person as well."""


class UnknownStaff(AccountError):
    """Nobody signs in as `username`."""

    def __init__(self, username: str) -> None:
        super().__init__(f"no staff account {username}")
        self.username = username


class UsernameTaken(AccountError):
    """Somebody signs in as `username` already."""

    def __init__(self, username: str) -> None:
        super().__init__(f"the staff account {username} exists")
        self.username = username


class BadUsername(AccountError):
    """A `username` is 2–64 of a–z, 0–9, dot, hyphen and underscore, beginning with a letter."""

    def __init__(self, username: str) -> None:
        super().__init__(f"not a username: {username}")
        self.username = username


class BadGrant(AccountError):
    """A `role` that does not exist, or a unit given to (or missing for) a role that takes none."""

    def __init__(self, role: str, unit_code: str) -> None:
        super().__init__(f"no such grant: {role} on {unit_code or 'the whole campaign'}")
        self.role, self.unit_code = role, unit_code


class NotPermitted(AccountError):
    """The person may see the campaign, but this is for the roles in `needed`."""

    def __init__(self, needed: tuple[str, ...]) -> None:
        super().__init__(f"needs one of {', '.join(needed)}")
        self.needed = needed


class NotVisible(AccountError):
    """For this person the campaign or unit does not exist."""


class AuditBroken(AccountError):
    """The audit trail was altered: entry `number` is missing, changed or out of place."""

    def __init__(self, number: int) -> None:
        super().__init__(f"entry {number} does not follow from the one before it")
        self.number = number
