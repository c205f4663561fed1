"""Check a release where it is received: no server, no database, nothing but Python's own library.

This folder stands alone: `verifier/` at the top makes an installable package of the same files, without
the server. It imports nothing else of the house.
"""

from .ed25519 import is_signed
from .faults import ReleaseFault
from .folder import verify
from .layout import FORMAT, FORMAT_OF_KINDS, MANIFEST, SCHEMA, SIGNATURE, UNKNOWN_KEY

__all__ = [
    "FORMAT",
    "FORMAT_OF_KINDS",
    "MANIFEST",
    "SCHEMA",
    "SIGNATURE",
    "UNKNOWN_KEY",
    "ReleaseFault",
    "ddi",
    "is_signed",
    "verify",
]
