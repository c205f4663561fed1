"""What an inspector asks: guaranteed against whom, and not against whom. Further sentences, with their tests."""

from dataclasses import dataclass

from surveyapp.i18n import Lazy, lazy
from surveyapp.web.respond.promise import sentences as said
from surveyapp.web.respond.promise.sentences import OFFLINE, SERVER, Sentence

_UNLINKABLE = "tests/responses/test_unlinkability.py"
_OFFLINE = "tests/responses/test_offline_custody.py"
_BALLOTS = "tests/responses/opener/test_open_ballots.py"


@dataclass(frozen=True)
class Against:
    """Somebody who might want to know, what he can do, and what is guaranteed against him."""

    who: Lazy
    sentences: tuple[Sentence, ...]


TRANSACTION_NUMBERS = Sentence(
    "transaction-numbers",
    lazy(
        "Số giao dịch, thứ tự dòng và vị trí trong tệp nối được tên với một bản mã chưa mở, không nối được với câu trả "
        "lời đã mở (PostgreSQL)."
    ),
    f"{_UNLINKABLE}::TestOnPostgreSQL::"
    "test_the_transaction_number_joins_the_twin_and_nothing_of_ours",
)
HIDDEN_ROWID = Sentence(
    "hidden-rowid",
    lazy("Các bảng câu trả lời không có số dòng ẩn giữ thứ tự nộp (SQLite)."),
    f"{_UNLINKABLE}::TestOnSQLite::test_the_hidden_rowid_orders_the_twin_and_ours_has_none",
)
NO_REFERENCE = Sentence(
    "no-reference",
    lazy(
        "Các bảng câu trả lời không có cột nào trỏ tới người, lời mời, thời điểm hay trỏ lẫn nhau."
    ),
    "tests/architecture/test_anonymous_tables.py::"
    "test_the_database_itself_has_these_tables_and_no_more_columns",
)
FORGED = Sentence(
    "forged",
    lazy(
        "Phiếu do người ngoài hệ thống niêm phong, bị sửa hay bị chép sang dòng khác thì hộp không mở."
    ),
    "tests/responses/test_opening.py::"
    "test_a_ballot_sealed_to_the_public_key_by_a_stranger_is_noticed",
)
MISSING = Sentence(
    "missing",
    lazy("Mất một phiếu, hoặc thừa một phiếu, theo từng đơn vị và nhóm thì hộp không mở."),
    f"{_BALLOTS}::test_a_box_that_is_not_whole_opens_nothing_and_says_what_differs",
)
FILES_BEFORE = Sentence(
    "files-before",
    lazy(
        "Trước khi mở hộp, không tệp nào của cơ sở dữ liệu chứa câu trả lời, mã hay biên nhận đọc được."
    ),
    "tests/responses/test_leaks.py::test_no_answer_code_or_receipt_lies_readable_before_the_opening",
)
FILES_AFTER = Sentence(
    "files-after",
    lazy(
        "Sau khi mở hộp, các tệp được ghi lại: không còn phiếu niêm phong nào, kể cả ở trang trống."
    ),
    "tests/responses/test_leaks.py::test_after_the_opening_nothing_of_the_box_stays_in_the_file",
)
KEY_DESTROYED_SERVER = Sentence(
    "key-destroyed-server",
    lazy(
        "Sau khi phát hành, chìa khóa được hủy: phiếu trong mọi bản sao lưu không ai đọc được nữa."
    ),
    "tests/responses/test_box.py::test_an_erased_key_is_gone",
    custody=SERVER,
)
KEY_DESTROYED_OFFLINE = Sentence(
    "key-destroyed-offline",
    lazy(
        "Sau khi phát hành, ba mảnh khóa được hủy, có biên bản: phiếu trong mọi bản sao lưu không ai đọc được nữa."
    ),
    "tests/responses/opener/test_command.py::"
    "test_destroying_gives_minutes_in_vietnamese_and_an_attestation",
    custody=OFFLINE,
)
ANOTHER_KEY = Sentence(
    "another-key",
    lazy("Không có đúng chìa khóa thì không đọc được phiếu nào."),
    "tests/responses/test_box.py::test_another_key_or_campaign_reads_nothing",
)
CORE_DUMPS = Sentence(
    "core-dumps",
    lazy(
        "Tiến trình của hệ thống không ghi nội dung bộ nhớ ra đĩa; tệp nó tạo chỉ chủ sở hữu đọc được."
    ),
    "tests/test_traces.py::test_a_process_of_ours_dumps_no_memory_and_writes_for_its_owner_alone",
)
STATISTICS = Sentence(
    "statistics",
    lazy("Sau khi xóa tên, bảng thống kê của PostgreSQL cũng không còn tên hay cách liên hệ nào."),
    "tests/operations/test_erasing.py::test_postgresqls_statistics_forget_names_and_contacts_too",
)
UNIT_UNSEEN = Sentence(
    "unit-unseen",
    lazy("Đầu mối không mở được trang của đơn vị khác, cũng không biết trang ấy có hay không."),
    "tests/web/test_access.py::test_whether_another_unit_exists_cannot_be_told_from_the_answer",
)
NO_CODE_SHOWN = Sentence(
    "no-code-shown",
    lazy("Không trang nào của Vụ hiện mã truy cập."),
    "tests/web/test_centre_invitations.py::test_no_page_shows_a_code",
)
FILE_AUDITED = Sentence(
    "file-audited",
    lazy("Mỗi tệp gửi thư có liên kết đều được ghi vào nhật ký kiểm soát."),
    "tests/web/test_centre_invitations.py::"
    "test_a_file_is_entered_in_the_audit_trail_and_its_people_wait_no_longer",
)
SERVER_CANNOT_OPEN = Sentence(
    "server-cannot-open",
    lazy("Máy chủ không mở được hộp mà ba người giữ khóa giữ."),
    f"{_OFFLINE}::test_a_server_never_opens_what_custodians_hold",
    custody=OFFLINE,
)
PROVEN_KEY = Sentence(
    "proven-key",
    lazy(
        "Đợt chính thức chỉ mở thu phiếu sau khi diễn tập và kiểm tra mảnh khóa, chỉ khóa thu phiếu sau khi kiểm tra lại."
    ),
    f"{_OFFLINE}::test_an_official_campaign_opens_after_a_drill_and_a_check_of_the_shares_only",
    custody=OFFLINE,
)
EXCEPTION_TWO = Sentence(
    "exception-two",
    lazy("Bỏ lại phiếu nào thì phải có hai người giữ khóa ký đúng chênh lệch ấy."),
    f"{_BALLOTS}::test_an_exception_opens_what_is_sound_if_it_names_the_very_difference",
    custody=OFFLINE,
)
EXCEPTION_FLOOR = Sentence(
    "exception-floor",
    lazy(
        "Dù có chữ ký, không gì được mở khi một nhóm đối tượng còn ít hơn %(rows)s phiếu: không thể xóa hết để đọc một phiếu."
    ),
    f"{_BALLOTS}::test_one_ballot_left_the_rest_deleted_and_an_exception_given_opens_nothing",
    custody=OFFLINE,
)
NO_EXCEPTION = Sentence(
    "no-exception",
    lazy("Hộp không nguyên vẹn thì không mở; không có ngoại lệ."),
    "tests/responses/test_opening.py::test_nobody_alone_can_open_a_box_that_is_not_whole",
    custody=SERVER,
)
BUNDLE_ALTERED = Sentence(
    "bundle-altered",
    lazy("Kết quả mở hộp bị sửa dù một byte thì máy chủ không nhận."),
    f"{_OFFLINE}::test_a_bundle_altered_by_one_byte_changes_nothing",
    custody=OFFLINE,
)
SAME_PROGRAM = Sentence(
    "same-program",
    lazy("Người giữ khóa và máy chủ mở hộp bằng cùng một chương trình."),
    f"{_OFFLINE}::test_custodians_and_server_open_by_the_same_program",
)
NO_ROW_OF_SMALL = Sentence(
    "no-row-of-small",
    lazy("Phiếu của ô dưới %(rows)s không ra khỏi hộp dưới bất kỳ nhãn gộp nào."),
    "tests/exports/test_opened_release.py::test_no_row_of_a_small_cell_leaves_under_any_label",
)
DIFFERENCE_UNTOLD = Sentence(
    "difference-untold",
    lazy("Hiệu của số đếm trước và sau làm sạch không bao giờ là phiếu của một người bị loại."),
    f"{_BALLOTS}::test_the_difference_of_two_counts_never_tells_an_excluded_sheet",
)
DIGEST_TRAIL = Sentence(
    "digest-trail",
    lazy("Sửa câu trả lời cùng với mã kết quả mở hộp thì nhật ký kiểm soát vẫn tố giác."),
    "tests/responses/test_opening.py::"
    "test_a_digest_rewritten_with_the_responses_is_betrayed_by_the_audit_trail",
)
READING_CHANGES_NOTHING = Sentence(
    "reading-changes-nothing",
    lazy("Chỉ xem trang của một liên kết thì không thay đổi gì và không để lại cookie."),
    "tests/web/test_nothing_changes.py::"
    "test_reading_any_page_of_a_link_changes_no_row_and_leaves_no_cookie",
)

