"""E-mail: over SMTP, signed, and what comes back of it."""

__all__ = (
    "bounces",
    "mailbox",
    "return_addresses",
)
