"""A mailbox that speaks enough IMAP for a client: one account, one folder, kept in memory."""

import re
import ssl
from base64 import b64decode
from dataclasses import dataclass, field
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer

USER, PASSWORD = "tra-lai", "mật khẩu"


@dataclass
class Stored:
    uid: int
    raw: bytes
    seen: bool = False


@dataclass
class MailFolder:
    mails: list[Stored] = field(default_factory=list)
    lose_after: int = -1
    """Cut the connection after so many commands."""

    def add(self, raw: bytes) -> None:
        self.mails.append(Stored(len(self.mails) + 101, raw))


class MailboxServer(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = False

    def __init__(self, certificate: tuple[Path, Path] | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Spoken)
        self.box = MailFolder()
        self.context = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*certificate)

    @property
    def port(self) -> int:
        return self.server_address[1]

    def get_request(self):
        connection, address = super().get_request()
        if self.context:
            try:
                connection = self.context.wrap_socket(connection, server_side=True)
            except ssl.SSLError as exc:
                connection.close()
                raise OSError from exc
        return connection, address


class Spoken(StreamRequestHandler):
    server: MailboxServer

    def handle(self) -> None:
        self.say("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready")
        left = self.server.box.lose_after
        while line := self.rfile.readline().decode().rstrip("\r\n"):
            if left == 0:
                return
            left -= 1
            tag, command, rest = (*line.split(" ", 2), "")[:3]
            if command == "UID":
                command, _, rest = rest.partition(" ")
            answer = getattr(self, f"do_{command.lower()}", self.unknown)(rest)
            self.say(f"{tag} {answer} done")
            if command == "LOGOUT":
                return

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def unknown(self, rest: str) -> str:
        return "BAD what"

    def do_capability(self, rest: str) -> str:
        self.say("* CAPABILITY IMAP4rev1 AUTH=PLAIN")
        return "OK"

    def do_authenticate(self, rest: str) -> str:
        self.say("+ ")
        secret = b64decode(self.rfile.readline()).decode()
        return "OK" if secret == f"\0{USER}\0{PASSWORD}" else "NO [AUTHENTICATIONFAILED] no"

    def do_select(self, rest: str) -> str:
        if rest.strip('"') != "INBOX":
            return "NO no such folder"
        self.say(f"* {len(self.server.box.mails)} EXISTS")
        return "OK [READ-WRITE]"

    def do_search(self, rest: str) -> str:
        mails = self.server.box.mails
        if rest == "UNSEEN":
            matching = [one for one in mails if not one.seen]
        else:
            header_search = re.fullmatch(r'HEADER Message-ID "(.*)"', rest)
            if not header_search:
                return "BAD criteria"
            matching = [
                one for one in mails if f"Message-ID: {header_search[1]}".encode() in one.raw
            ]
        self.say("* SEARCH " + " ".join(str(one.uid) for one in matching))
        return "OK"

    def do_fetch(self, rest: str) -> str:
        asked = re.fullmatch(r"(\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", rest)
        if not asked:
            return "BAD fetch"
        for one in self.server.box.mails:
            if one.uid == int(asked[1]):
                raw = one.raw[: int(asked[2])]
                self.wfile.write(f"* 1 FETCH (UID {one.uid} BODY[]<0> {{{len(raw)}}}\r\n".encode())
                self.wfile.write(raw)
                self.say(")")
        return "OK"

    def do_store(self, rest: str) -> str:
        uid, what = rest.split(" ", 1)
        if what != r"+FLAGS.SILENT (\Seen)":
            return "BAD store"
        for one in self.server.box.mails:
            one.seen = one.seen or one.uid == int(uid)
        return "OK"

    def do_logout(self, rest: str) -> str:
        self.say("* BYE")
        return "OK"
