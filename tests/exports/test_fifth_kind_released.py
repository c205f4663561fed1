"""A kind of question that only the tests have goes the whole way, from the ballot to a release that its verifier passes."""

import shutil

from surveyapp.exports import verify
from surveyapp.instruments.kinds import registry
from tests.exports.test_kinds_released import collected, release, rows
from tests.instruments.kinds.forms_of_kinds import DDCI, spoilt
from tests.instruments.kinds.test_fifth_kind import AS_A_DAY, Day


def test_a_kind_of_the_tests_is_released_like_every_other(db, now, keys, tmp_path, monkeypatch):
    monkeypatch.setitem(registry.KINDS, "date", Day())
    pack = tmp_path / "pack"
    shutil.copytree(DDCI.parent.parent, pack)
    spoilt(pack / "questionnaires", *AS_A_DAY)
    given = collected(db, now, keys, str(pack))
    folder = release(db, now, keys, given, tmp_path)
    assert verify.verify(folder) == []
    column = {row["DX_204"] for row in rows(folder / "scoring" / "responses.csv")}
    assert column <= {"5", "96", "97", "98", "99"} and "5" in column  # 2024, and reasons
    labels = {row["code"]: row["label_en"] for row in rows(folder / "scoring" / "codebook.csv") if row["variable"] == "DX_204"}  # fmt: skip
    assert labels["5"] == "2024"
