"""States that few people ever see: pictured, and walked through in Vietnamese by one test."""

from collections.abc import Callable
from pathlib import Path

from flask import abort
from sqlalchemy import update

from surveyapp.db import transaction
from tests.browser.moving import leave_by, sign_in
from tests.browser.states import STATES, Walk

DOWN = Path(__file__).parents[2] / "docs" / "proxy" / "unavailable.html"


def _declare_typed(walk: Walk) -> None:
    walk.type_code(walk.person.code)
    walk.page.locator("details:has(.plain) summary").click()
    leave_by(walk.page.locator(".plain a").last)


def _declared_typed(walk: Walk) -> None:
    _declare_typed(walk)
    leave_by(walk.page.locator("main button.grave"))


def _check_receipt(walk: Walk, typed: str) -> None:
    """Compared in the browser with a list that holds one receipt."""
    from surveyapp.responses import receipts
    from surveyapp.responses.models import Receipt

    with transaction() as db:
        db.merge(Receipt(tag=receipts.tag("BCFG-HJKM-2345-6789"), campaign_id=1))
    walk.go("/bien-nhan")
    walk.page.fill("#receipt", typed)
    walk.page.locator("form[data-receipt] button").click()
    walk.page.locator("[data-told]:visible").wait_for()


def _receipt_found(walk: Walk) -> None:
    _check_receipt(walk, "bcfghjkm 23456789")


def _assignment_changed(walk: Walk, what: Callable[[object], object]) -> None:
    """The first questionnaire is open in the browser while the database changes behind it."""
    from surveyapp.invitations import queries

    walk.open()
    walk.answer(1)
    with transaction() as db:
        code = walk.person.code.replace("-", "")
        held = queries.find(db, code, keys=walk.scene.keys).assignments[0]
        db.execute(what(held.id))
    walk.go("/phieu/1/2")


def _withdrawn(walk: Walk) -> None:
    from surveyapp.assignments.models import Assignment

    _assignment_changed(
        walk,
        lambda held: (
            update(Assignment)
            .where(Assignment.id == held)
            .values(state="revoked", disposition="removed")
        ),
    )


def _unreadable(walk: Walk) -> None:
    from surveyapp.responses.models import Draft

    _assignment_changed(
        walk,
        lambda held: update(Draft).where(Draft.assignment_id == held).values(version=bytes(16)),
    )


def _too_long(walk: Walk) -> None:
    walk.go("/")
    walk.page.locator("#code").evaluate(
        "field => { field.removeAttribute('maxlength'); field.value = '7'.repeat(70000); }"
    )
    leave_by(walk.page.locator("main button"))


def _forged(walk: Walk) -> None:
    walk.open()
    walk.page.locator("#answers [name=csrf_token]").evaluate("field => { field.value = 'AAAA'; }")
    walk.press("next")


def _breaks(walk: Walk, fault: Callable[[], object]) -> None:
    """A page of ours fails."""
    views = walk.scene.app.view_functions
    walk.left.callback(views.__setitem__, "respond.hub", views["respond.hub"])
    walk.start()
    views["respond.hub"] = fault
    walk.go("/phieu")


def _fails() -> object:
    raise RuntimeError("made for the picture")


def _preview(walk: Walk) -> None:
    sign_in(walk.page, walk.scene)
    walk.go("/centre/par-index-2023/questionnaires/M2/1")


DEAD_ENDS: dict[str, Callable[[Walk], None]] = {
    "declare-typed": _declare_typed,
    "declared-typed": _declared_typed,
    "receipt-found": _receipt_found,
    "receipt-not-found": lambda walk: _check_receipt(walk, "BCFG-HJKM-2345-2345"),
    "receipt-mistyped": lambda walk: _check_receipt(walk, "BCFG-2345"),
    "section-withdrawn": _withdrawn,
    "section-draft-unreadable": _unreadable,
    "error-400": lambda walk: _breaks(walk, lambda: abort(400)),
    "error-404": lambda walk: walk.go("/khong-co-trang-nay"),
    "error-405": lambda walk: walk.go("/phieu/gia-han"),
    "error-413": _too_long,
    "error-500": lambda walk: _breaks(walk, _fails),
    "error-forgery": _forged,
}
EVERYTHING = (
    STATES
    | DEAD_ENDS
    | {
        "centre-preview": _preview,
        "server-down": lambda walk: walk.page.goto(DOWN.as_uri()),
    }
)
"""What `make screenshots` pictures."""
