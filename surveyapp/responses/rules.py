"""What a set of answers means against its instrument: validity, gaps, order, quality marks."""

import unicodedata
from collections.abc import Mapping, Sequence

from surveyapp.instruments.model import Instrument
from surveyapp.responses.errors import NotAnOption, RemarkTooLong, UnknownItem
from surveyapp.responses.opener.counting import Thresholds

SECONDS_PER_SYLLABLE = 0.2
"""Nobody reads faster than about 300 ms a word (Zhang and Conrad, "Speeding in Web Surveys", Survey
Research Methods 8, 2014). A Vietnamese word has about one and a half syllables and each syllable is
written apart, so 200 ms a syllable is the floor."""

UNDER_FLOOR = ("yes", "no", "unknown")
"""The one quality mark of a ballot: filled in faster than anybody reads, or not, or not measured."""

REMARK_UNIT = "ậ"
"""What takes most bytes per UTF-16 unit, in which browsers and `clean` count a remark."""


def answered(instrument: Instrument, answers: Mapping[str, str]) -> tuple[int, int]:
    """How many items have an answer, of how many. The remark is not an item."""
    return sum(1 for item in instrument.items if answers.get(item.id)), len(instrument.items)


def gaps(instrument: Instrument, answers: Mapping[str, str]) -> tuple[str, ...]:
    """Ids of the items without an answer, in the order asked."""
    return tuple(item.id for item in instrument.items if not answers.get(item.id))


def clean(instrument: Instrument, item_id: str, value: str | None) -> str:
    """The value as it is kept; "" is no answer.

    Raises `UnknownItem`, `NotAnOption`, or `RemarkTooLong` (UTF-16 units, as browsers count).
    """
    remark = instrument.remark
    if remark and item_id == remark.id:
        text = plain(value or "")
        length = len(text.encode("utf-16-le")) // 2
        if length > remark.max_length:
            raise RemarkTooLong(item_id, length=length, limit=remark.max_length)
        return text
    try:
        item = instrument.item(item_id)
    except KeyError as exc:
        raise UnknownItem(item_id) from exc
    if value and value not in item.codes:
        raise NotAnOption(item_id, value)
    return value or ""


def plain(text: str) -> str:
    """Text with one kind of line end and no invisible control signs, whatever device typed it.

    Joiners and direction marks (Cf) go too: they would mark a person's text. Lone surrogates (Cs)
    cannot be stored.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(
        sign
        for sign in text
        if sign == "\n" or unicodedata.category(sign) not in {"Cc", "Cf", "Cs"}
    ).strip()


def in_order(instrument: Instrument, answers: Mapping[str, str]) -> tuple[str, ...]:
    """One code per item in the order asked, "" where there is no answer."""
    return tuple(answers.get(item.id, "") for item in instrument.items)


def by_item(instrument: Instrument, codes: Sequence[str]) -> dict[str, str]:
    """The answers given, by item id: the inverse of `in_order`.

    Raises `ValueError` when the codes cannot be answers to this instrument.
    """
    answers = {}
    for item, code in zip(instrument.items, codes, strict=True):
        if code:
            if code not in item.codes:
                raise ValueError(item.id)
            answers[item.id] = code
    return answers


def floor_seconds(instrument: Instrument) -> float:
    """Seconds below which nobody can have read the questions, from their syllables in Vietnamese.

    The options are not counted: a scale is read once and then recognised.
    """
    syllables = sum(len(item.text.vi.split()) for item in instrument.items)
    return max(syllables * SECONDS_PER_SYLLABLE, 1.0)


def under_floor(instrument: Instrument, seconds: int | None) -> str:
    """Whether the form was filled in faster than the instrument's own floor; None is not measured."""
    if seconds is None:
        return "unknown"
    return "yes" if seconds < floor_seconds(instrument) else "no"


def longest_run(codes: Sequence[str]) -> int:
    """Most items in a row with the same answer; an item without an answer breaks the run."""
    longest = run = 0
    previous = ""
    for code in codes:
        run = run + 1 if code and code == previous else int(bool(code))
        longest, previous = max(longest, run), code
    return longest


def completeness(answered: int, items: int, *, complete: float, partial: float) -> str:
    """`complete`, `partial` or `break_off` of an opened response, as the opener counts it."""
    return Thresholds(complete, partial).of(answered, items)


def longest_answers(instrument: Instrument) -> dict[str, str]:
    """The answers that take most room, the remark under its own id: drafts and ballots are sized by them."""
    longest = {item.id: max(item.codes, key=len) for item in instrument.items}
    if instrument.remark:
        longest[instrument.remark.id] = REMARK_UNIT * instrument.remark.max_length
    return longest
