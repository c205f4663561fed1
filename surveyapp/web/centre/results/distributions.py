"""Results after opening: distributions per item by rated unit and group, from the public tables alone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from flask import Response, abort, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import RespondentGroup, Unit
from surveyapp.campaigns.states import CampaignState
from surveyapp.db import reading
from surveyapp.documents import tables
from surveyapp.documents.charts import bars
from surveyapp.exports.disclosure.public_tables import ALL
from surveyapp.exports.download import published_reader as public
from surveyapp.exports.download.published_reader import PublishedTables
from surveyapp.exports.errors import ReleaseError
from surveyapp.exports.labels import refusal
from surveyapp.i18n import _, day, locale, number
from surveyapp.instruments.model import Instrument, InstrumentItem
from surveyapp.web.centre import bp
from surveyapp.web.http.access import allow
from surveyapp.web.http.frame import unit_name
from surveyapp.web.http.state import store
from surveyapp.web.parts import result_table
from surveyapp.web.parts.result_table import ResultLine

VIEWS = ("item", "unit", "group")


@dataclass(frozen=True)
class ResultSelection:
    """What the page shows: rows by `by`, of a group, an item of it and a rated unit (`ALL`: all)."""

    by: str
    group: str
    item: str
    unit: str

    def address(self, endpoint: str = "centre.results", **more: str) -> str:
        """Where this is shown."""
        named: dict[str, Any] = {
            "by": self.by,
            "group": self.group,
            "item": self.item,
            "unit": self.unit,
        }
        return url_for(endpoint, **{k: v for k, v in named.items() if v != ALL} | more)


@dataclass(frozen=True)
class Book:
    """The newest release's public tables, and the campaign's words for what is in them."""

    published: PublishedTables
    units: Mapping[str, Unit]
    groups: Mapping[str, RespondentGroup]
    forms: Mapping[str, Instrument]

    @cached_property
    def names(self) -> dict[str, str]:
        """Units by code, the total too."""
        return {code: unit_name(unit) for code, unit in self.units.items()} | {ALL: everyone()}

    def read_selection(self) -> ResultSelection:
        """The page asked for in the address; what the tables do not know falls back to the first."""
        asked = request.args
        group = asked.get("group", "")
        if group not in self.groups:
            group = next(iter(self.groups))
        items = [item.id for item in self.forms[group].items]
        item, unit, by = asked.get("item", ""), asked.get("unit", ALL), asked.get("by", "")
        return ResultSelection(
            by if by in VIEWS else VIEWS[0],
            group,
            item if item in items else items[0],
            unit if (unit, group) in self.published.participation else ALL,
        )

    def lines(self, selection: ResultSelection) -> list[ResultLine]:
        """The rows of the page."""
        build = {"item": self._by_item, "unit": self._by_unit, "group": self._by_group}
        return build[selection.by](selection)

    def _by_item(self, selection: ResultSelection) -> list[ResultLine]:
        items = {item.id: item for item in self.forms[selection.group].items}
        distributions = self.published.distributions(items, unit=selection.unit)
        return [
            ResultLine(
                selection.unit,
                selection.group,
                item_name(item),
                replace(selection, by="unit", item=id_).address(),
                distributions.get((selection.unit, selection.group, id_)),
            )
            for id_, item in items.items()
        ]

    def _by_unit(self, selection: ResultSelection) -> list[ResultLine]:
        item = self.forms[selection.group].item(selection.item)
        distributions = self.published.distributions({item.id: item})

        def line(code: str) -> ResultLine:
            address = replace(selection, by="item", unit=code).address()
            key = (code, selection.group, item.id)
            return ResultLine(
                code, selection.group, self.names[code], address, distributions.get(key)
            )

        units = [line(code) for code in self.published.units_of(selection.group)]
        return [line(ALL), *result_table.worst_first(units)]

    def _by_group(self, selection: ResultSelection) -> list[ResultLine]:
        """Every group of the level that was asked about the item's criterion."""
        level = self.groups[selection.group].level
        chosen = self.forms[selection.group].item(selection.item)
        asked = [
            (code, item)
            for code, group in self.groups.items()
            if group.level == level
            for item in self.forms[code].items
            if item.criterion == chosen.criterion
        ]
        distributions = self.published.distributions(
            {item.id: item for _, item in asked}, unit=selection.unit
        )
        return [
            ResultLine(
                selection.unit,
                code,
                f"{group_name(self.groups[code])} · "
                + (item.id if item.text == chosen.text else item_name(item)),
                replace(selection, by="item", group=code, item=item.id).address(),
                distributions.get((selection.unit, code, item.id)),
            )
            for code, item in asked
        ]

    def title(self, selection: ResultSelection) -> str:
        """What the rows are of."""
        group = group_name(self.groups[selection.group])
        item = item_name(self.forms[selection.group].item(selection.item))
        if selection.by == "item":
            return f"{group} – {self.names[selection.unit]}"
        return f"{item} – {group if selection.by == 'unit' else self.names[selection.unit]}"

    def notes(self) -> tuple[str, ...]:
        """What a file says above its table: campaign, release, denominator, what is hidden."""
        campaign = g.campaign.title_en if locale() == "en" else g.campaign.title_vi
        return campaign, edition(self.published), denominator(), veil(self.published)


