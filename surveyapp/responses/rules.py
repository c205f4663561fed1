"""What a set of answers means against its instrument: validity, gaps, order, quality marks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True)
class SaveTurn:
    """Which save of its page this is, counted by the page's script: lines deliver late, twice and out of order."""

    page: str
    """Drawn anew each time the page is loaded."""
    number: int


MOST_TURNS = 99_999
PAGE_SIGNS = 8

Changes = Mapping[str, tuple[str, str]]
"""By item: the value its page was rendered with, and the value it has now."""


def in_turn(
    changes: Changes, turn: SaveTurn | None, page: str, turns: Mapping[str, int]
) -> tuple[dict[str, tuple[str, str]], str, dict[str, int]]:
    """(what no later save of the same page has overtaken, that page, its turns by item).

    `page` and `turns` are those of the page that saved last; what comes without a turn is always in turn.
    """
    if turn is None:
        return dict(changes), page, dict(turns)
    standing = dict(turns) if turn.page == page else {}
    late = {
        item_id
        for item_id, (base, value) in changes.items()
        if value != base and standing.get(item_id, 0) >= turn.number
    }
    current = {item_id: change for item_id, change in changes.items() if item_id not in late}
    claimed = [item_id for item_id, (base, value) in current.items() if value != base]
    if not claimed:
        return current, page, dict(turns)
    return current, turn.page, standing | dict.fromkeys(claimed, turn.number)


def merge(stored: Mapping[str, str], changes: Changes) -> tuple[dict[str, str], dict[str, str]]:
    """(answers, changed elsewhere) from the stored answers and what a page changed."""
    answers, elsewhere = dict(stored), {}
    for item_id, (base, value) in changes.items():
        standing = stored.get(item_id, "")
        if standing not in (base, value):
            elsewhere[item_id] = standing
        if value != base:
            answers[item_id] = value
    return {item_id: value for item_id, value in answers.items() if value}, elsewhere


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
