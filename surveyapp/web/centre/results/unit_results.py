"""What the centre may hand to a unit: its published figures, its neighbours' quartiles, its own of the round before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import Response, abort, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from surveyapp.campaigns.models import Unit
from surveyapp.documents.charts import dots
from surveyapp.exports.download import unit_paper
from surveyapp.exports.download.unit_paper import PaperRow, PaperTable, UnitPaper
from surveyapp.exports.download.unit_results import PlacedMean, UnitResults, change_words
from surveyapp.exports.errors import ReleaseError
from surveyapp.exports.labels import refusal
from surveyapp.i18n import _, locale, number, tenths
from surveyapp.web.centre import bp
from surveyapp.web.centre.results import mean_dots
from surveyapp.web.centre.results.distributions import Book, edition, group_name, item_name
from surveyapp.web.centre.results.national_results import how_made, read_standings, units_of
from surveyapp.web.http.access import allow
from surveyapp.web.http.frame import unit_name
from surveyapp.web.parts import result_table

REGION = "region"


@dataclass(frozen=True)
class UnitBook:
    """One unit's results with the words for them."""

    book: Book
    unit: Unit
    results: UnitResults
    titles: dict[str, str]
    near: str
    """`region` or `level`: beside whom it stands."""

    @property
    def has_before(self) -> bool:
        """Whether anything of a round before stands beside it."""
        return bool(self.results.earlier)

    @property
    def beside(self) -> str:
        """Whom the quartiles are of."""
        if self.near == REGION:
            return _("các tỉnh, thành phố khác cùng vùng %(region)s", region=self.unit.region_vi)
        if self.unit.kind == "ministry":
            return _("các bộ, ngành khác")
        return _("các tỉnh, thành phố khác")

    def sections(self) -> Iterator[tuple[str, list[tuple[str, PlacedMean]]]]:
        """Title and rows (words, mean): the criteria first, then the items group by group."""
        titles, told = self.titles, self.results.criteria
        yield _("Theo tiêu chí"), [(titles[c], told[c]) for c in titles if c in told]
        for code, group in self.book.groups.items():
            items = self.book.forms[code].items
            placed = [(item_name(i), self.results.items.get((code, i.id))) for i in items]
            yield group_name(group), [(words, one) for words, one in placed if one is not None]

    def notes(self) -> list[str]:
        """How to read it."""
        notes = [
            _("Nửa giữa và trung vị là của %(beside)s có số công bố, không kể đơn vị này.", beside=self.beside),
            how_made(),
        ]  # fmt: skip
        if self.has_before:
            notes.append(
                _("Đợt trước là đợt %(code)s: chỉ đặt cạnh nhau câu hỏi và tiêu chí được hỏi như nhau ở hai đợt. “Cao hơn”, “thấp hơn” chỉ nêu khi hai khoảng 95 %% không chạm nhau.", code=self.results.earlier)
            )  # fmt: skip
        return notes

    def responses(self) -> list[tuple[str, str]]:
        """Responses by group, in words."""
        return [
            (group_name(self.book.groups[code]), result_table.hidden() if n is None else number(n))
            for code, n in self.results.responses.items()
            if code in self.book.groups
        ]


@bp.get("/results/units/<code>")
@allow("operator", "viewer", "auditor")
def unit_results(code: str) -> ResponseReturnValue:
    """The unit's page."""
    try:
        shown = _read(code)
    except ReleaseError as error:
        return render_template("centre/results_none.html", errors=[("", refusal(error))]), 404
    sections = [
        (title, _chart(shown, title, rows), *_table(shown, rows))
        for title, rows in shown.sections()
        if rows
    ]
    return render_template(
        "centre/results_unit.html",
        unit=shown.unit,
        name=unit_name(shown.unit),
        edition=edition(shown.book.published),
        is_published=shown.book.published.release.published_at is not None,
        responses=shown.responses(),
        first=sections[:1],
        groups=sections[1:],
        notes=shown.notes(),
        beside=shown.beside,
        near=shown.near,
        regions=[(REGION, _("Cùng vùng %(region)s", region=shown.unit.region_vi)), ("level", _("Tất cả các tỉnh, thành phố"))]
        if shown.unit.region_vi
        else [],
        paper=url_for("centre.unit_results_paper", code=code, near=shown.near),
    )  # fmt: skip


