"""The nine questionnaires of the 2023 round stay what they were, to the byte, whatever kinds of question come."""

import pytest

from surveyapp.instruments.freeze import freeze
from surveyapp.instruments.reading import read_questionnaire
from tests.campaigns.packs import SHIPPED

FOLDER = SHIPPED / "par-index-2023" / "questionnaires"
FROZEN = {
    "M1": "914cd2b0fa75e1b2c3115c38bceed4914374f1713db31b7ed2af2c33d4e0cae6",
    "M2": "b6e255cc18add4b2efc4f0c1f19ec0cd369f8e70581dc15677aa452b886a0f61",
    "M3": "3be61e00205898b35882490db94d2d8cf9fad0ebf6c80cec1856a604826444ea",
    "M4": "33b27974d6127ae15ca4e95f3d11defb564d6f84ebf5390b1538cbc3631a0508",
    "M5": "7ca432c9efd7c1869a17b6d3d7439e6a5bbcf09d7498409b45a3abe52cd3e2f6",
    "P1": "213d7c674300bd4d2da58bc82516bf87e491a5fca6742f493576aad904445b40",
    "P2": "0c09f53436fb27dd3c577caf9f13b2c72eb4d0fca87dad164301c3e7b1fc7995",
    "P3": "67f01614c56a676c107a3d9410119a0d2b0baf623ecf1fea126900a233b2e6ed",
    "P4": "6a5e5a2cfe6b85245f83ade1d05fac735c23c7924f73b6f644a847d20f1dfed5",
}
"""SHA-256 of the canonical text: approvals, drafts and releases of campaigns that stand name these."""


@pytest.mark.parametrize("code", FROZEN)
def test_a_questionnaire_that_stands_in_a_campaign_freezes_to_the_same_instrument(code):
    assert freeze(read_questionnaire(FOLDER / f"{code}.yaml")).sha256 == FROZEN[code]


def test_no_questionnaire_of_the_round_is_without_its_checksum():
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(FROZEN)
