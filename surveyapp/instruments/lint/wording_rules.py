"""Rules on how a question is put: one thing at a time, affirmative, neutral, short, said once."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from surveyapp.instruments.lint.findings import LintFinding
from surveyapp.instruments.lint.lexicon import asked, found, lexicon, syllables, without
from surveyapp.instruments.model import Instrument, InstrumentItem

QUESTION_SYLLABLES = 30
"""About twenty words, at one and a half syllables a Vietnamese word: the length questionnaire guides
advise (Dillman, Smyth and Christian, *Internet, Phone, Mail, and Mixed-Mode Surveys*, 2014)."""

LABEL_SYLLABLES = 10
ALIKE = 0.9
"""Share of syllables in common from which two questions are called the same."""

Path = tuple[str | int, ...]


def items(instrument: Instrument) -> Iterator[tuple[Path, InstrumentItem]]:
    """Every item with its path in the instrument."""
    for index, section in enumerate(instrument.sections):
        for position, item in enumerate(section.items):
            yield ("sections", index, "items", position), item


def double(instrument: Instrument) -> Iterator[LintFinding]:
    """Two things joined in one question, so that an answer cannot tell which is meant."""
    words = lexicon()
    for path, item in items(instrument):
        text = without(asked(item), words["one_thing"])
        joiners = found(text, words["joiners"])
        if joiners:
            yield LintFinding("double", item.id, (*path, "text", "vi"), {"joiner": joiners[0]})


def negative(instrument: Instrument) -> Iterator[LintFinding]:
    """A negative question; worse where the question or the options deny once more."""
    words = lexicon()
    for path, item in items(instrument):
        text = without(asked(item), words["not_negative"])
        denied = found(text, words["negatives"])
        if not denied:
            continue
        labels = [option.label.vi for option in item.options]
        twice = len(denied) > 1 or any(found(label, words["negatives"]) for label in labels)
        rule = "double_negative" if twice else "negative"
        yield LintFinding(rule, item.id, (*path, "text", "vi"), {"word": denied[0]})


def leading(instrument: Instrument) -> Iterator[LintFinding]:
    """Words that tell the respondent what to answer, in either language."""
    for path, item in items(instrument):
        for language, words in lexicon()["leading"].items():
            for word in _anywhere(item.text.get(language), words):
                yield LintFinding("leading", item.id, (*path, "text", language), {"word": word})


def long(instrument: Instrument) -> Iterator[LintFinding]:
    """Questions and labels too long to hold in mind; the words that only carry the scale are free."""
    for path, item in items(instrument):
        n = len(syllables(asked(item)))
        if n > QUESTION_SYLLABLES:
            facts = {"n": n, "most": QUESTION_SYLLABLES}
            yield LintFinding("long", item.id, (*path, "text", "vi"), facts)
    seen: set[str] = set()
    for path, item in items(instrument):
        if item.scale in seen:
            continue
        seen.add(item.scale)
        for option in item.options:
            n = len(syllables(option.label.vi))
            if n > LABEL_SYLLABLES:
                facts = {"n": n, "most": LABEL_SYLLABLES}
                yield LintFinding("long", f"{instrument.code}.{item.scale}", path, facts)


def duplicate(instrument: Instrument) -> Iterator[LintFinding]:
    """Two questions that ask the same in nearly the same words."""
    before: list[tuple[str, list[str]]] = []
    for path, item in items(instrument):
        words = [word.casefold() for word in syllables(asked(item))]
        for other, earlier in before:
            if SequenceMatcher(None, words, earlier, autojunk=False).ratio() >= ALIKE:
                yield LintFinding("duplicate", item.id, (*path, "text", "vi"), {"other": other})
                break
        before.append((item.id, words))


def _anywhere(text: str, words: list[str]) -> list[str]:
    folded = text.casefold()
    return [word for word in words if word.casefold() in folded]


RULES = (double, negative, leading, long, duplicate)
