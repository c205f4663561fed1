"""The key ring on paper: each key as groups of letters and as a QR code, and read back from either."""

import base64
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from surveyapp.documents import pdf, qr
from surveyapp.errors import SurveyError
from surveyapp.i18n import _
from surveyapp.keys import ROOT_BYTES, KeyRing
from surveyapp.operations.installation import ownership

_MARK = "KHOA"
_CHECK_BYTES = 3
_GROUP = 4


class KeyMisread(SurveyError):
    """A line of the paper is not a key; `line` counts from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


def written(number: int, root: bytes) -> str:
    """`KHOA 1 ABCD-EFGH-…`: base32 with a check, so that a slip of the pen is seen."""
    text = base64.b32encode(root + _check(number, root)).decode().rstrip("=")
    groups = (text[i : i + _GROUP] for i in range(0, len(text), _GROUP))
    return f"{_MARK} {number} {'-'.join(groups)}"


def read_written(lines: Iterable[str]) -> KeyRing:
    """The ring on these lines; empty ones are passed over. Raises `KeyMisread` at the first that is no key."""
    roots: dict[int, bytes] = {}
    for position, line in enumerate(lines, start=1):
        words = line.split()
        if not words:
            continue
        try:
            mark, number, *groups = words
            text = "".join(groups).replace("-", "").upper()
            raw = base64.b32decode(text + "=" * (-len(text) % 8))
        except ValueError as exc:
            raise KeyMisread(position) from exc
        root, check = raw[:ROOT_BYTES], raw[ROOT_BYTES:]
        if mark.upper() != _MARK or not number.isdecimal() or check != _check(int(number), root):
            raise KeyMisread(position)
        roots[int(number)] = root
    if not roots:
        raise KeyMisread(1)
    return KeyRing(roots)


def _check(number: int, root: bytes) -> bytes:
    return sha256(b"%d:" % number + root).digest()[:_CHECK_BYTES]


def write_paper(keys: KeyRing, *, made_on: str, kept_at: str) -> bytes:
    """A PDF to be printed and locked away: whoever has it can sign links and open cookies."""
    return pdf.write_pdf(
        Path(__file__).with_name("paper.typ"),
        {
            "title": _("Bộ khóa của máy chủ khảo sát"),
            "place": kept_at,
            "made_on": made_on,
            "warning": _(
                "Cất trong két. Ai có tờ này có thể giả liên kết và mã truy cập. "
                "Không chụp ảnh, không gửi qua mạng."
            ),
            "how": _(
                "Khôi phục: quét hoặc gõ từng dòng vào một tệp, rồi chạy surveyapp keys import TỆP."
            ),
            "fingerprint": _("Dấu nhận"),
            "keys": [
                {
                    "text": written(number, root),
                    "fingerprint": ownership.fingerprint(keys, number),
                    "qr": qr.qr_svg(written(number, root)),
                }
                for number, root in sorted(keys.roots.items())
            ],
        },
    )
