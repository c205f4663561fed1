"""What a coordinator reads: columns, findings, refusals. Each says what is wrong and how to mend it."""

from surveyapp.i18n import Lazy, _, lazy, locale
from surveyapp.i18n import number as written_number
from surveyapp.respondents.errors import FileRefused
from surveyapp.respondents.findings import Finding
from surveyapp.respondents.line_numbers import shown as shown_row

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
    "middle_name": lazy("Tên đệm (cột riêng)"),
    "phone_2": lazy("Điện thoại (cột khác)"),
    "phone_3": lazy("Điện thoại (cột khác)"),
    "email_2": lazy("Thư điện tử (cột khác)"),
    "email_3": lazy("Thư điện tử (cột khác)"),
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
    "text_lookalike": lazy("Chữ cái của bảng chữ khác trông giống chữ Việt đã được thay, thành “%(proposal)s”."),
    "name_vacant": lazy("Ô họ tên ghi chức danh đang khuyết (“%(value)s”), không phải người. Xin ghi họ tên người đang giữ chức vụ hoặc bỏ dòng này."),
    "name_remark": lazy("Ô họ tên có thêm ghi chú. Xin chỉ ghi họ tên; nếu người này không còn giữ chức vụ, xin bỏ dòng."),
    "remark": lazy("Ghi chú “%(value)s” cho thấy người này có thể không còn hoặc không đang làm việc. Xin kiểm tra có mời người này không; nếu không, xin bỏ dòng."),
    "email_with_number": lazy("Ô thư điện tử có cả số điện thoại. Xin chỉ ghi địa chỉ thư."),
    "email_odd": lazy("Địa chỉ thư điện tử có ký hiệu lạ trước dấu @. Xin kiểm tra lại."),
    "phone_foreign": lazy("Số điện thoại nước ngoài: hệ thống không gửi tin nhắn tới số này, người này được mời qua thư điện tử. Xin kiểm tra."),
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
    "other_year_named": lazy("Tiêu đề ghi năm %(year)s, trong khi đợt này là năm %(asked)s. Xin kiểm tra có nộp nhầm danh sách cũ không."),
    "position_unlikely": lazy("%(people)s trên %(listed)s người có chức vụ như “%(position)s”, không phải “%(own)s”. Xin kiểm tra có nộp nhầm danh sách không."),
    "headings_guessed": lazy("Tệp không có dòng tiêu đề; các cột được đoán theo nội dung. Xin kiểm tra từng cột đã đúng chưa."),
    "columns_by_content": lazy("Tiêu đề không nói rõ cột nào là %(columns)s nên được hiểu theo nội dung các ô. Xin kiểm tra đã đúng cột chưa."),
    "carried_down": lazy("Các ô gộp của cột %(columns)s đã mất khi lưu tệp nên giá trị của mỗi nhóm được điền xuống các dòng trống bên dưới. Xin kiểm tra từng người có đúng nhóm không."),
    "hidden_sheets": lazy("Có người trên trang tính bị ẩn, chưa được đọc: %(sheets)s. Nếu thuộc danh sách, xin bỏ ẩn rồi tải lên lại."),
    "hidden_sheets_read": lazy("Người được đọc từ trang tính bị ẩn: %(sheets)s. Xin kiểm tra có đúng danh sách cần nộp không."),
    "rows_hidden": lazy("%(rows)s trên %(listed)s người nằm ở dòng bị ẩn (do lọc hoặc ẩn dòng) và vẫn được đọc. Xin kiểm tra có mời những người này không."),
    "count_gap_numbering": lazy("Cột STT đếm tới %(said)s nhưng đọc được %(read)s người. Xin kiểm tra các dòng không được coi là người."),
    "count_gap_total": lazy("Danh sách tự ghi tổng cộng %(said)s người nhưng đọc được %(read)s người. Xin kiểm tra có thiếu hoặc thừa người không."),
    "count_gap_names": lazy("Có dòng trông như tên người nhưng không được coi là người: đọc được %(read)s người, có thể là %(said)s. Xin kiểm tra các dòng đó."),
    "far_cells_ignored": lazy("Có ô có chữ ở rất xa bảng (ngoài phần được đọc); các ô đó được bỏ qua."),
    "quote_unclosed": lazy("Tệp CSV có dấu ngoặc kép không đóng nên từng dòng được đọc riêng. Xin kiểm tra các dòng có dấu ngoặc kép."),
    "text_recoded": lazy("Tệp dùng bảng mã cũ (VISCII hoặc UTF-7), đã chuyển sang Unicode thành “%(proposal)s”. Xin kiểm tra lại."),
    "text_damaged": lazy("Có chữ bị hỏng khi lưu, hiện thành “�”. Xin ghi lại cho đúng, hoặc lưu tệp theo mã UTF-8 rồi tải lên lại."),
    "row_struck_out": lazy("Dòng này bị gạch ngang trong tệp. Nếu đã bỏ người này, xin bỏ dòng; nếu không, xin bỏ gạch ngang."),
    "row_hidden": lazy("Dòng này bị ẩn trong tệp."),
    "email_link_differs": lazy("Liên kết của ô dẫn tới địa chỉ khác với chữ hiện trong ô (thường do kéo ô xuống). Xin kiểm tra địa chỉ nào đúng."),
    "counts_up": lazy("Từ dòng %(first)s đến dòng %(last)s, số tăng dần từng đơn vị, như khi kéo ô xuống. Xin kiểm tra từng người."),
    "other_sheets_read": lazy("Các trang tính cùng một kiểu được đọc chung: %(sheets)s. Xin kiểm tra có trang nào không thuộc danh sách không."),
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
    "no_name": lazy(
        "Ô họ tên ghi chức vụ, tên cơ quan hoặc một câu, không giống tên người. Xin ghi họ và tên, hoặc bỏ dòng này."
    ),
}
_PROPOSED = lazy("Đề nghị: “%(proposal)s”.")
_PROPOSED_ALIKE = lazy("Đề nghị: “%(proposal)s” (viết giống %(alike)s%%).")
_PROPOSED_BEGUN = lazy("Đề nghị: “%(proposal)s” (tên duy nhất bắt đầu như vậy).")
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
    elif finding.code == "other_sheets" and finding.facts.get("read"):
        template = _MESSAGES["other_sheets_read"]
    else:
        template = _MESSAGES[finding.code]
    text = _(template.message, **values)
    if finding.proposal and "%(proposal)s" not in template.message:
        text = f"{text} {_(_proposed(finding).message, **values)}"
    return text


