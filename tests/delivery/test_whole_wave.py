"""A wave before providers that fail: the short form of `python -m tests.delivery.whole_wave`."""

from tests.delivery import whole_wave
from tests.delivery.sending import Sending


def test_a_wave_reaches_everybody_once_whatever_providers_do(sqlite_engine, keys, now, tmp_path):
    seen = whole_wave.run(Sending(keys, now, tmp_path / "outbox"), 130)
    assert seen.state == "done"
    assert seen.people == 130
    assert seen.unreached == seen.second_messages == seen.late == 0
    assert seen.refused_while_away > 0
    assert seen.by_channel["sms"] > 0
    assert seen.by_channel["letter"] > 0
