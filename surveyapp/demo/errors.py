"""Why the demo does not touch what is there."""

from pathlib import Path

from surveyapp.errors import SurveyError


class NotADemo(SurveyError):
    """The instance folder or its database holds a survey that no demo made."""

    def __init__(self, instance: Path) -> None:
        super().__init__(str(instance))
        self.instance = instance
