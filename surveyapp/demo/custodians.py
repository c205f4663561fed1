"""Three synthetic custodians, who do for a campaign of the demo what docs/opener.md asks of real ones."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.accounts.act import Act
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import transaction
from surveyapp.demo.lists import CENTRE
from surveyapp.invitations import queries as invitations
from surveyapp.keys import KeyRing
from surveyapp.responses.opener import acts
from surveyapp.responses.opener.custody import keys as custody
from surveyapp.responses.opener.custody.records import Registration
from surveyapp.responses.opener.custody.shares import Share
from surveyapp.responses.sealed_box import opening, registration, sealed_export

NAMES = ("Người giữ mảnh Một", "Người giữ mảnh Hai", "Người giữ mảnh Ba")


@dataclass(frozen=True)
class Custodians:
    """The three of one campaign: their papers lie in `folder`, which stands for their machine and USB."""

    campaign_code: str
    folder: Path
    registered: Registration
    parts: tuple[Share, ...]

    def prove(self, keys: KeyRing, *, now: datetime) -> None:
        """Hold a drill and check the shares, so that each paper was read once, and have it recorded."""
        first, second, third = self.parts
        today = clock.day(now)
        made = (
            acts.hold_drill(self.registered, [first, second], self.folder, today=today),
            acts.check_shares(self.registered, [second, third], self.folder, today=today),
        )
        for one in made:
            self._hand_in(keys, one.files[0], now=now)

    def check_again(self, keys: KeyRing, *, now: datetime) -> None:
        """Check two shares before the close."""
        pair = [self.parts[0], self.parts[2]]
        made = acts.check_shares(self.registered, pair, self.folder, today=clock.day(now))
        self._hand_in(keys, made.files[0], now=now)

    def open_box(self, keys: KeyRing, *, now: datetime) -> opening.Opened:
        """Export the closed box, open it by two of the three, and import what they signed."""
        exported = self.folder / f"{self.campaign_code}-export.gz"
        act = Act(CENTRE, now, keys)
        with transaction() as db, exported.open("xb") as file:
            campaign = campaigns.campaign(db, self.campaign_code)
            opening.export_box(db, campaign, file, act=act)
            submitted = sum(invitations.submitted_counts(db, campaign.id).values())
        box_export = acts.read_export(
            exported,
            self.registered,
            server_key=sealed_export.key_print(keys),
            submitted=submitted,
        )
        made = acts.open_box(
            box_export, self.registered, self.parts[1:], self.folder, today=clock.day(now)
        )
        with transaction() as db:
            campaign = campaigns.campaign(db, self.campaign_code)
            opened = opening.import_bundle(db, campaign, made.files[0], act=act)
        exported.unlink()
        return opened

    def destroy(self, keys: KeyRing, *, digest: str, now: datetime) -> None:
        """Sign the minutes of the destruction, shred the three papers, and have it recorded."""
        made = acts.destroy(
            self.registered, self.parts[:2], self.folder, today=clock.day(now), digest=digest
        )
        for paper in self.folder.glob("*-share-?.pdf"):
            paper.unlink()
        self._hand_in(keys, made.files[0], now=now)

    def _hand_in(self, keys: KeyRing, path: Path, *, now: datetime) -> None:
        with transaction() as db:
            campaign = campaigns.campaign(db, self.campaign_code)
            act = Act(CENTRE, now + timedelta(hours=1), keys)
            registration.attest(db, campaign, path.read_bytes(), name=path.name, act=act)


def appoint(
    db: Session, campaign_code: str, folder: Path, *, keys: KeyRing, now: datetime
) -> Custodians:
    """Make the key on the custodians' side and register its public half with the campaign."""
    folder.mkdir(mode=0o700, parents=True)
    made = custody.create()
    papers = acts.write_key(campaign_code, NAMES, made, folder, today=clock.day(now))
    path = papers.files[0]
    campaign = campaigns.campaign(db, campaign_code)
    registered = registration.register(
        db, campaign, path.read_bytes(), name=path.name, act=Act(CENTRE, now, keys)
    )
    return Custodians(campaign_code, folder, registered, made[1])
