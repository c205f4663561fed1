"""The daily report by e-mail: the figures in plain words, both files, and where the pages are."""

from datetime import datetime
from urllib.parse import quote

from surveyapp.documents import tables
from surveyapp.fieldwork.models import ReportSubscriber
from surveyapp.fieldwork.reports import workbook
from surveyapp.fieldwork.reports.daily_report import DailyReport, as_pdf, concern_words, headlines
from surveyapp.i18n import _, day, locale, percent
from surveyapp.messaging.email import return_addresses
from surveyapp.messaging.model import Attachment, Email


def compose(
    report: DailyReport,
    subscriber: ReportSubscriber,
    *,
    mail_from: str,
    bounces: str,
    base_url: str,
    now: datetime,
    files: tuple[Attachment, ...] = (),
) -> Email:
    """The e-mail to one subscriber in the present language; the same day gives the same Message-ID."""
    name, sender = return_addresses.named(mail_from)
    token = subscriber.id.hex + f"{report.day:%Y%m%d}"
    return Email(
        recipient=subscriber.email,
        sender=sender,
        sender_name=name,
        envelope_sender=bounces,
        subject=_(
            "%(rate)s phiếu đã trả lời đến hết ngày %(day)s",
            rate=percent(report.total.figures.rate),
            day=day(report.day),
        ),
        text=body(report, base_url=base_url),
        message_id=return_addresses.message_id(token, return_addresses.domain_of(sender)),
        dated=now,
        language=locale(),
        attachments=files,
    )


def files(report: DailyReport) -> tuple[Attachment, ...]:
    """The report as PDF and XLSX in the present language, to go with the e-mail."""
    name = f"bao-cao-{report.campaign.code}-{report.day.isoformat()}"
    return (
        Attachment(f"{name}.pdf", "application/pdf", as_pdf(report)),
        Attachment(f"{name}.xlsx", tables.MEDIA["xlsx"], workbook.as_xlsx(report)),
    )


def body(report: DailyReport, *, base_url: str) -> str:
    """What the e-mail says: headlines, groups, what needs attention, the address of the files."""
    campaign = report.campaign
    lines = [
        campaign.title_en if locale() == "en" else campaign.title_vi,
        _("Số liệu đến hết ngày %(day)s", day=day(report.day)),
        "",
        *(f"{label}: {value} ({of})" for label, value, of in headlines(report)),
        "",
        _("Theo nhóm đối tượng"),
        *(
            f"  {line.code}. {line.name}: {percent(line.figures.rate)} (+{line.gained})"
            for line in report.groups
        ),
    ]
    kinds = sorted({concern.kind for concern, _name in report.concerns})
    if kinds:
        lines += ["", _("Cần chú ý")]
    for kind in kinds:
        names = [name for concern, name in report.concerns if concern.kind == kind]
        shown = "; ".join(names[:10]) + ("…" if len(names) > 10 else "")
        lines.append(f"  {concern_words(kind)}: {len(names)}. {shown}")
    address = f"{base_url}/centre/{quote(campaign.code)}/report?day={report.day.isoformat()}"
    lines += ["", _("Tải báo cáo đầy đủ (PDF, XLSX): %(address)s", address=address)]
    return "\n".join(lines) + "\n"
