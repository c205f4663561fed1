"""New codes for many whose links were lost or leaked: chosen, counted, agreed to by another person, given."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.accounts import second_person
from surveyapp.accounts.second_person import Deed
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import reading, transaction
from surveyapp.i18n import _, _n, locale
from surveyapp.invitations.issuing import bulk_reissue
from surveyapp.invitations.issuing.bulk_reissue import Chosen, NamedPeople
from surveyapp.web.centre import bp
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import act
from surveyapp.web.http.frame import unit_name
from surveyapp.web.http.numbers import whole
from surveyapp.web.http.safeguards.fresh_factor import fresh_factor
from surveyapp.web.http.safeguards.two_persons import is_demanded, two_persons

LONGEST_REASON = 300
PATIENCE = timedelta(seconds=20)
"""So long one request gives codes: proxies wait for 75 seconds."""
EVERYBODY, NAMED = "everyone", "named"
NOBODY = NamedPeople(frozenset(), ())


@dataclass(frozen=True)
class CountedForm:
    """What was counted and is agreed to: whom, until which moment, how many, and why."""

    chosen: Chosen
    counted_at: datetime
    people: int
    reason: str


@bp.get("/invitations/reissue")
@allow("operator")
def choose_reissue() -> str:
    """Whose links are replaced?"""
    return _form_page([])


@bp.post("/invitations/reissue/count")
@allow("operator")
def count_reissue() -> ResponseReturnValue:
    """How many they are and who is left out; by a post, so that no address of a person stands in an address."""
    reason, now = _reason(), clock.now()
    typed = [line for line in request.form.get("contacts", "").splitlines() if line.strip()]
    with reading() as db:
        named = bulk_reissue.named(db, g.campaign, typed) if typed else NOBODY
        ids = named.invitation_ids if typed else None
        chosen = Chosen(request.form.get("unit", ""), request.form.get("group", ""), ids)
        counted = bulk_reissue.count(db, g.campaign, chosen, issued_before=now)
        units = {unit.code: unit_name(unit) for unit in campaigns.units(db, g.campaign.id)}
    errors = _faults(reason, max(len(typed), len(named.invitation_ids)))
    if errors:
        return _form_page(errors), 422
    return render_template(
        "centre/reissue_counted.html",
        chosen=chosen,
        whom=EVERYBODY if ids is None else NAMED,
        named=" ".join(sorted(str(one) for one in named.invitation_ids)),
        unit=units.get(chosen.unit_code, chosen.unit_code),
        counted=counted,
        unknown=named.unknown,
        counted_at=now.isoformat(),
        reason=reason,
        takes_two=is_demanded(),
    )


def _faults(reason: str, named: int) -> list[tuple[str, str]]:
    errors = []
    if not reason:
        errors.append(("reissue_reason", _("Vui lòng ghi lý do: lý do được lưu trong nhật ký.")))
    if named > bulk_reissue.NAMED_LIMIT:
        words = _("Mỗi lần tối đa %(n)s người theo địa chỉ.", n=bulk_reissue.NAMED_LIMIT)
        errors.append(("contacts", words))
    return errors


def _is_sound() -> bool:
    """Nobody is asked to agree to a form that would be refused, or that does not say how many it concerns."""
    form = _counted_form()
    if form is None or not g.campaign.takes_lists:
        return False
    with reading() as db:
        now = bulk_reissue.count(db, g.campaign, form.chosen, issued_before=form.counted_at)
    return 0 < now.people <= form.people


@bp.post("/invitations/reissue")
@allow("operator")
@fresh_factor
@two_persons(Deed.REISSUE_MANY, when=_is_sound)
def reissue_many() -> ResponseReturnValue:
    """Batch by batch, each a transaction; what was interrupted goes on with the same form."""
    form = _counted_form()
    if form is None:
        return _form_page([("", _("Vui lòng đếm lại trước khi cấp mã mới."))]), 422
    done, started = 0, clock.now()
    while True:
        with transaction() as db:
            campaign = campaigns.campaign(db, g.campaign.code)
            renewed = bulk_reissue.reissue_batch(
                db,
                campaign,
                form.chosen,
                issued_before=form.counted_at,
                at_most=form.people - done,
                reason=form.reason,
                act=act(),
            )
        if not renewed:
            break
        done += renewed
        if g.get("second_person") and clock.now() - started >= PATIENCE:
            return _goes_on(done, form)
    words = _n(
        "Đã cấp mã mới cho %(n)s người. Liên kết cũ không còn dùng được; hãy gửi mã mới bằng tệp gửi hoặc một đợt tin “Gửi mã mới”.",
        "Đã cấp mã mới cho %(n)s người. Liên kết cũ không còn dùng được; hãy gửi mã mới bằng tệp gửi hoặc một đợt tin “Gửi mã mới”.",
        done,
    )
    flash(words, "success")
    return redirect(url_for("centre.invitations"), code=303)


def _goes_on(done: int, form: CountedForm) -> ResponseReturnValue:
    """The agreement stands for those who are left: whoever asked presses once more."""
    with transaction() as db:
        second_person.give_back(db, g.second_person.id)
        left = bulk_reissue.count(db, g.campaign, form.chosen, issued_before=form.counted_at).people
    words = _(
        "Đã cấp mã mới cho %(done)s người, còn %(left)s người. Vui lòng bấm “Thực hiện” lần nữa để tiếp tục.",
        done=done,
        left=left,
    )
    flash(words, "info")
    return redirect(url_for("centre.confirmations"), code=303)


def _counted_form() -> CountedForm | None:
    """The form as it was counted; None where it says something that no count of ours says."""
    people, reason = whole(request.form.get("people", "")), _reason()
    try:
        counted_at = datetime.fromisoformat(request.form.get("counted_at", ""))
        named = frozenset(UUID(one) for one in request.form.get("named", "").split())
    except ValueError:
        return None
    is_ours = counted_at.tzinfo is not None and counted_at <= clock.now()
    if not (is_ours and people and reason):
        return None
    ids = named if request.form.get("whom") == NAMED else None
    chosen = Chosen(request.form.get("unit", ""), request.form.get("group", ""), ids)
    return CountedForm(chosen, counted_at, people, reason)


def _reason() -> str:
    return " ".join(request.form.get("reissue_reason", "").split())[:LONGEST_REASON]


def _form_page(errors: list[tuple[str, str]]) -> str:
    with reading() as db:
        units = campaigns.units(db, g.campaign.id)
        groups = campaigns.groups(db, g.campaign.id)
    return render_template(
        "centre/reissue.html",
        units=[(unit.code, unit_name(unit)) for unit in units],
        groups=[
            (group.code, f"{group.code} – {group.name_en if locale() == 'en' else group.name_vi}")
            for group in groups
        ],
        given=request.form,
        limit=bulk_reissue.NAMED_LIMIT,
        errors=errors,
    )
