"""Printed letters: workers send none of them; piles are made, posted and confirmed by people."""

from surveyapp.i18n import lazy
from surveyapp.messaging.channel_kinds import ChannelKind

KIND = ChannelKind(
    code="letter",
    label=lazy("Thư giấy"),
    address=lambda _contact: "",
    reaches=lambda _contact: True,
    is_there=lambda _settings: True,
)
