"""Every sentence of the promise, once: its words, the campaigns it is true of, and the test that proves it.

Both pages and the page before answering are put together of these. `tests/web/test_promise.py` looks
every test up: a sentence whose proof is renamed or gone fails there.
"""

from dataclasses import dataclass

from surveyapp.i18n import Lazy, lazy

OFFLINE, SERVER = "offline", "server"


@dataclass(frozen=True)
class Sentence:
    """One thing that is said: `words` may hold numbers of the campaign by name (`terms.py`).

    `proof` is a test, as pytest names it. `custody`: true under that custody only. `brief`: said on the
    page before answering too. `limit`: something that is not promised.
    """

    key: str
    words: Lazy
    proof: str
    custody: str = ""
    brief: bool = False
    limit: bool = False


DRAFT_LOCKED = Sentence(
    "draft-locked",
    lazy(
        "Bản nháp được mã hóa: muốn đọc phải có cùng lúc mã truy cập của Ông/Bà, bí mật nằm trên máy Ông/Bà dùng để trả "
        "lời, bí mật của đợt và khóa của máy chủ. Đơn vị của Ông/Bà không được giữ mã."
    ),
    "tests/responses/test_drafts.py::"
    "test_a_draft_needs_the_secret_of_its_campaign_which_no_backup_and_no_key_ring_gives",
    brief=True,
)
DRAFT_DEVICE = Sentence(
    "draft-device",
    lazy(
        "Câu chưa nộp chỉ hiện trên máy đã bắt đầu, hoặc máy nhận mã chuyển từ máy đó. Ai chỉ có liên kết hay mã truy cập "
        "thì không thấy."
    ),
    "tests/web/test_devices.py::"
    "test_a_link_at_a_device_that_did_not_begin_shows_nothing_that_was_saved",
    brief=True,
)
DRAFT_KEPT = Sentence(
    "draft-kept",
    lazy(
        "Trả lời lại từ đầu trên máy khác không làm mất phần đã lưu; phiếu nào nộp trước thì tính phiếu ấy."
    ),
    "tests/web/test_devices.py::test_beginning_anew_never_destroys_what_was_saved_before",
)
DRAFT_SIZE = Sentence(
    "draft-size",
    lazy("Bản nháp nào cũng dài như nhau, nên không ai biết được đã trả lời nhiều hay ít."),
    "tests/responses/test_drafts.py::test_every_draft_of_a_campaign_has_one_size_whatever_is_in_it",
)
BUFFER_KEPT = Sentence(
    "buffer-kept",
    lazy(
        "Khi mất mạng, câu trả lời chưa gửi được nằm tạm trong trình duyệt trên máy Ông/Bà, đã mã hóa: chỉ khi mở phiếu ở "
        "đó bằng chính liên kết hay mã truy cập của Ông/Bà mới đọc được."
    ),
    "tests/browser/test_one_document.py::"
    "test_a_tab_killed_without_a_line_gives_its_answers_back_to_whoever_has_the_code",
)
BUFFER_GONE = Sentence(
    "buffer-gone",
    lazy(
        "Phần nằm tạm ấy bị xóa khi đã gửi xong và khi nộp. Nếu Ông/Bà đóng phiếu khi còn câu chưa gửi được, trang báo rõ và "
        "phần đó chờ Ông/Bà trở lại; phần bị bỏ quên quá hai ngày bị xóa ngay khi một phiếu được mở lại trong trình duyệt đó."
    ),
    "tests/browser/test_one_document.py::"
    "test_what_the_browser_keeps_goes_once_it_arrived_or_after_two_days_and_leaving_says_what_waits",
)
DRAFT_SUBMITTED = Sentence(
    "draft-submitted",
    lazy("Bản nháp bị xóa khi Ông/Bà nộp phiếu."),
    "tests/responses/test_submission.py::"
    "test_submitting_marks_the_person_seals_the_answers_and_deletes_the_draft",
    brief=True,
)
DRAFT_END = Sentence(
    "draft-end",
    lazy(
        "Phiếu không nộp thì không được tính; khi khóa thu phiếu, bản nháp và bí mật của đợt bị hủy, có biên bản: từ đó "
        "không ai đọc được bản nháp nào, kể cả trong bản sao lưu."
    ),
    "tests/responses/test_draft_secret.py::"
    "test_after_the_close_secret_and_drafts_go_for_good_and_once",
    brief=True,
)

