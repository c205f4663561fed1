"""A questionnaire on paper, for the file in which it is approved."""

from pathlib import Path
from typing import Any

from surveyapp.documents.pdf import write_pdf
from surveyapp.i18n import _, speaking
from surveyapp.instruments.kinds.registry import kind_of
from surveyapp.instruments.labels import condition, said
from surveyapp.instruments.model import DONT_KNOW_LABEL, Instrument

TEMPLATE = Path(__file__).with_name("questionnaire.typ")


def questionnaire_pdf(
    instrument: Instrument, *, language: str, campaign_title: str, group: str
) -> bytes:
    """The questionnaire as a tagged PDF of A4 pages in `language` (`vi` or `en`)."""
    with speaking(language):
        return write_pdf(
            TEMPLATE,
            printed_facts(instrument, language, campaign_title=campaign_title, group=group),
        )


def printed_facts(
    instrument: Instrument, language: str, *, campaign_title: str, group: str
) -> dict[str, Any]:
    """Everything that stands on the paper, in the order it is printed."""
    sections, number = [], 0
    for section in instrument.sections:
        items = []
        for item in section.items:
            number += 1
            kind = kind_of(item)
            options, line = kind.printed(item, language)
            instruction = kind.instruction(item)
            told = [condition(instrument, one.shown_if) for one in (section, item) if one.shown_if]
            told += [said(instruction)] if instruction else []
            told += [item.hint.get(language)] if item.hint else []
            apart = DONT_KNOW_LABEL.get(language) if item.dont_know else ""
            items.append(
                {
                    "number": number,
                    "text": item.text.get(language),
                    "hint": " ".join(told),
                    "line": line,
                    "options": options,
                    "dont_know": apart,
                }
            )
        sections.append({"title": section.title.get(language), "items": items})
    remark = instrument.remark
    return {
        "language": language,
        "campaign": campaign_title,
        "title": instrument.title.get(language),
        "group": _("Nhóm đối tượng: %(group)s", group=group),
        "introduction": instrument.introduction.get(language),
        "illustrative": _("Mẫu minh họa, không phải phiếu chính thức.")
        if instrument.status == "illustrative"
        else "",
        "version": _(
            "Phiếu %(code)s, phiên bản %(version)s, SHA-256 %(hash)s",
            code=instrument.code,
            version=instrument.version,
            hash=instrument.sha256[:16],
        ),
        "page": _("Trang"),
        "sections": sections,
        "remark": {"prompt": remark.prompt.get(language), "warning": remark.warning.get(language)}
        if remark
        else None,
    }
