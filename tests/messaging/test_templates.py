"""A message is checked before anybody gets it, and says exactly what was written."""

import re

import pytest

from surveyapp.i18n import speaking
from surveyapp.messaging import labels
from surveyapp.messaging.errors import FieldUnknown
from surveyapp.messaging.sms import segments as sms_segments
from surveyapp.messaging.templates import (
    MessageTemplate,
    TemplateFault,
    TemplateFaultKind,
    check,
    render,
    render_sms,
)

KNOWN = {"ten", "lien_ket", "ma", "han"}
LINK = "https://khaosat.example.gov.vn/t/7123456789012345~abcdefghijklmnopqrstuv"
VALUES = {"ten": "Ông Nguyễn Văn Bình", "lien_ket": LINK, "ma": "7123", "han": "28/02/2024"}
GOOD = MessageTemplate(
    "Mời {ten} trả lời phiếu khảo sát",
    "Kính gửi {ten},\n\nXin mở liên kết:\n{lien_ket}\n\nHạn: {han}.",
    "Kính mời {ten} trả lời phiếu: {lien_ket}",
)


def faults(**changes) -> list[tuple[TemplateFaultKind, str, str]]:
    template = MessageTemplate(
        **{"subject": GOOD.subject, "text": GOOD.text, "sms": GOOD.sms} | changes
    )
    template_faults = check(template, known=KNOWN, longest=VALUES)
    return [(one.fault, one.place, one.detail) for one in template_faults]


def test_a_sound_template_has_no_faults():
    assert faults() == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"subject": " "}, (TemplateFaultKind.EMPTY, "subject", "")),
        ({"subject": "Mời\ntrả lời"}, (TemplateFaultKind.SUBJECT_LINES, "subject", "")),
        ({"subject": "Mời " * 40}, (TemplateFaultKind.SUBJECT_LONG, "subject", "120")),
        ({"subject": "Mã {ma}"}, (TemplateFaultKind.LINK_IN_SUBJECT, "subject", "ma")),
        ({"subject": "Mời {tên}"}, (TemplateFaultKind.UNKNOWN_FIELD, "subject", "tên")),
        ({"text": "Kính gửi {ten}"}, (TemplateFaultKind.MISSING_FIELD, "text", "lien_ket")),
        ({"text": "{lien_ket} {chuc_vu}"}, (TemplateFaultKind.UNKNOWN_FIELD, "text", "chuc_vu")),
        (
            {"text": "{lien_ket} {ten.__class__}"},
            (TemplateFaultKind.UNKNOWN_FIELD, "text", "ten.__class__"),
        ),
        ({"text": "{lien_ket} {ten!r}"}, (TemplateFaultKind.UNKNOWN_FIELD, "text", "ten!r")),
        ({"text": "{lien_ket} }"}, (TemplateFaultKind.STRAY_BRACE, "text", "}")),
        ({"text": "{lien_ket} {ten"}, (TemplateFaultKind.STRAY_BRACE, "text", "{")),
        (
            {"text": "{lien_ket} hoặc http://khac.vn"},
            (TemplateFaultKind.LINK_BY_HAND, "text", "{lien_ket} hoặc http://khac.vn"),
        ),
        ({"sms": "Kính mời {ten}"}, (TemplateFaultKind.MISSING_FIELD, "sms", "lien_ket")),
        ({"sms": "{lien_ket} 🙂"}, (TemplateFaultKind.SMS_ALPHABET, "sms", "🙂")),
        (
            {"sms": "{lien_ket} " + "Kính mời Ông/Bà. " * 30},
            (TemplateFaultKind.SMS_LONG, "sms", "4"),
        ),
    ],
)
def test_a_fault_is_named_where_it_stands(changes, fault):
    assert fault in faults(**changes)


def test_the_line_of_a_fault_is_counted():
    template = MessageTemplate("Mời", "{lien_ket}\n\n{gi}", "")
    assert check(template, known=KNOWN) == [
        TemplateFault(TemplateFaultKind.UNKNOWN_FIELD, "text", "gi", 3)
    ]


def test_every_fault_has_words_in_both_languages():
    for fault in TemplateFaultKind:
        one = TemplateFault(fault, "text", "ten", 3)
        vietnamese = labels.template_fault(one)
        assert vietnamese.startswith("Nội dung thư, dòng 3: ")
        with speaking("en"):
            assert labels.template_fault(one).startswith("E-mail text, line 3: ")


