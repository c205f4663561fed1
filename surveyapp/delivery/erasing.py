"""Forgetting where messages went, once a campaign is over."""

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from surveyapp.delivery.models import CallHold, ContactRequest, Delivery


def forget(db: Session, campaign_id: int) -> None:
    """No address, domain or gateway's number stays; that a message went out, and when, does."""
    for told in (CallHold, ContactRequest):
        db.execute(delete(told).where(told.campaign_id == campaign_id))
    db.execute(
        update(Delivery)
        .where(Delivery.campaign_id == campaign_id)
        .values(address_tag=None, domain="", gateway_id="")
    )
