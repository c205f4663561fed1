"""The site of nginx as this installation needs it, with a certificate to begin with."""

from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from surveyapp.config import PROJECT
from surveyapp.operations.installing.files import make_folder

SITE = PROJECT / "docs" / "proxy" / "nginx.conf"
SHIPPED_NAME, SHIPPED_CERTIFICATE = "khaosat.example.vn", "/etc/ssl/khaosat"
SHIPPED_NODE = "    server 127.0.0.1:8000 "
DAYS = 90


def write_site(path: Path, *, base_url: str, ports: list[str], certificate: Path) -> bool:
    """The shipped site under this name, with a line a node. What stands there is kept; False then."""
    if path.exists():
        return False
    words = SITE.read_text().replace(SHIPPED_NAME, urlsplit(base_url).hostname or "")
    line = next(one for one in words.splitlines() if one.startswith(SHIPPED_NODE))
    nodes = [line.replace(":8000 ", f":{port} ") for port in ports]
    words = words.replace(line, "\n".join(nodes)).replace(SHIPPED_CERTIFICATE, str(certificate))
    make_folder(path.parent)
    path.write_text(words)
    shown = Path("/etc/khaosat") if path.is_relative_to("/etc") else path.parent
    words = words.replace("root /etc/khaosat;", f"root {shown};")
    path.write_text(words)
    make_folder(shown)
    page = shown / "unavailable.html"
    page.write_text((SITE.parent / page.name).read_text())
    page.chmod(0o644)  # nginx reads it as www-data, when no node answers
    return True


def make_certificate(folder: Path, *, host: str, now: datetime) -> bool:
    """A certificate signed by itself, so that nothing is ever served without TLS; False where one stands."""
    chain, key_file = folder / "fullchain.pem", folder / "key.pem"
    if chain.exists() or key_file.exists():
        return False
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    make_folder(folder)
    key_file.touch(mode=0o600)
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return True