@bp.get("/results/units/<code>.pdf")
@allow("operator", "viewer", "auditor")
def unit_results_paper(code: str) -> Response:
    """The same on A4."""
    try:
        shown = _read(code)
    except ReleaseError:
        abort(404)
    campaign = g.campaign.title_en if locale() == "en" else g.campaign.title_vi
    paper = UnitPaper(
        title=_("Kết quả điều tra: %(name)s", name=unit_name(shown.unit)),
        about=campaign,
        lead=[_("Số liệu của %(edition)s.", edition=edition(shown.book.published)), *_standing(shown)],
        facts=shown.responses(),
        facts_title=_("Phiếu trả lời"),
        tables=[_paper_table(shown, title, rows) for title, rows in shown.sections() if rows],
        notes=shown.notes(),
    )  # fmt: skip
    name = f"ket-qua-{g.campaign.code}-{shown.book.published.release.number:03d}-{code}.pdf"
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(unit_paper.as_pdf(paper), mimetype="application/pdf", headers=headers)


def _read(code: str) -> UnitBook:
    """404 for a code that is no unit of the campaign, or before there is a release. Raises `ReleaseError`."""
    read = read_standings()
    if read is None or code not in read[0].units:
        abort(404)
    book, standings = read
    unit = book.units[code]
    among = units_of(book, unit.kind)
    near = request.args.get("near", REGION) if unit.region_vi else "level"
    if near == REGION:
        among = [one for one in among if book.units[one].region_vi == unit.region_vi]
    titles = {c: f"{c}. {title.words}" for c, title in standings.titles.items()}
    return UnitBook(book, unit, standings.of(code, among=among), titles, near)


def _standing(shown: UnitBook) -> list[str]:
    if shown.book.published.release.published_at is not None:
        return []
    return [_("Bản này chưa được ghi nhận là đã công bố: chưa chuyển ra ngoài.")]


def _chart(shown: UnitBook, title: str, rows: Sequence[tuple[str, PlacedMean]]) -> Markup:
    parts = ["mean-dot", "interval", "quartiles", *(["before"] if shown.has_before else [])]
    drawn = [mean_dots.placed_row(words, placed) for words, placed in rows]
    return dots.dot_rows(drawn, mean_dots.legend(*parts), title=title)


def _table(
    shown: UnitBook, rows: Sequence[tuple[str, PlacedMean]]
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Columns and rows for the `table` macro."""
    told = {
        "counted": any(placed.own.responses is not None for _words, placed in rows),
        "with_before": shown.has_before,
    }
    heading = _("Tiêu chí, câu hỏi")
    return mean_dots.columns(heading, **told), [mean_dots.row(words, one, **told) for words, one in rows]  # fmt: skip


def _paper_table(shown: UnitBook, title: str, rows: Sequence[tuple[str, PlacedMean]]) -> PaperTable:
    """Words, drawing, mean, interval and neighbours; the round before where there is one."""
    heading = [_("Trung bình"), _("Khoảng 95 %"), _("Nửa giữa"), _("Trung vị")]
    heading += [_("Đợt trước")] if shown.has_before else []
    return PaperTable(title, heading, [_paper_row(shown, words, one) for words, one in rows])


def _paper_row(shown: UnitBook, words: str, placed: PlacedMean) -> PaperRow:
    own, quartiles, before = placed.own, placed.quartiles, placed.before
    cells = [
        result_table.band(own.band),
        mean_dots.between(own.reach),
        mean_dots.between((quartiles[0], quartiles[2])) if quartiles else "–",
        tenths(quartiles[1]) if quartiles else "–",
    ]
    if shown.has_before:
        change = f" ({change_words(placed.change)})" if placed.change else ""
        cells.append(result_table.band(before.band) + change if before else "–")
    return PaperRow(words, dots.picture(mean_dots.placed_row(words, placed)), cells)
