"""A message as real people would get it, with the secrets taken out: a preview opens nothing."""

from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from surveyapp import i18n
from surveyapp.assignments.models import Assignment
from surveyapp.assignments.states import AssignmentState
from surveyapp.campaigns.models import Campaign
from surveyapp.delivery import templates as message_templates
from surveyapp.delivery.waves import audience
from surveyapp.i18n import _
from surveyapp.invitations.models import Invitation
from surveyapp.invitations.states import InvitationState
from surveyapp.keys import KeyRing
from surveyapp.messaging import templates
from surveyapp.messaging.sms import segments as sms_segments
from surveyapp.messaging.templates import MessageTemplate, Rendered

PEOPLE = 3
CODE = "7000-0000-0000-0000"


@dataclass(frozen=True)
class Seen:
    """One person's message: subject, text, text message and how many segments it takes."""

    full_name: str
    subject: str
    text: str
    sms: str
    segments: int


def people(
    db: Session,
    campaign: Campaign,
    template: MessageTemplate,
    language: str,
    *,
    keys: KeyRing,
    base_url: str,
) -> list[Seen]:
    """What a few of the invited would read, code and link made up."""
    something = exists(
        select(Assignment.id).where(
            Assignment.invitation_id == Invitation.id, Assignment.state == AssignmentState.ACTIVE
        )
    )
    ids = db.scalars(
        select(Invitation.id)
        .where(
            Invitation.campaign_id == campaign.id,
            Invitation.state == InvitationState.ACTIVE,
            something,
        )
        .order_by(Invitation.id)
        .limit(PEOPLE)
    ).all()
    paper = message_templates.stationery(db, campaign, keys=keys, base_url=base_url)
    hidden = _hidden(base_url)
    recipients = []
    for person in audience.recipients(db, ids).values():
        fields = {**message_templates.values(person, paper, language), **hidden}
        mail = templates.render(template, fields, language=language)
        sms = templates.render_sms(template, fields) if template.sms else ""
        segments = sms_segments.measure(sms).segments
        recipients.append(Seen(person.full_name, mail.subject, mail.text, sms, segments))
    return recipients


def _hidden(base_url: str) -> dict[str, str]:
    """A link and a code that open nothing, in the form of real ones."""
    link = f"{base_url}/t/{CODE.replace('-', '')}~{'x' * 22}"
    return {
        "lien_ket": link,
        "ma": CODE,
        "khong_phai_toi": f"{link}/not_me",
        "tu_choi": f"{link}/decline",
    }


def trial(
    db: Session,
    campaign: Campaign,
    template: MessageTemplate,
    language: str,
    *,
    keys: KeyRing,
    base_url: str,
) -> Rendered:
    """The message as an operator gets it on trial: about nobody, opening nothing, marked as a trial.

    The text message stands below, for the operator's own mailbox has no number.
    """
    paper = message_templates.stationery(db, campaign, keys=keys, base_url=base_url)
    with i18n.speaking(language):
        fields = {**message_templates.nobody(paper, language), **_hidden(base_url)}
        note = _("Đây là thư gửi thử: người nhận, liên kết và mã đều không có thật.")
        if template.sms:
            sms = templates.render_sms(template, fields)
            n = sms_segments.measure(sms).segments
            note += "\n\n" + _("Tin nhắn (%(n)s phần):", n=n) + "\n" + sms
        subject = _("[Gửi thử] %(subject)s", subject=template.subject)
    safe = note.replace("{", "{{").replace("}", "}}")
    marked = MessageTemplate(subject, f"{template.text.rstrip()}\n\n* * *\n\n{safe}", template.sms)
    return templates.render(marked, fields, language=language)
