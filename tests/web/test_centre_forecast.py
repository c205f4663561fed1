"""The page of the forecast tells what a reminder would bring only where something is known of it."""

from types import SimpleNamespace

import pytest

from surveyapp.web.centre.rates import forecast


@pytest.mark.parametrize(
    ("gain", "is_seen", "shown", "words"),
    [
        (0.2, False, "–", "chưa ước tính được"),
        (0.2, True, "+0", "nếu nhắc tất cả vào ngày mai"),
        (1234.4, False, "+1.234", "giả định"),
        (1234.4, True, "+1.234", "nếu nhắc tất cả vào ngày mai"),
    ],
)
def test_no_gain_is_foretold_where_no_reminder_was_seen_and_none_is_supposed(
    gain, is_seen, shown, words
):
    expected = SimpleNamespace(reminder=gain)
    look = SimpleNamespace(reminder_is_seen=is_seen)
    assert forecast._gain(expected, look) == shown
    assert words in forecast._gain_words(expected, look)
