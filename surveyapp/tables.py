"""Every table in one place, for migrations and checks of the schema."""

from sqlalchemy import MetaData

import surveyapp.accounts.models
import surveyapp.assignments.models
import surveyapp.campaigns.models
import surveyapp.delivery.models
import surveyapp.exports.models
import surveyapp.fieldwork.models
import surveyapp.followup.models
import surveyapp.invitations.models
import surveyapp.limits
import surveyapp.operations.models
import surveyapp.respondents.models
import surveyapp.responses.models
import surveyapp.timers  # noqa: F401  the imports register the tables
from surveyapp.db import Base

metadata: MetaData = Base.metadata
