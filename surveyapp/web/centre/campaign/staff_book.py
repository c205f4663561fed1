"""The coordinators of all units at once, by a workbook that names a person and an address a unit."""

from io import BytesIO

from flask import g, request, send_file
from flask.typing import ResponseReturnValue

from surveyapp.accounts import queries
from surveyapp.accounts.errors import BadBook
from surveyapp.accounts.links import invite
from surveyapp.accounts.links.invite import RowFault
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import reading, transaction
from surveyapp.documents import tables
from surveyapp.i18n import _
from surveyapp.respondents import sheet
from surveyapp.respondents.errors import FileRefused
from surveyapp.respondents.labels import refusal
from surveyapp.web.centre import bp
from surveyapp.web.centre.campaign.staff import can_mail, page
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import act
from surveyapp.web.http.frame import unit_name
from surveyapp.web.http.guard import takes_upload
from surveyapp.web.http.safeguards.fresh_factor import fresh_factor


@bp.get("/staff/coordinators.xlsx")
@allow("operator")
def coordinators_book() -> ResponseReturnValue:
    """A workbook with every unit that has no coordinator yet, to be filled in."""
    with reading() as db:
        units = campaigns.units(db, g.campaign.id)
        served = {
            grant.unit_code
            for person in queries.every_staff(db)
            for grant in person.grants
            if grant.campaign_code == g.campaign.code
        }
    columns = [
        tables.Column(words)
        for words in (_("Mã đơn vị"), _("Đơn vị"), _("Họ và tên đầu mối"), _("Thư điện tử"), _("Tên đăng nhập"))
    ]  # fmt: skip
    rows = [
        (unit.code, unit_name(unit), "", "", f"dm-{unit.code.lower()}")
        for unit in units
        if unit.code not in served
    ]
    content = tables.write("xlsx", columns, rows, title=_("Đầu mối các đơn vị"))
    return send_file(
        BytesIO(content),
        mimetype=tables.MEDIA["xlsx"],
        as_attachment=True,
        download_name=f"dau-moi-{g.campaign.code}.xlsx",
    )


@bp.post("/staff/coordinators")
@allow("operator")
@takes_upload
@fresh_factor
def add_coordinators() -> ResponseReturnValue:
    """Make all accounts of the workbook, or none and tell every fault in it."""
    file = request.files.get("book")
    if file is None or not file.filename:
        return page(errors=[("book", _("Vui lòng chọn tệp."))]), 422
    try:
        book = sheet.read_workbook(file.read(), file.filename)
        rows = [(line, row) for one in book.sheets[:1] for line, row in one.numbered()]
        with reading() as db:
            known = {unit.code for unit in campaigns.units(db, g.campaign.id)}
            people, faults = invite.read_book(
                rows,
                invite.HEADINGS,
                campaign_code=g.campaign.code,
                units=known,
                taken=invite.usernames(db),
            )
    except FileRefused as refused:
        return page(errors=[("book", refusal(refused))]), 422
    except BadBook as bad:
        return page(errors=[("book", _bad(bad))]), 422
    if faults or not people:
        words = (
            _("Chưa tạo tài khoản nào: tệp có chỗ cần sửa.") if faults else _("Tệp chưa ghi ai.")
        )
        told = [(fault.line, fault_words(fault)) for fault in faults]
        return page(errors=[("book", words)], book_faults=told), 422
    with transaction() as db:
        for new in people:
            invite.invite(db, new, mailed=can_mail(), act=act())
    return page(many=len(people))


def _bad(bad: BadBook) -> str:
    if bad.reason == "long":
        return _("Tệp có quá %(most)s người. Vui lòng chia nhỏ.", most=invite.MOST)
    return _("Không thấy dòng tiêu đề có Mã đơn vị, Họ và tên, Thư điện tử. Vui lòng dùng tệp mẫu.")


def fault_words(fault: RowFault) -> str:
    """What is wrong in a row, and with which value."""
    return {
        "unit": _("không có đơn vị mã “%(value)s”", value=fault.value),
        "name": _("thiếu họ và tên"),
        "email": _("“%(value)s” không phải địa chỉ thư", value=fault.value),
        "username": _("tên đăng nhập “%(value)s” không dùng được", value=fault.value),
        "taken": _("tên đăng nhập “%(value)s” đã có người dùng", value=fault.value),
    }[fault.rule]
