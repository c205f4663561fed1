"""What a mail server's answer means for the message, the person and the channel (docs/messaging.md)."""

import re

from surveyapp.messaging.email import bounce_phrases
from surveyapp.messaging.model import Outcome, Reason

_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_QUEUED = re.compile(r"\b(?:queued as|id=)\s*([\w.-]{4,60})", re.IGNORECASE)


def outcome(stage: str, code: int, text: bytes) -> Outcome:
    """What the reply `code text` at `stage` means: greeting, login, sender, recipient or content.

    Only a refusal of the recipient can be about the person. 4xx and lost connections are tried later,
    5xx never, except where the refusal is of us: that pauses the channel and harms nobody's address. A 421 in
    answer to a recipient may be about her domain alone: if the server is really closing, its next
    greeting says so.
    """
    words = text.decode("utf-8", "replace")
    status = enhanced(words)
    figures = f"{code} {status}".strip()
    if 200 <= code < 300:
        queued = _QUEUED.search(words)
        return Outcome.handed_over(figures, queued[1] if queued else "")
    if code in {421, -1} and stage not in {"recipient", "content"}:
        return Outcome.later(Reason.CLOSING, figures if code > 0 else "")
    if stage == "login":
        return Outcome.later(Reason.BUSY if code < 500 else Reason.AUTHENTICATION, figures)
    if stage == "greeting":
        return Outcome.later(Reason.DOWN, figures)
    if code in {530, 535}:
        return Outcome.later(Reason.AUTHENTICATION, figures)
    if stage == "sender" and code >= 500:
        return Outcome.later(Reason.SENDER_REFUSED, figures)
    if code == -1:
        return Outcome.later(Reason.LOST_CONNECTION)
    if code < 500:
        full = status == "4.2.2" or bounce_phrases.FULL.search(words)
        return Outcome.later(Reason.MAILBOX_FULL if full else Reason.BUSY, figures)
    if stage == "content":
        return Outcome.never(Reason.CONTENT_REFUSED, figures)
    return Outcome.never(refusal(code, status, words), figures)


def refusal(code: int, status: str, words: str) -> Reason:
    """Why a recipient was refused for good: only 5.1.x, or words to that effect, condemn the address."""
    subject = status[2:].partition(".")[0]
    if status in {"5.1.7", "5.1.8"}:  # about the sender (RFC 3463, 3.2)
        return Reason.POLICY
    if subject == "1" or status == "5.2.1":
        return Reason.NO_SUCH_ADDRESS
    if subject == "7":
        return Reason.POLICY
    if status == "5.2.2" or bounce_phrases.FULL.search(words):
        return Reason.MAILBOX_FULL
    if bounce_phrases.POLICY.search(words):
        return Reason.POLICY
    if bounce_phrases.NO_SUCH_ADDRESS.search(words) or (code in {550, 551, 553} and not status):
        return Reason.NO_SUCH_ADDRESS
    return Reason.REFUSED


def enhanced(words: str) -> str:
    """The first enhanced status code in an answer (RFC 3463), `5.1.1`; empty where there is none."""
    match = _ENHANCED.search(words)
    return match[0] if match else ""
