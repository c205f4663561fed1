"""Every part of the pages with its states, on one living page of the demo."""

from datetime import date, timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from surveyapp.documents.charts import bars, curves
from surveyapp.documents.charts.bars import RateBar
from surveyapp.documents.charts.curves import CurvePoint, TimeCurve
from surveyapp.web.http.access import anyone

bp = Blueprint("styleguide", __name__)

ROWS = (
    RateBar("Bộ Nông nghiệp và Phát triển nông thôn", 312, 1204, "#tables"),
    RateBar("Thành phố Hồ Chí Minh", 402, 611, "#tables"),
    RateBar("Thừa Thiên Huế", 471, 498, "#tables"),
    RateBar("Thanh tra Chính phủ", 0, 0),
)
START = date(2024, 1, 2)
TOTALS = (0, 2400, 3900, 5200, 6400, 7500, 8500, 9500, 10400, 11300, 12200, 13000, 13800, 14600)


@bp.get("/styleguide")
@anyone
def show() -> ResponseReturnValue:
    """The living page."""
    return render_template("styleguide.html", bars=_bars(), curve=_curve())


def _bars() -> Markup:
    return bars.rate_bars(ROWS, title="Tỷ lệ trả lời theo đơn vị được đánh giá", target=0.8)


def _curve() -> Markup:
    points = [CurvePoint(START + timedelta(days=n), total) for n, total in enumerate(TOTALS)]
    curve = TimeCurve(points, starts=START, ends=date(2024, 1, 31), target=40124)
    return curves.figure(curve, title="Số phiếu đã nộp theo ngày")