DRAFT_CODE = Sentence(
    "draft-code",
    lazy("Bản nháp chỉ mở bằng mã truy cập của chính lời mời ấy."),
    "tests/responses/test_drafts.py::test_a_draft_opens_with_its_own_code_only",
)
DRAFT_RING = Sentence(
    "draft-ring",
    lazy("Có mã truy cập mà không có khóa của máy chủ thì không đọc được bản nháp."),
    "tests/responses/test_drafts.py::test_a_draft_needs_the_servers_key_too",
)
DRAFT_STRAND = Sentence(
    "draft-strand",
    lazy(
        "Có đủ cơ sở dữ liệu, khóa và mã mà không có bí mật nằm trên máy của người trả lời thì không đọc được bản nháp."
    ),
    "tests/responses/test_drafts.py::"
    "test_a_device_that_holds_nothing_finds_no_draft_and_one_in_its_place_reads_none",
)
TYPED_CODE = Sentence(
    "typed-code",
    lazy("Nhập mã truy cập trên máy khác cũng không hiện câu nào đã lưu."),
    "tests/web/test_devices.py::test_a_typed_code_shows_no_more_than_the_link",
)
NOT_SUBMITTED_FOR = Sentence(
    "not-submitted-for",
    lazy("Từ máy ấy không sửa hay nộp được phần người khác đã trả lời mà chưa nộp."),
    "tests/web/test_devices.py::test_nothing_is_saved_or_submitted_from_there_either",
)

