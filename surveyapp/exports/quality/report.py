"""The quality report in the shape of the European standard, written from figures.

The headings are the quality criteria of the ESS (Regulation (EC) No 223/2009, Article 12; ESS Handbook for
Quality Reports, 2014): relevance, accuracy, timeliness, accessibility, comparability, coherence, confidentiality.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from surveyapp import clock
from surveyapp.exports.cleaning.report import CleaningAccount
from surveyapp.exports.formats.report_document import ReportDocument, ReportPart, ReportTable
from surveyapp.exports.quality.figures import (
    ItemQuality,
    QualityFigures,
    Share,
)
from surveyapp.exports.quality.precision import ICC
from surveyapp.exports.release.results import Frame
from surveyapp.i18n import _, day, locale, number, percent
from surveyapp.instruments.comparability import BREAKING, REASONS, Comparison

_DASH = "–"
_WORST = 10
"""Items listed for having the most missing answers."""


@dataclass(frozen=True)
class QualityAccount:
    """What the report tells. `earlier` is the code of the round before, `series` its items against those of this one."""

    figures: QualityFigures
    cleaning: CleaningAccount
    opened_at: datetime
    earlier: str = ""
    series: Sequence[Comparison] = ()

    @property
    def frame(self) -> Frame:
        """The campaign's frame."""
        return self.cleaning.frame


def quality_report(account: QualityAccount) -> ReportDocument:
    """The report in the present language."""
    campaign = account.frame.campaign
    lead = [
        _("Theo các tiêu chí chất lượng của Hệ thống thống kê châu Âu (ESS), viết từ dữ liệu của bản phát hành này."),
        _("Bản công khai: mọi số cộng từ các ô được phép công bố; số đếm khác làm tròn xuống bội số của %(n)s, “–” là không công bố.", n=account.frame.table_minimum)
        if account.figures.is_public
        else _("Bản đầy đủ cho giai đoạn chấm điểm, gồm cả ô nhỏ: không công bố."),
    ]  # fmt: skip
    if not campaign.official:
        lead.append(_("Phiếu mẫu minh họa, không phải phiếu chính thức."))
    parts = (
        _relevance, _coverage, _response, _items, _measurement, _cleaning, _precision,
        _timeliness, _comparability, _coherence, _confidentiality,
    )  # fmt: skip
    return ReportDocument(
        _("Báo cáo chất lượng"),
        campaign.title_en if locale() == "en" else campaign.title_vi,
        lead,
        [part(account) for part in parts],
    )


def _relevance(account: QualityAccount) -> ReportPart:
    rows = [
        [code, _name(group), str(len(account.frame.instrument(code).items))]
        for code, group in account.frame.groups_by_code.items()
    ]
    sentences = [
        _("Cuộc điều tra lấy ý kiến của công chức, lãnh đạo và đại biểu về cải cách hành chính của bộ hoặc tỉnh; kết quả là đầu vào của việc chấm điểm Chỉ số cải cách hành chính."),
        _("Kết quả là mã và số đếm như đã trả lời. Trọng số và điểm thuộc về giai đoạn chấm điểm; trung bình ở đây không phải điểm chỉ số. Người dân và doanh nghiệp được điều tra riêng (SIPAS)."),
    ]  # fmt: skip
    heading = [_("Nhóm"), _("Ai trả lời"), _("Câu hỏi")]
    grid = ReportTable(_("Các nhóm đối tượng"), heading, rows, 2)
    return ReportPart(_("1. Tính phù hợp"), sentences, [grid])


def _coverage(account: QualityAccount) -> ReportPart:
    rows = [
        [one.group, number(one.planned), number(one.responses), _whole(account, one.coverage)]
        for one in account.figures.groups
    ]
    sentence = _(
        "Danh sách do các đơn vị lập và được đối chiếu với số người đơn vị kê khai: người không có trong danh sách thì không được hỏi. Tỷ lệ đạt mẫu là số phiếu trên số phiếu theo phương án, không phải tỷ lệ trả lời."
    )
    if account.figures.is_public:
        sentence += " " + _("Chỉ gồm các ô được công bố.")
    heading = [_("Nhóm"), _("Theo phương án"), _("Phiếu được tính"), _("Tỷ lệ đạt mẫu")]
    grid = ReportTable(_("Tỷ lệ đạt mẫu theo nhóm"), heading, rows)
    return ReportPart(_("2. Độ chính xác: phạm vi"), [sentence], [grid])


