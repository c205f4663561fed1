"""The text of a CSV file, in whichever of Vietnam's codes it was written."""

import re
import unicodedata

from surveyapp.respondents import errors
from surveyapp.respondents.words.charsets import plausible_share

DAMAGED, RECODED = "text_damaged", "text_recoded"
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_VISCII_LETTERS = dict(
    zip(
        (0x02, 0x05, 0x06, 0x14, 0x19, 0x1E, *range(0x80, 0x100)),
        "ẲẴẪỶỸỴẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ",
        strict=True,
    )
)
_UTF7 = re.compile(rb"\+[A-Za-z0-9+/]{2,40}-?")
_SAMPLE = 20_000
_ENOUGH = 0.8


def decode(content: bytes) -> tuple[str, list[str]]:
    """The text and what is to be said of it, by its mark, its zero bytes, as UTF-8, or by which code reads best.

    Raises NotAWorkbook when nothing fits.
    """
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _as(content, encoding)
    if b"\0" not in content.rstrip(b"\0"):
        content = content.rstrip(b"\0")  # what was left of a block that was not full
    if b"\0" in content[:4096]:
        even, odd = content[0:4096:2].count(0), content[1:4096:2].count(0)
        if max(even, odd) * 4 < min(len(content), 4096) // 2:
            raise errors.NotAWorkbook(detected="")
        return _as(content, "utf-16-le" if odd > even else "utf-16-be")
    try:
        seven = _utf7(content)
        return (seven, [RECODED]) if seven else (_twice_read(content.decode("utf-8")), [])
    except UnicodeDecodeError:
        return _damaged_utf8(content) or _legacy(content)


def _as(content: bytes, encoding: str) -> tuple[str, list[str]]:
    try:
        return content.decode(encoding), []
    except UnicodeDecodeError as exc:
        if encoding == "utf-8-sig":
            return content.decode(encoding, "replace"), [DAMAGED]
        raise errors.NotAWorkbook(detected="") from exc


def _utf7(content: bytes) -> str | None:
    """Text in UTF-7, which is plain ASCII to look at."""
    if not content.isascii() or len(_UTF7.findall(content[:_SAMPLE])) < 3:
        return None
    try:
        text = content.decode("utf-7")
    except UnicodeDecodeError:
        return None
    return text if plausible_share(text[:_SAMPLE], legacy=False) >= _ENOUGH else None


def _damaged_utf8(content: bytes) -> tuple[str, list[str]] | None:
    """UTF-8 with a few bad bytes: the rest is read, the bad ones are shown as such."""
    text = content.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(1 for letter in text[:_SAMPLE] if "\u1ea0" <= letter <= "\u1ef9")
    if good > bad and plausible_share(text[:_SAMPLE].replace("\ufffd", " "), legacy=False) >= 0.9:
        return text, [DAMAGED]
    return None


def _legacy(content: bytes) -> tuple[str, list[str]]:
    # Windows-1258 is Vietnamese Excel's own "CSV"; TCVN3 and VNI fonts leave Latin-1 letters.
    modern = unicodedata.normalize("NFC", content.decode("cp1258", "replace"))
    viscii = content.decode("latin-1").translate(_VISCII_LETTERS)
    old = [content.decode(e, "replace") for e in ("cp1252", "latin-1")]
    shares = [(plausible_share(modern[:_SAMPLE], legacy=False), modern)]
    shares += [(plausible_share(text[:_SAMPLE]), text) for text in old]
    shares.append((plausible_share(viscii[:_SAMPLE], legacy=False), viscii))
    best = max(shares, key=lambda share: share[0])[1]
    return best, [RECODED] if best is viscii else []


def _twice_read(text: str) -> str:
    """UTF-8 that was once taken for Windows-1252 and saved again: `Nguyá»…n` is Nguyễn."""
    if "á»" not in text and "áº" not in text and "Ã" not in text and "Æ°" not in text:
        return text
    try:
        repaired = b"".join(map(_byte, text)).decode("utf-8")
    except (UnicodeDecodeError, ValueError):
        return text
    better = plausible_share(repaired[:_SAMPLE], legacy=False)
    return repaired if better > plausible_share(text[:_SAMPLE]) else text


def _byte(letter: str) -> bytes:
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return bytes([ord(letter)])
