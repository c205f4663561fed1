"""The words of messages: defaults, what operators made of them, their fields, and filling them in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from surveyapp import i18n
from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign
from surveyapp.delivery.errors import TemplateRefused
from surveyapp.delivery.models import MessageWords
from surveyapp.delivery.waves.audience import Recipient
from surveyapp.i18n import _
from surveyapp.invitations.credentials import codes, links
from surveyapp.keys import KeyRing
from surveyapp.messaging import templates
from surveyapp.messaging.templates import MessageTemplate, TemplateFault

LANGUAGES = ("vi", "en")
FIELDS = (
    "ten",
    "chuc_vu",
    "don_vi",
    "dot",
    "phieu",
    "so_phieu",
    "phut",
    "han",
    "lien_ket",
    "ma",
    "trang",
    "khong_phai_toi",
    "tu_choi",
    "ho_tro",
)
"""Merge fields, written `{ten}`: the same names in both languages."""
WITHOUT_LINK = ("thanks",)
LONGEST_NAME = 36
"""Characters of a name by which a text message is measured; longer ones take another segment."""


@dataclass(frozen=True)
class Stationery:
    """What all messages of one campaign share: read once for a batch, not once for a message."""

    campaign_code: str
    titles: Mapping[str, str]
    closes_at: datetime
    contact: Mapping[str, str]
    minutes: Mapping[int, int]
    templates: Mapping[tuple[str, str], MessageTemplate]
    base_url: str
    keys: KeyRing


@cache
def defaults() -> dict[tuple[str, str], MessageTemplate]:
    """The words that ship, by (kind, language)."""
    from ruamel.yaml import YAML

    written = YAML(typ="safe", pure=True).load(Path(__file__).with_name("defaults.yaml"))
    return {
        (kind, language): MessageTemplate(words["subject"], words["text"], words["sms"])
        for kind, languages in written.items()
        for language, words in languages.items()
    }


def template(db: Session, campaign_id: int, kind: str, language: str) -> MessageTemplate:
    """The words in force for one kind of message."""
    return _edited(db, campaign_id).get((kind, language)) or defaults()[kind, language]


def _edited(db: Session, campaign_id: int) -> dict[tuple[str, str], MessageTemplate]:
    rows = db.scalars(select(MessageWords).where(MessageWords.campaign_id == campaign_id))
    return {(r.kind, r.language): MessageTemplate(r.subject, r.text, r.sms) for r in rows}


def edited(db: Session, campaign_id: int) -> set[tuple[str, str]]:
    """Which (kind, language) have words of the campaign's own."""
    return set(_edited(db, campaign_id))


def check(
    kind: str, words: MessageTemplate, *, base_url: str, campaign: Campaign
) -> list[TemplateFault]:
    """Everything wrong with the words of this kind, measured by the longest values they may carry."""
    required = () if kind in WITHOUT_LINK else ("lien_ket",)
    return templates.check(
        words, known=FIELDS, required=required, longest=_longest(base_url, campaign)
    )


def _longest(base_url: str, campaign: Campaign) -> dict[str, str]:
    values = dict.fromkeys(FIELDS, "x" * 60)
    link = f"{base_url}/t/{'7' * 16}~{'x' * 22}"
    values.update(
        ten="x" * LONGEST_NAME,
        so_phieu="3",
        phut="30",
        han=_deadline(campaign.closes_at),
        lien_ket=link,
        ma="7123-4567-8901-2345",
        trang=urlsplit(base_url).netloc,
        khong_phai_toi=f"{link}/not_me",
        tu_choi=f"{link}/decline",
    )
    return values


def save(
    db: Session,
    campaign: Campaign,
    kind: str,
    language: str,
    words: MessageTemplate,
    *,
    base_url: str,
    act: Act,
) -> None:
    """Use these words from the next message on. Raises `TemplateRefused` with every fault."""
    faults = check(kind, words, base_url=base_url, campaign=campaign)
    if faults:
        raise TemplateRefused(faults)
    _remove(db, campaign.id, kind, language)
    db.add(
        MessageWords(
            campaign_id=campaign.id,
            kind=kind,
            language=language,
            subject=words.subject.strip(),
            text=words.text.replace("\r\n", "\n"),
            sms=words.sms.strip(),
            edited_by=act.actor,
            edited_at=act.now,
        )
    )
    audit.record(
        db,
        act,
        Action.MESSAGE_WORDS_EDITED,
        campaign_code=campaign.code,
        facts={"kind": kind, "language": language},
    )


