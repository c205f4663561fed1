"""Returned mail is told apart: only a dead address is hard, and every mail finds the message it answers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.messaging.email.bounces import BounceKind, Report, read_notice, read_report
from surveyapp.messaging.errors import NoticeRefused
from tests.messaging import returned
from tests.messaging.mails import TOKEN


def read(raw: bytes) -> Report:
    return read_report(raw, bounce_address=returned.BOUNCES)


@pytest.mark.parametrize(
    ("name", "kind", "status"),
    [
        ("GMAIL_GONE", BounceKind.HARD, "5.1.1"),
        ("GMAIL_FULL", BounceKind.SOFT, "5.2.2"),
        ("GMAIL_BLOCKED", BounceKind.SOFT, "5.7.26"),
        ("EXCHANGE_GONE", BounceKind.HARD, "5.1.10"),
        ("EXCHANGE_DOMAIN", BounceKind.HARD, "5.4.310"),
        ("EXCHANGE_RULE", BounceKind.SOFT, "5.7.133"),
        ("POSTFIX_DELAYED", BounceKind.SOFT, "4.4.1"),
        ("POSTFIX_EXPIRED", BounceKind.SOFT, "4.4.1"),
        ("POSTFIX_NO_HOST", BounceKind.HARD, "5.4.4"),
        ("POSTFIX_DELIVERED", BounceKind.DELIVERED, "2.0.0"),
        ("ZIMBRA_LOCKED", BounceKind.HARD, "5.1.1"),
        ("BARE_STATUS", BounceKind.HARD, "5.0.0"),
        ("TOO_LARGE", BounceKind.SOFT, "5.3.4"),
        ("QMAIL", BounceKind.HARD, "5.1.1"),
        ("VIETNAMESE_GONE", BounceKind.HARD, ""),
        ("VIETNAMESE_FULL", BounceKind.SOFT, ""),
        ("WARNING", BounceKind.SOFT, ""),
        ("OUTLOOK_AWAY", BounceKind.AUTO_REPLY, ""),
        ("RFC3834_AWAY", BounceKind.AUTO_REPLY, ""),
        ("VIETNAMESE_AWAY", BounceKind.AUTO_REPLY, ""),
        ("PERSON", BounceKind.UNKNOWN, ""),
        ("COMPLAINT", BounceKind.COMPLAINT, ""),
    ],
)
def test_a_returned_mail_is_understood_and_matched(name, kind, status):
    report = read(getattr(returned, name))
    assert (report.kind, report.status, report.token) == (kind, status, TOKEN)


@pytest.mark.parametrize(
    "name", ["GMAIL_GONE", "EXCHANGE_GONE", "QMAIL", "VIETNAMESE_GONE", "COMPLAINT"]
)
def test_the_failed_address_is_named(name):
    assert read(getattr(returned, name)).recipient == "binh@so.example.vn"


def test_a_report_to_another_address_is_matched_by_the_message_it_returns():
    report = read(returned.report(to="khaosat@example.vn"))
    assert (report.kind, report.token) == (BounceKind.HARD, TOKEN)


def test_a_report_on_somebody_elses_mail_matches_nothing():
    other = returned.report(to="khaosat@example.vn", returned="Message-ID: <abcdefgh@other.vn>\n")
    assert read(other).token == ""


def test_a_message_id_of_another_domain_of_ours_is_matched_if_it_is_named():
    raw = returned.report(to="a@example.vn", returned=f"Message-ID: <{TOKEN}@so.gov.vn>\n")
    report = read_report(raw, bounce_address=returned.BOUNCES, domain="so.gov.vn")
    assert report.token == TOKEN


def test_what_is_kept_of_the_words_holds_no_link_and_no_code():
    words = f"550 5.7.1 refused {returned.LINK} code 7123-4567-8901-2345 or 7123456789012345"
    report = read(returned.report(status="5.7.1", diagnostic=f"smtp; {words} {'x' * 500}"))
    assert "7123" not in report.text
    assert "refused" in report.text
    assert len(report.text) <= 300


def test_a_report_of_several_recipients_says_the_worst():
    raw = returned.report(action="delivered", status="2.0.0", diagnostic="smtp; 250 ok")
    more = b"\r\nFinal-Recipient: rfc822; an@so.example.vn\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    raw = raw.replace(b"smtp; 250 ok\r\n", b"smtp; 250 ok\r\n" + more)
    assert read(raw).kind == BounceKind.HARD


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"Content-Type: multipart/report; boundary=\r\n\r\n--\r\n",
        b"Content-Type: text/plain; charset=unheard-of\r\nSubject: =?x?B?!!?=\r\n\r\n\xff",
        b"Content-Type: message/delivery-status\r\n\r\nnothing",
        b"Subject: =?utf-8?B?a?=\r\nFrom: postmaster@a.vn\r\n\r\n",
        b"From: =?utf-8?q?=FF?= <postmaster@a.vn>\r\nTo: (((\r\n\r\n",
    ],
)
def test_a_mail_that_makes_no_sense_is_unknown(raw):
    assert read(raw) == Report(BounceKind.UNKNOWN, text=read(raw).text)


@settings(deadline=None)
@given(st.binary(max_size=400), st.integers(0, 1500), st.integers(0, 200))
def test_no_damaged_report_raises(noise, at, cut):
    raw = returned.GMAIL_GONE
    read(raw[:at] + noise + raw[at + cut :])


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"kind": "delivered", "reference": TOKEN}, BounceKind.DELIVERED),
        ({"kind": "failed", "message_id": returned.MESSAGE_ID, "status": "5.1.1"}, BounceKind.HARD),
        ({"kind": "failed", "envelope_sender": returned.VERP, "status": "4.2.2"}, BounceKind.SOFT),
        ({"kind": "failed", "reference": TOKEN, "text": "mailbox full"}, BounceKind.SOFT),
        ({"kind": "complaint", "reference": TOKEN}, BounceKind.COMPLAINT),
    ],
)
def test_a_providers_notice_is_understood_and_matched(fields, kind):
    notice = read_notice(fields, bounce_address=returned.BOUNCES)
    assert (notice.kind, notice.token) == (kind, TOKEN)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "delivered"}, "reference"),
        ({"kind": "delivered", "reference": "../../etc/passwd"}, "reference"),
        ({"kind": "opened", "reference": TOKEN}, "kind"),
        ({"reference": TOKEN}, "kind"),
    ],
)
def test_a_notice_about_nothing_is_refused(fields, field):
    with pytest.raises(NoticeRefused) as refused:
        read_notice(fields, bounce_address=returned.BOUNCES)
    assert refused.value.field == field
