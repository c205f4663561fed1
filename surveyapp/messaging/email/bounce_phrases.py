"""The words of mail servers and mail programs by which a returned mail is understood."""

import re

_I = re.IGNORECASE

FROM_A_MACHINE = re.compile(
    r"mailer-daemon|postmaster|mail delivery (?:sub)?system|microsoftexchange", _I
)

FAILED = re.compile(
    r"undeliver|delivery (?:status notification|failure|has failed)|returned mail|failure notice|"
    r"mail delivery failed|không (?:thể )?(?:gửi|chuyển|phát) được|không gửi được|thư bị trả lại|gửi thư thất bại",
    _I,
)
DELAYED = re.compile(r"delay|warning: message still undelivered|chậm trễ|bị trì hoãn", _I)

AWAY = re.compile(
    r"out of (?:the )?office|automatic reply|auto(?:matic)?[- ]?(?:reply|response)|away from (?:the |my )?office|"
    r"vacation|on leave|trả lời tự động|tự động trả lời|thư trả lời tự động|vắng mặt|nghỉ phép",
    _I,
)

NO_DOMAIN = re.compile(
    r"domain (?:name )?(?:not found|does not exist)|host (?:or domain name )?not found|"
    r"name service error|nxdomain|dns domain .{0,80} does not exist|tên miền không tồn tại",
    _I,
)

NO_SUCH_ADDRESS = re.compile(
    r"user unknown|unknown user|no such (?:user|recipient|mailbox|address|person)|"
    r"does ?n[o']t exist|does not exist|unknown (?:recipient|mailbox|address)|"
    r"(?:recipient|mailbox|address|user|account)\b[^.;\n]{0,80}"
    r"(?:not found|unknown|disabled|inactive|invalid|unavailable|rejected|couldn'?t be found)|"
    r"invalid (?:recipient|mailbox)|bad destination mailbox|no mailbox here|"
    r"(?:địa chỉ|người nhận|hộp thư|tài khoản)[^.;\n]{0,60}không (?:tồn tại|có thực|hợp lệ|tìm thấy)|"
    r"không tìm thấy (?:địa chỉ|người nhận|hộp thư|tài khoản)|tài khoản[^.;\n]{0,40}(?:bị khoá|bị khóa|ngừng)",
    _I,
)
FULL = re.compile(
    r"(?:mailbox|inbox)[^.;\n]{0,30}full|over ?quota|quota exceeded|exceeded (?:its |the )?(?:storage|quota)|"
    r"insufficient (?:system )?storage|out of storage|hộp thư[^.;\n]{0,40}đầy|"
    r"(?:hết|vượt quá)[^.;\n]{0,30}dung lượng",
    _I,
)
POLICY = re.compile(
    r"\bspam\b|black ?list|block ?list|blocked|\bpolicy\b|\bdmarc\b|\bspf\b|\bdkim\b|reputation|access denied|"
    r"relay(?:ing)? (?:access )?denied|not permitted|authentication required|thư rác|bị chặn",
    _I,
)
_TELLING = (FULL, POLICY, NO_SUCH_ADDRESS, NO_DOMAIN)


def telling_line(words: str) -> str:
    """The first line that gives a reason or an SMTP code; empty where none does."""
    for line in (line[:500] for line in words.splitlines()):
        if re.search(r"\b[45]\.\d{1,3}\.\d{1,3}\b|\b(?:4[25]\d|55\d)[ -]\S", line):
            return line.strip()
        if any(pattern.search(line) for pattern in _TELLING):
            return line.strip()
    return ""