def _response(account: QualityAccount) -> ReportPart:
    figures = account.figures
    if figures.is_public:
        heading = [_("Nhóm"), _("Tỷ lệ trả lời")]
        rows = [[one.group, _whole(account, one.rate)] for one in figures.groups]
    else:
        names = [f"rr{n}" for n in range(1, 7)]
        heading = [_("Nhóm"), *(name.upper() for name in names)]
        rows = [[one.group, *(percent(one.rates[name]) for name in names)] for one in figures.groups]  # fmt: skip
    sentences = [
        _("Tỷ lệ trả lời theo AAPOR, Standard Definitions, bản 10: RR1, RR3, RR5 chỉ tính phiếu đủ, RR2, RR4, RR6 tính cả phiếu trả lời một phần; RR3 và RR4 ước lượng phần đủ điều kiện trong số chưa rõ."),
        _("Bản công khai: phiếu được tính trên phiếu có thể đủ điều kiện, làm tròn đến phần trăm.")
        if figures.is_public
        else _("Mức độ đủ của phiếu được đếm sau khi mở hộp, theo đơn vị và nhóm."),
    ]  # fmt: skip
    if figures.r is not None and figures.r.r is not None:
        sentences.append(
            _("Chỉ số đại diện R (Schouten, Cobben, Bethlehem 2009) theo vùng, nhóm và đơn vị được đánh giá: %(r)s; 1 là người trả lời giống hệt người được hỏi.", r=_decimal(figures.r.r))
        )  # fmt: skip
    grid = ReportTable(_("Tỷ lệ trả lời theo nhóm"), heading, rows)
    return ReportPart(_("3. Độ chính xác: không trả lời phiếu"), sentences, [grid])


def _items(account: QualityAccount) -> ReportPart:
    by_group = [
        [one.group, _band(one.missing), _band(one.dont_know)] for one in account.figures.groups
    ]
    worst = sorted(account.figures.items, key=lambda one: (-one.missing[1], one.variable))[:_WORST]
    heads = [_("Để trống"), _("Không biết / Không có ý kiến")]
    grids = [
        ReportTable(_("Trung bình các câu hỏi của nhóm"), [_("Nhóm"), *heads], by_group),
        ReportTable(
            _("Các câu để trống nhiều nhất"),
            [_("Câu hỏi"), _("Nhóm"), *heads],
            [[_variable(one), one.group, _band(one.missing), _band(one.dont_know)] for one in worst],
            2,
        ),
    ]  # fmt: skip
    note = (
        _("Khoảng là mức thấp nhất và cao nhất mà các bảng công khai cho phép.")
        if account.figures.is_public
        else ""
    )
    return ReportPart(_("4. Độ chính xác: không trả lời câu hỏi"), (), grids, note)


def _measurement(account: QualityAccount) -> ReportPart:
    figures = account.figures
    rows = [
        [_("Một câu trả lời cho mọi câu hỏi"), _count(figures.one_answer)],
        [_("Điền nhanh hơn thời gian đọc"), _count(figures.too_fast)],
    ]
    grids = [ReportTable(_("Phiếu có dấu hiệu, cả đợt"), [_("Dấu hiệu"), _("Phiếu")], rows)]
    if not figures.is_public:
        heading = [_("Nhóm"), _("Một câu trả lời"), _("Quá nhanh")]
        by_group = [
            [one.group, _count(one.one_answer), _count(one.too_fast)] for one in figures.groups
        ]
        grids.append(ReportTable(_("Phiếu có dấu hiệu theo nhóm"), heading, by_group))
    sentence = _(
        "Dấu hiệu không phải bằng chứng: người hài lòng đều có thể trả lời giống nhau. Phiếu chỉ mang một dấu về thời gian, không mang thời điểm."
    )
    return ReportPart(_("5. Độ chính xác: đo lường"), [sentence], grids)


def _cleaning(account: QualityAccount) -> ReportPart:
    effect, least = account.cleaning.study.together, account.frame.table_minimum
    total, touched = account.cleaning.study.responses.total(), effect.touched.total()
    shows = not account.figures.is_public or min(touched, total - touched) >= least
    digits = 1 if account.figures.is_public else 2
    moved = f"{effect.largest('as_ruled'):.{digits}f}"
    sentences = [
        _("Quy tắc làm sạch phiên bản %(n)s, có báo cáo riêng; không phiếu nào bị sửa hay xóa.", n=account.cleaning.ruleset.number),
        _("Áp dụng tất cả quy tắc, trung bình của một đơn vị thay đổi nhiều nhất %(points)s điểm (0–100) và %(n)s đơn vị đổi hạng.",
          points=moved if locale() == "en" else moved.replace(".", ","), n=number(effect.moved("as_ruled")))
        if shows
        else _("Tác động quá nhỏ để công bố."),
    ]  # fmt: skip
    return ReportPart(_("6. Độ chính xác: xử lý"), sentences)


def _precision(account: QualityAccount) -> ReportPart:
    return ReportPart(
        _("7. Độ chính xác: sai số và quyền số"),
        [
            _("Mọi người trong danh sách đều được hỏi: không có sai số chọn mẫu, chỉ có không trả lời. Khoảng 95 % nói về cách trả lời nếu những người khác cùng loại được hỏi."),
            _("Một nửa số trung bình được công bố có khoảng 95 %% hẹp hơn ± %(points)s điểm.", points=_dashed(account.figures.half_width)),
            _("Hiệu ứng thiết kế dùng tương quan quy ước %(icc)s trong cùng đơn vị lập danh sách, không ước lượng: phiếu niêm phong không mang đơn vị lập danh sách, nên điều đó không thể đo được.", icc=_decimal(ICC)),
            _("Không thể ước lượng và không nêu: phương sai của ô chỉ có một câu trả lời, sai số của ô chỉ biết số phiếu, và người không trả lời có khác người trả lời trong cùng ô hay không."),
        ],
    )  # fmt: skip


