"""What the staff did, in words, for those who read the audit trail."""

from surveyapp.i18n import lazy

_ACTIONS = {
    "approved a questionnaire": lazy("Duyệt phiếu điều tra"),
    "added grant": lazy("Cấp quyền"),
    "added staff": lazy("Tạo tài khoản"),
    "built a release": lazy("Lập bản phát hành"),
    "calls.listed": lazy("Xem danh sách cần gọi"),
    "calls.opened": lazy("Mở ca gọi điện"),
    "calls.recorded": lazy("Ghi kết quả cuộc gọi"),
    "calls.seen": lazy("Xem thẻ gọi của một người"),
    "changed email": lazy("Đổi địa chỉ thư của mình"),
    "changed password": lazy("Đổi mật khẩu"),
    "closed the campaign": lazy("Khóa thu phiếu"),
    "declaration.settled": lazy("Xử lý điều người được mời báo lại"),
    "destroyed the box key": lazy("Hủy khóa hộp phiếu"),
    "disabled staff": lazy("Khóa tài khoản"),
    "downloaded a release": lazy("Tải bản phát hành"),
    "fetched a release file": lazy("Hệ thống khác tải tệp của bản phát hành"),
    "froze cleaning rules": lazy("Chốt quy tắc làm sạch"),
    "invitation.mailing": lazy("Tải tệp gửi"),
    "invitation.reissued": lazy("Cấp mã mới"),
    "invitation.revoked": lazy("Thu hồi lời mời"),
    "invitation.sent": lazy("Xác nhận đã gửi"),
    "list.accepted": lazy("Đơn vị xác nhận danh sách"),
    "list.approved": lazy("Duyệt danh sách"),
    "list.mended": lazy("Sửa danh sách"),
    "list.nobody_declared": lazy("Khai không có ai"),
    "list.reopened": lazy("Mở lại danh sách để sửa"),
    "list.returned": lazy("Trả lại danh sách"),
    "list.staged": lazy("Gửi danh sách lên"),
    "list.withdrawn": lazy("Rút danh sách"),
    "made a release token": lazy("Tạo mã tải bản phát hành"),
    "made the box key": lazy("Tạo khóa hộp phiếu"),
    "moved the deadline": lazy("Dời hạn thu phiếu"),
    "opened the box": lazy("Mở hộp phiếu"),
    "opened the campaign": lazy("Mở đợt điều tra"),
    "people.erased": lazy("Xóa tên và cách liên hệ của người được mời"),
    "person.removed": lazy("Bỏ một người khỏi danh sách"),
    "removed grant": lazy("Bỏ quyền"),
    "revoked a release token": lazy("Thu hồi mã tải bản phát hành"),
    "set password": lazy("Đặt lại mật khẩu"),
    "signed in": lazy("Đăng nhập"),
}


def action_name(action: str) -> str:
    """The act in words; one that has none stands as it was entered."""
    return str(_ACTIONS.get(action, action))
