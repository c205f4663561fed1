"""How units are named in a sentence."""

import pytest

from surveyapp.campaigns import unit_names


@pytest.mark.parametrize(
    ("code", "name", "told"),
    [
        ("46", "Thừa Thiên Huế", "tỉnh Thừa Thiên Huế"),
        ("46", "Huế", "thành phố Huế"),
        ("01", "Hà Nội", "thành phố Hà Nội"),
        ("TTCP", "Thanh tra Chính phủ", "Thanh tra Chính phủ"),
    ],
)
def test_a_province_is_named_with_what_it_is_and_a_ministry_by_its_name(code, name, told):
    assert unit_names.in_a_sentence(code, name, name_vi=name) == told
