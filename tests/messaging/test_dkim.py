"""A receiver who looks up our public key finds the mail signed and unchanged."""

import re
from base64 import b64decode

import dkim
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from surveyapp.messaging.email.dkim import Signer
from surveyapp.messaging.email.mime import compose
from surveyapp.messaging.errors import ChannelMisconfigured
from tests.messaging.dkim_receiver import relax_body, verify
from tests.messaging.mails import DATED, email

# RFC 8463, appendix A: the published key, and the mail with the signature made with it.
RFC_SEED = b64decode("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")
RFC_RECORD = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
RFC_MAIL = b"""\
DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
""".replace(b"\n", b"\r\n")


def ed25519_signer() -> Signer:
    key = ed25519.Ed25519PrivateKey.from_private_bytes(RFC_SEED)
    return Signer("football.example.com", "brisbane", key)


def rsa_signer() -> Signer:
    return Signer("example.vn", "khaosat", rsa.generate_private_key(65537, 2048))


def test_the_signature_published_with_the_standard_is_found_good():
    verify(RFC_MAIL, RFC_RECORD)


def test_our_key_record_is_the_one_published_with_the_standard():
    assert ed25519_signer().dns_record() == (
        "brisbane._domainkey.football.example.com",
        RFC_RECORD,
    )


@pytest.mark.parametrize("signer", [ed25519_signer(), rsa_signer()], ids=["ed25519", "rsa"])
class TestSigned:
    def test_a_receiver_finds_it_good(self, signer):
        verify(signer.sign(compose(email()), dated=DATED), signer.dns_record()[1])

    def test_white_space_changed_on_the_way_does_no_harm(self, signer):
        mail = signer.sign(compose(email()), dated=DATED)
        mail = mail.replace(b"Subject: ", b"subject:   ") + b"\r\n\r\n"
        verify(mail, signer.dns_record()[1])

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (b"Date: Mon", b"Date: Tue"),
            (b"/t/7123", b"/t/7124"),
            (b"MIME-Version: 1.0", b"Subject: other\r\nMIME-Version: 1.0"),
            (b"MIME-Version: 1.0", b"Reply-To: a@b.vn\r\nMIME-Version: 1.0"),
            (b"multipart/alternative", b"text/html"),
        ],
    )
    def test_a_mail_changed_on_the_way_is_found_out(self, signer, old, new):
        mail = signer.sign(compose(email()), dated=DATED)
        assert old in mail
        with pytest.raises(InvalidSignature):
            verify(mail.replace(old, new), signer.dns_record()[1])


def test_no_line_of_the_signature_is_longer_than_mail_allows():
    mail = rsa_signer().sign(compose(email()), dated=DATED)
    signature = re.match(rb"DKIM-Signature:.*\r\n(?:[ \t].*\r\n)*", mail)[0]
    assert max(map(len, signature.split(b"\r\n"))) <= 78
    assert f" t={int(DATED.timestamp())};".encode() in signature


def test_a_receiver_of_other_making_finds_it_good():
    signer = rsa_signer()  # with Ed25519 dkimpy wants another library of signatures
    mail = signer.sign(compose(email()), dated=DATED)
    name, record = signer.dns_record()
    published = {f"{name}.".encode(): record.encode()}
    assert dkim.verify(mail, dnsfunc=lambda asked, timeout=5: published[asked])
    changed = mail.replace(b"/t/7123", b"/t/7124")
    assert not dkim.verify(changed, dnsfunc=lambda asked, timeout=5: published[asked])


def test_a_mail_without_a_body_is_signed():
    mail = ed25519_signer().sign(b"From: a@b.vn\r\nSubject: x\r\n\r\n", dated=DATED)
    verify(mail, ed25519_signer().dns_record()[1])


def test_an_empty_body_is_hashed_as_nothing():
    assert relax_body(b"\r\n\r\n") == b""
    assert relax_body(b" C \r\nD \t E\r\n\r\n\r\n") == b" C\r\nD E\r\n"


def test_a_key_is_read_from_its_file(tmp_path):
    for key in (ed25519.Ed25519PrivateKey.generate(), rsa.generate_private_key(65537, 2048)):
        (tmp_path / "key.pem").write_bytes(_pem(key))
        signer = Signer.read(tmp_path / "key.pem", domain="example.vn", selector="s")
        verify(signer.sign(compose(email()), dated=DATED), signer.dns_record()[1])


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"nothing", "unreadable"),
        (lambda: _pem(rsa.generate_private_key(65537, 1024)), None),
        (lambda: _pem(ec.generate_private_key(ec.SECP256R1())), "neither_rsa_nor_ed25519"),
    ],
    ids=["no key", "the shortest allowed", "a kind DKIM does not know"],
)
def test_a_key_that_cannot_sign_is_refused(tmp_path, content, fault):
    path = tmp_path / "key.pem"
    path.write_bytes(content() if callable(content) else content)
    if fault is None:
        assert Signer.read(path, domain="example.vn", selector="s").algorithm == "rsa-sha256"
        return
    with pytest.raises(ChannelMisconfigured) as refused:
        Signer.read(path, domain="example.vn", selector="s")
    assert refused.value.fault == fault


def _pem(key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
