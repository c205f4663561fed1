"""Opening a box: all or nothing, shuffled, split, counted, and small cells kept small."""

from collections import Counter
from dataclasses import replace

import pytest

from surveyapp.responses.opener import box, errors
from surveyapp.responses.opener.custody import keys
from surveyapp.responses.opener.opening import open_ballots

from .box_world import ITEMS, ballot, make_box, private, seal

CELLS = {("U1", "G1"): 14, ("U2", "G1"): 6, ("U3", "G1"): 2, ("U1", "G2"): 10}


def opened(made, **options):
    return open_ballots(made.header, made.ballots, private(), **options)


def cell(opened_bundle, unit, group):
    return next(c for c in opened_bundle.contents.cells if (c["unit"], c["group"]) == (unit, group))


def counted(made, unit, group):
    """Counts of a cell made straight from the ballots, another way than the opener's."""
    counts = Counter()
    for one in made.plain:
        if (one.rated_unit_code, one.group_code) == (unit, group):
            counts.update((f"Q{n}", code) for n, code in enumerate(one.codes, 1) if code)
    return counts


def flat(items):
    return Counter({(item, code): n for item, codes in items.items() for code, n in codes.items()})


def test_a_whole_box_gives_rows_counts_or_the_number_alone_by_the_size_of_the_cell():
    made = make_box(CELLS)
    opened_bundle = opened(made)
    gives = {(c["unit"], c["group"]): (c["n"], c["gives"]) for c in opened_bundle.contents.cells}
    assert gives == {
        ("U1", "G1"): (14, "rows"),
        ("U2", "G1"): (6, "counts"),
        ("U3", "G1"): (2, "n"),
        ("U1", "G2"): (10, "rows"),
    }
    assert opened_bundle.difference is None
    assert Counter((row["unit"], row["group"]) for row in opened_bundle.contents.rows) == {
        ("U1", "G1"): 14,
        ("U1", "G2"): 10,
    }


def test_counts_are_those_of_the_ballots():
    made = make_box(CELLS)
    opened_bundle = opened(made)
    for unit, group in (("U1", "G1"), ("U1", "G2")):
        assert flat(cell(opened_bundle, unit, group)["raw"]["items"]) == counted(made, unit, group)
    assert flat(cell(opened_bundle, "U2", "G1")["cleaned"]["items"]) == counted(made, "U2", "G1")


def test_of_a_cell_under_the_count_minimum_nothing_but_its_number_leaves():
    cell_told = cell(opened(make_box(CELLS)), "U3", "G1")
    assert {name for name, value in cell_told.items() if value is not None} == {
        "unit", "group", "submitted", "n", "gives",
    }  # fmt: skip


def test_the_difference_of_two_counts_never_tells_an_excluded_sheet():
    """Six people, one of whom a rule excludes: raw minus cleaned would be that person's whole sheet."""
    rule = {"id": "straight", "kind": "longest_run", "effect": "exclude", "at_least": 6}
    made = make_box({("U1", "G1"): 12, ("U2", "G1"): 6}, rules=[rule])
    at = next(n for n, one in enumerate(made.plain) if one.rated_unit_code == "U2")
    straight = replace(made.plain[at], codes=("5",) * ITEMS)
    made.ballots[at] = seal(straight, id_=made.ballots[at].id)
    cell_told = cell(opened(made), "U2", "G1")
    assert (cell_told["n"], cell_told["cleaned"]["n"], cell_told["gives"]) == (6, 5, "counts")
    assert cell_told["raw"] is None
    assert cell_told["touched"] is None


def test_a_cell_that_the_rules_leave_under_the_count_minimum_gives_its_number_alone():
    rule = {"id": "test", "kind": "test", "effect": "exclude", "units": ["U2"]}
    cell_told = cell(
        opened(make_box({("U1", "G1"): 12, ("U2", "G1"): 6}, rules=[rule])), "U2", "G1"
    )
    assert (cell_told["n"], cell_told["gives"], cell_told["cleaned"]) == (6, "n", None)


