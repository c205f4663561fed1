"""Which releases' public part is out: recorded by a person, asked before anything more is published."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns.models import Campaign
from surveyapp.db import rows_changed
from surveyapp.exports.disclosure import earlier_releases
from surveyapp.exports.errors import AlreadyPublished, UnknownFile
from surveyapp.exports.models import Release
from surveyapp.exports.release import kept_files
from surveyapp.store import Store


def record_publication(db: Session, campaign: Campaign, number: int, *, act: Act) -> None:
    """Note that `public/` of a release was published. It cannot be taken back: what is out is out.

    Raises `UnknownFile` for a number that the register does not know, `AlreadyPublished`.
    """
    of_number = (Release.campaign_id == campaign.id, Release.number == number)
    changed = db.execute(
        update(Release)
        .where(*of_number, Release.published_at.is_(None))
        .values(published_at=act.now, published_by=act.actor)
    )
    if rows_changed(changed) != 1:
        if db.scalar(select(Release.number).where(*of_number)) is None:
            raise UnknownFile(number, "public")
        raise AlreadyPublished(number)
    audit.record(
        db, act, Action.RELEASE_PUBLISHED, campaign_code=campaign.code, facts={"number": number}
    )


def published(db: Session, campaign_id: int) -> Sequence[Release]:
    """The releases whose public part is out, the first first."""
    query = select(Release).where(
        Release.campaign_id == campaign_id, Release.published_at.is_not(None)
    )
    return db.scalars(query.order_by(Release.number)).all()


def public_folders(
    db: Session, campaign_id: int, *, store: Store | None, beside: Path
) -> list[tuple[int, Path]]:
    """Number and `public/` of each of them on this machine, whole as registered.

    `store` and `beside` as in `kept_files.folder_of`. Raises `ReleaseAway`, `ReleaseAltered`: what is out must be at hand.
    """
    found = []
    for one in published(db, campaign_id):
        folder = kept_files.folder_of(one, store=store, beside=beside)
        kept_files.files_of(one, folder, [f"public/{name}" for name in earlier_releases.TABLES])
        found.append((one.number, folder / "public"))
    return found
