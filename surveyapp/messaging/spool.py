"""A channel that writes to a file: for a demonstration, and for texts that somebody else sends."""

import json
import os
from pathlib import Path

from surveyapp.messaging.closing import Closing
from surveyapp.messaging.model import Email, Outcome, Reason, Sms


class _Spool(Closing):
    """One JSON object a line, in a file its owner alone can read; whole lines, however many write."""

    name = "spool"

    def __init__(self, path: Path) -> None:
        self.path = path

    def _append(self, fields: dict[str, str]) -> Outcome:
        line = json.dumps(fields, ensure_ascii=False).encode() + b"\n"
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(file, line)
            finally:
                os.close(file)
        except OSError:
            return Outcome.later(Reason.DOWN)
        return Outcome.handed_over()


class EmailSpool(_Spool):
    """E-mail as lines of a file."""

    def send(self, message: Email, /) -> Outcome:
        return self._append(
            {
                "message_id": message.message_id,
                "to": message.recipient,
                "name": message.recipient_name,
                "from": message.sender,
                "subject": message.subject,
                "text": message.text,
                "html": message.html,
                "dated": message.dated.isoformat(),
            }
        )


class SmsSpool(_Spool):
    """Text messages as lines of a file."""

    def send(self, message: Sms, /) -> Outcome:
        return self._append(
            {"reference": message.reference, "phone": message.phone, "text": message.text}
        )