def test_a_rule_empties_items_in_the_cleaned_counts_only_and_the_row_stays_as_it_was():
    rule = {
        "id": "contra", "kind": "contradiction", "effect": "set_missing",
        "pairs": [{"first": {"item": "Q1", "codes": ["1"]}, "second": {"item": "Q2", "codes": ["5"]}}],
    }  # fmt: skip
    codes = ("1", "5", "3", "3", "3", "3")
    made = make_box({("U1", "G1"): 10}, rules=[rule], answers=lambda *_: codes)
    opened_bundle = opened(made)
    told = cell(opened_bundle, "U1", "G1")
    assert told["raw"]["items"]["Q1"] == {"1": 10}
    assert "Q1" not in told["cleaned"]["items"]
    assert told["cleaned"]["items"]["Q3"] == {"3": 10}
    assert told["touched"] == {"contra": 10}
    assert opened_bundle.contents.rows[0]["answers"]["Q1"] == "1"


def test_complete_partial_and_broken_off_are_counted_by_cell():
    shapes = [("1",) * 6] * 5 + [("1",) * 3 + ("",) * 3] * 4 + [("1",) + ("",) * 5] * 3
    made = make_box({("U1", "G1"): 12}, answers=lambda unit, group, at: shapes[at])
    told = cell(opened(made), "U1", "G1")
    assert told["completeness"] == {"complete": 5, "partial": 4, "break_off": 3}


def test_rows_remarks_and_receipts_come_in_orders_of_their_own_with_fresh_ids():
    made = make_box({("U1", "G1"): 40}, remarks=[f"ý kiến {n}" for n in range(40)])
    contents = opened(made).contents
    old = {one.id.hex() for one in made.ballots}
    ids = [row["id"] for row in contents.rows] + [one["id"] for one in contents.remarks]
    assert len(set(ids)) == 80
    assert not old & set(ids)
    for part in (contents.rows, contents.remarks):
        assert [one["id"] for one in part] == sorted(one["id"] for one in part)
    assert contents.receipts == sorted(one.receipt_tag.hex() for one in made.plain)
    texts = [int(one["text"].split()[-1]) for one in contents.remarks]
    assert texts != sorted(texts)
    again = opened(made).contents
    assert {row["id"] for row in again.rows}.isdisjoint(row["id"] for row in contents.rows)


def test_a_remark_leaves_with_its_level_alone():
    contents = opened(make_box({("U1", "G1"): 10}, remarks=["Mong được tập huấn."])).contents
    (remark,) = contents.remarks
    assert remark | {"id": ""} == {"id": "", "level": "ministry", "text": "Mong được tập huấn."}


def test_no_remark_leaves_a_level_with_fewer_ballots_than_rows_need():
    for n, left in ((9, 0), (10, 1)):
        made = make_box({("U1", "G1"): n}, remarks=["Chỉ mình tôi viết."])
        assert len(opened(made).contents.remarks) == left


@pytest.mark.parametrize(
    ("sealed", "mark"),
    [
        ({"under_floor": "yes"}, "yes"),
        ({"duration": "below_floor", "longest_run": 7}, "yes"),
        ({"duration": "brisk", "longest_run": 7}, "no"),
        ({"duration": "long"}, "no"),
        ({"duration": "unknown"}, "unknown"),
        ({}, "unknown"),
        ({"under_floor": "yes", "seconds": 431}, "yes"),
    ],
)
def test_whatever_an_older_server_sealed_one_mark_leaves(sealed, mark):
    made = make_box({("U1", "G1"): 10})
    plain = [replace(one, quality=sealed) for one in made.plain]
    made.ballots = [seal(one, id_=bytes([n]) * 16) for n, one in enumerate(plain)]
    assert {str(row["quality"]) for row in opened(made).contents.rows} == {
        str({"under_floor": mark})
    }


def test_another_key_opens_nothing():
    made = make_box({("U1", "G1"): 10})
    public, parts = keys.create()
    with pytest.raises(errors.WrongKey):
        open_ballots(made.header, made.ballots, keys.combine(parts[:2], public))


# ---- a box that is not whole


def forged(made):
    one = made.ballots[3]
    made.ballots[3] = one._replace(ciphertext=bytes([one.ciphertext[0] ^ 1]) + one.ciphertext[1:])


def copied(made):
    made.ballots[3] = made.ballots[3]._replace(id=b"x" * 16)


