"""The schemas that editors use are those of the models that read the files."""

from surveyapp.campaigns.pack.json_schemas import FOLDER, schemas


def test_published_schemas_are_current() -> None:
    published = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
    assert published == schemas(), "run: surveyapp campaign schema --write"