@bp.get("/results")
@allow("operator", "viewer", "auditor")
def results() -> ResponseReturnValue:
    """The chosen part of the newest release's public tables; before there is one, the way to it."""
    try:
        with reading() as db:
            book = read_book(db)
    except ReleaseError as error:
        return render_template("centre/results_none.html", errors=[("", refusal(error))]), 404
    if book is None:
        return render_template("centre/results_none.html", errors=[], step=_step())
    selection = book.read_selection()
    return _page(book, selection)


@bp.get("/results/table.<any(csv, xlsx):format>")
@allow("operator", "viewer", "auditor")
def results_file(format: str) -> Response:
    """The rows of the page as a file, each with its denominator, release and date."""
    try:
        with reading() as db:
            book = read_book(db)
    except ReleaseError:
        book = None
    if book is None:
        abort(404)
    selection = book.read_selection()
    rows = result_table.file_rows(book.lines(selection), book.published, book.names)
    heads, title = result_table.file_columns(), book.title(selection)
    content = tables.write(format, heads, rows, title=title, notes=book.notes())
    release = book.published.release.number
    name = f"ket-qua-{g.campaign.code}-{release:03d}-{selection.by}.{format}"
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(content, mimetype=tables.MEDIA[format], headers=headers)


def read_book(db: Session) -> Book | None:
    """The newest release's public tables with the campaign's words; None before there is one. Raises `ReleaseError`."""
    tables = public.newest(db, g.campaign.id, store=store())
    if tables is None:
        return None
    groups = {group.code: group for group in campaigns.groups(db, g.campaign.id)}
    instruments = campaigns.instruments(db, g.campaign.id)
    return Book(
        tables,
        {unit.code: unit for unit in campaigns.units(db, g.campaign.id)},
        groups,
        {code: instruments[group.instrument_id] for code, group in groups.items()},
    )


def _page(book: Book, selection: ResultSelection) -> str:
    lines = book.lines(selection)
    told = result_table.parts(lines)
    responses = book.published.participation.get((selection.unit, selection.group))
    heading = {"item": _("Câu hỏi"), "unit": _("Đơn vị"), "group": _("Nhóm")}[selection.by]
    return render_template(
        "centre/results.html",
        selection=selection,
        title=book.title(selection),
        tabs=_tabs(selection),
        responses=result_table.hidden() if responses is None else number(responses),
        responses_of=_cell_name(book, selection),
        edition=edition(book.published),
        level=book.groups[selection.group].level,
        unit_page=""
        if selection.by == "unit" or selection.unit == ALL
        else url_for("centre.unit_results", code=selection.unit),
        veil=bars.VEIL,
        note=denominator(),
        note_hidden=veil(book.published),
        may_see_full="operator" in g.actor.roles_in(g.campaign.code),
        untold=[line.label for line in lines if line.distribution is None],
        parts=[
            (
                result_table.chart(part),
                part.scale,
                result_table.columns(part, heading),
                [result_table.row(part, line) for line in part.lines],
            )
            for part in told
        ],
        groups=[(code, group_name(group)) for code, group in book.groups.items()],
        items=[(item.id, item_name(item)) for item in book.forms[selection.group].items],
        units=[(code, book.names[code]) for code in book.published.units_of(selection.group)],
        everyone=everyone(),
        downloads=[
            (kind.upper(), selection.address("centre.results_file", format=kind))
            for kind in ("xlsx", "csv")
        ],
    )


def _cell_name(book: Book, selection: ResultSelection) -> str:
    return f"{group_name(book.groups[selection.group])} – {book.names[selection.unit]}"


def _tabs(selection: ResultSelection) -> list[tuple[str, str, bool]]:
    labels = (_("Các câu hỏi"), _("Các đơn vị"), _("Các nhóm cùng tiêu chí"))
    return [
        (label, replace(selection, by=by).address(), selection.by == by)
        for by, label in zip(VIEWS, labels, strict=True)
    ]


def _step() -> int:
    """Which of the steps before results is next: close, open the box, build the release."""
    return {CampaignState.PREPARING: 1, CampaignState.OPEN: 1, CampaignState.CLOSED: 2}.get(
        g.campaign.state, 3
    )


def edition(published: PublishedTables) -> str:
    """Which release the figures are of."""
    built = published.release
    return _("bản phát hành số %(n)s, ngày %(day)s", n=built.number, day=day(built.built_at))


def denominator() -> str:
    """What shares and means are out of."""
    return _(
        "Tỷ lệ tính trên tất cả phiếu trả lời của dòng đó, không kể phiếu bị quy tắc làm sạch loại ra. "
        "Trung bình chỉ tính các câu trả lời theo thang: phương án tốt nhất là 100, kém nhất là 0; đây không phải điểm chỉ số."
    )


def veil(published: PublishedTables) -> str:
    """Which cells are hidden, and why."""
    return _(
        "Chỉ có các bảng được phép công bố. Phương án có dưới %(n)s phiếu được gộp với phương án liền kề: “≤” là số lớn nhất có thể. "
        "Trung bình nêu trong khoảng ±. Số của tất cả đơn vị cộng từ các số đã nêu của từng đơn vị.",
        n=published.table_minimum,
    )


def everyone() -> str:
    """The total over units."""
    return _("Tất cả đơn vị")


def group_name(group: RespondentGroup) -> str:
    """Code and name of a group."""
    return f"{group.code}. {group.name_en if locale() == 'en' else group.name_vi}"


def item_name(item: InstrumentItem) -> str:
    """Id and words of an item."""
    return f"{item.id}. {item.text.get(locale())}"
