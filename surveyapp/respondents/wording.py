"""What a coordinator reads: columns, findings, refusals. Each says what is wrong and how to mend it."""

from surveyapp.i18n import Lazy, _, _n, lazy, locale
from surveyapp.i18n import number as written_number
from surveyapp.respondents.deadlines.desks import LateList
from surveyapp.respondents.errors import FileRefused
from surveyapp.respondents.findings import Finding
from surveyapp.respondents.states import ListState

COLUMN_NAMES: dict[str, Lazy] = {
    "full_name": lazy("Họ và tên"),
    "position": lazy("Chức vụ"),
    "department": lazy("Sở, ban, ngành"),
    "workplace": lazy("Đơn vị công tác"),
    "district": lazy("Huyện, quận, thị xã"),
    "association": lazy("Hội, hiệp hội"),
    "group": lazy("Nhóm đối tượng"),
    "phone": lazy("Điện thoại"),
    "email": lazy("Thư điện tử"),
    "note": lazy("Ghi chú"),
    "number": lazy("STT"),
    "given_name": lazy("Tên (cột riêng)"),
}
SEVERITY_NAMES: dict[str, Lazy] = {
    "must": lazy("Phải sửa"),
    "check": lazy("Cần kiểm tra"),
    "note": lazy("Lưu ý"),
}
_MESSAGES: dict[str, Lazy] = {
    "required": lazy("Thiếu “%(column)s”. Xin bổ sung."),
    "contact_missing": lazy("Chưa có thư điện tử lẫn số điện thoại nên không thể gửi phiếu. Xin bổ sung ít nhất một."),
    "cell_error": lazy("Ô chứa lỗi hoặc công thức chưa tính (“%(value)s”). Xin gõ lại nội dung thay cho công thức."),
    "cell_too_long": lazy("Ô dài quá %(limit)s ký tự. Xin rút gọn."),
    "text_legacy": lazy("Chữ gõ bằng phông cũ (TCVN3 hoặc VNI). Đã chuyển sang Unicode thành “%(proposal)s”, xin kiểm tra lại."),
    "text_invisible": lazy("Đã bỏ các ký tự ẩn lẫn trong ô."),
    "text_decomposed": lazy("Chữ ở dạng Unicode tổ hợp, đã chuyển sang Unicode dựng sẵn."),
    "name_honorific": lazy("Đã bỏ “%(taken)s” trước họ tên."),
    "name_position": lazy("Chức vụ “%(position)s” ghi liền họ tên được tách ra. Họ tên: “%(proposal)s”."),
    "name_case": lazy("Họ tên viết hoa hoặc viết thường chưa đúng. Đề nghị ghi “%(proposal)s”."),
    "email_invalid": lazy("Địa chỉ thư điện tử không hợp lệ. Xin kiểm tra dấu @ và tên miền."),
    "email_several": lazy("Ô có nhiều địa chỉ thư điện tử. Mỗi người chỉ dùng một, đề nghị chọn “%(proposal)s”."),
    "email_typo": lazy("Tên miền thư điện tử có vẻ gõ nhầm. Đề nghị sửa thành “%(proposal)s”."),
    "email_blank": lazy("Địa chỉ thư điện tử có khoảng trắng ở giữa. Đề nghị sửa thành “%(proposal)s”."),
    "email_tidied": lazy("Địa chỉ thư điện tử được ghi lại thành “%(proposal)s”."),
    "phone_invalid": lazy("Số điện thoại không hợp lệ ở Việt Nam. Xin kiểm tra số chữ số và đầu số."),
    "phone_several": lazy("Ô có nhiều số điện thoại. Mỗi người chỉ dùng một, đề nghị chọn “%(proposal)s”."),
    "phone_old_prefix": lazy("Đầu số di động 11 chữ số đã đổi từ năm 2018. Đề nghị sửa thành “%(proposal)s”."),
    "phone_tidied": lazy("Số điện thoại được ghi lại thành “%(proposal)s”."),
    "phone_landline": lazy("Đây là số điện thoại cố định, không nhận được tin nhắn SMS."),
    "department_missing": lazy("Chưa ghi sở, ban, ngành. Xin bổ sung."),
    "department_unknown": lazy("Không có “%(value)s” trong danh mục sở, ban, ngành. Xin chọn tên trong danh mục."),
    "department_recognised": lazy("Được hiểu là “%(proposal)s”."),
    "department_without_ministry": lazy("%(name)s không có bộ phụ trách ngành trong đợt này nên người này chỉ đánh giá tỉnh, thành phố."),
    "department_rates_ministry_only": lazy("Người của đơn vị này chỉ đánh giá bộ, ngành chủ quản, không đánh giá tỉnh, thành phố."),
    "group_differs": lazy("Nhóm ghi trong tệp khác nhóm suy ra từ sở, ban, ngành (“%(proposal)s”). Hệ thống dùng nhóm suy ra; xin kiểm tra sở, ban, ngành đã đúng chưa."),
    "duplicate": lazy("Trùng với dòng %(line)s: cùng họ tên và cùng thư điện tử hoặc điện thoại. Xin bỏ một dòng."),
    "duplicate_likely": lazy("Có vẻ trùng với dòng %(line)s (%(name)s). Xin kiểm tra, nếu là một người thì bỏ một dòng."),
    "namesake": lazy("Cùng họ tên, chức vụ và đơn vị với dòng %(line)s nhưng liên hệ khác. Xin kiểm tra có phải một người không."),
    "contact_shared": lazy("%(people)s người dùng chung liên hệ này (dòng %(lines)s). Mỗi người cần một liên hệ riêng để nhận phiếu của mình."),
    "fewer_than_planned": lazy("Danh sách có %(listed)s người, phương án dự kiến khoảng %(planned)s. Xin kiểm tra đã đủ người chưa."),
    "more_than_planned": lazy("Danh sách có %(listed)s người, phương án dự kiến khoảng %(planned)s. Xin kiểm tra có đúng đối tượng không."),
    "headcount_differs": lazy("Danh sách có %(listed)s người, đơn vị đã khai %(declared)s. Xin kiểm tra danh sách hoặc số đã khai: mọi người thuộc đối tượng đều phải có tên."),
    "district_count": lazy("Danh sách có %(districts)s huyện, quận, thị xã (%(names)s); mỗi tỉnh, thành phố chọn từ %(fewest)s đến %(most)s."),
    "other_sheets": lazy("Các trang tính khác cũng có người nhưng chưa được đọc: %(sheets)s. Xin gộp vào một trang tính."),
    "other_unit_named": lazy("Tiêu đề ghi “%(unit)s”, trong khi danh sách này của %(own)s. Xin kiểm tra có nộp nhầm tệp không."),
    "other_kind_named": lazy("Tiêu đề ghi “%(kind)s”, trong khi đây là “%(own)s”. Xin kiểm tra có nộp nhầm tệp không."),
    "macros_ignored": lazy("Tệp có macro; macro không được chạy."),
    "external_links_ignored": lazy("Tệp có liên kết tới tệp khác; chỉ giá trị đã lưu được đọc."),
    "in_other_list": lazy("Cũng có trong “%(kind)s”, dòng %(other_line)s: là một người, sẽ nhận một lời mời với các phiếu tương ứng. Xin xác nhận."),
    "in_other_list_same_unit_rated": lazy("Cũng có trong “%(kind)s”, dòng %(other_line)s: là một người, sẽ nhận một lời mời và đánh giá đơn vị một lần. Xin xác nhận."),
    "namesake_in_other_list": lazy("Trùng họ tên với dòng %(other_line)s của “%(kind)s”. Nếu là một người, xin ghi cùng điện thoại hoặc thư điện tử ở cả hai danh sách."),
    "in_other_unit": lazy("%(unit)s cũng lập danh sách có người này, cùng liên hệ. Xin kiểm tra người này thuộc đơn vị nào."),
    "version_shift": lazy("Nhiều tên của bản %(version)s (%(before)s người) không còn: bớt %(removed)s tên, thêm %(added)s tên. Xin kiểm tra có gửi nhầm hay thiếu tệp không."),
}  # fmt: skip
_SUSPICIONS: dict[str, Lazy] = {
    "symbols": lazy("Họ tên có chữ số hoặc ký hiệu lạ. Xin kiểm tra."),
    "one_word": lazy("Họ tên chỉ có một chữ. Xin ghi đủ họ và tên."),
    "several": lazy("Ô có vẻ ghi nhiều người. Mỗi người xin ghi một dòng."),
    "long": lazy("Họ tên dài bất thường. Xin kiểm tra."),
}
_PROPOSED = lazy("Đề nghị: “%(proposal)s”.")
_REFUSALS: dict[str, Lazy] = {
    "saved_as_web": lazy("Tệp có tên bảng tính nhưng bên trong là trang web hoặc XML (thường do phần mềm khác xuất ra). Xin mở tệp bằng Excel, chọn Tệp > Lưu thành (Save As) > Sổ làm việc Excel (.xlsx), rồi tải lên lại."),
    "not_a_workbook": lazy("Tệp không phải bảng tính. Xin lưu danh sách thành tệp Excel (.xlsx) rồi tải lên lại."),
    "file_too_large": lazy("Tệp nặng %(size)s MB, quá giới hạn %(limit)s MB. Xin bỏ hình ảnh và các trang tính không cần thiết rồi tải lên lại."),
    "unpacks_too_large": lazy("Tệp nén quá nhiều dữ liệu (hơn %(limit)s MB hoặc quá nhiều phần) nên không được mở. Xin sao chép danh sách sang một tệp Excel mới rồi tải lên lại."),
    "password_protected": lazy("Tệp được đặt mật khẩu nên không đọc được. Xin bỏ mật khẩu rồi tải lên lại."),
    "entities": lazy("Tệp chứa khai báo XML không an toàn nên không được mở. Xin sao chép danh sách sang một tệp Excel mới rồi tải lên lại."),
    "too_many_rows": lazy("Trang tính “%(sheet)s” có %(rows)s dòng, quá giới hạn %(limit)s. Xin xóa các dòng thừa bên dưới danh sách."),
    "too_many_columns": lazy("Trang tính “%(sheet)s” có tới %(columns)s cột, quá giới hạn %(limit)s. Xin xóa các cột không thuộc danh sách."),
    "broken_workbook": lazy("Tệp bị hỏng hoặc không đúng định dạng nên không đọc được. Xin mở bằng Excel, lưu lại thành .xlsx rồi tải lên lại."),
    "took_too_much": lazy("Đọc tệp mất quá nhiều thời gian hoặc bộ nhớ nên đã dừng. Xin sao chép danh sách sang một tệp Excel mới rồi tải lên lại."),
    "empty_workbook": lazy("Tệp không có nội dung. Xin kiểm tra đã chọn đúng tệp chưa."),
    "header_not_found": lazy("Không tìm thấy dòng tiêu đề có cột “Họ và tên”. Xin dùng tệp mẫu của danh sách này hoặc thêm dòng tiêu đề."),
    "columns_missing": lazy("Đây không giống “%(kind)s”: thiếu cột %(missing)s. Các cột đã thấy: %(found)s. Xin dùng tệp mẫu của danh sách này hoặc thêm cột còn thiếu."),
    "wrong_list": lazy("Đây không giống “%(kind)s”: tệp có cột “%(heading)s” của một danh sách khác. Xin kiểm tra đã chọn đúng loại danh sách chưa."),
    "wrong_template": lazy("Tệp này lập theo mẫu “%(found_kind)s” của %(found_unit)s, không phải “%(kind)s” của %(unit)s. Xin chọn đúng tệp hoặc đúng danh sách."),
    "nobody_listed": lazy("Không có người nào dưới dòng tiêu đề của trang tính “%(sheet)s”."),
}  # fmt: skip


