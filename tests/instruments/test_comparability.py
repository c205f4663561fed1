"""What of two rounds may stand in one time series."""

import json

import pytest
from click.testing import CliRunner

from surveyapp.campaigns.pack.rounds import from_database, from_pack
from surveyapp.cli.campaigns.campaign import campaign
from surveyapp.instruments.comparability import compare
from surveyapp.instruments.fingerprints import fingerprints
from tests import factories
from tests.campaigns.packs import SHIPPED, TINY, copy_pack, edit

M1 = "questionnaires/M1.yaml"


def changed(tmp_path, *edits):
    """The tiny pack against itself with the edits: the items whose answers are not simply comparable."""
    pack = copy_pack(tmp_path)
    for file, old, new in edits:
        edit(pack, file, old, new)
    comparisons = compare(from_pack(TINY), from_pack(pack))
    return {each.item: (each.verdict, each.reasons) for each in comparisons if each.reasons}


def test_a_round_against_itself_is_one_series(tmp_path):
    assert changed(tmp_path) == {}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("criterion: M1.1", "criterion: B9.9", ("with_care", ("criterion",))),
        ("dont_know: false", "dont_know: true", ("no", ("scale",))),
    ],
)
def test_a_changed_item_says_what_changed(tmp_path, old, new, told):
    assert list(changed(tmp_path, (M1, old, new)).values()) == [told]


def test_one_changed_word_ends_the_series_but_its_english_does_not(tmp_path):
    item = from_pack(TINY).instruments["M1"].items[0]
    words = changed(tmp_path / "a", (M1, item.text.vi, item.text.vi.replace("?", " không?")))
    assert words == {item.id: ("no", ("wording",))}
    english = changed(tmp_path / "b", (M1, item.text.en, "Another translation"))
    assert english == {item.id: ("with_care", ("translation",))}


def test_a_label_changes_every_item_on_its_scale(tmp_path):
    asked = from_pack(TINY).instruments["M1"]
    label = asked.items[0].options[0].label.vi
    told = changed(tmp_path, (M1, f"vi: {label}", "vi: Tuyệt vời"))
    on_it = {item.id for item in asked.items if item.scale == asked.items[0].scale}
    assert told == dict.fromkeys(on_it, ("no", ("scale",)))


def test_a_new_id_is_a_new_question_and_its_twin_is_named(tmp_path):
    pack = copy_pack(tmp_path)
    edit(pack, M1, "id: M1-101", "id: M1-199")
    by_item = {each.item: each for each in compare(from_pack(TINY), from_pack(pack))}
    assert by_item["M1-101"].reasons == ("only_in_a",)
    assert by_item["M1-101"].twins == ("M1-199",)
    assert by_item["M1-199"].reasons == ("only_in_b",)
    assert by_item["M1-199"].twins == ("M1-101",)
    after = from_pack(TINY).instruments["M1"].items[1].id
    assert (by_item[after].verdict, by_item[after].reasons) == ("with_care", ("order",))


def test_another_group_answering_ends_the_series(tmp_path):
    pack = copy_pack(tmp_path)
    edit(pack, "campaign.yaml", "questionnaire: M2", "questionnaire: M1")
    (pack / "questionnaires" / "M2.yaml").unlink()
    by_item = {each.item: each for each in compare(from_pack(TINY), from_pack(pack))}
    assert by_item["M1-101"].reasons == ("respondents",)


def test_the_loaded_campaign_is_the_round_of_its_pack(db, now):
    factories.campaign(db, now)
    assert [
        each for each in compare(from_pack(TINY), from_database(db, "tiny")) if each.reasons
    ] == []


def test_fingerprints_tell_the_items_of_a_form_apart():
    form = from_pack(SHIPPED / "par-index-2023").instruments["M1"]
    prints = [str(each) for each in fingerprints(form).values()]
    assert len(set(prints)) == len(form.items)


def test_the_two_shipped_rounds_are_compared_from_the_command_line():
    run = CliRunner().invoke(
        campaign, ["compare", "par-index-2023", "par-index-2025-pilot", "--json"]
    )
    assert run.exit_code == 0
    told = json.loads(run.stdout)
    assert len({each["item"] for each in told}) == len(told)
    assert {each["verdict"] for each in told} <= {"yes", "with_care", "no"}
    spoken = CliRunner().invoke(campaign, ["compare", str(TINY), str(TINY)])
    assert spoken.stdout.splitlines()[-1].endswith("không nối được: 0")
