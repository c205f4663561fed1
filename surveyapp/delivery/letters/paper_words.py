"""The words of an e-mail as a letter has them: link and code stand in places of their own there."""

from surveyapp.messaging.templates import fields_of

LINKED = frozenset({"lien_ket", "ma", "trang", "khong_phai_toi", "tu_choi"})
"""Fields that a letter shows in a place of their own."""

KEPT = frozenset({"han", "phut"})
"""What a letter says even where the e-mail says it beside the link: the deadline and how long it takes."""


def on_paper(text: str) -> str:
    """The template's text without paragraphs that hold a link or code, but for their lines with the deadline or
    the duration, which end with a full stop instead of leading on to the link."""
    blocks = (_kept(block) for block in _paragraphs(text))
    return "\n\n".join(block for block in blocks if block)


def _paragraphs(text: str) -> list[str]:
    """Lines that stand together, parted by empty ones."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    return "\n".join(lines).split("\n\n")


def _kept(block: str) -> str:
    if not fields_of(block) & LINKED:
        return block.strip()
    lines = [line for line in block.splitlines() if not fields_of(line) & LINKED]
    said = [line.strip() for line in lines if fields_of(line) & KEPT]
    return "\n".join(f"{line[:-1].rstrip()}." if line.endswith(":") else line for line in said)
