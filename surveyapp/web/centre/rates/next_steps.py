"""What the centre does next about a part of the campaign, as the words of a button and its address."""

from typing import Any

from flask import url_for

from surveyapp.fieldwork.counts.briefing import NextStep
from surveyapp.i18n import _


def offer(step: NextStep, *, unit: str = "", group: str = "") -> tuple[str, str]:
    """The words and the address; a group has no contacts, letter or calls of its own."""
    where: dict[str, Any] = {
        name: code for name, code in (("unit", unit), ("group", group)) if code
    }
    match step:
        case NextStep.MEND if unit:
            return _("Sửa liên hệ"), url_for("centre.one_unit", code=unit, _anchor="contacts")
        case NextStep.LETTER if unit:
            return _("Gửi công văn"), url_for("centre.one_unit", code=unit, _anchor="letter")
        case NextStep.CALL:
            return _("Gọi điện"), url_for("centre.calls", **where)
        case NextStep.FINISH:
            return _("Nhắc người làm dở"), _wave("reminder_begun", where)
        case NextStep.INVITE | NextStep.MEND:
            return _("Gửi lời mời"), _wave("invitation", where)
    return _("Nhắc"), _wave("reminder_not_started", where)


def _wave(kind: str, where: dict[str, Any]) -> str:
    return url_for("centre.new_wave", kind=kind, **where)
