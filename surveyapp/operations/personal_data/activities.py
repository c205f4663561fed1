"""What is done with whose data, why, until when: each table with its activity, none left out (a test holds it)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from surveyapp.i18n import lazy


@dataclass(frozen=True)
class ProcessingActivity:
    """One activity of the record of processing: words, and the tables it works with."""

    title: Any
    purpose: Any
    whose: Any
    kept: Any
    tables: tuple[str, ...]


ACTIVITIES: Final = (
    ProcessingActivity(
        lazy("Lập danh sách người được lấy ý kiến"),
        lazy("Biết mời ai, mỗi người trả lời những phiếu nào, và gửi đúng người."),
        lazy("Cán bộ, công chức, đại biểu do các đơn vị lập danh sách."),
        lazy("Xóa sau khi phát hành dữ liệu của đợt; chỉ giữ số đếm."),
        ("respondent_list", "received_file", "list_line", "list_finding", "person", "person_entry"),
    ),
    ProcessingActivity(
        lazy("Mời trả lời và theo dõi phiếu"),
        lazy("Cấp mã truy cập, biết phiếu nào đã nộp vào ngày nào để thôi nhắc, tính tỷ lệ trả lời."),
        lazy("Người có trong danh sách đã duyệt."),
        lazy("Mã và liên kết hết dùng khi xóa tên; tình trạng phiếu còn lại không gắn với ai."),
        ("invitation", "retired_tag", "handoff", "assignment", "assignment_event", "declaration"),
    ),
    ProcessingActivity(
        lazy("Gửi tin, nhắc, gọi điện"),
        lazy("Chuyển lời mời đến tận nơi; nhắc người chưa trả lời."),
        lazy("Người có trong danh sách đã duyệt."),
        lazy("Địa chỉ xóa cùng tên; còn lại là ngày và kết quả gửi."),
        (
            "delivery", "dead_address", "contact_request", "call_hold", "call_attempt",
            "call_lease", "call_shift",
        ),
    ),
    ProcessingActivity(
        lazy("Nhận câu trả lời"),
        lazy("Thu ý kiến để chấm điểm cơ quan được đánh giá, không phải người trả lời."),
        lazy("Người trả lời; câu trả lời không mang tên và không nối được với tên."),
        lazy(
            "Bản nháp bị hủy khi khóa thu phiếu; phiếu niêm phong hết đọc được khi hủy khóa hộp phiếu."
        ),
        ("draft", "draft_secret", "sealed_ballot", "response", "remark", "receipt", "opened_cell",
         "name_grams", "remark_review"),
    ),
    ProcessingActivity(
        lazy("Tài khoản và nhật ký của cán bộ"),
        lazy("Biết ai được làm gì và ai đã làm gì; chống người lạ đăng nhập."),
        lazy("Cán bộ của Vụ CCHC và đầu mối các đơn vị."),
        lazy("Tài khoản: đến khi thôi nhiệm vụ. Nhật ký: không sửa, không xóa."),
        (
            "staff", "staff_grant", "staff_session", "staff_device", "staff_link", "staff_passkey",
            "passkey_challenge", "recovery_code", "confirmation", "audit_entry", "attempt_window",
        ),
    ),
    ProcessingActivity(
        lazy("Liên hệ với đầu mối và người nhận báo cáo"),
        lazy("Nhắc đầu mối gửi danh sách; gửi báo cáo ngày."),
        lazy("Đầu mối của các đơn vị, người nhận báo cáo, phần mềm nhận dữ liệu."),
        lazy("Địa chỉ của đầu mối xóa cùng tên; người nhận báo cáo: đến khi bỏ khỏi danh sách nhận."),
        ("desk_address", "desk_reminder", "report_subscriber", "api_token", "unit_note", "headcount"),
    ),
    ProcessingActivity(
        lazy("Trả lời yêu cầu về dữ liệu cá nhân"),
        lazy("Thực hiện quyền xem, sửa, xóa, phản đối; chứng minh đã trả lời đúng hạn."),
        lazy("Người gửi yêu cầu."),
        lazy("Nội dung xóa cùng tên; còn lại là loại yêu cầu, ngày nhận, ngày trả lời."),
        ("data_request",),
    ),
)  # fmt: skip
NOBODYS: Final = frozenset(
    {
        "alembic_version", "backup_record", "box_attestation", "box_export", "box_opening",
        "box_registration", "campaign", "canary", "channel_rest", "cleaning_version", "count_delta",
        "department", "expected_list", "form_day", "installation", "installation_key", "instrument",
        "kept_count", "kept_day", "kept_mark", "letter_batch", "list_deadline", "list_forms",
        "list_kind", "message_words", "node_sign", "plan_day", "questionnaire_approval", "rating",
        "release", "release_rehearsal", "respondent_group", "sample_plan", "skipped_count",
        "snapshot_day", "timer_run", "unit", "unit_hold", "wave", "worker_sign",
    }
)  # fmt: skip
"""Tables about units, forms and machines: at most the user name of who worked on a row."""


def of_tables() -> Mapping[str, ProcessingActivity]:
    """The activity of each table that holds something on people."""
    return {table: one for one in ACTIVITIES for table in one.tables}
