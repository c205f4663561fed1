"""The e-mail with a link to an account, in the person's language; no password and no code in it."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from surveyapp.accounts import queries
from surveyapp.accounts.links import activation
from surveyapp.accounts.models import Staff, StaffLink
from surveyapp.accounts.states import LinkMail, LinkPurpose
from surveyapp.config import Addresses
from surveyapp.i18n import _, moment, speaking
from surveyapp.keys import KeyRing
from surveyapp.messaging.email import return_addresses
from surveyapp.messaging.model import Email, Outcome

PATH = "/account/activate/"
_STATES = {
    "handed_over": LinkMail.MAILED,
    "later": LinkMail.WAITING,
    "never": LinkMail.UNDELIVERABLE,
}


def address(db: Session, keys: KeyRing, link: StaffLink, *, addresses: Addresses) -> str:
    """The whole link, at the host where the person will work: a desk's, or the centre's."""
    site = addresses.desk if queries.is_of_desks_alone(db, link.staff_id) else addresses.centre
    return f"{site}{PATH}{activation.token(keys, link.id)}"


def messages(
    db: Session,
    *,
    sender: str,
    sender_name: str,
    addresses: Addresses,
    keys: KeyRing,
    now: datetime,
) -> list[tuple[uuid.UUID, Email]]:
    """Every waiting link as the e-mail that goes out; those whose time is over go no more."""
    made = []
    for link, staff in activation.waiting(db):
        if link.expires_at > now:
            url = address(db, keys, link, addresses=addresses)
            made.append((link.id, _message(link, staff, url, sender, sender_name, now)))
    return made


def note(db: Session, link_id: uuid.UUID, outcome: Outcome) -> None:
    """Write what came of one attempt; what may be tried later goes on waiting."""
    activation.mailed(db, link_id, _STATES[outcome.state])


def _message(
    link: StaffLink, staff: Staff, url: str, sender: str, sender_name: str, now: datetime
) -> Email:
    with speaking(staff.locale):
        facts = {
            "name": staff.display_name,
            "username": staff.username,
            "url": url,
            "until": moment(link.expires_at),
        }
        if link.purpose == LinkPurpose.ACTIVATION:
            subject = _("Kích hoạt tài khoản khảo sát chỉ số cải cách hành chính")
            text = _(
                "Kính gửi Ông/Bà %(name)s,\n\nÔng/Bà có tài khoản %(username)s trong hệ thống khảo sát chỉ số cải cách hành chính. Vui lòng mở liên kết sau để tự đặt mật khẩu và thiết lập xác thực hai bước, trước %(until)s:\n\n%(url)s\n\nLiên kết chỉ dùng một lần. Không ai, kể cả người tạo tài khoản, biết mật khẩu của Ông/Bà; xin không chuyển thư này cho người khác.\n",
                **facts,
            )
        else:
            subject = _("Đặt lại mật khẩu tài khoản khảo sát chỉ số cải cách hành chính")
            text = _(
                "Kính gửi Ông/Bà %(name)s,\n\nCó yêu cầu đặt lại mật khẩu của tài khoản %(username)s. Vui lòng mở liên kết sau để đặt mật khẩu mới, trước %(until)s:\n\n%(url)s\n\nNếu Ông/Bà không yêu cầu, xin bỏ qua thư này: mật khẩu hiện tại vẫn như cũ.\n",
                **facts,
            )
    return Email(
        recipient=staff.email,
        sender=sender,
        sender_name=sender_name,
        subject=subject,
        text=text,
        message_id=return_addresses.message_id(link.id.hex, return_addresses.domain_of(sender)),
        dated=now,
        language=staff.locale,
    )
