"""Returned mail as providers write it: reports in the standard form, their own words, complaints."""

from tests.messaging.mails import TOKEN

BOUNCES = "tra-lai@example.vn"
VERP = f"tra-lai+{TOKEN}@example.vn"
MESSAGE_ID = f"<{TOKEN}@example.vn>"
LINK = "https://khaosat.example.vn/t/7123456789012345~abcdefghijklmnopqrstuv"


def report(
    *,
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 <binh@so.example.vn>: Recipient address rejected: User unknown",
    to: str = VERP,
    returned: str = f"Message-ID: {MESSAGE_ID}\nSubject: Moi\n",
    words: str = "I'm sorry to have to inform you that your message could not be delivered.",
    sender: str = "MAILER-DAEMON@mail.example.vn (Mail Delivery System)",
) -> bytes:
    """A delivery report as Postfix writes it (RFC 3464)."""
    text = f"""\
Return-Path: <>
From: {sender}
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=utf-8

{words}

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.vn
Arrival-Date: Mon, 15 Jan 2024 09:30:00 +0700

Final-Recipient: rfc822; binh@so.example.vn
Original-Recipient: rfc822;binh@so.example.vn
Action: {action}
Status: {status}
Diagnostic-Code: {diagnostic}

--b1
Content-Type: text/rfc822-headers

{returned}
--b1--
"""
    return text.replace("\n", "\r\n").encode()


def plain(
    *,
    sender: str = "MAILER-DAEMON@mail.example.vn",
    subject: str = "failure notice",
    words: str = "",
    to: str = VERP,
    headers: str = "",
) -> bytes:
    """A mail without a standard part."""
    text = f"""\
From: {sender}
To: {to}
Subject: {subject}
{headers}MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

{words}
"""
    return text.replace("\n", "\r\n").encode()


GMAIL_GONE = report(
    diagnostic="smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try\n"
    " 550-5.1.1 double-checking the recipient's email address for typos or\n"
    " 550 5.1.1 unnecessary spaces. x-20020a17 - gsmtp",
    sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
)
GMAIL_FULL = report(
    status="5.2.2",
    diagnostic="smtp; 552-5.2.2 The recipient's inbox is out of storage space and inactive. gsmtp",
)
GMAIL_BLOCKED = report(
    status="5.7.26",
    diagnostic="smtp; 550-5.7.26 This mail has been blocked because the sender is unauthenticated.",
)
EXCHANGE_GONE = report(
    status="5.1.10",
    diagnostic="smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient binh@so.example.vn not found by SMTP address lookup",
    sender="Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.vn>",
)
EXCHANGE_DOMAIN = report(
    status="5.4.310", diagnostic="smtp;550 5.4.310 DNS domain so.example.vn does not exist"
)
EXCHANGE_RULE = report(
    status="5.7.133",
    diagnostic="smtp;550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required",
)
POSTFIX_DELAYED = report(
    action="delayed",
    status="4.4.1",
    diagnostic="smtp; connect to so.example.vn[192.0.2.1]:25: Connection timed out",
)
POSTFIX_EXPIRED = report(status="4.4.1", diagnostic="X-Postfix; connection timed out")
POSTFIX_NO_HOST = report(
    status="5.4.4",
    diagnostic="X-Postfix; Host or domain name not found. Name service error for name=so.example.vn",
)
POSTFIX_DELIVERED = report(action="relayed", status="2.0.0", diagnostic="smtp; 250 2.0.0 Ok")
ZIMBRA_LOCKED = report(
    status="5.0.0",
    diagnostic="smtp; 550 5.1.1 Recipient address rejected: so.example.vn; account is disabled",
)
BARE_STATUS = report(status="5.0.0", diagnostic="")
TOO_LARGE = report(status="5.3.4", diagnostic="smtp; 552 5.3.4 Message size exceeds fixed limit")

QMAIL = plain(
    words="Hi. This is the qmail-send program at mail.example.vn.\n"
    "I'm afraid I wasn't able to deliver your message to the following addresses.\n\n"
    "<binh@so.example.vn>:\n192.0.2.1 does not like recipient.\n"
    "Remote host said: 550 sorry, no mailbox here by that name (#5.1.1)\n"
)
VIETNAMESE_GONE = plain(
    sender="postmaster@so.example.vn",
    subject="=?utf-8?B?VGjGsCBraMO0bmcgZ+G7rWkgxJHGsOG7o2M=?=",
    words="Kính gửi Quý khách,\nThư gửi tới binh@so.example.vn không chuyển được.\n"
    "Lý do: Hộp thư người nhận không tồn tại trên hệ thống.\n",
)
VIETNAMESE_FULL = plain(
    sender="postmaster@so.example.vn",
    subject="Thư bị trả lại",
    words="Địa chỉ binh@so.example.vn: hộp thư đã đầy, vượt quá dung lượng cho phép.",
)
WARNING = plain(
    subject="Warning: message delayed 24 hours", words="Your message has not been delivered yet."
)

OUTLOOK_AWAY = plain(
    sender="Binh <binh@so.example.vn>",
    subject="Automatic reply: Moi tra loi phieu",
    words="I am out of the office until Monday.",
    to="khaosat@example.vn",
    headers=f"Auto-Submitted: auto-generated\nIn-Reply-To: {MESSAGE_ID}\n",
)
RFC3834_AWAY = plain(
    sender="binh@so.example.vn",
    subject="Re: Moi",
    words="Tôi đi công tác.",
    headers="Auto-Submitted: auto-replied (vacation)\n",
)
VIETNAMESE_AWAY = plain(
    sender="binh@so.example.vn",
    subject="[Trả lời tự động] Re: Mời Ông/Bà",
    words="Tôi nghỉ phép đến hết ngày 20/01.",
)
PERSON = plain(
    sender="Binh <binh@so.example.vn>",
    subject="Re: Moi tra loi phieu",
    words="Tôi đã chuyển công tác, xin gửi cho người khác.",
    to="khaosat@example.vn",
    headers=f"References: <x@y.vn> {MESSAGE_ID}\n",
)

COMPLAINT = f"""\
From: <abusedesk@provider.example>
To: {VERP}
Subject: FW: Moi
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b1"

--b1
Content-Type: text/plain

This is an email abuse report.

--b1
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <{VERP}>
Original-Rcpt-To: <binh@so.example.vn>

--b1
Content-Type: message/rfc822

Message-ID: {MESSAGE_ID}
Subject: Moi

{LINK}
--b1--
""".replace("\n", "\r\n").encode()
