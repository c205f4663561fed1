"""What the cleaning pages compute with, kept in memory: an opened box does not change any more."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock

from sqlalchemy.orm import Session

from surveyapp.campaigns.models import Campaign
from surveyapp.campaigns.pack.cleaning_rules import CleaningRule
from surveyapp.exports.cleaning import answer_similarity, rulesets, sensitivity
from surveyapp.exports.cleaning.answer_arrays import GroupAnswers, read_answers
from surveyapp.exports.disclosure.row_labels import Cell
from surveyapp.exports.release.results import Frame, read_frame
from surveyapp.responses import queries as responses
from surveyapp.responses.sealed_box import opened_contents

MOST = 2
"""Campaigns kept in one process; a full round takes about 5 MB."""

MOST_STUDIES = 16

_cached: OrderedDict[tuple[object, ...], CachedResponses] = OrderedDict()
_lock = Lock()


@dataclass
class CachedResponses:
    """The responses of a campaign as arrays, and what follows from them alone."""

    sizes: dict[Cell, int]
    groups: dict[str, GroupAnswers]
    studies: OrderedDict[str, sensitivity.Sensitivity] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    @cached_property
    def _coordination(self) -> list[answer_similarity.SimilarityFinding]:
        return answer_similarity.study(self.groups)

    def sensitivity(self, rules: Sequence[CleaningRule], frame: Frame) -> sensitivity.Sensitivity:
        """What `rules` would do to results; the sets tried last are remembered."""
        name = rulesets.digest(rules)
        with self.lock:
            if name not in self.studies:
                levels = {code: group.level for code, group in frame.groups_by_code.items()}
                cells = frame.in_order(self.sizes)
                self.studies[name] = sensitivity.study(
                    self.groups, rules, cells=cells, levels=levels
                )
            self.studies.move_to_end(name)
            while len(self.studies) > MOST_STUDIES:
                self.studies.popitem(last=False)
            return self.studies[name]

    def coordination(self) -> list[answer_similarity.SimilarityFinding]:
        """Likeness of answers against chance; whoever asks meanwhile waits for the first."""
        with self.lock:
            return self._coordination


def cached_responses(db: Session, campaign: Campaign) -> tuple[Frame, CachedResponses]:
    """The frame of an opened campaign, and its responses, read from the database once per process.

    Only cells whose rows left the box. Raises `DigestDiffers` unless the responses read are those that
    were opened.
    """
    frame = read_frame(db, campaign)
    sizes = responses.row_counts(db, campaign.id)
    opening = responses.opening(db, campaign.id)
    moment = opening.opened_at if opening else None
    key = (str(db.get_bind().engine.url), campaign.id, moment, tuple(sorted(sizes.items())))
    with _lock:
        if key not in _cached:
            opened_contents.check(db, campaign)
            forms = {code: frame.instrument(code) for code in frame.groups_by_code}
            rows = responses.responses(db, campaign.id)
            _cached[key] = CachedResponses(sizes, read_answers(rows, forms))
        _cached.move_to_end(key)
        while len(_cached) > MOST:
            _cached.popitem(last=False)
        return frame, _cached[key]
