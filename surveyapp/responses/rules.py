"""What a set of answers means against its instrument: validity, gaps, order, quality marks."""

from collections.abc import Mapping, Sequence

from surveyapp.instruments.kinds import routing
from surveyapp.instruments.kinds.kind import WIDEST
from surveyapp.instruments.kinds.kind import plain as plain
from surveyapp.instruments.model import Instrument
from surveyapp.responses.errors import NotAnOption, RemarkTooLong, UnknownItem
from surveyapp.responses.opener.counting import Thresholds

SECONDS_PER_SYLLABLE = 0.2
"""Nobody reads faster than about 300 ms a word (Zhang and Conrad, "Speeding in Web Surveys", Survey
Research Methods 8, 2014). A Vietnamese word has about one and a half syllables and each syllable is
written apart, so 200 ms a syllable is the floor."""

UNDER_FLOOR = ("yes", "no", "unknown")
"""The one quality mark of a ballot: filled in faster than anybody reads, or not, or not measured."""

REMARK_UNIT = WIDEST
"""What takes most bytes per UTF-16 unit, in which browsers and `clean` count a remark."""


def answered(instrument: Instrument, answers: Mapping[str, str]) -> tuple[int, int]:
    """How many items have an answer, of how many that apply. The remark is not an item."""
    applying = instrument.applying(answers)
    return sum(1 for id_ in applying if answers.get(id_)), len(applying)


def gaps(instrument: Instrument, answers: Mapping[str, str]) -> tuple[str, ...]:
    """Ids of the items that apply and have no answer, in the order asked."""
    return tuple(id_ for id_ in instrument.applying(answers) if not answers.get(id_))


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
    item = instrument.fields.get(item_id)
    if item is None:
        raise UnknownItem(item_id)
    answer = routing.field_value(item, item_id, [value] if value else [])
    refused = routing.field_refusal(item, item_id, answer) if answer else None
    if refused is not None:
        raise NotAnOption(item_id, answer, said=refused)
    return answer


def in_order(instrument: Instrument, answers: Mapping[str, str]) -> tuple[str, ...]:
    """One answer per field in the order asked, "" where there is none or it does not count."""
    counted = instrument.counted(answers)
    return tuple(counted.get(field, "") for field in instrument.fields)


def by_item(instrument: Instrument, codes: Sequence[str]) -> dict[str, str]:
    """The answers given, by field: the inverse of `in_order`.

    Raises `ValueError` when the codes cannot be answers to this instrument.
    """
    answers = {}
    for (field, item), code in zip(instrument.fields.items(), codes, strict=True):
        if code:
            if routing.field_refusal(item, field, code) is not None:
                raise ValueError(field)
            answers[field] = code
    return answers


def floor_seconds(instrument: Instrument, answers: Mapping[str, str] | None = None) -> float:
    """Seconds below which nobody can have read the questions that apply, from their syllables in Vietnamese.

    The options are not counted: a scale is read once and then recognised.
    """
    asked = instrument.applying(answers or {}) if instrument.is_routed else None
    syllables = sum(
        len(item.text.vi.split()) for item in instrument.items if asked is None or item.id in asked
    )
    return max(syllables * SECONDS_PER_SYLLABLE, 1.0)


def under_floor(
    instrument: Instrument, seconds: int | None, answers: Mapping[str, str] | None = None
) -> str:
    """Whether the form was filled in faster than the instrument's own floor; None is not measured."""
    if seconds is None:
        return "unknown"
    return "yes" if seconds < floor_seconds(instrument, answers) else "no"


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
    longest = routing.longest(instrument.items)
    if instrument.remark:
        longest[instrument.remark.id] = REMARK_UNIT * instrument.remark.max_length
    return longest
