"""A round to compare: a pack's folder, a shipped pack's name, or a campaign in the database."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Session

from surveyapp.campaigns import queries
from surveyapp.campaigns.pack.reading import Pack, read_pack
from surveyapp.instruments.comparability import Asked


def pack_folder(named: str, *, shipped: Path) -> Path | None:
    """The folder `named` means, written out or below `shipped`; None when there is no pack there."""
    for folder in (Path(named), shipped / named):
        if (folder / "campaign.yaml").is_file():
            return folder
    return None


def from_pack(folder: Path) -> Asked:
    """The round a pack describes; raises `PackRefused`."""
    pack: Pack = read_pack(folder)
    groups: dict[str, tuple[str, ...]] = {}
    for group in pack.campaign.groups:
        groups[group.questionnaire] = (*groups.get(group.questionnaire, ()), group.code)
    return Asked(pack.code, pack.instruments, groups)


def from_database(db: Session, campaign_code: str) -> Asked:
    """The round as loaded; raises `UnknownCampaign`."""
    campaign = queries.campaign(db, campaign_code)
    by_id = queries.instruments(db, campaign.id)
    groups: dict[str, tuple[str, ...]] = {}
    for group in queries.groups(db, campaign.id):
        code = by_id[group.instrument_id].code
        groups[code] = (*groups.get(code, ()), group.code)
    return Asked(campaign.code, {each.code: each for each in by_id.values()}, groups)
