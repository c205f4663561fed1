"""A kind of question that only the tests have goes the whole way, from the ballot to a release that its verifier passes,
its results page and the rules of cleaning."""

import shutil
from dataclasses import replace
from random import Random

from surveyapp.campaigns.pack.rule_kinds import PlainMarks, emptied, excludes, hits
from surveyapp.exports import verify
from surveyapp.exports.cleaning.applied_rules import clean
from surveyapp.exports.cleaning.rulesets import read_rules
from surveyapp.exports.disclosure.public_tables import ALL
from surveyapp.exports.download import published_reader
from surveyapp.i18n import speaking
from surveyapp.instruments.freeze import freeze
from surveyapp.instruments.kinds import registry
from surveyapp.instruments.model import DONT_KNOW
from surveyapp.instruments.reading import read_questionnaire
from surveyapp.responses.opener.forms import read_form
from surveyapp.responses.queries import ResponseRow
from surveyapp.store import Store
from surveyapp.web.parts import result_table
from surveyapp.web.parts.result_table import ResultLine
from tests.exports.conftest import written
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
    (tmp_path / "releases").mkdir()
    folder.rename(tmp_path / "releases" / folder.name)
    store = Store(tmp_path)
    campaign, form, _told, _contents = given
    tables = published_reader.newest(db, campaign.id, store=store)
    item = next(item for item in form.items if item.id == "DX-204")
    distribution = tables.distributions({item.id: item})[ALL, "D", item.id]
    (part,) = result_table.parts([ResultLine(ALL, "D", "Ngày", None, distribution)])
    with speaking("vi"):
        shown = result_table.chart(part)
        cells = result_table.row(part, part.lines[0])["cells"]
        heads = [str(one["label"]) for one in result_table.columns(part, "Đơn vị")]
    assert "2024" in shown and "2024" in heads
    assert cells


def test_a_kind_of_the_tests_is_cleaned_in_many_responses_as_in_each_alone(tmp_path, monkeypatch):
    monkeypatch.setitem(registry.KINDS, "date", Day())
    form = freeze(read_questionnaire(spoilt(tmp_path, *AS_A_DAY)))
    rules = read_rules(
        [
            written("missing_share", "exclude", at_least=0.3),
            written("identical_share", at_least=0.8),
            written("longest_run", at_least=3),
        ]
    )
    chance, asked = Random(7), read_form(form.to_json())
    ids = asked.item_ids
    years = [{}, {"DX-204": "5"}]
    others = [item.id for item in form.items if item.scale and item.id in ids]

    def response(answers: dict[str, str]) -> ResponseRow:
        return ResponseRow(form.code, form.version, "01", "D", answers, {"under_floor": "no"})

    responses = [
        response(chance.choice(years) | {i: "1" for i in others if chance.random() < share})
        for share in (0.0, 0.5, 0.8, 1.0)
        for _ in range(10)
    ]
    for row, after in zip(responses, clean(responses, rules, {"D": form}), strict=True):
        marks = PlainMarks(row, ids, DONT_KNOW, asked.ladder_ids)
        rules_hit = hits(rules, marks)
        assert after.flags == tuple(rule.id for rule in rules_hit)
        assert after.excluded == excludes(rules_hit)
        left = {i: code for i, code in row.answers.items() if i not in emptied(rules_hit, marks)}
        assert after.row == replace(row, answers=left)
    whole = response(dict.fromkeys(ids, "1"))
    only_day_missing = replace(whole, answers={i: "1" for i in ids if i != "DX-204"})
    missing = read_rules([written("missing_share", at_least=1 / len(ids))])
    (of_whole, of_other) = clean([whole, only_day_missing], missing, {"D": form})
    assert (of_whole.flags, of_other.flags) == ((), ("missing-share",))
