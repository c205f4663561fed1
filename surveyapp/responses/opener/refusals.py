"""Every refusal in words, in Vietnamese and in English: what is wrong, and what to do."""

from collections.abc import Callable, Mapping
from typing import Any

from . import errors
from .custody.drill import DrillFailed

Pair = tuple[str, str]
"""Vietnamese, English."""

LANGUAGES = ("vi", "en")

REFUSALS: Mapping[type[errors.OpenerError], Pair] = {
    errors.GroupsMistyped: (
        "Mảnh khóa gõ nhầm ở nhóm: {groups}. Hãy so lại các nhóm ấy với tờ giấy.",
        "The share is mistyped in group: {groups}. Compare these groups with the paper.",
    ),
    errors.ShareTooShort: (
        "Mảnh khóa có {expected} ký hiệu, ở đây có {found}. Hãy gõ đủ 14 nhóm, mỗi nhóm 6 ký hiệu.",
        "A share has {expected} signs, here are {found}. Type all 14 groups of 6 signs.",
    ),
    errors.ShareDamaged: (
        "Từng nhóm đều hợp lệ nhưng cả mảnh khóa thì không: có nhiều ký hiệu sai cùng lúc, hoặc các nhóm "
        "lấy từ hai tờ khác nhau. Hãy gõ lại từ đầu hoặc quét mã QR.",
        "Each group fits but the whole share does not: several signs are wrong at once, or groups come "
        "from two papers. Type it again from the start, or scan the QR code.",
    ),
    errors.ShareOfAnotherKey: (
        "Đây là mảnh của một khóa khác (ký hiệu {found}); đợt này cần mảnh của khóa {expected}.",
        "This is a share of another key (mark {found}); this campaign needs shares of key {expected}.",
    ),
    errors.SameShareTwice: (
        "Hai mảnh đều là mảnh số {number}. Cần hai mảnh khác nhau.",
        "Both are share number {number}. Two different shares are needed.",
    ),
    errors.WrongKey: (
        "Khóa không đúng: cần khóa có dấu {expected}, đây là khóa có dấu {found}.",
        "The key is not the right one: wanted fingerprint {expected}, found {found}.",
    ),
    errors.NotThisKind: (
        "Tệp {path} không phải loại tệp cần dùng ở đây ({expected}).",
        "The file {path} is not of the kind that is needed here ({expected}).",
    ),
    errors.VersionUnknown: (
        "Tệp {path} ở phiên bản {found}; chương trình này chỉ đọc phiên bản {known}. Hãy dùng chương trình "
        "cùng bản với máy chủ.",
        "The file {path} has version {found}; this program reads version {known}. Use the program that "
        "belongs to the server.",
    ),
    errors.FileDamaged: (
        "Tệp {path} bị hỏng hoặc đã bị sửa: nội dung không khớp với mã kiểm tra. Hãy chép lại.",
        "The file {path} is damaged or was altered: its content does not fit its digest. Copy it again.",
    ),
    errors.SignatureWrong: (
        "Chữ ký trong tệp {path} không đúng: tệp đã bị sửa sau khi ký.",
        "A signature in {path} does not fit: the file was altered after it was signed.",
    ),
    errors.SignerUnknown: (
        "Tệp {path} được ký bằng khóa {found}, không phải khóa đã đăng ký ({expected}).",
        "The file {path} is signed with the key {found}, not with one that is registered ({expected}).",
    ),
    errors.SignaturesMissing: (
        "Tệp {path} mới có {found} chữ ký; cần chữ ký của hai người giữ khóa.",
        "The file {path} has {found} signature(s); two custodians must sign.",
    ),
    errors.OfAnotherCampaign: (
        "Tệp {path} thuộc đợt điều tra {found}, không phải {expected}.",
        "The file {path} belongs to campaign {found}, not to {expected}.",
    ),
    errors.BallotTooLarge: (
        "Một phiếu dài {size} byte, quá giới hạn {limit} byte.",
        "A ballot of {size} bytes does not fit the limit of {limit} bytes.",
    ),
    errors.BallotUnreadable: ("Có phiếu không đọc được.", "A ballot cannot be read."),
    errors.KindUnknown: (
        "Câu {item_id} thuộc loại {kind} mà bản chương trình này chưa đếm được.",
        "Question {item_id} is of the kind {kind}, which this version cannot count.",
    ),
    errors.CountRefused: (
        "Biên bản ghi {stated} phiếu đã nộp, tệp xuất ghi {submitted}. Không mở hộp.",
        "The minutes say {stated} questionnaires were submitted, the export says {submitted}. "
        "Nothing is opened.",
    ),
    errors.MinimumsTooLow: (
        "Tệp xuất đòi cho ra từng dòng từ {rows} phiếu và số đếm từ {counts} phiếu; chương trình không bao giờ cho ra "
        "dưới {least_rows} và {least_counts}. Có người đã hạ ngưỡng trên máy chủ: không mở hộp.",
        "The export asks for rows from {rows} ballots on and counts from {counts} on; this program never gives "
        "them below {least_rows} and {least_counts}. Somebody lowered the numbers on the server: nothing is opened.",
    ),
    errors.GroupTooSmall: (
        "Không mở: kể cả khi có ngoại lệ, mỗi nhóm phải còn ít nhất {minimum} phiếu. Nhóm chưa đủ: {groups}.",
        "Nothing is opened: even under an exception every group must hold {minimum} ballots at least. "
        "Too small: {groups}.",
    ),
    errors.ExceptionForAnother: (
        "Ngoại lệ này được ký cho một tệp xuất khác, hoặc cho một chênh lệch khác với chênh lệch tìm thấy.",
        "This exception was signed for another export, or over another difference than the one found.",
    ),
    errors.ExceptionNotNeeded: (
        "Hộp phiếu nguyên vẹn, không cần ngoại lệ. Hãy mở lại mà không dùng tệp ngoại lệ.",
        "The box is whole and needs no exception. Open it without one.",
    ),
    DrillFailed: (
        "Diễn tập không đạt ở bước {step}. Không được dùng máy này để mở hộp phiếu.",
        "The drill failed at the step {step}. This machine must not open a box.",
    ),
}