GUARANTEED = (
    Against(
        lazy("Người quản trị cơ sở dữ liệu"),
        (
            said.BESIDE_A_NAME,
            said.BESIDE_DAY,
            TRANSACTION_NUMBERS,
            HIDDEN_ROWID,
            NO_REFERENCE,
            said.DRAFT_LOCKED,
            DRAFT_CODE,
            DRAFT_RING,
            DRAFT_STRAND,
            said.DRAFT_SIZE,
            said.BALLOT_SIZE,
            FORGED,
            MISSING,
        ),
    ),
    Against(
        lazy("Người lấy được bản sao lưu, đĩa cứng hay tệp của máy chủ"),
        (
            FILES_BEFORE,
            FILES_AFTER,
            ANOTHER_KEY,
            said.DRAFT_END,
            KEY_DESTROYED_SERVER,
            KEY_DESTROYED_OFFLINE,
            CORE_DUMPS,
            STATISTICS,
            said.LOG_SILENT,
        ),
    ),
    Against(
        lazy("Đầu mối ở đơn vị, kể cả của Bộ Nội vụ"),
        (
            said.DESK_COUNTS,
            said.DESK_YESTERDAY,
            said.DESK_NOBODY,
            said.DESK_MOHA,
            UNIT_UNSEEN,
        ),
    ),
    Against(
        lazy("Người được giao gửi thư mời, có tệp liên kết và mã của mọi người"),
        (
            said.DRAFT_DEVICE,
            TYPED_CODE,
            NOT_SUBMITTED_FOR,
            said.DRAFT_KEPT,
            said.BALLOT_TERMINAL,
            FILE_AUDITED,
        ),
    ),
    Against(
        lazy("Vụ Cải cách hành chính"),
        (
            said.BALLOT_SEALED,
            said.BALLOT_CONTENTS,
            said.BESIDE_REFUSAL,
            NO_CODE_SHOWN,
            READING_CHANGES_NOTHING,
            said.OPEN_AFTER_CLOSE,
            said.OPEN_ONCE,
        ),
    ),
    Against(
        lazy("Một người giữ khóa, hoặc người một mình mở hộp"),
        (
            said.OPEN_TWO,
            said.OPEN_ONE_IS_NOTHING,
            SERVER_CANNOT_OPEN,
            PROVEN_KEY,
            EXCEPTION_TWO,
            EXCEPTION_FLOOR,
            NO_EXCEPTION,
            BUNDLE_ALTERED,
            SAME_PROGRAM,
        ),
    ),
    Against(
        lazy("Người nhận kết quả, công chúng và người ghép các bảng đã công bố"),
        (
            said.OPEN_SHUFFLED,
            said.OPEN_SMALL,
            NO_ROW_OF_SMALL,
            DIFFERENCE_UNTOLD,
            said.REMARK_APART,
            said.PUBLIC_SMALL,
            said.RECEIPT,
        ),
    ),
    Against(
        lazy("Người sửa kết quả sau khi mở hộp"),
        (said.OPEN_BOUND, DIGEST_TRAIL),
    ),
)
NOT_GUARANTEED = (
    said.LIMIT_SERVER_KEY,
    said.LIMIT_ROOT,
    said.LIMIT_DRAFT,
    said.LIMIT_MAILING,
    said.LIMIT_TWO,
    said.LIMIT_SCREEN,
    said.LIMIT_UNANIMOUS,
)
