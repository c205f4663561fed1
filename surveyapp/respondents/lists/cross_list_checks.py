"""A list against the other lists of its unit, those of other units and its version before."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveyapp.campaigns.models import ListKind, Unit
from surveyapp.campaigns.queries import kinds_rating_their_supplier, list_kinds
from surveyapp.campaigns.queries import units as all_units
from surveyapp.respondents.findings import CHECK, NOTE, WHOLE_LIST, Finding, Line
from surveyapp.respondents.models import ListLine, RespondentList
from surveyapp.respondents.states import HANDED_IN, ListState
from surveyapp.respondents.words.names import name_key

# Fewer leavers than this between two versions are an ordinary month of appointments.
SHIFT_PEOPLE, SHIFT_SHARE = 3, 0.3
_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of another standing list with the same name."""

    unit_id: int
    kind_id: int
    line: int
    email: str
    phone: str


def compare(
    db: Session, respondent_list: RespondentList, lines: Sequence[Line]
) -> Iterator[Finding]:
    """Findings that only other stored lists can show. `lines` are those that stand."""
    namesakes = _namesakes(
        db, respondent_list, {name_key(line.values["full_name"]) for line in lines}
    )
    if namesakes:
        kinds = {kind.id: kind for kind in list_kinds(db, respondent_list.campaign_id)}
        units = {unit.id: unit for unit in all_units(db, respondent_list.campaign_id)}
        doubled = kinds_rating_their_supplier(db, respondent_list.campaign_id)
        for line in lines:
            for other in namesakes.get(name_key(line.values["full_name"]), ()):
                twins = _against(
                    line, other, respondent_list, kinds=kinds, units=units, doubled=doubled
                )
                if twins is not None:
                    yield twins
                    break
    yield from _shift(db, respondent_list, lines)


def _namesakes(
    db: Session, respondent_list: RespondentList, keys: set[str]
) -> Mapping[str, Sequence[Listed]]:
    """People of the same name in other standing lists; the unit's own lists come first."""
    namesakes: dict[str, list[Listed]] = defaultdict(list)
    name_keys = sorted(keys)
    for start in range(0, len(name_keys), _BATCH):
        rows = db.execute(
            select(
                RespondentList.unit_id,
                RespondentList.kind_id,
                ListLine.line,
                ListLine.name_key,
                ListLine.values,
            )
            .join(RespondentList, RespondentList.id == ListLine.list_id)
            .where(
                ListLine.name_key.in_(name_keys[start : start + _BATCH]),
                ListLine.left_out.is_(False),
                RespondentList.campaign_id == respondent_list.campaign_id,
                RespondentList.state.in_(HANDED_IN),
            )
            .order_by(RespondentList.version.desc(), ListLine.line)
        )
        for row in rows:
            if (row.unit_id, row.kind_id) != (respondent_list.unit_id, respondent_list.kind_id):
                email, phone = row.values.get("email", ""), row.values.get("phone", "")
                namesakes[row.name_key].append(
                    Listed(row.unit_id, row.kind_id, row.line, email.lower(), phone)
                )
    for others in namesakes.values():
        others.sort(key=lambda other: other.unit_id != respondent_list.unit_id)
    return namesakes


def _against(
    line: Line,
    other: Listed,
    respondent_list: RespondentList,
    *,
    kinds: Mapping[int, ListKind],
    units: Mapping[int, Unit],
    doubled: frozenset[int],
) -> Finding | None:
    email, phone = line.values.get("email", "").lower(), line.values.get("phone", "")
    same = (phone and phone == other.phone) or (email and email == other.email)
    facts: dict[str, Any] = {
        "kind": kinds[other.kind_id].name_vi,
        "kind_en": kinds[other.kind_id].name_en,
        "other_line": other.line,
    }
    name = line.cells.get("full_name", "")
    if other.unit_id != respondent_list.unit_id:
        if not same:
            return None
        facts |= {"unit": units[other.unit_id].name_vi, "unit_en": units[other.unit_id].name_en}
        return Finding(line.number, "full_name", CHECK, "in_other_unit", name, "", facts)
    if same:
        twice = {other.kind_id, respondent_list.kind_id} <= doubled
        code = "in_other_list_same_unit_rated" if twice else "in_other_list"
        return Finding(line.number, "full_name", CHECK, code, name, "", facts)
    apart = (phone and other.phone) or (email and other.email and not phone and not other.phone)
    if apart:
        return None
    return Finding(line.number, "full_name", NOTE, "namesake_in_other_list", name, "", facts)


def _shift(
    db: Session, respondent_list: RespondentList, lines: Sequence[Line]
) -> Iterator[Finding]:
    """That much of the last accepted version is gone. Smaller changes the page tells row by row."""
    earlier = db.execute(
        select(RespondentList.id, RespondentList.version)
        .where(
            RespondentList.unit_id == respondent_list.unit_id,
            RespondentList.kind_id == respondent_list.kind_id,
            RespondentList.version < respondent_list.version,
            RespondentList.accepted_at.is_not(None),
            RespondentList.state != ListState.WITHDRAWN,
        )
        .order_by(RespondentList.version.desc())
        .limit(1)
    ).first()
    if earlier is None:
        return
    before = Counter(
        db.scalars(
            select(ListLine.name_key).where(
                ListLine.list_id == earlier.id, ListLine.left_out.is_(False)
            )
        )
    )
    now = Counter(name_key(line.values["full_name"]) for line in lines)
    added, removed = (now - before).total(), (before - now).total()
    if removed <= SHIFT_PEOPLE or removed <= SHIFT_SHARE * before.total():
        return
    facts = {
        "version": earlier.version,
        "before": before.total(),
        "added": added,
        "removed": removed,
    }
    yield Finding(WHOLE_LIST, "", CHECK, "version_shift", str(len(lines)), "", facts)
