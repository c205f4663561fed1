"""Message templates with merge fields `{ten}`: written by people, rendered without running anything.

A template is plain text. Paragraphs are separated by an empty line; a line that is a field of its own
kind, such as `{lien_ket}`, becomes a link in the HTML, which is made from the same text. `{{` and `}}`
stand for braces. A field is a name and nothing more: no attributes, no formats, no expressions.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup, escape

from surveyapp.messaging.errors import FieldUnknown
from surveyapp.messaging.sms import segments as sms_segments

_MARK = re.compile(r"\{\{|\}\}|\{([^{}\n]*)\}|[{}]")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_URL = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
_HAND_WRITTEN = re.compile(r"https?://|www\.", re.IGNORECASE)
_SPACE = re.compile(r"\s+")

SUBJECT_LIMIT = 120
SMS_SEGMENTS = 3


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """What the centre writes in one language: a subject and a text for e-mail, a text for SMS."""

    subject: str
    text: str
    sms: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """An e-mail ready to send: subject on one line, plain text, and the same as simple HTML."""

    subject: str
    text: str
    html: str


class TemplateFaultKind(StrEnum):
    """What can be wrong with a template; `labels.template_fault` has the words."""

    EMPTY = "empty"
    UNKNOWN_FIELD = "unknown_field"
    STRAY_BRACE = "stray_brace"
    MISSING_FIELD = "missing_field"
    LINK_IN_SUBJECT = "link_in_subject"
    SUBJECT_LINES = "subject_lines"
    SUBJECT_LONG = "subject_long"
    LINK_BY_HAND = "link_by_hand"
    SMS_ALPHABET = "sms_alphabet"
    SMS_LONG = "sms_long"


@dataclass(frozen=True, slots=True)
class TemplateFault:
    """One fault: `place` is subject, text or sms; `detail` the field, characters or figure; `line` from 1."""

    fault: TemplateFaultKind
    place: str
    detail: str = ""
    line: int = 0


def fields_of(text: str) -> set[str]:
    """The names of the fields that `text` uses."""
    return {match[1] for match in _MARK.finditer(text) if match[1] is not None}


def render(template: MessageTemplate, values: Mapping[str, str], *, language: str) -> Rendered:
    """Fill in an e-mail. Raises `FieldUnknown`. Values are text: nothing in them is read as markup,
    nor as a field, and in the subject they stay on one line."""
    subject = _SPACE.sub(" ", fill(template.subject, values)).strip()
    text = fill(template.text, values).replace("\r\n", "\n").strip() + "\n"
    return Rendered(subject, text, _html(text, subject, language))


def render_sms(
    template: MessageTemplate, values: Mapping[str, str], *, accents: bool = False
) -> str:
    """Fill in the SMS, without accents unless the gateway is paid to carry them. Raises `FieldUnknown`."""
    text = _SPACE.sub(" ", fill(template.sms, values)).strip()
    return text if accents else sms_segments.unaccented(text)


def check(
    template: MessageTemplate,
    *,
    known: Collection[str],
    required: Collection[str] = ("lien_ket",),
    secret: Collection[str] = ("lien_ket", "ma"),
    longest: Mapping[str, str] | None = None,
    segments: int = SMS_SEGMENTS,
    accents: bool = False,
) -> list[TemplateFault]:
    """Everything that is wrong with a template, before anybody receives it.

    `required` fields must stand in the text and in the SMS (where there is one); `secret` ones must
    not stand in the subject, which mail servers log. `longest` has the longest value of each field
    (of the people who would get the message), by which the SMS is measured.
    """
    faults = list(_brace_faults("subject", template.subject, known))
    faults += _brace_faults("text", template.text, known)
    faults += _brace_faults("sms", template.sms, known)
    faults += _subject_faults(template.subject, secret)
    faults += _body_faults("text", template.text, required)
    if template.sms.strip():
        faults += _body_faults("sms", template.sms, required)
        if not any(fault.place == "sms" for fault in faults):
            faults += _sms_faults(template, dict(longest or {}), segments, accents)
    return faults


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its fields filled in, doubled braces as one. Raises `FieldUnknown`."""

    def one(match: re.Match[str]) -> str:
        if match[0] in {"{{", "}}"}:
            return match[0][0]
        name = match[1]
        if name is None or name not in values:
            raise FieldUnknown(match[0] if name is None else name)
        return str(values[name])

    return _MARK.sub(one, text)


