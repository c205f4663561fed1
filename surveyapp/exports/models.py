"""The register of releases."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from surveyapp.db import Base


class Release(Base):
    """A numbered, immutable release of a campaign's results; the files are named by the manifest."""

    __tablename__ = "release"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    built_at: Mapped[datetime]
    built_by: Mapped[str]
    manifest_sha256: Mapped[str]
    response_count: Mapped[int]
    folder: Mapped[str]
