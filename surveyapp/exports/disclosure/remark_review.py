"""What of the remarks leaves: each is read by two persons, with proposals of what to take out, and decided on record.

The first proposes, another agrees or proposes otherwise. Whatever is not settled so, stays.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns.models import Campaign
from surveyapp.exports.disclosure import remark_screening
from surveyapp.exports.disclosure.remark_screening import TAKEN_OUT, Span
from surveyapp.exports.errors import RemarksAltered
from surveyapp.exports.models import RemarkReview
from surveyapp.responses.models import Remark
from surveyapp.responses.queries import RemarkRow


class Stage(StrEnum):
    """How far the review of a remark is."""

    NEW = "new"
    PROPOSED = "proposed"
    SETTLED = "settled"


class ReviewStep(StrEnum):
    """What a decision came to: the first one, the agreement of another person, nothing new."""

    PROPOSED = "proposed"
    SETTLED = "settled"
    SAME = "same"


@dataclass(frozen=True)
class RemarkToReview:
    """A remark as it was written, where something is to be taken out, and what was decided, if anything was."""

    id: str
    level: str
    item: str | None
    text: str
    to_hide: list[Span]
    lists_known: bool
    review: RemarkReview | None

    @property
    def proposed(self) -> str:
        """What would leave: as it was decided last, else without what was found."""
        if self.review is not None:
            return self.review.text
        return remark_screening.redacted(self.text, self.to_hide)


@dataclass(frozen=True)
class RemarkDecision:
    """Of one remark: `text` leaves, which is what was written without parts of it, or with None nothing does."""

    remark_id: str
    text: str | None


@dataclass(frozen=True)
class ReviewTally:
    """How many remarks are at which stage, and how many of the settled ones leave."""

    new: int
    proposed: int
    settled: int
    leave: int

    @property
    def open(self) -> int:
        """Those that two persons have not decided: they would be missing from a release."""
        return self.new + self.proposed


def tally(db: Session, campaign_id: int) -> ReviewTally:
    """Of all remarks and answers in words of an opened campaign."""
    rows = db.execute(
        select(RemarkReview.second_by.is_not(None), RemarkReview.leaves, func.count())
        .join(Remark, Remark.id == RemarkReview.remark_id)
        .where(Remark.campaign_id == campaign_id)
        .group_by(RemarkReview.second_by.is_not(None), RemarkReview.leaves)
    ).all()
    every = select(func.count()).select_from(Remark).where(Remark.campaign_id == campaign_id)
    settled = sum(n for is_settled, _, n in rows if is_settled)
    proposed = sum(n for is_settled, _, n in rows if not is_settled)
    leave = sum(n for is_settled, leaves, n in rows if is_settled and leaves)
    return ReviewTally((db.scalar(every) or 0) - settled - proposed, proposed, settled, leave)


def to_review(
    db: Session,
    campaign_id: int,
    stage: Stage,
    *,
    small: Mapping[str, Collection[str]],
    offset: int = 0,
    limit: int = 20,
) -> list[RemarkToReview]:
    """Remarks at a stage in the order of their random ids; `small` as `remark_screening.small_units`."""
    rows = db.execute(
        select(Remark, RemarkReview)
        .outerjoin(RemarkReview, RemarkReview.remark_id == Remark.id)
        .where(Remark.campaign_id == campaign_id, _at(stage))
        .order_by(Remark.id)
        .offset(offset)
        .limit(limit)
    ).all()
    return [
        RemarkToReview(
            id=remark.id.hex(),
            level=remark.level,
            item=remark.item,
            text=remark.text,
            to_hide=_spans(remark, small),
            lists_known=remark.named is not None,
            review=review,
        )
        for remark, review in rows
    ]


def proposals(
    db: Session, campaign_id: int, ids: Iterable[str], *, small: Mapping[str, Collection[str]]
) -> dict[str, str]:
    """What would leave of those among `ids` that nobody has decided on and in which something was found."""
    keys = [bytes.fromhex(id_) for id_ in ids]
    rows = db.scalars(
        select(Remark)
        .outerjoin(RemarkReview, RemarkReview.remark_id == Remark.id)
        .where(Remark.campaign_id == campaign_id, Remark.id.in_(keys), _at(Stage.NEW))
    )
    told = {}
    for remark in rows:
        spans = _spans(remark, small)
        if spans:
            told[remark.id.hex()] = remark_screening.redacted(remark.text, spans)
    return told


def _spans(remark: Remark, small: Mapping[str, Collection[str]]) -> list[Span]:
    return remark_screening.spans_to_hide(
        remark.text, named=remark.named or (), units=small.get(remark.level, ())
    )


def decide(
    db: Session,
    campaign: Campaign,
    decisions: Sequence[RemarkDecision],
    *,
    act: Act,
    one_person: bool = False,
) -> Counter[ReviewStep]:
    """Record what a person decided; what another had decided alike before is settled by it.

    All or nothing: raises `RemarksAltered` with the ids of remarks that would leave with other words than were
    written. `one_person`: in a demonstration nobody else need agree.
    """
    db.execute(select(Campaign.id).where(Campaign.id == campaign.id).with_for_update())
    texts = _texts(db, campaign.id, [one.remark_id for one in decisions])
    altered = [
        one.remark_id
        for one in decisions
        if one.text is not None and not is_redaction(texts.get(one.remark_id, ""), one.text)
    ]
    if altered or any(one.remark_id not in texts for one in decisions):
        raise RemarksAltered(altered)
    done = Counter(_decide(db, campaign.id, one, act, one_person) for one in decisions)
    written = "\n".join(sorted(f"{one.remark_id} {one.text}" for one in decisions))
    facts = {
        "proposed": done[ReviewStep.PROPOSED],
        "settled": done[ReviewStep.SETTLED],
        "sha256": sha256(written.encode()).hexdigest(),
    }
    if facts["proposed"] or facts["settled"]:
        audit.record(db, act, Action.REMARKS_DECIDED, campaign_code=campaign.code, facts=facts)
    return done


def accepted(db: Session, campaign_id: int) -> list[RemarkRow]:
    """What two persons agreed may leave, in the order of the remarks' random ids."""
    rows = db.execute(
        select(Remark.level, RemarkReview.text, Remark.item)
        .join(RemarkReview, RemarkReview.remark_id == Remark.id)
        .where(Remark.campaign_id == campaign_id, _at(Stage.SETTLED), RemarkReview.leaves)
        .order_by(Remark.id)
    )
    return [RemarkRow(*row) for row in rows]