def test_an_email_is_filled_in_as_text_and_as_html():
    rendered = render(GOOD, VALUES, language="vi")
    assert rendered.subject == "Mời Ông Nguyễn Văn Bình trả lời phiếu khảo sát"
    assert rendered.text.startswith("Kính gửi Ông Nguyễn Văn Bình,\n\nXin mở liên kết:\nhttps://")
    assert f'<a href="{LINK}">{LINK}</a></p>' in rendered.html
    assert '<html lang="vi">' in rendered.html
    assert "Xin mở liên kết:<br>" in rendered.html


def test_the_html_loads_nothing_from_anywhere():
    html = render(GOOD, VALUES, language="vi").html
    assert re.findall(r"<(\w+)", html) == "html head meta title body p p br a p".split()
    assert "src=" not in html


def test_what_stands_in_a_name_is_only_ever_text():
    values = VALUES | {"ten": '<b>{ma}</b> & "x"\r\nBcc: a@b.vn'}
    rendered = render(GOOD, values, language="vi")
    assert "<b>{ma}</b>" in rendered.text
    assert "&lt;b&gt;{ma}&lt;/b&gt; &amp;" in rendered.html
    assert "\n" not in rendered.subject
    assert "\r" not in rendered.subject


def test_a_quotation_mark_in_a_link_does_not_leave_the_attribute():
    template = MessageTemplate("Mời", "{lien_ket}")
    html = render(template, {"lien_ket": 'https://a.vn/"onmouseover="x'}, language="vi").html
    assert '<a href="https://a.vn/">https://a.vn/</a>&#34;onmouseover=&#34;x</p>' in html


def test_a_field_without_a_value_sends_nothing():
    with pytest.raises(FieldUnknown) as refused:
        render(GOOD, {"ten": "Bình"}, language="vi")
    assert refused.value.field == "lien_ket"


def test_doubled_braces_are_braces():
    template = MessageTemplate("Mời", "{{ten}} {ten}")
    assert render(template, VALUES, language="vi").text == "{ten} Ông Nguyễn Văn Bình\n"
    assert check(template, known=KNOWN, required=()) == []


def test_a_text_message_goes_without_accents_unless_they_are_paid_for():
    assert render_sms(GOOD, VALUES) == f"Kinh moi Ong Nguyen Van Binh tra loi phieu: {LINK}"
    assert render_sms(GOOD, VALUES, accents=True).startswith("Kính mời Ông Nguyễn")


ALPHABET = (
    "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
)


def test_every_vietnamese_letter_loses_its_accents():
    plain = "a" * 18 + "bcdd" + "e" * 12 + "gh" + "i" * 6 + "klmn" + "o" * 18 + "pqrst"
    plain += "u" * 12 + "vx" + "y" * 6
    assert sms_segments.unaccented(ALPHABET) == plain
    assert sms_segments.unaccented(ALPHABET.upper()) == plain.upper()
    assert sms_segments.unaccented("đối với “Huế” – 20.000 ₫…") == 'doi voi "Hue" - 20.000 d...'
    assert sms_segments.unaccented("Hoa\u0300 H\u00f2a") == "Hoa Hoa"
    assert sms_segments.foreign(sms_segments.unaccented(ALPHABET + ALPHABET.upper())) == []


@pytest.mark.parametrize(
    ("text", "alphabet", "units", "segments"),
    [
        ("", "gsm7", 0, 1),
        ("a" * 160, "gsm7", 160, 1),
        ("a" * 161, "gsm7", 161, 2),
        ("a" * 306, "gsm7", 306, 2),
        ("a" * 307, "gsm7", 307, 3),
        ("~" * 80, "gsm7", 160, 1),
        ("a" * 152 + "~" + "a" * 152, "gsm7", 306, 3),
        ("ạ" * 70, "ucs2", 70, 1),
        ("ạ" * 71, "ucs2", 71, 2),
        ("ạ" * 134, "ucs2", 134, 2),
        ("ạ" * 135, "ucs2", 135, 3),
        ("🙂" * 35, "ucs2", 70, 1),
        ("ạ" * 66 + "🙂" + "ạ" * 66, "ucs2", 134, 3),
    ],
)
def test_segments_are_counted_as_the_standard_has_it(text, alphabet, units, segments):
    assert sms_segments.measure(text) == sms_segments.Length(alphabet, units, segments)