def column_name(column: str) -> str:
    """The heading of a column; empty for the whole line."""
    return str(COLUMN_NAMES[column]) if column else ""


def severity_name(severity: str) -> str:
    """Phải sửa, Cần kiểm tra, Lưu ý."""
    return str(SEVERITY_NAMES[severity])


def message(finding: Finding) -> str:
    """What is wrong in the present locale, and what to do about it."""
    values = {k: _shown(k, v) for k, v in finding.facts.items()}
    if locale() == "en":
        twins = {k: values[f"{k}_en"] for k in values if f"{k}_en" in values}
        values |= twins
    values |= {
        "column": column_name(finding.column),
        "value": finding.value[:80],
        "proposal": finding.proposal,
    }
    if finding.code == "name_suspicious":
        template = _SUSPICIONS[str(finding.facts.get("reason", "symbols"))]
    else:
        template = _MESSAGES[finding.code]
    text = _(template.message, **values)
    if finding.proposal and "%(proposal)s" not in template.message:
        text = f"{text} {_(_PROPOSED.message, proposal=finding.proposal)}"
    return text


def refusal(refused: FileRefused) -> str:
    """Why the file was not read, and what to do about it."""
    facts = {k: _shown(k, v) for k, v in refused.facts.items()}
    if refused.code == "columns_missing":
        facts["missing"] = ", ".join(f"“{column_name(c)}”" for c in refused.facts["missing"])
    return _(_REFUSALS[refused.code].message, **facts)


def _shown(name: str, fact: object) -> str:
    """Counts with thousands marked; row numbers as the spreadsheet shows them."""
    if isinstance(fact, (list, tuple)):
        return ", ".join(str(f) for f in fact)
    if isinstance(fact, (int, float)) and name not in ("line", "lines", "other_line", "version"):
        return written_number(fact)
    return str(fact)


def standing(late: LateList) -> str:
    """How far a list is that the centre does not have yet."""
    if late.state == ListState.RETURNED:
        return _("đã trả lại, chờ sửa")
    if late.state != ListState.STAGED:
        return _("chưa có tệp")
    if late.must_count:
        return _n(
            "đã có tệp, còn %(n)s lỗi phải sửa",
            "đã có tệp, còn %(n)s lỗi phải sửa",
            late.must_count,
        )
    return _("đã có tệp, chưa xác nhận gửi")
