"""Refusals that an administrator meets: schema, key ring, files, backups."""

from surveyapp.i18n import _, day
from surveyapp.operations.backup import errors as backups
from surveyapp.operations.installation import errors as installation
from surveyapp.operations.installation.paper import KeyMisread
from surveyapp.operations.personal_data import errors as personal_data
from surveyapp.schema import SchemaDiffers, SchemaForeign
from surveyapp.traces import ReadableByOthers
from surveyapp.web.http.error_pages.refusals import Words, words


@words(SchemaDiffers)
def _schema(error: SchemaDiffers) -> Words:
    return Words(
        503,
        _("Cơ sở dữ liệu không đúng phiên bản"),
        _(
            "Cơ sở dữ liệu ở phiên bản %(found)s, chương trình cần phiên bản %(needed)s.",
            found=error.found or "–",
            needed=error.needed,
        ),
        _("Hãy sao lưu, rồi chạy lệnh: surveyapp migrate"),
    )


@words(SchemaForeign)
def _foreign_schema(error: SchemaForeign) -> Words:
    return Words(
        503,
        _("Cơ sở dữ liệu khác với chương trình"),
        _(
            "Cơ sở dữ liệu mang số phiên bản %(revision)s nhưng khác ở: %(places)s.",
            revision=error.revision,
            places="; ".join(error.differences[:5]),
        ),
        _("Hãy khôi phục bản sao lưu (surveyapp restore), hoặc xem: surveyapp doctor"),
    )


@words(installation.ForeignKeyRing, installation.KeyRingIncomplete)
def _foreign_ring(error: installation.ForeignKeyRing | installation.KeyRingIncomplete) -> Words:
    return Words(
        503,
        _("Bộ khóa không phải của cơ sở dữ liệu này"),
        _(
            "Khóa số %(number)s không khớp với cơ sở dữ liệu: liên kết đã gửi sẽ chết, phiếu đã nộp không mở được.",
            number=error.number,
        ),
        _("Hãy đưa đúng tệp khóa về chỗ cũ, hoặc khôi phục từ giấy: surveyapp keys import"),
    )


@words(installation.KeyRingLost)
def _ring_lost(error: installation.KeyRingLost) -> Words:
    return Words(
        409,
        _("Không tạo bộ khóa mới"),
        _(
            "Cơ sở dữ liệu đã có đợt điều tra (%(campaigns)s) dùng bộ khóa khác. Bộ khóa mới sẽ làm chết mọi liên kết.",
            campaigns=error,
        ),
        _("Hãy đưa tệp khóa cũ về, hoặc khôi phục từ giấy: surveyapp keys import"),
    )


@words(installation.KeyNotEverywhere)
def _not_everywhere(error: installation.KeyNotEverywhere) -> Words:
    return Words(
        409,
        _("Chưa dùng được khóa mới"),
        _(
            "Khóa số %(number)s chưa có ở: %(nodes)s.",
            number=error.number,
            nodes=", ".join(error.nodes),
        ),
        _("Hãy chép tệp khóa sang các máy đó và khởi động lại, rồi thử lại."),
    )


@words(installation.UnknownKey)
def _unknown_key(error: installation.UnknownKey) -> Words:
    return Words(
        404,
        _("Không có khóa này"),
        _("Cơ sở dữ liệu không biết khóa số %(number)s.", number=error.number),
        _("Hãy thêm khóa trước: surveyapp keys rotate"),
    )


@words(KeyMisread)
def _misread(error: KeyMisread) -> Words:
    return Words(
        400,
        _("Đọc sai khóa"),
        _("Dòng %(line)s không phải là khóa, hoặc có chữ bị nhầm.", line=error.line),
        _("Hãy so lại dòng đó với tờ giấy."),
    )


@words(backups.NoRecipient)
def _no_recipient(_error: backups.NoRecipient) -> Words:
    return Words(
        409,
        _("Chưa sao lưu được"),
        _("Chưa đặt khóa nhận bản sao lưu (SURVEYAPP_BACKUP_RECIPIENT)."),
        _("Hãy chạy: surveyapp backup make-key TỆP, cất tệp đó ngoài máy chủ, rồi đặt khóa in ra."),
    )


