"""The channels there are, in the order in which they are tried for a person. A new one is one line here."""

from surveyapp.messaging import letter
from surveyapp.messaging.channel_kinds import ChannelKind, ContactDetails
from surveyapp.messaging.email import channel as email
from surveyapp.messaging.sms import channel as sms
from surveyapp.messaging.zalo import channel as zalo

KINDS: tuple[ChannelKind, ...] = (email.KIND, zalo.KIND, sms.KIND, letter.KIND)

BY_CODE = {kind.code: kind for kind in KINDS}
CODES = tuple(BY_CODE)
SENT_BY_WORKER = tuple(kind.code for kind in KINDS if kind.is_sent_by_worker)


def address(channel: str, contact: ContactDetails) -> str:
    """Where the channel reaches somebody; letters go by the workplace."""
    return BY_CODE[channel].address(contact)


def domain(channel: str, contact: ContactDetails) -> str:
    """Whom to spare: the mail domain of an address; nothing on other channels."""
    kind = BY_CODE[channel]
    return kind.domain(kind.address(contact))