def is_redaction(written: str, text: str) -> bool:
    """The text is what was written, with `TAKEN_OUT` in the place of some of it, and says something."""
    first, *others = _even(text).split(TAKEN_OUT)
    rest = _even(written)
    if not any(part.strip() for part in (first, *others)) or not rest.startswith(first):
        return False
    rest = rest[len(first) :]
    if not others:
        return not rest
    *between, last = others
    for part in between:
        _, is_there, rest = rest.partition(part) if part else ("", "-", rest)
        if not is_there:
            return False
    return rest.endswith(last)


def _even(text: str) -> str:
    """As a browser sends it back: its own line ends, no blanks around."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _at(stage: Stage) -> ColumnElement[bool]:
    if stage is Stage.NEW:
        return RemarkReview.remark_id.is_(None)
    settled = RemarkReview.second_by.is_not(None)
    return and_(
        RemarkReview.remark_id.is_not(None), settled if stage is Stage.SETTLED else ~settled
    )


def _texts(db: Session, campaign_id: int, ids: Iterable[str]) -> dict[str, str]:
    rows = db.execute(
        select(Remark.id, Remark.text).where(
            Remark.campaign_id == campaign_id, Remark.id.in_([bytes.fromhex(id_) for id_ in ids])
        )
    )
    return {id_.hex(): text for id_, text in rows}


def _decide(
    db: Session, campaign_id: int, decision: RemarkDecision, act: Act, one_person: bool
) -> ReviewStep:
    leaves, text = decision.text is not None, _even(decision.text or "")
    id_ = bytes.fromhex(decision.remark_id)
    standing = db.get(RemarkReview, id_)
    if standing is None:
        standing = RemarkReview(
            remark_id=id_, campaign_id=campaign_id, leaves=leaves, text=text,
            first_by=act.actor, first_at=act.now, second_by=None, second_at=None,
        )  # fmt: skip
        db.add(standing)
        db.flush()
        return ReviewStep.PROPOSED
    is_same = standing.leaves == leaves and standing.text == text
    if is_same and standing.second_by is not None:
        return ReviewStep.SAME
    if is_same and (one_person or standing.first_by != act.actor):
        standing.second_by, standing.second_at = act.actor, act.now
        return ReviewStep.SETTLED
    if is_same:
        return ReviewStep.SAME
    standing.leaves, standing.text = leaves, text
    standing.first_by, standing.first_at = act.actor, act.now
    standing.second_by = standing.second_at = None
    return ReviewStep.PROPOSED
