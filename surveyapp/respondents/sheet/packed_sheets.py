"""The sheets of a file as they were read, packed: what was read once need not be read again.

Believed no more than the file: they count only beside the very bytes they were read from, and only
for the reader that read them. Anything else is read anew.
"""

import hashlib
import json
import zlib
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from surveyapp.respondents.sheet import limits
from surveyapp.respondents.sheet.workbook import (
    Workbook,
    reply_from_workbook,
    workbook_from_reply,
)

_DIGEST_BYTES = hashlib.sha256().digest_size


def pack(workbook: Workbook, content: bytes) -> bytes:
    """The sheets read from `content`; empty where they are larger than is worth keeping."""
    # A cell may hold half a pair of UTF-16; `json.loads` takes it back.
    text = json.dumps(reply_from_workbook(workbook), ensure_ascii=False)
    told = text.encode(errors="surrogatepass")
    if len(told) > limits.KEPT_BYTES:
        return b""
    packed = zlib.compress(told, 1)
    return _seal(content, workbook.file_name, packed) + packed


def unpack(kept: bytes, content: bytes, file_name: str) -> Workbook | None:
    """The workbook, or None unless just this was packed from this file by this reader."""
    seal, packed = kept[:_DIGEST_BYTES], kept[_DIGEST_BYTES:]
    if not packed or seal != _seal(content, file_name, packed):
        return None
    return workbook_from_reply(file_name, json.loads(zlib.decompress(packed)))


def _seal(content: bytes, file_name: str, packed: bytes) -> bytes:
    parts = (_reader(), content, file_name.encode(errors="replace"), packed)
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).digest()


@lru_cache(maxsize=1)
def _reader() -> bytes:
    """What tells one reader from another: its sources, and the library below it."""
    here = Path(__file__).resolve().parent
    words = here.parent / "words"
    sources = (words / "charsets.py", words / "lookalikes.py", *sorted(here.rglob("*.py")))
    library = version("python-calamine").encode()
    read = b"\0".join([library, *(source.read_bytes() for source in sources)])
    return hashlib.sha256(read).digest()