def restore(db: Session, campaign: Campaign, kind: str, language: str, *, act: Act) -> None:
    """Go back to the words that ship."""
    _remove(db, campaign.id, kind, language)
    audit.record(
        db,
        act,
        Action.MESSAGE_WORDS_RESTORED,
        campaign_code=campaign.code,
        facts={"kind": kind, "language": language},
    )


def _remove(db: Session, campaign_id: int, kind: str, language: str) -> None:
    db.execute(
        delete(MessageWords).where(
            MessageWords.campaign_id == campaign_id,
            MessageWords.kind == kind,
            MessageWords.language == language,
        )
    )
    db.expire_all()


def stationery(db: Session, campaign: Campaign, *, keys: KeyRing, base_url: str) -> Stationery:
    """Everything but the person that a message of this campaign needs."""
    contact = campaign.settings["contact"]
    helpers = ", ".join(filter(None, (contact.get("phone"), contact.get("email"))))
    return Stationery(
        campaign_code=campaign.code,
        titles={"vi": campaign.title_vi, "en": campaign.title_en},
        closes_at=campaign.closes_at,
        contact={lang: f"{contact['name'][lang]}, {helpers}" for lang in LANGUAGES},
        minutes={id_: one.minutes for id_, one in campaigns.instruments(db, campaign.id).items()},
        templates={**defaults(), **_edited(db, campaign.id)},
        base_url=base_url,
        keys=keys,
    )


def code_of(person: Recipient, paper: Stationery) -> str:
    """The person's 16 digits, made again from the issue key: the same at every sending."""
    return codes.make_code(
        paper.keys,
        campaign_code=paper.campaign_code,
        invitation_id=person.invitation_id,
        issue_number=person.issue_number,
        counter=person.counter,
        key_number=person.key_number,
    )


def values(person: Recipient, paper: Stationery, language: str) -> dict[str, str]:
    """The person's merge fields. They open her questionnaires: never kept, never logged."""
    code = code_of(person, paper)
    link = links.address(paper.base_url, paper.keys, code, person.key_number)
    forms = person.open_forms
    english = language == "en"
    with i18n.speaking(language):
        rated = [f.rated_name_en if english else f.rated_name_vi for f in forms]
        listed = "\n".join(_("- Phiếu về %(unit)s", unit=name) for name in rated)
        deadline = _deadline(paper.closes_at)
    return {
        "ten": person.full_name,
        "chuc_vu": person.position,
        "don_vi": person.unit_name_en if english else person.unit_name_vi,
        "dot": paper.titles[language],
        "phieu": listed,
        "so_phieu": str(len(forms)),
        "phut": str(sum(paper.minutes[form.instrument_id] for form in forms)),
        "han": deadline,
        "lien_ket": link,
        "ma": codes.show(code),
        "trang": urlsplit(paper.base_url).netloc,
        "khong_phai_toi": f"{link}/not_me",
        "tu_choi": f"{link}/decline",
        "ho_tro": paper.contact[language],
    }


def _deadline(closes_at: datetime) -> str:
    return i18n.moment(closes_at)


def nobody(paper: Stationery, language: str) -> dict[str, str]:
    """Merge fields of a person who plainly does not exist, without link and code."""
    with i18n.speaking(language):
        return {
            "ten": _("[Họ và tên]"),
            "chuc_vu": _("[Chức vụ]"),
            "don_vi": _("[Đơn vị]"),
            "dot": paper.titles[language],
            "phieu": _("- Phiếu về %(unit)s", unit=_("[đơn vị được đánh giá]")),
            "so_phieu": "1",
            "phut": str(max(paper.minutes.values(), default=15)),
            "han": _deadline(paper.closes_at),
            "trang": urlsplit(paper.base_url).netloc,
            "ho_tro": paper.contact[language],
        }
