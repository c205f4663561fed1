"""The cleaning report: the rules, whom they touch, and what they do to results; and its public extract."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from surveyapp.campaigns.pack.cleaning_rules import CleaningRule
from surveyapp.exports.cleaning import rulesets
from surveyapp.exports.cleaning.rule_labels import EFFECTS, VARIANTS, condition
from surveyapp.exports.cleaning.rulesets import FROM_FILE, RuleSet
from surveyapp.exports.cleaning.sensitivity import RuleEffect, Sensitivity, UnitShift
from surveyapp.exports.disclosure.rounded_counts import rounded_down
from surveyapp.exports.formats.report_document import ReportDocument, ReportPart, ReportTable
from surveyapp.exports.release.results import Frame
from surveyapp.i18n import _, locale, moment, number, percent

_COMPARED = tuple(VARIANTS)[1:]
_DASH = "–"


@dataclass(frozen=True)
class CleaningAccount:
    """What a report tells: a version of the rules and the study of what it does."""

    frame: Frame
    ruleset: RuleSet
    study: Sensitivity

    @property
    def effects(self) -> list[tuple[CleaningRule, RuleEffect]]:
        """Each rule with what it does alone."""
        return list(zip(self.ruleset.rules, self.study.alone, strict=True))


def whole(account: CleaningAccount) -> ReportDocument:
    """The complete report, small cells too: for the centre and for `scoring/`."""
    touched, total = account.study.together.touched.total(), account.study.responses.total()
    counted = _(
        "%(n)s phiếu trả lời; %(touched)s phiếu (%(share)s) được ít nhất một quy tắc đánh dấu; %(excluded)s phiếu không được tính vào kết quả.",
        n=number(total),
        touched=number(touched),
        share=_share(touched, total),
        excluded=number(account.study.excluded),
    )
    parts = [_rules(account), _effects(account), _units(account), _cells(account), _held(account)]
    return ReportDocument(
        _("Báo cáo làm sạch dữ liệu"),
        _title(account),
        [_promise(), *_origin(account.ruleset), counted],
        [*parts, _method()],
    )


def public(account: CleaningAccount) -> ReportDocument:
    """What may be published: the rules and totals for the whole campaign, none of a unit or group.

    Counts are multiples of the campaign's `table_minimum`; what is smaller, or leaves a smaller rest,
    is hidden, and so are the effects that come from it. No differences of such counts tell a small one.
    """
    least = account.frame.table_minimum
    total = account.study.responses.total()
    rows, moved = [], []
    for n, (rule, effect) in enumerate(account.effects, 1):
        # how many were held would tell which unit was: participation gives the sizes
        shown = _DASH if rule.kind == "held" else _rounded(effect.touched.total(), total, least)
        rows.append([*_told(n, rule), shown])
        moved.append([str(n), *_moves(effect, digits=1, hidden=shown == _DASH)])
    together = account.study.together
    shown = _rounded(together.touched.total(), total, least)
    moved.append([_("Tất cả quy tắc"), *_moves(together, digits=1, hidden=shown == _DASH)])
    note = _(
        "Số phiếu làm tròn xuống bội số của %(least)s; “–” là quá ít (hoặc gần như mọi phiếu) để công bố.",
        least=least,
    )
    rules = ReportTable(
        _("Các quy tắc và số phiếu được đánh dấu"), [*_rule_heads(), _("Phiếu")], rows, 4
    )
    return ReportDocument(
        _("Tóm tắt làm sạch dữ liệu"),
        _title(account),
        [_promise()],
        [
            ReportPart(_("Các quy tắc"), grids=[rules], note=note),
            ReportPart(
                _("Tác động lên kết quả"),
                grids=[ReportTable(_moved_caption(), _moved_heads(), moved)],
            ),
            _method(),
        ],
    )


def _rounded(n: int, total: int, least: int) -> str:
    told = rounded_down(n, total, least)
    return _DASH if told is None else number(told)


def _title(account: CleaningAccount) -> str:
    campaign = account.frame.campaign
    return campaign.title_en if locale() == "en" else campaign.title_vi


def _promise() -> str:
    return _(
        "Không phiếu nào bị xóa hay sửa. Mỗi quy tắc xét phiếu như lúc được gửi, rồi chỉ đánh dấu, để trống câu mâu thuẫn trong bản phát hành, hoặc không tính phiếu vào kết quả; dòng của phiếu vẫn còn."
    )


def _origin(ruleset: RuleSet) -> Iterator[str]:
    if ruleset.number == FROM_FILE:
        yield _("Bộ quy tắc được đưa vào riêng cho bản phát hành này.")
    elif ruleset.frozen_at is None:
        yield _("Bộ quy tắc phiên bản 0, chốt cùng gói của đợt điều tra.")
    else:
        yield _(
            "Bộ quy tắc phiên bản %(number)s, %(by)s chốt lúc %(at)s. Lý do: %(reason)s",
            number=ruleset.number,
            by=ruleset.frozen_by,
            at=moment(ruleset.frozen_at),
            reason=ruleset.reason,
        )
    yield _("SHA-256 của bộ quy tắc: %(digest)s", digest=ruleset.sha256)


def _rule_heads() -> list[str]:
    return [_("Số"), _("Mã, phiên bản"), _("Tác dụng"), _("Điều kiện và lý do")]


def _told(n: int, rule: CleaningRule) -> list[str]:
    reason = rule.reason.get(locale())
    return [
        str(n),
        f"{rule.id} {rule.version}",
        str(EFFECTS[rule.effect]),
        f"{condition(rule)}. {reason}",
    ]


def _rules(account: CleaningAccount) -> ReportPart:
    total = account.study.responses.total()
    rows = [
        [*_told(n, rule), number(effect.touched.total()), _share(effect.touched.total(), total)]
        for n, (rule, effect) in enumerate(account.effects, 1)
    ]
    heading = [*_rule_heads(), _("Phiếu"), _("Tỷ lệ")]
    grid = ReportTable(_("Các quy tắc và số phiếu được đánh dấu"), heading, rows, 4)
    return ReportPart(_("Các quy tắc"), grids=[grid])


def _effects(account: CleaningAccount) -> ReportPart:
    rows = [[str(n), *_moves(effect)] for n, (_rule, effect) in enumerate(account.effects, 1)]
    rows.append([_("Tất cả quy tắc"), *_moves(account.study.together)])
    lost = account.study.together.lost("person_out")
    sentences = [
        _("Nếu bỏ cả phiếu, %(n)s đơn vị không còn phiếu nào để tính.", n=number(lost)),
    ]
    grid = ReportTable(_moved_caption(), _moved_heads(), rows)
    return ReportPart(_("Tác động lên kết quả"), sentences if lost else [], [grid])


def _moved_caption() -> str:
    return _(
        "Mức thay đổi lớn nhất của điểm trung bình một đơn vị (thang 0–100) và số đơn vị đổi thứ hạng"
    )


def _moved_heads() -> list[str]:
    heads = [_("Quy tắc")]
    for name in _COMPARED:
        heads += [str(VARIANTS[name]), _("Đổi hạng")]
    return heads


def _moves(effect: RuleEffect, *, digits: int = 2, hidden: bool = False) -> list[str]:
    cells = []
    for name in _COMPARED:
        told = [_points(effect.largest(name), digits), number(effect.moved(name))]
        cells += [_DASH, _DASH] if hidden else told
    return cells


def _units(account: CleaningAccount) -> ReportPart:
    """One table per level, since units are ranked within it; the largest move first."""
    heading = [_("Đơn vị"), _("Được đánh dấu"), _("Phiếu")]
    for name in VARIANTS.values():
        heading += [str(name), _("Hạng")]
    titles = {"ministry": _("Các bộ, cơ quan ngang bộ"), "province": _("Các tỉnh, thành phố")}
    units = sorted(account.study.together.units, key=_move, reverse=True)
    grids = [
        ReportTable(
            title, heading, [_unit_row(account, unit) for unit in units if unit.level == level]
        )
        for level, title in titles.items()
        if any(unit.level == level for unit in units)
    ]
    sentence = _("Áp dụng tất cả quy tắc; đơn vị thay đổi nhiều nhất đứng trước.")
    return ReportPart(_("Điểm trung bình và thứ hạng từng đơn vị"), [sentence], grids)


def _move(unit: UnitShift) -> float:
    return abs(unit.shift("person_out") or 0)


def _unit_row(account: CleaningAccount, unit: UnitShift) -> list[str]:
    row = [_unit_name(account, unit.unit), number(unit.touched), number(unit.responses)]
    for mean, rank in zip(unit.means, unit.ranks, strict=True):
        row += [_points(mean), _DASH if rank is None else number(rank)]
    return row


def _cells(account: CleaningAccount) -> ReportPart:
    study = account.study
    cells = account.frame.in_order(cell for cell, n in study.together.touched.items() if n)
    heading = [_("Đơn vị"), _("Nhóm"), *(str(n) for n in range(1, len(study.alone) + 1))]
    rows = [
        [
            _unit_name(account, cell[0]),
            cell[1],
            *(number(effect.touched[cell]) for effect in study.alone),
            number(study.together.touched[cell]),
            number(study.responses[cell]),
        ]
        for cell in cells
    ]
    caption = _("Phiếu được đánh dấu theo từng quy tắc (số của quy tắc ở đầu cột)")
    grid = ReportTable(caption, [*heading, _("Tất cả"), _("Phiếu")], rows, 2)
    rest = len(study.responses) - len(cells)
    sentence = _("%(n)s ô đơn vị × nhóm khác không có phiếu nào được đánh dấu.", n=number(rest))
    return ReportPart(_("Theo đơn vị và nhóm"), [sentence], [grid] if rows else [])


def _held(account: CleaningAccount) -> ReportPart:
    held = rulesets.held_cells(account.ruleset.rules)
    rows = [[_unit_name(account, unit), group, record] for (unit, group), record in held.items()]
    heading = [_("Đơn vị"), _("Nhóm"), _("Lý do hoặc số biên bản")]
    title = _("Giữ lại để xem xét")
    if not rows:
        return ReportPart(title, [_("Chưa giữ lại đơn vị nào.")])
    return ReportPart(
        title, grids=[ReportTable(_("Các ô một người đã quyết định giữ lại"), heading, rows, 3)]
    )


def _method() -> ReportPart:
    return ReportPart(
        _("Cách tính"),
        [
            _(
                "“Tính tất cả”: mọi phiếu, không áp dụng quy tắc nào. “Theo quy tắc”: đúng như tác dụng của quy tắc. “Bỏ phần cuối đáng ngờ”: với phiếu được đánh dấu, bỏ các câu từ chuỗi trả lời giống nhau dài nhất trở đi. “Bỏ cả phiếu”: bỏ mọi phiếu được đánh dấu."
            ),
            _(
                "Điểm: phương án tốt nhất là 100, kém nhất là 0; trung bình của các nhóm đối tượng, mỗi nhóm như nhau. Đây không phải là điểm chỉ số."
            ),
        ],
    )


def _unit_name(account: CleaningAccount, code: str) -> str:
    unit = account.frame.units_by_code[code]
    return unit.name_en if locale() == "en" else unit.name_vi


def _share(n: int, total: int) -> str:
    return percent(n / total if total else None)


def _points(value: float | None, digits: int = 2) -> str:
    if value is None:
        return _DASH
    told = f"{value:.{digits}f}"
    return told if locale() == "en" else told.replace(".", ",")


def cleaning_papers(account: CleaningAccount) -> Sequence[tuple[str, ReportDocument]]:
    """Where each document stands in a release, without its ending."""
    return [("scoring/cleaning", whole(account)), ("public/cleaning", public(account))]