def shortened(made):
    from .box_world import CODE, MAC_KEY

    one = made.ballots[3]
    short = one.ciphertext[:-1]
    made.ballots[3] = one._replace(ciphertext=short, mac=box.mac(MAC_KEY, CODE, one.id, short))


def lost(made):
    del made.ballots[3]


def added(made):
    made.ballots.append(seal(ballot(receipt=b"n" * 16), id_=b"n" * 16))


def of_another_form(made):
    made.ballots[3] = seal(ballot(instrument_mark="0" * 16), id_=made.ballots[3].id)


def of_another_campaign(made):
    from .box_world import CODE, MAC_KEY

    id_ = made.ballots[3].id
    sealed = seal(ballot(), id_=id_, code="OTHER").ciphertext
    made.ballots[3] = made.ballots[3]._replace(
        ciphertext=sealed, mac=box.mac(MAC_KEY, CODE, id_, sealed)
    )


def not_an_option(made):
    codes = ("7",) + ("1",) * (ITEMS - 1)
    made.ballots[3] = seal(ballot(codes=codes), id_=made.ballots[3].id)


def repeated(made):
    made.ballots[3] = seal(made.plain[4], id_=made.ballots[3].id)


def moved_to_another_unit(made):
    other = replace(made.plain[3], rated_unit_code="U2")
    made.ballots[3] = seal(other, id_=made.ballots[3].id)


@pytest.mark.parametrize(
    ("spoil", "reason", "name"),
    [
        (forged, errors.BallotsForged, "forged"),
        (copied, errors.BallotsForged, "forged"),
        (shortened, errors.BallotsOfWrongLength, "wrong_length"),
        (lost, errors.BallotsMissing, "missing"),
        (added, errors.BallotsMissing, "missing"),
        (of_another_form, errors.BallotsDamaged, "damaged"),
        (of_another_campaign, errors.BallotsDamaged, "damaged"),
        (not_an_option, errors.BallotsDamaged, "damaged"),
        (repeated, errors.ReceiptsRepeated, "repeated"),
        (moved_to_another_unit, errors.CellsDiffer, "cells"),
    ],
)
def test_a_box_that_is_not_whole_opens_nothing_and_says_what_differs(spoil, reason, name):
    made = make_box({("U1", "G1"): 14, ("U2", "G1"): 12})
    spoil(made)
    with pytest.raises(errors.Differs) as refused:
        opened(made)
    assert type(refused.value) is reason
    assert refused.value.difference[name]


def test_an_exception_opens_what_is_sound_if_it_names_the_very_difference():
    made = make_box({("U1", "G1"): 14, ("U2", "G1"): 12})
    lost(made)
    forged(made)
    with pytest.raises(errors.Differs) as refused:
        opened(made)
    difference = refused.value.difference
    opened_bundle = opened(made, excepted=difference)
    assert opened_bundle.difference == difference
    assert len(opened_bundle.contents.rows) == 24
    with pytest.raises(errors.ExceptionForAnother):
        opened(made, excepted=difference | {"forged": 2})


def test_an_exception_for_a_whole_box_is_refused():
    with pytest.raises(errors.ExceptionNotNeeded):
        opened(make_box({("U1", "G1"): 10}), excepted={"forged": 1})


def test_one_ballot_left_the_rest_deleted_and_an_exception_given_opens_nothing():
    made = make_box({("U1", "G1"): 14, ("U1", "G2"): 12})
    of_first = [n for n, one in enumerate(made.plain) if one.group_code == "G1"]
    gone = set(of_first[1:])
    made.ballots = [one for n, one in enumerate(made.ballots) if n not in gone]
    with pytest.raises(errors.Differs) as refused:
        opened(made)
    with pytest.raises(errors.GroupTooSmall) as small:
        opened(made, excepted=refused.value.difference)
    assert (small.value.groups, small.value.minimum) == ({"G1": 1}, 10)


def test_an_emptied_box_opens_nothing_whatever_is_signed():
    made = make_box({("U1", "G1"): 14})
    made.ballots = []
    with pytest.raises(errors.Differs) as refused:
        opened(made)
    with pytest.raises(errors.GroupTooSmall):
        opened(made, excepted=refused.value.difference)