BALLOT_SEALED = Sentence(
    "ballot-sealed",
    lazy("Phiếu được niêm phong, không kèm tên."),
    "tests/responses/test_leaks.py::test_no_answer_code_or_receipt_lies_readable_before_the_opening",
    brief=True,
)
BALLOT_KEY_AWAY = Sentence(
    "ballot-key-away",
    lazy("Chìa khóa không ở trên máy chủ, nên không ai ở đó đọc được phiếu đã nộp."),
    "tests/responses/test_offline_custody.py::test_a_server_never_opens_what_custodians_hold",
    custody=OFFLINE,
    brief=True,
)
BALLOT_TERMINAL = Sentence(
    "ballot-terminal",
    lazy("Phiếu đã nộp thì không xem lại, sửa hay rút được nữa, kể cả đối với Ông/Bà."),
    "tests/responses/test_drafts.py::test_a_submitted_form_takes_no_more_answers",
    brief=True,
)
BALLOT_CONTENTS = Sentence(
    "ballot-contents",
    lazy(
        "Phiếu ghi: câu trả lời, ý kiến khác nếu có, mẫu phiếu, đơn vị được đánh giá, nhóm đối tượng, dấu của mã "
        "biên nhận và một dấu hiệu để kiểm tra chất lượng: có trả lời nhanh hơn mức đọc kịp câu hỏi hay không. "
        "Phiếu không ghi tên, thời điểm, máy dùng để trả lời."
    ),
    "tests/responses/test_submission.py::test_a_ballot_says_nothing_more_than_it_may",
    brief=True,
)
BALLOT_SIZE = Sentence(
    "ballot-size",
    lazy("Phiếu niêm phong nào cũng dài như nhau."),
    "tests/responses/test_box.py::test_every_ballot_has_the_same_size",
)

BESIDE_A_NAME = Sentence(
    "beside-a-name",
    lazy(
        "Để nhắc đúng người, Vụ Cải cách hành chính thấy bên cạnh tên: chưa bắt đầu, đã bắt đầu, đã nộp, hoặc lý do "
        "Ông/Bà tự báo. Không có gì phụ thuộc vào việc Ông/Bà chọn phương án nào, trả lời nhiều hay ít."
    ),
    "tests/responses/test_beside_a_name.py::test_other_answers_leave_the_same_rows_in_every_table",
    brief=True,
)
BESIDE_DAY = Sentence(
    "beside-day",
    lazy("Việc bắt đầu và việc nộp được ghi theo ngày, không ghi giờ."),
    "tests/invitations/test_answering.py::test_the_day_of_submission_is_kept_and_nothing_finer",
)
BESIDE_REFUSAL = Sentence(
    "beside-refusal",
    lazy("Ai không muốn trả lời thì chỉ được đếm, trang của Vụ không nêu tên."),
    "tests/invitations/test_declarations.py::"
    "test_each_kind_is_counted_and_a_refusal_is_never_shown_with_a_name",
)

DESK_COUNTS = Sentence(
    "desk-counts",
    lazy(
        "Đầu mối ở đơn vị chỉ thấy số phiếu theo nhóm từ %(table)s phiếu trở lên; con số nào làm lộ nhóm nhỏ hơn cũng "
        "không được thấy."
    ),
    "tests/web/test_centre_rates.py::"
    "test_a_desk_is_not_shown_small_cells_nor_what_would_give_them_away",
    brief=True,
)
DESK_YESTERDAY = Sentence(
    "desk-yesterday",
    lazy("Số ấy tính đến hết ngày hôm trước."),
    "tests/web/test_centre_rates.py::test_a_desk_sees_its_own_unit_until_the_end_of_yesterday",
    brief=True,
)
DESK_NOBODY = Sentence(
    "desk-nobody",
    lazy("Đầu mối không thấy ai đã hay chưa trả lời."),
    "tests/web/test_promise.py::test_no_page_of_a_desk_changes_when_one_of_its_people_submits",
    brief=True,
)
DESK_MOHA = Sentence(
    "desk-moha",
    lazy(
        "Bộ Nội vụ cũng là bộ được đánh giá: đầu mối của Bộ Nội vụ không được thấy gì hơn đầu mối khác."
    ),
    "tests/web/test_access.py::test_a_page_opens_by_role_campaign_and_unit",
    brief=True,
)

