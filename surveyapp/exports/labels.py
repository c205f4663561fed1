"""Why a release is refused and what is wrong with one, in words for the centre and the receiver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from surveyapp import clock
from surveyapp.exports.errors import (
    AlreadyPublished,
    NothingChanged,
    NotReleasable,
    NumberTaken,
    ReleaseAltered,
    ReleaseAway,
    ReleaseError,
    ReleaseExists,
    ReleaseNotShared,
    RemarksAltered,
    ResponsesChanged,
    RuleReasonMissing,
    RuleRefused,
    SipasFault,
    SipasRefused,
    UnknownCell,
)
from surveyapp.exports.verify import ReleaseFault
from surveyapp.i18n import _, day, lazy, number

if TYPE_CHECKING:
    from surveyapp.exports.release.rehearsal import RehearsalResult, RehearsalStatus


def refusal(error: ReleaseError) -> str:
    """What stands in the way. Nothing was released."""
    match error:
        case NotReleasable():
            return _(
                "Chỉ phát hành được sau khi đã mở hộp phiếu. Đợt %(code)s đang ở trạng thái “%(state)s”.",
                code=error.campaign_code,
                state=error.state,
            )
        case ReleaseExists():
            return _(
                "Đã có %(path)s. Bản phát hành không bao giờ bị ghi đè; hãy chọn thư mục khác.",
                path=error.path,
            )
        case NumberTaken():
            return _(
                "Bản phát hành số %(number)s của đợt %(code)s vừa được tạo ở nơi khác. Hãy chạy lại lệnh.",
                number=error.number,
                code=error.campaign_code,
            )
        case ResponsesChanged():
            return _(
                "Cơ sở dữ liệu có %(found)s phiếu trả lời, nhưng biên bản mở hộp ghi %(expected)s phiếu.",
                found=error.found,
                expected=error.expected,
            )
        case SipasRefused():
            lines = [sipas_fault(fault) for fault in error.faults]
            return "\n".join([_("Bảng SIPAS có lỗi, chưa phát hành gì:"), *lines])
        case ReleaseAway():
            return _(
                "Các tệp của bản phát hành số %(number)s không có trên máy chủ đang trả lời. "
                "Khi lập, chúng được ghi vào %(folder)s.",
                number=error.number,
                folder=error.folder,
            )
        case AlreadyPublished():
            return _(
                "Bản phát hành số %(number)s đã được ghi nhận là đã công bố.", number=error.number
            )
        case RemarksAltered():
            return _("Chỉ được che bớt bằng […], không được sửa hay thêm lời.")
        case ReleaseNotShared():
            return _(
                "Kho chung không nhận bản phát hành số %(number)s (%(reason)s). Chưa phát hành gì; hãy thử lại.",
                number=error.number,
                reason=error.reason,
            )
        case ReleaseAltered():
            return _(
                "Các tệp của bản phát hành số %(number)s không còn đúng như khi phát hành, nên không dùng được.",
                number=error.number,
            )
        case _:
            return _rules_refusal(error)


def _rules_refusal(error: ReleaseError) -> str:
    match error:
        case RuleRefused():
            return _("Quy tắc “%(rule)s” không nhận giá trị này.", rule=error.rule_id)
        case RuleReasonMissing():
            return _("Vui lòng ghi lý do hoặc số biên bản.")
        case NothingChanged():
            return _("Không có gì khác với phiên bản %(number)s đang áp dụng.", number=error.number)
        case UnknownCell():
            return _("Đợt này không có đơn vị hoặc nhóm đối tượng đó.")
        case _:
            return str(error)


_SIPAS = {
    "not_text": lazy("tệp không phải là bảng CSV mã hóa UTF-8"),
    "columns": lazy("các cột không đúng mẫu"),
    "unknown_province": lazy("không có tỉnh nào của đợt mang mã này"),
    "repeated": lazy("tỉnh này đã có ở dòng trên"),
    "absent": lazy("thiếu dòng của tỉnh này"),
    "empty": lazy("ô để trống"),
    "not_a_count": lazy("phải là một số nguyên dương"),
    "not_a_percentage": lazy("phải là một số từ 0 đến 100, dấu thập phân là dấu chấm"),
}


def sipas_fault(fault: SipasFault) -> str:
    """One fault of the SIPAS table on one line."""
    return _(
        "Dòng %(line)s, cột %(column)s: %(reason)s (%(value)s)",
        line=fault.line,
        column=fault.column or "–",
        reason=_SIPAS[fault.code],
        value=fault.value or "–",
    )


_FAULTS = {
    "no_manifest": lazy("không đọc được tệp kê khai"),
    "manifest_shape": lazy("tệp kê khai thiếu hoặc sai mục"),
    "unknown_format": lazy("định dạng bản phát hành này chưa được hỗ trợ"),
    "bad_signature": lazy("chữ ký của bản kê khai thiếu hoặc không đúng"),
    "other_key": lazy("bản kê khai được ký bằng khóa khác với khóa đã cho"),
    "missing_file": lazy("thiếu tệp"),
    "extra_file": lazy("tệp không có trong bản kê khai"),
    "bytes": lazy("dung lượng tệp đã thay đổi"),
    "sha256": lazy("nội dung tệp đã thay đổi"),
    "table_shape": lazy("bảng không đúng lược đồ"),
    "ddi_shape": lazy("bản mô tả cho kho lưu trữ không đúng DDI-Codebook 2.5"),
    "ddi_schema": lazy("bản mô tả cho kho lưu trữ không đúng lược đồ XSD"),
    "columns": lazy("các cột không đúng bảng mã"),
    "unknown_code": lazy("mã trả lời không có trong bảng mã"),
    "row_count": lazy("số dòng khác số phiếu kê khai"),
    "small_label": lazy("nhãn có ít phiếu hơn ngưỡng"),
    "counts_do_not_add_up": lazy("các số đếm không khớp nhau"),
    "counts_incomplete": lazy("bảng đếm thiếu phương án"),
    "counts_differ": lazy("bảng đếm khác với đếm lại từ các dòng"),
    "small_public_cell": lazy("ô công khai nhỏ hơn ngưỡng"),
    "public_differs": lazy("bảng công khai khác với bảng đếm"),
    "bad_zip": lazy("tệp nén không đọc được hoặc không phải của một bản phát hành"),
    "duplicate_path": lazy("bản kê khai nêu tệp này hơn một lần"),
    "other_name": lazy("thư mục mang tên của bản phát hành khác"),
    "questionnaire_differs": lazy("phiếu điều tra khác với mã băm trong bản kê khai"),
    "codebook_differs": lazy("bảng mã khác với lời văn của phiếu điều tra"),
    "criteria_differ": lazy("bảng tiêu chí khác với bảng mã"),
    "rates_differ": lazy("số phiếu hoặc tỷ lệ trả lời mâu thuẫn nhau"),
    "cleaning_differs": lazy("bảng làm sạch khác với cờ của các dòng"),
    "ranks_differ": lazy("trung bình cao hơn lại xếp hạng thấp hơn"),
    "name_missing": lazy("đơn vị hoặc nhóm có kết quả nhưng không có tên"),
    "weights_differ": lazy("quyền số hoặc hiệu ứng thiết kế không khớp với dòng của nó"),
    "means_differ": lazy("trung bình khác với bảng đếm hoặc nằm ngoài khoảng của nó"),
    "sensitivity_differs": lazy("ảnh hưởng của quy tắc làm sạch không khớp với các phiếu"),
    "package_differs": lazy("datapackage.json mô tả khác với bảng"),
    "unreadable": lazy("không đọc được đến hết nên không kiểm tra được"),
    "ddi_differs": lazy("bản mô tả cho kho lưu trữ có số đếm hoặc tỷ lệ khác với bảng"),
    "formats_differ": lazy("tệp này không nói đúng như bảng CSV"),
}


def fault(one: ReleaseFault) -> str:
    """One fault of a release on one line."""
    words = f"{one.path}: {_FAULTS[one.code]}"
    return f"{words} ({one.detail})" if one.detail else words


_OUTCOMES = {
    "running": lazy("đang chạy"),
    "good": lazy("đạt"),
    "faulty": lazy("có lỗi khi kiểm tra"),
    "failed": lazy("không lập được"),
}


def outcome(code: str) -> str:
    """What became of a rehearsal, in two words."""
    return str(_OUTCOMES[code])


def rehearsed(result: RehearsalResult) -> str:
    """One rehearsal on the command line; each fault on a line of its own."""
    head = _(
        "Diễn tập bản phát hành: %(outcome)s; %(n)s phiếu giả định, %(seconds)s giây, bộ nhớ cao nhất %(peak)s MB.",
        outcome=outcome(result.outcome),
        n=number(result.responses),
        seconds=number(round(result.seconds, 1)),
        peak=number(round(result.peak_kib / 1024)),
    )
    return "\n".join([head, *result.faults, *([result.error] if result.error else [])])


def rehearsal_warning(standing: RehearsalStatus) -> str:
    """What the centre has to be warned of; empty where all is well."""
    last = day(clock.day(standing.last.started_at)) if standing.last else ""
    match standing.warning:
        case "never":
            return _("Chưa lần nào diễn tập lập bản phát hành từ khi mở đợt.")
        case "overdue":
            return _(
                "Đã quá hai ngày không diễn tập lập bản phát hành; lần cuối là %(day)s.", day=last
            )
        case "interrupted":
            return _("Lần diễn tập bản phát hành ngày %(day)s bị ngắt giữa chừng.", day=last)
        case "faulty":
            return _("Lần diễn tập bản phát hành ngày %(day)s có lỗi khi kiểm tra.", day=last)
        case "failed":
            return _(
                "Lần diễn tập bản phát hành ngày %(day)s không lập được bản phát hành.", day=last
            )
        case _:
            return ""
