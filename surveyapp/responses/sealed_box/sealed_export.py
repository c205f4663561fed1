"""What of a campaign goes to whoever opens its box: the header of an export, and the ballots."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign
from surveyapp.db import thawed
from surveyapp.instruments.model import DONT_KNOW
from surveyapp.invitations import queries as invitations
from surveyapp.keys import KeyRing
from surveyapp.responses.models import SealedBallot as BallotRow
from surveyapp.responses.opener.transfer import files
from surveyapp.responses.opener.transfer.export import KIND, SealedBallot
from surveyapp.responses.sealed_box import box


@dataclass(frozen=True)
class FrozenRules:
    """The row rules of cleaning in force, in their stored form; 0 is the pack's own set."""

    number: int
    rules: Sequence[Mapping[str, Any]]

    @property
    def sha256(self) -> str:
        """Of the rules in canonical text."""
        return files.digest(list(self.rules))


def rules_of_pack(campaign: Campaign) -> FrozenRules:
    """The rules frozen with the campaign's pack."""
    return FrozenRules(0, thawed(campaign.settings.get("cleaning", [])))


def signing_key(keys: KeyRing) -> Ed25519PrivateKey:
    """The server's key for exports and for boxes in its own custody: of the oldest root, which adding a
    root does not change, since custodians carry its print on paper."""
    return Ed25519PrivateKey.from_private_bytes(keys.key("box-export", min(keys.roots)))


def key_print(keys: KeyRing) -> str:
    """What the launch decision says of `signing_key`."""
    return files.key_print(files.public_hex(signing_key(keys)))


def header(db: Session, campaign: Campaign, *, rules: FrozenRules, keys: KeyRing) -> dict[str, Any]:
    """Everything that must be known to open the box (docs/opener.md)."""
    forms = campaigns.instruments(db, campaign.id)
    submitted = invitations.submitted_counts(db, campaign.id)
    thresholds = campaign.settings["completeness"]
    public = campaign.box_public_key or b""
    return KIND.head() | {
        "campaign": {
            "code": campaign.code,
            "title_vi": campaign.title_vi,
            "title_en": campaign.title_en,
            "year": campaign.year,
            "official": campaign.official,
        },
        "box": {
            "suite": box.SUITE_NAME,
            "public_key": b64encode(public).decode(),
            "fingerprint": box.fingerprint(public),
        },
        "submitted": [[unit, group, n] for (unit, group), n in sorted(submitted.items())],
        "groups": [
            {"code": group.code, "level": group.level, "form": forms[group.instrument_id].sha256}
            for group in campaigns.groups(db, campaign.id)
        ],
        "forms": [form.to_json() for form in forms.values()],
        "dont_know": DONT_KNOW,
        "ballot_bytes": box.size(forms.values()),
        "mac_keys": [key.hex() for key in box.mac_keys(keys, campaign.code)],
        "minimums": {
            "rows": campaign.row_minimum,
            "counts": campaign.count_minimum,
        },
        "completeness": {"complete": thresholds["complete"], "partial": thresholds["partial"]},
        "cleaning": {
            "number": rules.number,
            "sha256": rules.sha256,
            "rules": [dict(rule) for rule in rules.rules],
        },
    }


def ballots(db: Session, campaign: Campaign, *, keys: KeyRing) -> Iterator[SealedBallot]:
    """Every ballot in the box, in the order of its random id."""
    for row in stored(db, campaign.id):
        mac = box.with_own_mac(keys, campaign.code, row.id, row.ciphertext, row.mac)
        yield SealedBallot(row.id, row.ciphertext, mac)


def stored(db: Session, campaign_id: int) -> Any:
    """The ballots as they lie in the database."""
    return db.execute(
        select(BallotRow.id, BallotRow.ciphertext, BallotRow.mac)
        .where(BallotRow.campaign_id == campaign_id)
        .order_by(BallotRow.id)
        .execution_options(yield_per=500)
    )