OPEN_ONCE = Sentence(
    "open-once",
    lazy("Hộp phiếu chỉ mở một lần."),
    "tests/responses/test_opening.py::test_a_box_is_opened_once",
    brief=True,
)
OPEN_AFTER_CLOSE = Sentence(
    "open-after-close",
    lazy("Hộp phiếu chỉ mở được sau khi đợt khảo sát kết thúc."),
    "tests/responses/test_opening.py::test_an_open_campaign_keeps_its_box_shut",
    brief=True,
)
OPEN_TWO = Sentence(
    "open-two",
    lazy(
        "Chìa khóa chia làm ba mảnh, do ba người giữ, ngoài máy chủ; phải có hai mảnh mới mở được hộp."
    ),
    "tests/responses/opener/test_shares.py::"
    "test_any_two_custodians_have_the_key_and_the_three_agree",
    custody=OFFLINE,
    brief=True,
)
OPEN_ONE_IS_NOTHING = Sentence(
    "open-one-is-nothing",
    lazy("Một mảnh khóa không cho biết gì về chìa khóa."),
    "tests/responses/opener/test_shares.py::test_one_share_fits_every_secret",
    custody=OFFLINE,
)
OPEN_SHUFFLED = Sentence(
    "open-shuffled",
    lazy(
        "Khi mở, câu trả lời được xáo trộn và lưu riêng, không kèm tên, thời điểm hay mã biên nhận."
    ),
    "tests/responses/opener/test_open_ballots.py::"
    "test_rows_remarks_and_receipts_come_in_orders_of_their_own_with_fresh_ids",
    brief=True,
)
OPEN_SMALL = Sentence(
    "open-small",
    lazy(
        "Ở đơn vị và nhóm có dưới %(rows)s phiếu, không phiếu nào ra khỏi hộp, chỉ có số đếm; dưới %(counts)s phiếu thì "
        "chỉ có số phiếu. Không bao giờ có cả hai."
    ),
    "tests/responses/opener/test_open_ballots.py::"
    "test_a_whole_box_gives_rows_counts_or_the_number_alone_by_the_size_of_the_cell",
    brief=True,
)
OPEN_BOUND = Sentence(
    "open-bound",
    lazy(
        "Ai sửa câu trả lời sau khi mở hộp thì không phát hành được kết quả: mọi bản phát hành phải khớp mã kết quả mở hộp."
    ),
    "tests/exports/test_opened_release.py::"
    "test_results_over_anything_but_what_was_opened_are_refused",
)
RECEIPT = Sentence(
    "receipt",
    lazy(
        "Với mã biên nhận, Ông/Bà kiểm tra được phiếu của mình có trong hộp khi mở; máy chủ không biết Ông/Bà hỏi mã nào."
    ),
    "tests/web/test_published_receipts.py::test_no_form_sends_a_receipt_to_the_server",
)

PUBLIC_SMALL = Sentence(
    "public-small",
    lazy(
        "Bảng công bố không có số nào dưới %(table)s phiếu; ghép mọi bảng đã công bố với nhau cũng không tính ra."
    ),
    "tests/exports/test_whole_release.py::"
    "test_nothing_public_is_small_nor_follows_from_all_public_tables_together",
)
REMARK_APART = Sentence(
    "remark-apart",
    lazy(
        "Ý kiến khác tách khỏi câu trả lời, chỉ còn biết là về bộ hay về tỉnh; lời văn có thể cho biết người viết, "
        "xin đừng ghi điều nhận ra mình."
    ),
    "tests/responses/opener/test_open_ballots.py::test_a_remark_leaves_with_its_level_alone",
)
REMARK_SCREENED = Sentence(
    "remark-screened",
    lazy(
        "Trước khi phát hành, hai người của Vụ CCHC đọc từng ý kiến khác và che họ tên, số điện thoại, địa chỉ, số giấy tờ; "
        "chỉ lời cả hai đồng ý mới được phát hành. Xin đừng ghi tên ai."
    ),
    "tests/exports/test_remark_review.py::"
    "test_a_release_holds_what_two_persons_accepted_and_nothing_else",
)
PEOPLE_ERASED = Sentence(
    "people-erased",
    lazy(
        "Tên và cách liên hệ được xóa khỏi hệ thống khi xong việc; sau đó không liên kết hay mã nào mở được gì."
    ),
    "tests/operations/test_erasing.py::test_no_name_contact_or_link_is_left_and_every_number_is",
)
LOG_SILENT = Sentence(
    "log-silent",
    lazy("Nhật ký của máy chủ không ghi liên kết, mã hay địa chỉ máy của Ông/Bà."),
    "tests/web/test_server.py::test_the_server_answers_and_its_log_names_neither_link_nor_address",
)

