"""The custodians of a campaign's key, and what they signed before its box may take ballots or be closed."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns import service as campaign_service
from surveyapp.campaigns.models import Campaign
from surveyapp.responses.errors import (
    AlreadyRecorded,
    CustodyFileRefused,
    CustodyNotProven,
    NotRegistered,
    ServerCustody,
)
from surveyapp.responses.models import BoxAttestation, BoxRegistration
from surveyapp.responses.opener.custody import records
from surveyapp.responses.opener.custody.records import Attestation, Custodian, Registration
from surveyapp.responses.opener.errors import OfAnotherCampaign, OpenerError
from surveyapp.responses.sealed_box import sealed_export


def register(
    db: Session,
    campaign: Campaign,
    text: bytes,
    *,
    name: str,
    act: Act,
) -> Registration:
    """Take the public half of the key that the custodians made, and who they are.

    A second registration replaces the first as long as collection has not begun; what was attested of
    the first counts no more. `name` is what the file is called in messages. Raises `ServerCustody`,
    `CustodyFileRefused`, or `WrongState` once collection has begun.
    """
    if campaign.custody != "offline":
        raise ServerCustody(campaign.code)
    try:
        registered = records.read_registration(name, text)
        if registered.campaign_code != campaign.code:
            raise OfAnotherCampaign(name, expected=campaign.code, found=registered.campaign_code)
    except OpenerError as error:
        raise CustodyFileRefused(campaign.code, error) from error
    campaign_service.record_box_key(
        db, campaign.code, public_key=registered.public_key, fingerprint=registered.fingerprint
    )
    before = db.get(BoxRegistration, campaign.id)
    if before is not None:
        db.delete(before)
        for attested in attestations(db, campaign.id):
            db.delete(attested)
        db.flush()
    db.add(
        BoxRegistration(
            campaign_id=campaign.id,
            registered_at=act.now,
            registered_by=act.actor,
            digest=registered.digest,
            custodians=[
                {"number": one.number, "name": one.name, "public_key": one.public_key}
                for one in registered.custodians
            ],
        )
    )
    audit.record(
        db,
        act,
        Action.BOX_KEY_REGISTERED,
        campaign_code=campaign.code,
        facts={
            "fingerprint": registered.fingerprint,
            "registration": registered.digest,
            "custodians": [one.name for one in registered.custodians],
            "server_key": sealed_export.key_print(act.keys),
        },
    )
    return registered


def attest(
    db: Session,
    campaign: Campaign,
    text: bytes,
    *,
    name: str,
    act: Act,
) -> Attestation:
    """Record a drill, a check of the shares or the destruction of the key that two custodians signed.

    Raises `NotRegistered`, `CustodyFileRefused`, `AlreadyRecorded`.
    """
    try:
        attestation = records.read_attestation(
            name,
            text,
            campaign_code=campaign.code,
            fingerprint=campaign.box_fingerprint or "",
            custodians=custodians(db, campaign),
        )
    except OpenerError as error:
        raise CustodyFileRefused(campaign.code, error) from error
    if db.get(BoxAttestation, (campaign.id, attestation.digest)) is not None:
        raise AlreadyRecorded(campaign.code, attestation.digest)
    db.add(
        BoxAttestation(
            campaign_id=campaign.id,
            digest=attestation.digest,
            kind=attestation.kind,
            made_on=attestation.made_on,
            custodians=list(attestation.custodians),
            recorded_at=act.now,
            recorded_by=act.actor,
        )
    )
    audit.record(
        db,
        act,
        Action.CUSTODY_ATTESTED,
        campaign_code=campaign.code,
        facts={
            "kind": attestation.kind,
            "made_on": attestation.made_on.isoformat(),
            "custodians": list(attestation.custodians),
            "attestation": attestation.digest,
        },
    )
    db.flush()
    return attestation


def take(
    db: Session,
    campaign: Campaign,
    text: bytes,
    *,
    name: str,
    act: Act,
) -> Registration | Attestation:
    """Register or record, by what the file says it is. Raises what `register` and `attest` raise."""
    taken = register if records.REGISTRATION.name.encode() in text else attest
    return taken(db, campaign, text, name=name, act=act)


def custodians(db: Session, campaign: Campaign) -> tuple[Custodian, ...]:
    """The three of a registered key. Raises `NotRegistered`."""
    box_registration = db.get(BoxRegistration, campaign.id)
    if box_registration is None:
        raise NotRegistered(campaign.code)
    return tuple(
        Custodian(int(one["number"]), str(one["name"]), str(one["public_key"]))
        for one in box_registration.custodians
    )


def attestations(db: Session, campaign_id: int) -> Sequence[BoxAttestation]:
    """Everything custodians attested of a campaign's key, the newest first."""
    query = select(BoxAttestation).where(BoxAttestation.campaign_id == campaign_id)
    return db.scalars(query.order_by(BoxAttestation.recorded_at.desc())).all()


def shares_never_checked(db: Session, campaign: Campaign) -> tuple[Custodian, ...]:
    """Custodians whose paper nobody has read back since the key was made."""
    seen = {n for one in attestations(db, campaign.id) for n in one.custodians}
    return tuple(one for one in custodians(db, campaign) if one.number not in seen)


def check_before(db: Session, campaign: Campaign, step: str) -> None:
    """An official campaign opens for collection (`open`) after a drill and a check of the shares, and is
    closed (`close`) after another check since collection began. Raises `CustodyNotProven`."""
    if not campaign.official:
        return
    since = clock.day(campaign.opens_at) if step == "close" else None
    needed = ("shares",) if step == "close" else ("drill", "shares")
    there = {
        one.kind for one in attestations(db, campaign.id) if since is None or one.made_on >= since
    }
    missing = tuple(kind for kind in needed if kind not in there)
    if missing:
        raise CustodyNotProven(campaign.code, missing=missing, since=since)


campaign_service.GATES.append(check_before)
