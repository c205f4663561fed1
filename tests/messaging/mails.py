"""Mails and texts for tests, valid unless told otherwise."""

from datetime import UTC, datetime
from typing import Any

from surveyapp.messaging.model import Email, Sms

DATED = datetime(2024, 1, 15, 2, 30, tzinfo=UTC)
TOKEN = "0123456789abcdef0123456789abcdef"


def email(recipient: str = "binh@so.example.vn", **changes: Any) -> Email:
    fields = {
        "recipient": recipient,
        "recipient_name": "Nguyễn Văn Bình",
        "sender": "khaosat@example.vn",
        "sender_name": "Vụ Cải cách hành chính",
        "subject": "Mời Ông/Bà trả lời phiếu khảo sát cải cách hành chính",
        "text": "Kính gửi Ông/Bà,\n\nhttps://khaosat.example.vn/t/7123\n.\nTrân trọng.\n",
        "html": "<p>Kính gửi Ông/Bà</p>\n",
        "message_id": f"<{TOKEN}@example.vn>",
        "dated": DATED,
        "envelope_sender": f"tra-lai+{TOKEN}@example.vn",
    }
    return Email(**fields | changes)


def sms(phone: str = "+84912345678", text: str = "Kinh moi Ong/Ba") -> Sms:
    return Sms(phone=phone, text=text, reference=TOKEN)
