"""The key of what a browser keeps of answers that could not be sent: only the code brings it back.

The script encrypts unsaved answers under this key and leaves the ciphertext in the browser. The key itself
is never kept there: it comes with each page of the questionnaire, from the server's key and the person's
code. So a tab that was killed loses nothing once the code or link is open again; whoever has the device
without the code has ciphertext; and after submission or leaving no page brings the key any more.
"""

import base64
import secrets
from uuid import UUID

from surveyapp.keys import KeyRing, hkdf
from surveyapp.web.http import state

NAME_BYTES = 9


def name(keys: KeyRing, assignment_id: UUID) -> str:
    """Under which name a browser keeps the ciphertext: tells nothing of whose it is."""
    mark = keys.mac("draft", b"browser buffer\0" + assignment_id.bytes, min(keys.roots))
    return "phieu." + base64.urlsafe_b64encode(mark[:NAME_BYTES]).decode()


def key(keys: KeyRing, code: str, assignment_id: UUID) -> bytes:
    """The 32-byte key (HKDF-SHA-256, RFC 5869), the same as long as the oldest key of the ring lives."""
    salt = keys.key("draft", min(keys.roots))
    info = b"browser buffer\0" + assignment_id.bytes
    return hkdf(code.encode(), salt=salt, info=info)


def facts(code: str, assignment_id: UUID) -> dict[str, str]:
    """Name and key for a page; the key under a fresh mask, as pages are compressed (`guard.py`)."""
    keys = state.keys()
    plain = key(keys, code, assignment_id)
    mask = secrets.token_bytes(len(plain))
    hidden = (int.from_bytes(plain) ^ int.from_bytes(mask)).to_bytes(len(plain))
    return {
        "kept_name": name(keys, assignment_id),
        "kept_key": base64.b64encode(mask + hidden).decode(),
    }