def _html(text: str, title: str, language: str) -> str:
    """Paragraphs, line breaks and links only: no image, no style sheet, nothing from another host."""
    paragraphs = [block for block in re.split(r"\n\s*\n", text.strip()) if block.strip()]
    body = Markup("\n").join(Markup("<p>{}</p>").format(_linked(block)) for block in paragraphs)
    page = Markup(
        '<!doctype html>\n<html lang="{}"><head><meta charset="utf-8"><title>{}</title></head>\n'
        "<body>\n{}\n</body></html>\n"
    )
    return str(page.format(language, title, body))


def _linked(block: str) -> Markup:
    lines = (Markup().join(_link_parts(line)) for line in block.split("\n"))
    return Markup("<br>\n").join(lines)


def _link_parts(line: str) -> Iterator[Markup]:
    end = 0
    for match in _URL.finditer(line):
        yield escape(line[end : match.start()])
        yield Markup('<a href="{0}">{0}</a>').format(match[0])
        end = match.end()
    yield escape(line[end:])


def _brace_faults(part: str, text: str, known: Collection[str]) -> Iterator[TemplateFault]:
    for match in _MARK.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        if match[0] in {"{", "}"}:
            yield TemplateFault(TemplateFaultKind.STRAY_BRACE, part, match[0], line)
        elif match[1] is not None and (not _NAME.fullmatch(match[1]) or match[1] not in known):
            yield TemplateFault(TemplateFaultKind.UNKNOWN_FIELD, part, match[1], line)


def _subject_faults(subject: str, secret: Collection[str]) -> Iterator[TemplateFault]:
    if not subject.strip():
        yield TemplateFault(TemplateFaultKind.EMPTY, "subject")
    if "\n" in subject.strip() or "\r" in subject.strip():
        yield TemplateFault(TemplateFaultKind.SUBJECT_LINES, "subject")
    if len(subject) > SUBJECT_LIMIT:
        yield TemplateFault(TemplateFaultKind.SUBJECT_LONG, "subject", str(SUBJECT_LIMIT))
    for field in sorted(fields_of(subject) & set(secret)):
        yield TemplateFault(TemplateFaultKind.LINK_IN_SUBJECT, "subject", field)


def _body_faults(part: str, text: str, required: Collection[str]) -> Iterator[TemplateFault]:
    if not text.strip():
        yield TemplateFault(TemplateFaultKind.EMPTY, part)
        return
    for field in sorted(set(required) - fields_of(text)):
        yield TemplateFault(TemplateFaultKind.MISSING_FIELD, part, field)
    for line, words in enumerate(text.splitlines(), 1):
        if _HAND_WRITTEN.search(words):
            yield TemplateFault(TemplateFaultKind.LINK_BY_HAND, part, words.strip()[:60], line)


def _sms_faults(
    template: MessageTemplate, longest: dict[str, str], segments: int, accents: bool
) -> Iterator[TemplateFault]:
    values = {name: longest.get(name, "") for name in fields_of(template.sms)}
    text = render_sms(template, values, accents=accents)
    strange = "" if accents else "".join(sms_segments.foreign(text))
    if strange:
        yield TemplateFault(TemplateFaultKind.SMS_ALPHABET, "sms", strange)
    needed = sms_segments.measure(text).segments
    if needed > segments:
        yield TemplateFault(TemplateFaultKind.SMS_LONG, "sms", str(needed))
