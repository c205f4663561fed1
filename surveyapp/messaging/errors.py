"""What can be wrong with a message or with how a channel is set up, before anything is sent."""

from surveyapp.errors import SurveyError


class MessagingError(SurveyError):
    """A message or a channel is not fit for use."""


class HeaderRefused(MessagingError):
    """A header holds a line break or another control character: it would smuggle in headers."""

    def __init__(self, header: str) -> None:
        super().__init__(header)
        self.header = header


class FieldUnknown(MessagingError):
    """A template asks for a field that was given no value."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class ChannelMisconfigured(MessagingError):
    """A channel's settings do not describe one that can work; `fault` names the first reason."""

    def __init__(self, setting: str, fault: str) -> None:
        super().__init__(f"{setting}: {fault}")
        self.setting = setting
        self.fault = fault


class MailboxUnreachable(MessagingError):
    """The mailbox cannot be read now. `stage` is connect, sign_in, select or read."""

    def __init__(self, stage: str) -> None:
        super().__init__(stage)
        self.stage = stage


class BadAddress(MessagingError):
    """Not an address that every mail server takes: plain ASCII, one @, no blanks."""


class NoticeRefused(MessagingError):
    """A provider's notice lacks what it is about; `field` is kind or reference."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field
