"""The manifest of a release: what it is made of and the SHA-256 of every file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any

from surveyapp.exports.cleaning.rulesets import RuleSet
from surveyapp.exports.cleaning.sensitivity import Sensitivity
from surveyapp.exports.disclosure.row_labels import Cell, RowLabels
from surveyapp.exports.release.results import Frame
from surveyapp.exports.verify import FORMAT, FORMAT_OF_KINDS, MANIFEST
from surveyapp.instruments.model import Instrument

__all__ = ["FORMAT", "MANIFEST", "ManifestFacts", "manifest"]


@dataclass(frozen=True)
class ManifestFacts:
    """Figures that the manifest states beside the files; `receipts` as `receipts.digest` gives them."""

    labels: RowLabels
    digest: str
    ballots: int
    sizes: Mapping[Cell, int]
    ruleset: RuleSet
    study: Sensitivity
    excluded: int
    remarks: int
    receipts: tuple[int, str]
    opened_at: datetime
    submitted: int
    public_key: str
    published: tuple[int, ...]
    left_out: tuple[Cell, ...]


def manifest(
    frame: Frame, made: ManifestFacts, *, number: int, files: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The content of `manifest.json`. Nothing in it depends on when or by whom the release is built,
    so that the same results under the same number give the same bytes."""
    receipts, receipts_sha256 = made.receipts
    return {
        "format": FORMAT_OF_KINDS if frame.tells_missing else FORMAT,
        "campaign": _campaign(frame, made),
        "release": number,
        "software": {"name": "surveyapp", "version": version("surveyapp")},
        "pack_sha256": frame.campaign.pack_sha256,
        "instruments": [_instrument(instrument) for instrument in frame.asked],
        "counts": _counts(frame, made),
        "cleaning": [
            rule.model_dump(mode="json") | {"touched": effect.touched.total()}
            for rule, effect in zip(made.ruleset.rules, made.study.alone, strict=True)
        ],
        "cleaning_version": {"number": made.ruleset.number, "sha256": made.ruleset.sha256},
        "receipts": {"count": receipts, "sha256": receipts_sha256},
        "opening": {
            "digest": made.digest,
            "ballots": made.ballots,
            "without_rows": made.ballots - sum(made.sizes.values()),
        },
        "disclosure": _disclosure(frame, made),
        "signing": {"algorithm": "Ed25519", "public_key": made.public_key},
        "files": list(files),
    }


def _campaign(frame: Frame, made: ManifestFacts) -> dict[str, Any]:
    campaign = frame.campaign
    return {
        "code": campaign.code,
        "title_vi": campaign.title_vi,
        "title_en": campaign.title_en,
        "year": campaign.year,
        "official": campaign.official,
        "custody": campaign.custody,
        "closed_at": campaign.closes_at.isoformat(),
        "opened_at": made.opened_at.isoformat(),
    }


def _instrument(instrument: Instrument) -> dict[str, Any]:
    return {
        "code": instrument.code,
        "version": instrument.version,
        "status": instrument.status,
        "items": len(instrument.items),
        "sha256": instrument.sha256,
    }


def _counts(frame: Frame, made: ManifestFacts) -> dict[str, Any]:
    return {
        "submitted": made.submitted,
        "responses": sum(made.sizes.values()),
        "excluded": made.excluded,
        "remarks": made.remarks,
        "by_group": {
            group: sum(n for (_, of), n in made.sizes.items() if of == group)
            for group in frame.groups_by_code
        },
    }


def _disclosure(frame: Frame, made: ManifestFacts) -> dict[str, Any]:
    labels = made.labels
    return {
        "row_minimum": frame.row_minimum,
        "table_minimum": frame.table_minimum,
        "pools": [
            {"group": pool.group, "rows": pool.rows, "units": list(pool.units)}
            for pool in labels.pools
        ],
        "rows_withheld": sum(made.sizes[cell] for cell in labels.withheld),
        "published_before": list(made.published),
        "left_out_of_public": [{"unit": unit, "group": group} for unit, group in made.left_out],
    }