DIFFERENCES: Mapping[type[errors.Differs], Pair] = {
    errors.BallotsForged: (
        "{forged} phiếu sai dấu xác thực: không do hệ thống niêm phong, hoặc đã bị sửa.",
        "{forged} ballot(s) with a wrong MAC: not sealed by the system, or altered since.",
    ),
    errors.BallotsOfWrongLength: (
        "{wrong_length} phiếu có độ dài không đúng.",
        "{wrong_length} ballot(s) of a wrong length.",
    ),
    errors.BallotsMissing: (
        "Có {ballots} phiếu trong hộp nhưng {submitted} phiếu đã nộp.",
        "{ballots} ballot(s) in the box but {submitted} submitted.",
    ),
    errors.BallotsDamaged: (
        "{damaged} phiếu không đọc được, hoặc không phải câu trả lời cho phiếu hỏi của đợt này.",
        "{damaged} ballot(s) cannot be read, or answer no questionnaire of this campaign.",
    ),
    errors.ReceiptsRepeated: (
        "{repeated} phiếu trùng mã biên nhận với phiếu khác.",
        "{repeated} ballot(s) carry a receipt that another carries too.",
    ),
    errors.CellsDiffer: (
        "Số phiếu không khớp theo đơn vị và nhóm:",
        "Ballots do not agree by rated unit and group:",
    ),
}

CELL: Pair = (
    "{unit} nhóm {group}: {found} phiếu trong hộp, {submitted} phiếu đã nộp",
    "{unit} group {group}: {found} in the box, {submitted} submitted",
)

NOTHING: Pair = ("Không có gì được mở hay ghi lại.", "Nothing was opened or written.")


def say(pair: Pair, language: str, **facts: object) -> str:
    """The words of a pair in one language."""
    return pair[LANGUAGES.index(language)].format(**facts)


def refusal(error: errors.OpenerError, language: str) -> str:
    """Why it was refused."""
    if isinstance(error, errors.Differs):
        return difference(error.difference, language)
    facts: dict[str, Any] = vars(error)
    if "groups" in facts:
        listed: Callable[[object], str] = lambda one: (  # noqa: E731
            f"{one[0]} ({one[1]})" if isinstance(one, tuple) else str(one)
        )
        groups = facts["groups"]
        told = groups.items() if isinstance(groups, dict) else groups
        facts = facts | {"groups": ", ".join(map(listed, told))}
    return say(REFUSALS[type(error)], language, **facts)


def difference(differences: Mapping[str, Any], language: str) -> str:
    """All that differs, the gravest first."""
    named = {
        errors.BallotsForged: "forged",
        errors.BallotsOfWrongLength: "wrong_length",
        errors.BallotsMissing: "missing",
        errors.BallotsDamaged: "damaged",
        errors.ReceiptsRepeated: "repeated",
    }
    told = [
        say(DIFFERENCES[kind], language, **differences)
        for kind, name in named.items()
        if differences[name]
    ]
    cells = [
        say(CELL, language, unit=unit, group=group, found=n, submitted=submitted)
        for unit, group, n, submitted in differences["cells"]
    ]
    if cells:
        told.append(say(DIFFERENCES[errors.CellsDiffer], language) + " " + "; ".join(cells) + ".")
    return "\n".join(told)