def _timeliness(account: QualityAccount) -> ReportPart:
    campaign = account.frame.campaign
    opened, closed = clock.day(account.opened_at), clock.day(campaign.closes_at)
    rows = [
        [_("Bắt đầu thu phiếu"), day(clock.day(campaign.opens_at))],
        [_("Đóng đợt"), day(closed)],
        [_("Mở hộp phiếu"), day(opened)],
        [_("Số ngày từ khi đóng đến khi mở hộp"), number((opened - closed).days)],
    ]
    sentences = [
        _("Mỗi bản phát hành được đánh số và không bao giờ thay đổi; sửa là bản mới. Ngày lập nằm trong sổ đăng ký, không nằm trong tệp nào, để lập lại cho đúng từng byte.")
    ]  # fmt: skip
    grid = ReportTable(_("Các mốc"), [_("Việc"), _("Ngày")], rows)
    return ReportPart(_("8. Tính kịp thời và dễ tiếp cận"), sentences, [grid])


def _comparability(account: QualityAccount) -> ReportPart:
    title = _("9. Tính so sánh được: đứt quãng của chuỗi")
    if not account.earlier:
        return ReportPart(title, [_("Không có đợt nào trước đó để so sánh.")])
    verdicts = {name: sum(one.verdict == name for one in account.series) for name in ("yes", "with_care", "no")}  # fmt: skip
    sentence = _(
        "So với đợt %(code)s: %(yes)s câu nối được, %(care)s câu nối được kèm ghi chú, %(no)s câu bị đứt quãng. So theo dấu vân tay của lời văn, thang trả lời, thứ tự và nhóm được hỏi.",
        code=account.earlier,
        yes=verdicts["yes"],
        care=verdicts["with_care"],
        no=verdicts["no"],
    )
    rows = [
        [str(REASONS[reason]), number(sum(reason in one.reasons for one in account.series))]
        for reason in BREAKING
        if any(reason in one.reasons for one in account.series)
    ]
    grid = ReportTable(_("Vì sao đứt quãng"), [_("Lý do"), _("Câu hỏi")], rows)
    return ReportPart(title, [sentence], [grid] if rows else [])


def _coherence(account: QualityAccount) -> ReportPart:
    return ReportPart(
        _("10. Tính nhất quán"),
        [
            _("Mọi bảng của bản phát hành cộng từ cùng một lần đọc phiếu; bộ kiểm tra đếm lại từng bảng từ các dòng."),
            _("Số phiếu theo nhóm là số ở mọi bảng khác: %(n)s phiếu được tính của %(groups)s nhóm.",
              n=number(sum(one.responses for one in account.figures.groups)), groups=len(account.figures.groups)),
            _("Phiếu không phải là người: một người có thể đánh giá cả bộ và tỉnh. SIPAS là cuộc điều tra khác, với mẫu và thang khác."),
        ],
    )  # fmt: skip


def _confidentiality(account: QualityAccount) -> ReportPart:
    cost, frame = account.figures.cost, account.frame
    rows = [
        [_("Ô đơn vị × nhóm theo phương án"), number(cost.cells)],
        [_("Ô được công bố câu trả lời"), number(cost.cells_told)],
        [_("Câu trả lời công bố gộp với phương án liền kề"), percent(cost.merged)],
        [_("Độ rộng giữa của khoảng nêu trung bình (điểm)"), _dashed(cost.width)],
    ]  # fmt: skip
    sentences = [
        _("Ô dưới %(rows)s phiếu không công bố câu trả lời, không số nào nhỏ hơn %(n)s. Mọi bảng đã bị thử tấn công bằng quy hoạch nguyên cùng nhau.", rows=frame.row_minimum, n=frame.table_minimum),
        _("Không tệp nào chứa người, liên lạc, mã hay đơn vị lập danh sách. Một nhóm nhất trí vẫn lộ vì nhất trí: điều đó không thể hứa."),
    ]  # fmt: skip
    grid = ReportTable(_("Cái giá của bảo mật"), [_("Chỉ tiêu"), _("Giá trị")], rows)
    return ReportPart(_("11. Bảo mật"), sentences, [grid])


def _whole(account: QualityAccount, share: float | None) -> str:
    return percent(share, 0 if account.figures.is_public else 1)


def _band(share: Share | None) -> str:
    if share is None:
        return _DASH
    least, most = (percent(end) for end in share)
    return least if least == most else f"{least} – {most}"


def _count(n: int | None) -> str:
    return _DASH if n is None else number(n)


def _dashed(value: float | None) -> str:
    return _DASH if value is None else _decimal(value)


def _decimal(value: float) -> str:
    told = f"{value:.2f}"
    return told if locale() == "en" else told.replace(".", ",")


def _variable(one: ItemQuality) -> str:
    return one.variable.replace("_", "-")


def _name(group: object) -> str:
    return str(getattr(group, "name_en" if locale() == "en" else "name_vi"))
