"""Every rated unit by criterion, as dots: the national overview, from the public tables alone."""

from flask import Response, abort, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp.db import reading
from surveyapp.documents import tables
from surveyapp.documents.charts import dots
from surveyapp.exports.disclosure.public_tables import ALL
from surveyapp.exports.download import unit_results
from surveyapp.exports.download.published_reader import PublishedMean
from surveyapp.exports.download.unit_results import StandingTables
from surveyapp.exports.errors import ReleaseError
from surveyapp.exports.labels import refusal
from surveyapp.i18n import _
from surveyapp.web.centre import bp
from surveyapp.web.centre.results import mean_dots
from surveyapp.web.centre.results.distributions import Book, edition, everyone, read_book
from surveyapp.web.http.access import allow
from surveyapp.web.http.state import store
from surveyapp.web.parts.result_table import band
from surveyapp.web.parts.table_rows import sorted_by

LEVELS = ("ministry", "province")


@bp.get("/results/overview")
@allow("operator", "viewer", "auditor")
def national_results() -> ResponseReturnValue:
    """All units of a level by criterion, and one criterion unit by unit."""
    try:
        read = read_standings()
    except ReleaseError as error:
        return render_template("centre/results_none.html", errors=[("", refusal(error))]), 404
    if read is None:
        abort(404)
    book, standings = read
    return _page(book, standings)


@bp.get("/results/overview.<any(csv, xlsx):format>")
@allow("operator", "viewer", "auditor")
def national_results_file(format: str) -> Response:
    """Every mean of the level's criteria, unit by unit."""
    try:
        read = read_standings()
    except ReleaseError:
        read = None
    if read is None:
        abort(404)
    book, standings = read
    level = _level()
    spread = standings.spread(_criteria(standings, level), among=[*units_of(book, level), ALL])
    titles = {code: title.words for code, title in standings.titles.items()}
    rows = mean_dots.file_rows(spread, titles, book.names)
    content = tables.write(
        format, mean_dots.file_columns(), rows, title=_level_name(level), notes=(edition(book.published), how_made())
    )  # fmt: skip
    name = f"ket-qua-{g.campaign.code}-{book.published.release.number:03d}-{level}.{format}"
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(content, mimetype=tables.MEDIA[format], headers=headers)


def read_standings() -> tuple[Book, StandingTables] | None:
    """The newest release's means with the campaign's words; None before there is one. Raises `ReleaseError`."""
    with reading() as db:
        book = read_book(db)
        if book is None:
            return None
        return book, unit_results.read_standings(db, g.campaign, book.published, store=store())


def units_of(book: Book, level: str) -> list[str]:
    """Codes of the rated units of a level, in the campaign's order."""
    return [code for code, unit in book.units.items() if unit.kind == level]


def how_made() -> str:
    """What a mean is, and how its interval is meant."""
    return _(
        "Trung bình của tiêu chí là trung bình các câu hỏi trong mỗi nhóm, rồi trung bình các nhóm; phương án tốt nhất là 100, kém nhất là 0; "
        "đây không phải điểm chỉ số. Mọi số chỉ làm từ các bảng được phép công bố. Hai đơn vị có khoảng 95 % chồng lên nhau thì chưa phân biệt được."
    )


def _level() -> str:
    asked = request.args.get("level", "")
    return asked if asked in LEVELS else LEVELS[0]


def _level_name(level: str) -> str:
    return {"ministry": _("Các bộ, ngành"), "province": _("Các tỉnh, thành phố")}[level]


def _criteria(standings: StandingTables, level: str) -> list[str]:
    told = {criterion for unit, criterion in standings.criteria if unit != ALL}
    return [
        code for code, title in standings.titles.items() if title.level == level and code in told
    ]


def _page(book: Book, standings: StandingTables) -> str:
    level = _level()
    codes = _criteria(standings, level)
    asked = request.args.get("criterion", "")
    chosen = asked if asked in codes else next(iter(codes), "")
    spread = standings.spread(codes, among=units_of(book, level))
    units = sorted(spread.get(chosen, {}).items(), key=lambda one: one[1].middle)
    quartiles = unit_results.quartiles_of([one.middle for _unit, one in units])
    titles = {code: f"{code}. {standings.titles[code].words}" for code in codes}
    national = standings.criteria.get((ALL, chosen))
    return render_template(
        "centre/results_national.html",
        level=level,
        tabs=[
            (_level_name(one), url_for("centre.national_results", level=one), one == level)
            for one in LEVELS
        ],
        edition=edition(book.published),
        criteria=list(titles.items()),
        chosen=chosen,
        title=titles.get(chosen, ""),
        spread=dots.dot_rows(
            [_spread_row(titles[code], code, level, spread[code]) for code in codes],
            mean_dots.legend("other", "quartiles"),
            title=_("Mỗi tiêu chí một dòng: %(level)s", level=_level_name(level)),
        ),
        units=dots.dot_rows(
            [
                mean_dots.mean_row(book.names[unit], one, quartiles, _unit_url(unit))
                for unit, one in units
            ],
            mean_dots.legend("mean-dot", "interval", "quartiles"),
            title=_("Từng đơn vị, thấp nhất trước"),
        ),
        columns=[
            {"label": _("Đơn vị")},
            *({"label": label, "number": True} for label in (_("Trung bình (0–100)"), _("Khoảng 95 %"))),
        ],
        rows=[
            {
                "cells": (
                    book.names[unit],
                    sorted_by(one.middle, band(one.band), 4),
                    sorted_by(one.reach[0], mean_dots.between(one.reach), 4),
                ),
                "url": _unit_url(unit),
            }
            for unit, one in units
        ],
        national=(everyone(), band(national.band)) if national else None,
        note=how_made(),
        downloads=[
            (kind.upper(), url_for("centre.national_results_file", format=kind, level=level))
            for kind in ("xlsx", "csv")
        ],
    )  # fmt: skip


def _unit_url(unit: str) -> str:
    return url_for("centre.unit_results", code=unit)


def _spread_row(label: str, code: str, level: str, means: dict[str, PublishedMean]) -> dots.DotRow:  # fmt: skip
    middles = [one.middle for one in means.values()]
    url = url_for("centre.national_results", level=level, criterion=code, _anchor="criterion")
    return mean_dots.spread_row(label, middles, unit_results.quartiles_of(middles), url)