LIMIT_ROOT = Sentence(
    "limit-root",
    lazy(
        "Người có toàn quyền trên máy chủ thấy được câu trả lời vào lúc chúng đang được gửi lên; phiếu đã nộp trước đó "
        "thì không."
    ),
    "tests/web/test_promise.py::test_an_answer_passes_through_the_server_in_clear_while_it_is_sent",
    limit=True,
    brief=True,
)
LIMIT_DRAFT = Sentence(
    "limit-draft",
    lazy(
        "Ai lấy được máy Ông/Bà dùng để trả lời mà có cả liên kết hoặc mã truy cập thì thấy những câu chưa nộp trên máy đó."
    ),
    "tests/web/test_devices.py::test_the_device_that_began_is_asked_nothing_when_it_comes_back",
    limit=True,
    brief=True,
)
LIMIT_MAILING = Sentence(
    "limit-mailing",
    lazy(
        "Người được Vụ Cải cách hành chính giao gửi thư mời lập tệp có liên kết và mã của từng người; mỗi lần lập tệp "
        "đều ghi nhật ký. Người đó không thấy câu đã trả lời, nhưng có thể trả lời lại từ đầu và nộp một phiếu chưa nộp. "
        "Nếu thấy phiếu của mình đã nộp mà không phải do mình, xin báo ngay tổ hỗ trợ."
    ),
    "tests/web/test_promise.py::test_whoever_holds_a_link_may_submit_what_is_not_submitted_and_sees_no_answer",
    limit=True,
    brief=True,
)
LIMIT_SERVER_KEY = Sentence(
    "limit-server-key",
    lazy(
        "Đợt này là đợt thử nghiệm: chìa khóa mở hộp phiếu đang để trên máy chủ, nên người quản trị máy chủ về kỹ thuật "
        "có thể mở hộp phiếu. Đợt chính thức dùng chìa khóa để ngoài máy chủ."
    ),
    "tests/responses/test_opening.py::"
    "test_every_answer_comes_out_once_with_its_rated_unit_and_group",
    custody=SERVER,
    limit=True,
)
LIMIT_TWO = Sentence(
    "limit-two",
    lazy(
        "Nếu hai người giữ khóa và người quản trị cơ sở dữ liệu cùng làm trái, về kỹ thuật họ đọc được phiếu của từng "
        "người. Một mình ai trong số họ thì không."
    ),
    "tests/responses/test_unlinkability.py::TestOnPostgreSQL::"
    "test_the_same_join_reaches_every_ciphertext_and_that_is_where_it_ends",
    custody=OFFLINE,
    limit=True,
    brief=True,
)
LIMIT_SCREEN = Sentence(
    "limit-screen",
    lazy(
        "Người đứng cạnh hoặc người quản lý máy tính ở cơ quan có thể thấy màn hình. Ông/Bà nên dùng điện thoại của mình."
    ),
    "tests/web/test_promise.py::test_the_screen_shows_what_was_chosen_to_whoever_looks_at_it",
    limit=True,
    brief=True,
)
LIMIT_UNANIMOUS = Sentence(
    "limit-unanimous",
    lazy(
        "Nếu mọi người trong một nhóm nhỏ trả lời giống hệt nhau, kết quả chung cho biết điều đó."
    ),
    "tests/web/test_promise.py::test_a_unanimous_cell_tells_what_each_of_its_people_answered",
    limit=True,
    brief=True,
)
