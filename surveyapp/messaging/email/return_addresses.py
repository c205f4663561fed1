"""Addresses that carry a token back: VERP envelope senders and Message-IDs."""

import re
from email.utils import parseaddr

_ADDRESS = re.compile(r"[^@\s,;<>\"\x00-\x1f]+@[^@\s,;<>\"\x00-\x1f]+\.[^@\s.,;<>\"\x00-\x1f]{2,}")
_TOKEN = r"[A-Za-z0-9]{8,64}"  # noqa: S105 - a pattern, no secret


def verp(bounce_address: str, token: str) -> str:
    """`bounce@host` and a token give `bounce+token@host`: whoever returns the mail returns the token.

    The token is letters and digits, e.g. a UUID's `hex`: unguessable, and the same at every attempt.
    """
    _check(token)
    local, _, domain = bounce_address.rpartition("@")
    return f"{local}+{token}@{domain}"


def message_id(token: str, domain: str) -> str:
    """`<token@domain>`, the same for the same token."""
    _check(token)
    return f"<{token}@{domain}>"


def token_of_address(address: str, bounce_address: str) -> str:
    """The token of a VERP address of ours; empty where it is not one."""
    local, _, domain = bounce_address.rpartition("@")
    pattern = rf"{re.escape(local)}\+({_TOKEN})@{re.escape(domain)}"
    match = re.fullmatch(pattern, address.strip().strip("<>"), re.IGNORECASE)
    return match[1] if match else ""


def token_of_message_id(text: str, domain: str) -> str:
    """The token of the first Message-ID of ours in `text` (a References header, say); else empty."""
    match = re.search(rf"<({_TOKEN})@{re.escape(domain)}>", text, re.IGNORECASE)
    return match[1] if match else ""


def named(address: str) -> tuple[str, str]:
    """`Vụ CCHC <a@b.vn>` as its name and its address, `a@b.vn` as no name and the address."""
    return parseaddr(address)


def domain_of(address: str) -> str:
    """`b.vn` of `Vụ CCHC <a@B.vn>`: where limits per domain and DKIM look."""
    return parseaddr(address)[1].rpartition("@")[2].lower()


def is_address(text: str) -> bool:
    """One address that mail can be sent to: no list of addresses, nothing that breaks a header."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


def is_token(text: str) -> bool:
    """8 to 64 letters and digits."""
    return re.fullmatch(_TOKEN, text) is not None


def _check(token: str) -> None:
    if not is_token(token):
        raise ValueError("a token is 8 to 64 letters and digits")
