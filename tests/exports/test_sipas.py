"""The table of the citizens' survey is checked whole and carried beside ours."""

import pytest

from surveyapp.accounts.act import Act
from surveyapp.exports.errors import SipasRefused
from surveyapp.exports.release import building
from surveyapp.exports.release.sipas import COLUMNS, read_sipas
from surveyapp.exports.verify import verify
from tests.exports.opened import opened_campaign

HEAD = ",".join(COLUMNS)
SOUND = f"{HEAD}\n46,800,81.25,80.1,,Quyết định 1\n01,1575,82.66,,83.4,Quyết định 1\n"


def faults(text):
    with pytest.raises(SipasRefused) as refused:
        read_sipas(text.encode(), ["01", "46"])
    return [(fault.line, fault.column, fault.code) for fault in refused.value.faults]


def test_a_sound_table_comes_out_in_the_order_of_the_provinces():
    rows = read_sipas(b"\xef\xbb\xbf" + SOUND.encode(), ["01", "46"])
    assert rows[0] == ("01", "1575", "82.66", "", "83.4", "Quyết định 1")
    assert [row[0] for row in rows] == ["01", "46"]


def test_every_fault_is_told_at_once():
    text = f"{HEAD}\n1,800,81.2,,,Quyết định 1\n46,0,101,x,,\n46,5,80,,,Quyết định 1\n"
    assert faults(text) == [
        (2, "gso_code", "unknown_province"),
        (3, "n_valid", "not_a_count"),
        (3, "sipas_overall_pct", "not_a_percentage"),
        (3, "sipas_policy_pct", "not_a_percentage"),
        (3, "source_document", "empty"),
        (4, "gso_code", "absent"),
        (4, "gso_code", "repeated"),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "columns"), ("ma,n\n", "columns"), (f'{HEAD}\n"01', "not_text"), (SOUND + "01,1,2,3,4,5,6\n", "columns")],
)  # fmt: skip
def test_what_is_not_the_template_is_refused(text, code):
    assert code in {fault[2] for fault in faults(text)}


def test_a_file_that_is_not_text_is_refused():
    with pytest.raises(SipasRefused):
        read_sipas(b"PK\x03\x04\xff\xfe", ["01"])


def test_the_table_stands_beside_the_counts(db, now, keys, tmp_path):
    campaign = opened_campaign(db, now)
    folder = building.build(
        db, campaign, out=tmp_path, act=Act("centre", now, keys), sipas_table=SOUND.encode()
    )
    written = (folder / "scoring" / "sipas.csv").read_text().splitlines()
    assert written[1:] == ["01,1575,82.66,,83.4,Quyết định 1", "46,800,81.25,80.1,,Quyết định 1"]
    assert verify(folder) == []


def test_a_faulty_table_stops_the_release(db, now, keys, tmp_path):
    campaign = opened_campaign(db, now)
    with pytest.raises(SipasRefused):
        building.build(db, campaign, out=tmp_path, act=Act("centre", now, keys), sipas_table=b"x")
    assert list(tmp_path.iterdir()) == []
