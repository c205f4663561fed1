"""E-mail over SMTP: one connection kept for many messages, TLS checked, every answer understood."""

import smtplib
import socket
import ssl
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Self
from urllib.parse import unquote, urlsplit

from surveyapp.config import Settings
from surveyapp.messaging.closing import Closing
from surveyapp.messaging.email import smtp_replies
from surveyapp.messaging.email.dkim import Signer
from surveyapp.messaging.email.mime import check_address, compose
from surveyapp.messaging.email.return_addresses import domain_of
from surveyapp.messaging.errors import BadAddress, ChannelMisconfigured
from surveyapp.messaging.model import Email, Outcome, Reason

_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
# Silence before the recipient is the server's; after, it may be about this message alone.
_SILENT = {
    "greeting": Reason.SLOW,
    "sender": Reason.SLOW,
    "recipient": Reason.BUSY,
    "content": Reason.LOST_CONNECTION,
}
_LOST = {
    "greeting": Reason.CLOSING,
    "sender": Reason.CLOSING,
    "recipient": Reason.LOST_CONNECTION,
    "content": Reason.LOST_CONNECTION,
}
_HERE = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """A mail server and how it is spoken to. Times in seconds."""

    host: str
    port: int
    security: Literal["none", "starttls", "tls"] = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    signer: Signer | None = field(default=None, repr=False)
    hello: str = "localhost"
    timeout: float = 30
    messages_per_connection: int = 500

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The server of these settings. Raises `ChannelMisconfigured`."""
        parts = urlsplit(settings.smtp_url)
        host, user = parts.hostname or "", unquote(parts.username or "")
        plain = parts.scheme == "smtp"
        if plain and user and host not in _HERE:
            raise ChannelMisconfigured("SURVEYAPP_SMTP_URL", "password_without_tls")
        signer = None
        if settings.dkim_key is not None:
            domain = domain_of(settings.mail_from)
            signer = Signer.read(settings.dkim_key, domain=domain, selector=settings.dkim_selector)
        return cls(
            host=host,
            port=parts.port or _PORTS[parts.scheme],
            security="none" if plain else "tls" if parts.scheme == "smtps" else "starttls",
            user=user,
            password=unquote(parts.password or ""),
            ca_file=str(settings.mail_ca or ""),
            signer=signer,
            hello=urlsplit(settings.base_url).hostname or "localhost",
        )


class SmtpChannel(Closing):
    """Hands e-mail to one server. What each answer means stands in `replies.py`."""

    name = "smtp"

    def __init__(self, server: SmtpServer) -> None:
        self.server = server
        self._connection: smtplib.SMTP | None = None
        self._sent = 0

    def send(self, message: Email, /) -> Outcome:
        """Hand one e-mail over. A connection found dead before the message went is renewed once."""
        try:
            check_address(message.recipient)
            mail = compose(message)
        except BadAddress:
            return Outcome.never(Reason.BAD_ADDRESS)
        if self.server.signer is not None:
            mail = self.server.signer.sign(mail, dated=message.dated)
        if self._sent >= self.server.messages_per_connection:
            self.close()
        rested = self._connection is not None
        outcome = self._attempt(message, mail)
        if rested and outcome.reason == Reason.CLOSING:
            outcome = self._attempt(message, mail)
        return outcome

    def close(self) -> None:
        connection, self._connection, self._sent = self._connection, None, 0
        if connection is None:
            return
        try:
            connection.quit()
        except (OSError, smtplib.SMTPException):
            connection.close()

    def check(self) -> Outcome:
        """Connect and sign in without sending: for a page that shows the channel's health."""
        connection, refused = self._connect()
        return refused if connection is None else self._understood("greeting", connection.noop)

    def _attempt(self, message: Email, mail: bytes) -> Outcome:
        connection, outcome = self._connect()
        if connection is None:
            return outcome
        envelope = message.envelope_sender or message.sender
        for stage, command in (
            ("sender", lambda: connection.mail(envelope, self._notices(connection))),
            ("recipient", lambda: connection.rcpt(message.recipient)),
            ("content", lambda: connection.data(mail)),
        ):
            outcome = self._understood(stage, command)
            if not outcome.is_handed_over:
                return outcome
        self._sent += 1
        return outcome

    def _understood(self, stage: str, command: Callable[[], tuple[int, bytes]]) -> Outcome:
        """Run one command and say what its answer means; leave a connection that can be used, or none."""
        try:
            outcome = smtp_replies.outcome(stage, *command())
        except smtplib.SMTPDataError as exc:  # what follows DATA itself, before the message
            outcome = smtp_replies.outcome(stage, exc.smtp_code, _bytes(exc.smtp_error))
        except (OSError, smtplib.SMTPException) as exc:
            self._drop()
            return Outcome.later((_SILENT if _timed_out(exc) else _LOST)[stage])
        if outcome.reason == Reason.CLOSING:
            self._drop()
        elif not outcome.is_handed_over:
            self._reset()
        return outcome

    def _connect(self) -> tuple[smtplib.SMTP | None, Outcome]:
        if self._connection is not None:
            return self._connection, Outcome.handed_over()
        try:
            self._connection = self._greeted()
        except smtplib.SMTPResponseException as exc:
            stage = "login" if isinstance(exc, smtplib.SMTPAuthenticationError) else "greeting"
            return None, smtp_replies.outcome(stage, exc.smtp_code, _bytes(exc.smtp_error))
        except (ssl.SSLError, smtplib.SMTPNotSupportedError):
            return None, Outcome.later(Reason.INSECURE)
        except (OSError, smtplib.SMTPException) as exc:
            return None, Outcome.later(Reason.SLOW if _timed_out(exc) else Reason.DOWN)
        return self._connection, Outcome.handed_over()

    def _greeted(self) -> smtplib.SMTP:
        """Connected, over TLS unless told otherwise, signed in if there is a name."""
        server = self.server
        context = ssl.create_default_context(cafile=server.ca_file or None)
        connection: smtplib.SMTP
        if server.security == "tls":
            connection = smtplib.SMTP_SSL(
                server.host, server.port, server.hello, timeout=server.timeout, context=context
            )
        else:
            connection = smtplib.SMTP(
                server.host, server.port, server.hello, timeout=server.timeout
            )
        try:
            if server.security == "starttls":
                connection.starttls(context=context)
            if server.user:
                _sign_in(connection, server)
            else:
                connection.ehlo_or_helo_if_needed()
        except BaseException:
            connection.close()
            raise
        if connection.sock is not None:
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    @staticmethod
    def _notices(connection: smtplib.SMTP) -> list[str]:
        """A returned mail need not carry the letter back, and with it the link (RFC 3461, 4.3)."""
        return ["RET=HDRS"] if connection.has_extn("dsn") else []

    def _reset(self) -> None:
        try:
            if self._connection is not None and self._connection.rset()[0] != 250:
                self._drop()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        connection, self._connection, self._sent = self._connection, None, 0
        if connection is not None:
            connection.close()


def _sign_in(connection: smtplib.SMTP, server: SmtpServer) -> None:
    """PLAIN or LOGIN (RFC 4954), in UTF-8: smtplib's own takes only ASCII passwords."""
    connection.ehlo_or_helo_if_needed()
    offered = connection.esmtp_features.get("auth", "").upper().split()
    user, password = server.user.encode(), server.password.encode()
    plain = b"\0" + user + b"\0" + password
    if "PLAIN" in offered or "LOGIN" not in offered:
        answer = connection.docmd("AUTH", f"PLAIN {_base64(plain)}")
    else:
        answer = connection.docmd("AUTH", f"LOGIN {_base64(user)}")
        if answer[0] == 334:
            answer = connection.docmd(_base64(password))
    if answer[0] != 235:
        raise smtplib.SMTPAuthenticationError(*answer)


def _base64(content: bytes) -> str:
    return b64encode(content).decode()


def _timed_out(error: Exception) -> bool:
    """smtplib reports a time-out as a disconnection, with the time-out behind it."""
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "replace")