@words(backups.BackupUnreadable)
def _backup_unreadable(error: backups.BackupUnreadable) -> Words:
    return Words(
        400,
        _("Không đọc được bản sao lưu"),
        _("%(path)s: %(reason)s.", path=error.path, reason=error.reason),
        _("Hãy thử bản khác; kiểm bằng: surveyapp backup verify TỆP --secret KHÓA"),
    )


@words(backups.ProgramFailed)
def _program_failed(error: backups.ProgramFailed) -> Words:
    return Words(
        500,
        _("Chương trình của PostgreSQL không chạy được"),
        f"{error.program}: {error.said}.",
        _("Hãy sửa lỗi đó rồi chạy lại. Chưa có gì bị thay đổi."),
    )


@words(backups.NotEmpty)
def _not_empty(error: backups.NotEmpty) -> Words:
    return Words(
        409,
        _("Chỗ khôi phục không trống"),
        _("Đang có dữ liệu ở: %(place)s.", place=error.place),
        _("Hãy khôi phục vào cơ sở dữ liệu và thư mục trống."),
    )


@words(backups.BackupNewer)
def _backup_newer(error: backups.BackupNewer) -> Words:
    return Words(
        409,
        _("Bản sao lưu mới hơn chương trình"),
        _(
            "Bản sao lưu ở phiên bản %(revision)s, chương trình này không biết.",
            revision=error.revision,
        ),
        _("Hãy cài phiên bản chương trình đã tạo bản sao lưu, hoặc mới hơn."),
    )


@words(backups.OtherEngine)
def _other_engine(error: backups.OtherEngine) -> Words:
    return Words(
        409,
        _("Bản sao lưu của loại cơ sở dữ liệu khác"),
        _(
            "Bản sao lưu của %(found)s, còn DATABASE_URL là %(wanted)s.",
            found=error.found,
            wanted=error.wanted,
        ),
        _("Hãy đặt DATABASE_URL sang cơ sở dữ liệu cùng loại."),
    )


@words(ReadableByOthers)
def _readable(error: ReadableByOthers) -> Words:
    return Words(
        503,
        _("Thư mục hoặc tệp của máy chủ đang để người khác đọc được"),
        _("Người dùng khác trên máy đọc được: %(paths)s.", paths=error),
        _("Hãy chạy lệnh: chmod go= %(paths)s", paths=" ".join(map(str, error.paths))),
    )


@words(personal_data.UnknownDataRequest)
def _no_such_request(_error: personal_data.UnknownDataRequest) -> Words:
    return Words(
        404,
        _("Không tìm thấy"),
        _("Không có yêu cầu nào như vậy trong đợt này."),
        _("Vui lòng quay lại trang “Dữ liệu cá nhân”."),
    )


@words(personal_data.PeopleForgotten)
def _people_forgotten(error: personal_data.PeopleForgotten) -> Words:
    return Words(
        409,
        _("Tên đã được xóa"),
        _("Tên và cách liên hệ của đợt này đã xóa ngày %(day)s.", day=day(error.on)),
        _("Vui lòng ghi nhận yêu cầu như của người không có trong danh sách."),
    )


@words(personal_data.DataRequestAnswered)
def _request_answered(_error: personal_data.DataRequestAnswered) -> Words:
    return Words(
        409,
        _("Chưa thực hiện được"),
        _("Việc này đã được ghi nhận trước đó."),
        _("Vui lòng tải lại trang."),
    )


@words(personal_data.DataRequestRefused)
def _request_refused(_error: personal_data.DataRequestRefused) -> Words:
    return Words(
        422,
        _("Chưa thực hiện được"),
        _("Yêu cầu ghi chưa đủ."),
        _("Vui lòng kiểm tra lại các ô đã điền."),
    )
