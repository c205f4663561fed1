"""A file that has arrived: how far its reading is, then what was understood, to be confirmed or put right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from surveyapp import clock
from surveyapp.db import reading
from surveyapp.i18n import _, lazy
from surveyapp.respondents import labels, queries
from surveyapp.respondents.context import ListContext
from surveyapp.respondents.line_numbers import shown as shown_row
from surveyapp.respondents.lists.uploads import intake
from surveyapp.respondents.lists.uploads.file_reading import Arrived, look
from surveyapp.respondents.lists.uploads.preview import Look, SheetColumn
from surveyapp.respondents.lists.uploads.upload import Upload, store, understand
from surveyapp.respondents.models import ReceivedFile
from surveyapp.respondents.progress import STAGES
from surveyapp.respondents.reading.headings import GIVEN_NAME, HELPER_COLUMNS
from surveyapp.respondents.reading.sheet_reading import Override, WorkbookReading
from surveyapp.respondents.sheet.marks.marking import column_index, letters
from surveyapp.respondents.states import ReceivedState
from surveyapp.web.desk import background, bp
from surveyapp.web.desk.upload import expected_kind, received_upload
from surveyapp.web.http import numbers
from surveyapp.web.http.access import allow
from surveyapp.web.parts.list_words import kind_name

STAGE_WORDS = {
    "unpacking": lazy("Mở tệp"),
    "reading": lazy("Đọc các dòng"),
    "checking": lazy("Kiểm tra từng dòng"),
    "comparing": lazy("Đối chiếu với các danh sách khác và lưu"),
}


@bp.get("/lists/<kind>/received/<uuid:received_id>")
@allow("coordinator")
def received(kind: str, received_id: UUID) -> ResponseReturnValue:
    """The page of one file: in work, understood, unclear, refused; its list once there is one."""
    received_file, context = _subject(kind, received_id)
    if received_file.state == ReceivedState.STORED:
        return redirect(url_for("desk.one_list", list_id=received_file.list_id), code=303)
    if received_file.state == ReceivedState.WORKING:
        return _page("desk/progress.html", kind, received_file, stages=STAGES, words=STAGE_WORDS)
    if received_file.waits_for_desk:
        return _understood_page(kind, received_file, context)
    return _page("desk/refused.html", kind, received_file)


@bp.post("/lists/<kind>/received/<uuid:received_id>")
@allow("coordinator")
def confirm(kind: str, received_id: UUID) -> ResponseReturnValue:
    """Check the file as understood, or as the form says otherwise, and store it."""
    received_file, context = _subject(kind, received_id)
    here = redirect(url_for("desk.received", kind=kind, received_id=received_id), code=303)
    if not received_file.waits_for_desk:
        return here
    told = told_in(request.form, context)
    if told is None:
        words = _("Vui lòng chọn cột có họ và tên.")
        return _understood_page(kind, received_file, context, error=words), 422
    if received_file.state == ReceivedState.UNDERSTOOD and not told.differs(
        _reading_of(received_file)
    ):
        if received_file.preview.get("gaps") and not told.answer and not told.people:
            return _understood_page(kind, received_file, context, unanswered=True), 422
        told = replace(told, mapping={}) if told.adds else None
    background.begin(
        _upload(kind, received_id),
        lambda upload: store(upload, told),
        confirmed=told.to_json() if told is not None else {},
    )
    return here


@bp.post("/lists/<kind>/received/<uuid:received_id>/again")
@allow("coordinator")
def again(kind: str, received_id: UUID) -> ResponseReturnValue:
    """Read once more a file whose reading was interrupted."""
    received_file, _context = _subject(kind, received_id)
    if received_file.state == ReceivedState.STOPPED or intake.is_silent(
        received_file, now=clock.now()
    ):
        background.begin(_upload(kind, received_id), understand)
    else:
        flash(_("Tệp đang được đọc."), "info")
    return redirect(url_for("desk.received", kind=kind, received_id=received_id), code=303)


def told_in(form: MultiDict[str, str], context: ListContext) -> Override | None:
    """What a form says about a workbook; None without a header row or a column of names."""
    line = numbers.whole(form.get("header_line", ""))
    mapping = {}
    for column in (*context.columns, GIVEN_NAME):
        index = column_index(form.get(f"column_{column}", ""))
        if index is not None:
            mapping[column] = index
    if line is None or "full_name" not in mapping:
        return None
    people = frozenset(n for typed in form.getlist("person") if (n := numbers.whole(typed)))
    return Override(
        form.get("sheet", ""),
        line,
        mapping,
        people,
        frozenset(form.getlist("unread")),
        form.get("answer", "")[:20],
    )


def looked_at(file: Arrived, understood: WorkbookReading | None) -> Look:
    """The sheet and row the address asks for, else those understood, else the likeliest."""
    sheet = request.args.get("sheet", understood.sheet if understood else "")
    typed = numbers.whole(request.args.get("header_line", ""))
    if typed is None and understood and sheet == understood.sheet:
        typed = understood.header_line
    return look(file, sheet, typed)


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """A column the list needs: which of the sheet it is taken from (a letter), with what stands there."""

    column: str
    label: str
    required: bool
    letter: str
    samples: tuple[str, ...]


def reading_words(
    context: ListContext, columns: Sequence[SheetColumn], mapping: Mapping[str, int]
) -> dict[str, Any]:
    """What the pages of a reading show of it: our columns, the choices, what is not used."""
    given = (GIVEN_NAME,) if GIVEN_NAME in mapping else ()
    ours = [c for c in context.columns if c != "full_name"]
    by_index = {column.index: column for column in columns}
    rows = []
    for name in ("full_name", *given, *ours):
        column = by_index.get(mapping.get(name, -1))
        samples = column.samples if column else ()
        letter = letters(column.index) if column else ""
        required = name in context.required
        rows.append(ColumnRow(name, labels.column_name(name), required, letter, samples))
    used = {
        mapping[name] for name in (*context.columns, GIVEN_NAME, *HELPER_COLUMNS) if name in mapping
    }
    return {
        "rows": rows,
        "choices": [(letters(c.index), f"{letters(c.index)}: {_title(c)}") for c in columns],
        "unused": [_title(c) for c in columns if c.index not in used],
        "letters": letters,
        "row_url": _row_url,
    }


def _row_url(line: int, sheet: str) -> str:
    """This very page, with another row looked at as the header row."""
    values = {**(request.view_args or {}), "sheet": sheet, "header_line": line}
    return url_for(str(request.endpoint), **values)


def _title(column: SheetColumn) -> str:
    return (column.heading or f"({column.samples[0]})")[:60]


def _subject(kind: str, received_id: UUID) -> tuple[ReceivedFile, ListContext]:
    with reading() as db:
        asked = expected_kind(db, kind)
        received_file = intake.received(db, received_id, unit_id=g.unit.id, kind_id=asked.id)
        return received_file, queries.list_context(db, g.campaign, g.unit, asked)


def _upload(kind: str, received_id: UUID) -> Upload:
    with reading() as db:
        asked = expected_kind(db, kind)
    return received_upload(received_id, asked)


def _reading_of(received_file: ReceivedFile) -> WorkbookReading:
    return WorkbookReading.from_json(received_file.understanding)


def _understood_page(
    kind: str,
    received_file: ReceivedFile,
    context: ListContext,
    error: str | None = None,
    *,
    unanswered: bool = False,
) -> str:
    understood = _reading_of(received_file) if received_file.understanding else None
    look, shown = None, received_file.preview
    columns = [
        SheetColumn(c["index"], c["heading"], c["samples"]) for c in shown.get("columns", ())
    ]
    mapping = understood.mapping if understood else {}
    if received_file.state == ReceivedState.UNCLEAR or request.args.keys() & {
        "header_line",
        "sheet",
    }:
        file = Arrived(received_file.file, received_file.file_name, context, received_file.table)
        look = looked_at(file, understood)
        columns = list(look.columns)
        if not understood or not look.is_at(understood):
            mapping, shown = look.mapping, {}
    reason = error or _reason(received_file)
    wrong = [("column_full_name" if error else "", reason)] if reason else []
    if unanswered:
        wrong.append(("answer", _("Vui lòng trả lời về số người trước khi xác nhận.")))
    return _page(
        "desk/understood.html",
        kind,
        received_file,
        understood=understood,
        shown=shown,
        look=look,
        errors=wrong,
        unanswered=unanswered,
        ticked=set(request.form.getlist("person")),
        by_content=", ".join(
            f"“{labels.column_name(column)}”"
            for column in (understood.by_content if understood else ())
        ),
        left_unread=set(request.form.getlist("unread")),
        sheets=list(dict.fromkeys(t.sheet for _, t in understood.tables())) if understood else [],
        aside_reason=labels.aside_reason,
        gap_words=labels.gap,
        row_name=shown_row,
        column_name=labels.column_name,
        **reading_words(context, columns, mapping),
    )


def _reason(received_file: ReceivedFile) -> str | None:
    refusal = intake.refusal_of(received_file)
    return labels.refusal(refusal) if refusal else None


def _page(template: str, kind: str, received_file: ReceivedFile, **facts: Any) -> str:
    with reading() as db:
        asked = expected_kind(db, kind)
    return render_template(
        template,
        kind=asked,
        kind_name=kind_name,
        received=received_file,
        reason=_reason(received_file),
        **facts,
    )
