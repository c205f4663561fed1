"""Channels that carry a message, one registry that opens them, and the templates of messages.

Nothing here knows the survey. `__all__`, here and in each folder, is what other packages may use.
"""

__all__ = (
    "channel_kinds",
    "channels",
    "email",
    "errors",
    "labels",
    "model",
    "registry",
    "sms",
    "templates",
)
