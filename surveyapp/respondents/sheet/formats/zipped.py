"""What a zip archive admits before it is unpacked: its kind, its weight, its dangers."""

import io
import struct
import zipfile

from surveyapp.respondents import errors
from surveyapp.respondents.sheet import limits

_PROLOGUE = 4096
_ODS = "application/vnd.oasis.opendocument.spreadsheet"


def open_archive(content: bytes) -> zipfile.ZipFile:
    """The archive, refused from its directory alone when it would unpack into too much.

    Raises NotAWorkbook, BrokenWorkbook, UnpacksTooLarge, PasswordProtected.
    """
    if _entries_announced(content) > limits.ENTRIES:
        raise errors.UnpacksTooLarge(limit=limits.UNPACKED_BYTES // limits.MEGABYTE)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error) as exc:
        raise errors.BrokenWorkbook(detected="zip") from exc
    entries = archive.infolist()
    if len(entries) > limits.ENTRIES:
        raise errors.UnpacksTooLarge(limit=limits.UNPACKED_BYTES // limits.MEGABYTE)
    unpacked = sum(e.file_size for e in entries)
    if unpacked > limits.UNPACKED_BYTES or any(_is_bomb(e) for e in entries):
        raise errors.UnpacksTooLarge(limit=limits.UNPACKED_BYTES // limits.MEGABYTE)
    if any(e.flag_bits & 1 for e in entries):
        raise errors.PasswordProtected
    return archive


def _entries_announced(content: bytes) -> int:
    """The entry count in the end record, so that a huge directory is never parsed."""
    at = content.rfind(b"PK\x05\x06")
    if at < 0 or at + 12 > len(content):
        return 0
    return int.from_bytes(content[at + 10 : at + 12], "little")


def _is_bomb(entry: zipfile.ZipInfo) -> bool:
    packed = max(entry.compress_size, 1)
    return entry.file_size > limits.RATIO_FROM_BYTES and entry.file_size / packed > limits.RATIO


def archive_format(archive: zipfile.ZipFile) -> str:
    """`xlsx`, `xlsm`, `ods` or `docx`; raises NotAWorkbook for every other archive."""
    names = {name.replace("\\", "/") for name in archive.namelist()}
    if "content.xml" in names:
        kind = read_part(archive, "mimetype", 200).decode("ascii", "replace").strip()
        if not kind.startswith(_ODS):
            raise errors.NotAWorkbook(detected="OpenDocument")
        if b"encryption-data" in read_part(archive, "META-INF/manifest.xml", 200_000):
            raise errors.PasswordProtected
        return "ods"
    if "word/document.xml" in names:
        return "docx"
    if any(n.startswith("ppt/") for n in names):
        raise errors.NotAWorkbook(detected="PowerPoint")
    if "xl/workbook.bin" in names:
        raise errors.NotAWorkbook(detected="XLSB")
    if not any(n.lower() == "xl/workbook.xml" for n in names):
        raise errors.NotAWorkbook(detected="ZIP")
    return "xlsm" if any(n.lower().endswith("vbaproject.bin") for n in names) else "xlsx"


def read_part(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """At most `most` bytes of one entry; empty where it is absent.

    Raises BrokenWorkbook when its packed bytes are damaged.
    """
    if name not in archive.namelist():
        return b""
    try:
        with archive.open(name) as part:
            return part.read(most)
    except Exception as exc:
        # zlib.error, BadZipFile, EOFError, NotImplementedError, lzma's own: all mean the same here.
        raise errors.BrokenWorkbook(detected="zip") from exc


def refuse_entities(archive: zipfile.ZipFile) -> None:
    """Raise EntitiesRefused when any XML part declares a document type."""
    for name in archive.namelist():
        if name.lower().endswith((".xml", ".rels", ".vml")):
            prologue = read_part(archive, name, _PROLOGUE).replace(b"\0", b"")
            if b"<!DOCTYPE" in prologue or b"<!ENTITY" in prologue:
                raise errors.EntitiesRefused


def remarks(archive: zipfile.ZipFile) -> list[str]:
    """Names of what the workbook carries and the reader leaves alone."""
    names = [n.lower().replace("\\", "/") for n in archive.namelist()]
    texts = []
    if any(n.endswith("vbaproject.bin") for n in names):
        texts.append("macros_ignored")
    if any(n.startswith("xl/externallinks/") for n in names):
        texts.append("external_links_ignored")
    return texts
