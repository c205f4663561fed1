"""Rules on the form as a whole: both languages, scales, what fits on a phone, how long it takes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from math import ceil
from textwrap import wrap

from surveyapp.instruments.kinds.registry import kind_of
from surveyapp.instruments.labels import said
from surveyapp.instruments.lint.findings import LintFinding
from surveyapp.instruments.lint.lexicon import lexicon, syllables
from surveyapp.instruments.lint.wording_rules import Path, items
from surveyapp.instruments.model import DONT_KNOW_LABEL, Instrument, InstrumentItem, Text

SECONDS_PER_SYLLABLE = 60 / 238 / 1.5
"""Silent reading of non-fiction: 238 words a minute (Brysbaert, "How many words do we read per
minute?", Journal of Memory and Language 109, 2019; measured on English). A Vietnamese word has about
one and a half syllables."""

SECONDS_PER_REMARK = 30.0
"""To write a remark that most leave empty: our assumption, as are the seconds of each kind. The pilot's own
times replace them."""

MOST_MINUTES = 20
"""Respondents call ten minutes ideal and twenty the most (Revilla and Ochoa, "Ideal and maximum length
for a web survey", International Journal of Market Research 59, 2017)."""

LABEL_SIGNS, LABEL_LINES = 28, 2
QUESTION_SIGNS, QUESTION_LINES = 32, 8
"""Signs on a line at 360 px, of an option beside its circle (260 px) and of a question in bold (328 px),
as measured in Chromium: 8.9 and 10.0 px a sign in Vietnamese."""

_VIETNAMESE = re.compile("[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9àáãèéìíòóõùúýÀÁÃÈÉÌÍÒÓÕÙÚÝ]")  # fmt: skip


def translation(instrument: Instrument) -> Iterator[LintFinding]:
    """A text that is not in its language: the same in both, or left half done."""
    for where, path, text in _texts(instrument):
        same = text.vi == text.en and _VIETNAMESE.search(text.vi)
        bare = len(syllables(text.vi)) > 4 and not _VIETNAMESE.search(text.vi)
        foreign = sum(bool(_VIETNAMESE.search(w)) for w in re.findall(r"\w+", text.en)) > 3
        for language, wrong in (("en", same or foreign), ("vi", bare)):
            words = text.get(language)
            held = [word for word in lexicon()["placeholders"] if word in words]
            if wrong or held:
                yield LintFinding("translation", where, (*path, language), {"quote": words[:40]})


def best_end(instrument: Instrument) -> Iterator[LintFinding]:
    """A scale whose best step carries a label of the bad end: the scores would come out upside down."""
    for path, item in _scales(instrument):
        for option in item.options:
            bad = [label for label in lexicon()["bad_labels"] if label in option.label.vi.lower()]
            if option.code == item.best and bad:
                where = f"{instrument.code}.{item.scale}"
                yield LintFinding("best_end", where, path, {"quote": option.label.vi})


def same_label(instrument: Instrument) -> Iterator[LintFinding]:
    """Two options of one scale with the same label in one language."""
    for path, item in _scales(instrument):
        for language in ("vi", "en"):
            labels = Counter(option.label.get(language).casefold() for option in item.options)
            labels[DONT_KNOW_LABEL.get(language).casefold()] += 1
            for label in (label for label, n in labels.items() if n > 1):
                where = f"{instrument.code}.{item.scale}"
                yield LintFinding("same_label", where, path, {"quote": label})


def direction(instrument: Instrument) -> Iterator[LintFinding]:
    """Items whose best step is at the other end than in most of their section."""
    for number, section in enumerate(instrument.sections):
        ends = [_end(item) for item in section.items]
        usual = Counter(end for end in ends if end).most_common(1)
        for position, (item, end) in enumerate(zip(section.items, ends, strict=True)):
            if end and end != usual[0][0]:
                path = ("sections", number, "items", position, "scale")
                yield LintFinding("direction", item.id, path, {"section": section.id})


def _end(item: InstrumentItem) -> str:
    """At which end the best step is; empty where it is at neither."""
    if item.best == "1":
        return "first"
    return "last" if item.best == str(len(item.options)) else ""


def phone(instrument: Instrument) -> Iterator[LintFinding]:
    """Questions and labels that fill too much of a small phone, in either language."""
    for path, item in items(instrument):
        for language in ("vi", "en"):
            n = len(wrap(item.text.get(language), QUESTION_SIGNS))
            if n > QUESTION_LINES:
                facts = {"n": n, "most": QUESTION_LINES}
                yield LintFinding("phone", item.id, (*path, "text", language), facts)
    for path, item in _scales(instrument):
        for option in item.options:
            for language in ("vi", "en"):
                n = len(wrap(option.label.get(language), LABEL_SIGNS))
                if n > LABEL_LINES:
                    facts = {"n": n, "most": LABEL_LINES}
                    yield LintFinding("phone", f"{instrument.code}.{item.scale}", path, facts)


def estimate(instrument: Instrument) -> int:
    """Whole minutes an attentive respondent needs: reading every word once, then judging each item."""
    texts = [text.vi for _place, _path, text in _texts(instrument)]
    texts += [option.label.vi for item in instrument.items for option in item.options]
    reading = sum(len(syllables(text)) for text in texts) * SECONDS_PER_SYLLABLE
    answering = sum(kind_of(item).seconds(item) for item in instrument.items)
    remark = SECONDS_PER_REMARK if instrument.remark else 0
    return ceil((reading + answering + remark) / 60)


def of_kind(instrument: Instrument) -> Iterator[LintFinding]:
    """What each kind of question finds in its own."""
    for path, item in items(instrument):
        for sentence in kind_of(item).lint(item):
            yield LintFinding("kind", item.id, path, {"said": said(sentence)})


def minutes(instrument: Instrument) -> Iterator[LintFinding]:
    """A promise of fewer minutes than it takes, or more minutes than people give."""
    needed = estimate(instrument)
    if needed > instrument.minutes or needed > MOST_MINUTES:
        facts = {"stated": instrument.minutes, "estimate": needed}
        yield LintFinding("minutes", instrument.code, ("minutes",), facts)


def _scales(instrument: Instrument) -> Iterator[tuple[Path, InstrumentItem]]:
    """The first item that uses each scale."""
    seen: set[str] = set()
    for path, item in items(instrument):
        if item.scale not in seen:
            seen.add(item.scale)
            yield (*path, "scale"), item


def _texts(instrument: Instrument) -> Iterator[tuple[str, Path, Text]]:
    """Every text in both languages but the labels of options said once per scale."""
    yield instrument.code, ("title",), instrument.title
    yield instrument.code, ("introduction",), instrument.introduction
    for number, section in enumerate(instrument.sections):
        yield section.id, ("sections", number, "title"), section.title
    for path, item in items(instrument):
        yield item.id, (*path, "text"), item.text
        if item.hint:
            yield item.id, (*path, "hint"), item.hint
    for path, item in _scales(instrument):
        for option in item.options:
            yield f"{instrument.code}.{item.scale}", path, option.label
    if instrument.remark:
        yield instrument.remark.id, ("remark", "prompt"), instrument.remark.prompt
        yield instrument.remark.id, ("remark", "warning"), instrument.remark.warning


RULES = (translation, best_end, same_label, direction, phone, of_kind, minutes)
