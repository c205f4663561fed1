"""The JSON Schemas that editors use while a pack is being written."""

from __future__ import annotations

import json
from pathlib import Path

from surveyapp.campaigns.pack.reading import CampaignFile
from surveyapp.instruments.model import Frozen, Questionnaire

FOLDER = Path(__file__).resolve().parents[3] / "questionnaires" / "schema"


def schemas() -> dict[str, str]:
    """File name and text of every published schema, made from the models that read the files."""
    models: dict[str, type[Frozen]] = {
        "campaign.schema.json": CampaignFile,
        "questionnaire.schema.json": Questionnaire,
    }
    return {
        name: json.dumps(
            {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                **model.model_json_schema(),
            },
            ensure_ascii=False,
            indent=2,
        )
        + "\n"
        for name, model in models.items()
    }
