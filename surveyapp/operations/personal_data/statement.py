"""The statement of what is held on one person, as a PDF to be handed to her."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from surveyapp.campaigns.models import Campaign
from surveyapp.documents.pdf import write_pdf
from surveyapp.i18n import _, locale, moment
from surveyapp.operations.personal_data import holdings
from surveyapp.operations.personal_data.holdings import HeldSection
from surveyapp.version import VERSION

PAPER = Path(__file__).with_name("paper.typ")


def closing() -> list[str]:
    """What is not in it, and why; what she can ask for."""
    return [
        _(
            "Bản kê không có câu trả lời nào của Ông/Bà, vì không tra được: phiếu đã nộp nằm trong hộp niêm phong,"
            " không mang tên và không nối với tên; khi mở hộp cũng không ai biết phiếu nào của ai."
        ),
        _("Nếu Ông/Bà đã báo từ chối trả lời, điều đó chỉ làm dừng việc nhắc và không in ở đây."),
        *holdings.not_told(),
        _(
            "Ông/Bà có quyền yêu cầu sửa, xóa những điều trên, phản đối việc xử lý, và khiếu nại theo pháp luật về bảo vệ"
            " dữ liệu cá nhân. Tên và cách liên hệ được xóa khi đợt điều tra xong việc."
        ),
    ]


def write_statement(
    campaign: Campaign, sections: Sequence[HeldSection], *, made_at: datetime
) -> bytes:
    """The PDF."""
    contact = campaign.settings.get("contact", {})
    named = contact.get("name", {})
    return write_pdf(
        PAPER,
        {
            "language": locale(),
            "title": _("Bản kê dữ liệu cá nhân đang giữ"),
            "giver": named.get(locale(), named.get("vi", "")) or _("Vụ Cải cách hành chính"),
            "about": campaign.title_en if locale() == "en" else campaign.title_vi,
            "opening": _(
                "Theo yêu cầu của Ông/Bà, dưới đây là toàn bộ dữ liệu hệ thống đang giữ dưới tên Ông/Bà."
            ),
            "sections": [{"title": one.title, "rows": one.rows} for one in sections],
            "nothing": _("Không có gì."),
            "closing": closing(),
            "made": _(
                "Lập lúc %(when)s, phần mềm bản %(version)s",
                when=moment(made_at),
                version=VERSION,
            ),
        },
    )
