"""A real SMTP server in a process of its own, whose faults are written in the recipient's address.

`busy-`, `busy2-` (the first two times), `full-`, `closing-`, `gone-`, `blocked-`, `refused-`,
`slow-`, `reset-` (taken, then the connection is cut before the answer), `reset1-` (once).
As a program: `python -m tests.messaging.mailserver FOLDER [--tls] [--auth] [--rates 421=1,450=2,…]`,
rates in messages of a thousand, faults repeatable by `--seed`.
"""

import argparse
import asyncio
import base64
import json
import random
import re
import ssl
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

USER, PASSWORD = "khaosat", "mật khẩu thử"
ANSWERS = {
    "busy": "450 4.2.1 Try again later",
    "full": "452 4.2.2 Mailbox full",
    "closing": "421 4.3.2 Closing",
    "gone": "550 5.1.1 User unknown",
    "blocked": "550 5.7.1 Blocked by policy",
    "refused": "554 5.6.0 Content refused",
}
SLOW_SECONDS = 5


@dataclass(frozen=True)
class Received:
    """One mail as the server took it."""

    envelope_sender: str
    recipient: str
    raw: bytes

    @property
    def mail(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)


@dataclass
class MailServer:
    """A running server: where it is and what it took."""

    folder: Path
    port: int
    process: subprocess.Popen[str]

    def count(self) -> int:
        """How many mails it took, without reading them: for whoever asks again and again."""
        return self._written().count(b"\n")

    def _written(self) -> bytes:
        file = self.folder / "received.jsonl"
        return file.read_bytes() if file.exists() else b""

    def received(self) -> list[Received]:
        written = self._written()
        whole = written[: written.rfind(b"\n") + 1]  # the last line may be half written
        return [
            Received(one["from"], one["to"], base64.b64decode(one["raw"]))
            for one in map(json.loads, whole.splitlines())
        ]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(60)
        assert self.process.stdout
        self.process.stdout.close()


@contextmanager
def running(folder: Path, *options: str, port: int = 0) -> Iterator[MailServer]:
    """A server for the time of the block; with `--tls` its certificate is made in `folder`."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "tests.messaging.mailserver", str(folder), "--port", str(port)]
    with (folder / "errors.log").open("w") as errors:
        process = subprocess.Popen(
            [*command, *options],
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    assert process.stdout
    server = MailServer(folder, int(process.stdout.readline()), process)
    try:
        yield server
    finally:
        server.stop()


class Scripted:
    """Takes mail, except where the address or chance says otherwise."""

    def __init__(self, folder: Path, rates: dict[str, int], seed: int) -> None:
        self.file = (folder / "received.jsonl").open("a")
        self.rates = rates
        self.chance = random.Random(seed)
        self.seen: Counter[str] = Counter()

    def fault(self, recipient: str) -> str:
        """The fault this attempt shall meet; a number after its name says how often."""
        script = re.match(r"([a-z]+)(\d*)-", recipient)
        if script:
            self.seen[recipient] += 1
            return script[1] if self.seen[recipient] <= int(script[2] or 10**9) else ""
        draw = self.chance.randrange(1000)
        for name, share in self.rates.items():
            if draw < share:
                return name
            draw -= share
        return ""

    async def handle_RCPT(self, server, session, envelope, address, options):
        fault = self.fault(address)
        envelope.fault = fault
        if fault in {"busy", "full", "closing", "gone", "blocked"}:
            return ANSWERS[fault]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        if envelope.fault == "refused":
            return ANSWERS["refused"]
        if envelope.fault == "slow":
            await asyncio.sleep(SLOW_SECONDS)
        for recipient in envelope.rcpt_tos:
            raw = base64.b64encode(envelope.content).decode()
            self.file.write(
                json.dumps({"from": envelope.mail_from, "to": recipient, "raw": raw}) + "\n"
            )
        self.file.flush()
        if envelope.fault == "reset":
            server.transport.abort()
        return "250 2.0.0 OK: queued as 4XyZ123"


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 and localhost that signs itself, and its key."""
    from datetime import UTC, datetime, timedelta
    from ipaddress import ip_address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    here = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(here), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


def main() -> None:
    """Serve until terminated; the first line printed is the port."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--auth", action="store_true")
    parser.add_argument("--rates", default="")
    parser.add_argument("--seed", type=int, default=1)
    asyncio.run(_serve(parser.parse_args()))


async def _serve(options: argparse.Namespace) -> None:
    from aiosmtpd.smtp import SMTP, AuthResult

    def check(server, session, envelope, mechanism, login):
        right = (login.login, login.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)

    rates = {
        name: int(share)
        for name, _, share in (one.partition("=") for one in options.rates.split(",") if one)
    }
    handler = Scripted(options.folder, rates, options.seed)
    context = None
    if options.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*make_certificate(options.folder))
    loop = asyncio.get_running_loop()

    def session() -> SMTP:
        return SMTP(
            handler,
            hostname="localhost",
            tls_context=context,
            require_starttls=options.tls,
            authenticator=check if options.auth else None,
            auth_required=options.auth,
            auth_require_tls=options.tls,
            loop=loop,
        )

    server = await loop.create_server(session, "127.0.0.1", options.port)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    main()
