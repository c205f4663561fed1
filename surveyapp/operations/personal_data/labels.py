"""Words for requests about personal data."""

from surveyapp.i18n import _
from surveyapp.operations.personal_data.states import (
    DataRequestKind,
    DataRequestOutcome,
    DataRequestStage,
    DataRequestWay,
)


def kind_name(kind: DataRequestKind) -> str:
    """What is asked for."""
    return {
        DataRequestKind.SEE: _("Xem dữ liệu đang giữ về mình"),
        DataRequestKind.CORRECT: _("Sửa dữ liệu"),
        DataRequestKind.ERASE: _("Xóa dữ liệu"),
        DataRequestKind.OBJECT: _("Phản đối hoặc hạn chế việc xử lý"),
    }[kind]


def way_name(way: DataRequestWay) -> str:
    """How it came."""
    return {
        DataRequestWay.LETTER: _("Văn bản, thư"),
        DataRequestWay.EMAIL: _("Thư điện tử"),
        DataRequestWay.TELEPHONE: _("Điện thoại"),
        DataRequestWay.IN_PERSON: _("Đến trực tiếp"),
        DataRequestWay.DESK: _("Qua đầu mối của đơn vị"),
    }[way]


def outcome_name(outcome: DataRequestOutcome) -> str:
    """What was answered."""
    return {
        DataRequestOutcome.GIVEN: _("Đã trao bản kê dữ liệu"),
        DataRequestOutcome.CORRECTED: _("Đã sửa trong danh sách"),
        DataRequestOutcome.REMOVED: _("Đã đưa khỏi danh sách, thôi liên hệ"),
        DataRequestOutcome.NOTHING_HELD: _("Không giữ dữ liệu nào về người này"),
        DataRequestOutcome.REFUSED: _("Không thực hiện được, đã nêu lý do"),
    }[outcome]


def stage_name(stage: DataRequestStage) -> tuple[str, str]:
    """Where it stands and the tone of its badge."""
    return {
        DataRequestStage.NEW: (_("chờ phản hồi lần đầu"), "warn"),
        DataRequestStage.UNDER_WAY: (_("đang thực hiện"), "busy"),
        DataRequestStage.ANSWERED: (_("đã trả lời"), "good"),
    }[stage]
