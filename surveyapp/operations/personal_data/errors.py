"""Why a request about personal data is not taken, or not answered so."""

import uuid
from datetime import date

from surveyapp.errors import SurveyError


class UnknownDataRequest(SurveyError):
    """No such request in this campaign."""

    def __init__(self, request_id: uuid.UUID) -> None:
        super().__init__(str(request_id))
        self.request_id = request_id


class DataRequestAnswered(SurveyError):
    """It was answered already, or the step was taken by somebody else."""

    def __init__(self, request_id: uuid.UUID) -> None:
        super().__init__(str(request_id))
        self.request_id = request_id


class DataRequestRefused(SurveyError):
    """What was filled in does not do: `fields` by name, each with what is wrong (`missing`, `day`, `outcome`)."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(", ".join(f"{name}: {wrong}" for name, wrong in fields.items()))
        self.fields = fields


class PeopleForgotten(SurveyError):
    """The campaign's people were erased: nothing is held on anybody any more."""

    def __init__(self, on: date) -> None:
        super().__init__(f"{on:%F}")
        self.on = on
