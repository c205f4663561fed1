"""E-mail: over SMTP, signed, and what comes back of it."""

__all__ = (
    "bounces",
    "channel",
    "mailbox",
    "return_addresses",
)
