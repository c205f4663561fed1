"""Whether this machine can print letters: the fonts are there, typst runs, a page reads as it should."""

import subprocess

from surveyapp.documents.letters import Batch, Letter, LettersRefused, write_letters
from surveyapp.documents.pdf import FONTS

FONT_FILES = ("BeVietnamPro_400Regular.ttf", "BeVietnamPro_700Bold.ttf")
LINE = "Đường Nguyễn Trãi, phường Thượng Đình"
"""What the page must say: letters that only a font with full Vietnamese has."""
CODE = "7000-0000-0000-0000"


def fault() -> str:
    """What keeps letters from being printed here; empty when all is well. Takes a second or two.

    `fonts`: a font file is missing or empty; `typst`: the page cannot be laid out; `page`: it was,
    and does not say what it should.
    """
    if any(not _is_filled(name) for name in FONT_FILES):
        return "fonts"
    try:
        page = write_letters([_letter()], _batch())
    except (OSError, subprocess.SubprocessError, ImportError, LettersRefused):
        return "typst"
    text = _text(page)
    is_whole = LINE in text and CODE.replace("-", " ") in text
    return "" if is_whole else "page"


def _is_filled(name: str) -> bool:
    try:
        return (FONTS / name).stat().st_size > 0
    except OSError:
        return False


def _letter() -> Letter:
    return Letter(
        address=("Ông/Bà Thử Kênh Gửi", LINE),
        salutation="Kính gửi Ông/Bà,",
        paragraphs=(LINE,),
        link=f"https://khaosat.example.vn/t/{CODE.replace('-', '')}~{'x' * 22}",
        code=CODE,
    )


def _batch() -> Batch:
    return Batch(
        title="Thử in",
        reference="THU",
        sender=("BỘ NỘI VỤ",),
        return_line="Bộ Nội vụ",
        place_and_day="Hà Nội",
        host="khaosat.example.vn",
    )


def _text(pdf: bytes) -> str:
    """The words of the letter's page, the second of the file."""
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as pages:
        if len(pages) != 2:
            return ""
        text: str = pages[1].get_textpage().get_text_range()
    return text
