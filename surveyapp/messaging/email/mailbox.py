"""Reading the mailbox that returned mail comes to, over IMAP."""

import imaplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from surveyapp.config import Settings
from surveyapp.messaging.errors import ChannelMisconfigured, MailboxUnreachable
from surveyapp.messaging.model import refuse_control

_PORTS = {"imap": 143, "imap+starttls": 143, "imaps": 993}
_HERE = {"localhost", "127.0.0.1", "::1"}
_READ_LIMIT = 262_144  # a report's own parts come first; what it returns of the letter may be cut
_FAULTS = (OSError, imaplib.IMAP4.error)


@dataclass(frozen=True, slots=True)
class ReturnedMail:
    """One mail of the mailbox: its number there, and its first 256 KB."""

    uid: str
    raw: bytes


class Mailbox:
    """One mailbox, open for the time of a `with` block. Every method raises `MailboxUnreachable`."""

    def __init__(self, url: str, *, ca_file: str = "", timeout: float = 30) -> None:
        self.parts = urlsplit(url)
        if self.parts.scheme == "imap" and self.parts.hostname not in _HERE:
            raise ChannelMisconfigured("SURVEYAPP_IMAP_URL", "password_without_tls")
        self.ca_file = ca_file
        self.timeout = timeout
        self._connection: imaplib.IMAP4 | None = None

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """The mailbox of these settings, not yet open; None where there is none."""
        if not settings.imap_url:
            return None
        return cls(settings.imap_url, ca_file=str(settings.mail_ca or ""))

    def unseen(self, limit: int = 500) -> Iterator[ReturnedMail]:
        """Mail not yet marked as seen, oldest first; reading it leaves it unmarked."""
        for uid in self._search("UNSEEN")[:limit]:
            answer = self._uid("FETCH", uid, f"(BODY.PEEK[]<0.{_READ_LIMIT}>)")
            for part in answer:
                if isinstance(part, tuple):
                    yield ReturnedMail(uid, part[1])

    def mark_seen(self, uid: str) -> None:
        """Done with this one: `unseen` does not give it again."""
        self._uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")

    def has(self, message_id: str) -> bool:
        """The mail with this Message-ID has arrived, seen or not: the canary lives."""
        refuse_control("Message-ID", message_id)
        quoted = message_id.replace("\\", "").replace('"', "")
        return bool(self._search("HEADER", "Message-ID", f'"{quoted}"'))

    def __enter__(self) -> Self:
        stage = "connect"
        try:
            self._connection = self._connected()
            stage = "sign_in"
            user, password = (
                unquote(text or "") for text in (self.parts.username, self.parts.password)
            )
            self._sign_in(user, password)
            stage = "select"
            folder = unquote(self.parts.path.strip("/")) or "INBOX"
            answer, _ = self._connection.select('"' + folder.replace('"', "") + '"')
            if answer != "OK":
                raise imaplib.IMAP4.error
        except _FAULTS as exc:
            self._leave()
            raise MailboxUnreachable(stage) from exc
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leave()

    def _connected(self) -> imaplib.IMAP4:
        host = self.parts.hostname or ""
        port = self.parts.port or _PORTS[self.parts.scheme]
        if self.parts.scheme == "imaps":
            return imaplib.IMAP4_SSL(host, port, ssl_context=self._tls(), timeout=self.timeout)
        connection = imaplib.IMAP4(host, port, timeout=self.timeout)
        if self.parts.scheme == "imap+starttls":
            try:
                connection.starttls(self._tls())
            except _FAULTS:
                connection.shutdown()
                raise
        return connection

    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.ca_file or None)

    def _sign_in(self, user: str, password: str) -> None:
        """AUTHENTICATE PLAIN where offered: it takes passwords in any letters, LOGIN only ASCII ones."""
        connection = self._open()
        if "AUTH=PLAIN" in connection.capabilities:
            secret = f"\0{user}\0{password}".encode()
            connection.authenticate("PLAIN", lambda _: secret)
        elif not password.isascii():
            raise imaplib.IMAP4.error("the server takes only ASCII passwords")
        else:
            connection.login(user, password)

    def _search(self, *criteria: str) -> list[str]:
        answer = self._uid("SEARCH", *criteria)
        return answer[0].decode().split() if answer and answer[0] else []

    def _uid(self, command: str, *arguments: str) -> list[Any]:
        try:
            answer, content = self._open().uid(command, *arguments)
        except _FAULTS as exc:
            raise MailboxUnreachable("read") from exc
        if answer != "OK":
            raise MailboxUnreachable("read")
        return list(content)

    def _open(self) -> imaplib.IMAP4:
        if self._connection is None:
            raise MailboxUnreachable("connect")
        return self._connection

    def _leave(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.logout()
        except _FAULTS:
            connection.shutdown()
