"""The workers that send: queue, outbox, envelopes, and what is done between messages."""

__all__ = (
    "housekeeping",
    "outgoing",
    "queue",
    "sent_elsewhere",
    "worker",
)