def _proposed(finding: Finding) -> Lazy:
    """What is proposed, with its reason where it is a likeness."""
    if "alike" not in finding.facts:
        return _PROPOSED
    return _PROPOSED_ALIKE if finding.facts["alike"] else _PROPOSED_BEGUN


def refusal(refused: FileRefused) -> str:
    """Why the file was not read, and what to do about it."""
    facts = {k: _shown(k, v) for k, v in refused.facts.items()}
    if refused.code == "columns_missing":
        facts["missing"] = ", ".join(f"“{column_name(c)}”" for c in refused.facts["missing"])
    return _(_REFUSALS[refused.code].message, **facts)


def _shown(name: str, fact: object) -> str:
    """Counts with thousands marked; row numbers as the spreadsheet shows them."""
    if name in ("line", "lines", "other_line", "first", "last"):
        rows = fact if isinstance(fact, (list, tuple)) else (fact,)
        return ", ".join(shown_row(row) if isinstance(row, int) else str(row) for row in rows)
    if name == "columns" and isinstance(fact, (list, tuple)):
        return ", ".join(f"“{column_name(str(f))}”" for f in fact)
    if isinstance(fact, (list, tuple)):
        return ", ".join(str(f) for f in fact)
    if isinstance(fact, (int, float)) and not isinstance(fact, bool) and name != "version":
        return written_number(fact)
    return str(fact)


ASIDE_REASONS: dict[str, Lazy] = {
    "title": lazy("phía trên bảng"),
    "header": lazy("tiêu đề cột"),
    "section": lazy("tiêu đề nhóm, tên cơ quan"),
    "letter": lazy("dòng của công văn"),
    "total": lazy("dòng cộng"),
    "signature": lazy("chữ ký, nơi nhận, ghi chú cuối bảng"),
    "clerk": lazy("người lập hoặc người liên hệ"),
    "example": lazy("dòng ví dụ"),
    "page": lazy("số trang"),
    "continued": lazy("dòng thứ hai của người ở trên"),
    "nobody": lazy("không có họ tên lẫn liên hệ"),
    "unread": lazy("trang tính không được đọc"),
}


def aside_reason(reason: str) -> str:
    """Why a row of a file was not taken as a person."""
    return str(ASIDE_REASONS[reason])


def gap(kind: str, read: int, said: int) -> str:
    """Where the list itself says another number of people than was read."""
    values = {"read": written_number(read), "said": written_number(said)}
    return _(_MESSAGES[f"count_gap_{kind}"].message, **values)
