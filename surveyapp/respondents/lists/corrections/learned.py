"""Names of departments that a unit's desk once explained: its own spellings, known from then on."""

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from surveyapp.campaigns.models import Department
from surveyapp.respondents.models import ListLine, RespondentList
from surveyapp.respondents.words.names import fold

_MOST = 500


def learned_departments(db: Session, unit_id: int) -> tuple[tuple[str, str], ...]:
    """What the desk had written in its lists, folded, with the code of the department it put in its place.

    From versions that it handed in: what is still being mended is no lesson yet.
    """
    rows = db.execute(
        select(ListLine.cells, ListLine.mends, Department.code)
        .join(RespondentList, RespondentList.id == ListLine.list_id)
        .join(Department, Department.id == ListLine.department_id)
        .where(
            RespondentList.unit_id == unit_id,
            RespondentList.accepted_at.is_not(None),
            ListLine.left_out.is_(False),
            cast(ListLine.mends, String).like('%"department"%'),
        )
        .order_by(RespondentList.version.desc(), ListLine.line)
        .limit(_MOST)
    )
    found: dict[str, str] = {}
    for cells, mends, code in rows:
        written = fold(cells.get("department", ""))
        if written and mends.get("department"):
            found.setdefault(written, code)
    return tuple(sorted(found.items()))
