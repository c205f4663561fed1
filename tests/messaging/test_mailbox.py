"""The mailbox of returned mail is read once, over TLS, and left tidy."""

import threading
from contextlib import contextmanager
from urllib.parse import quote

import pytest

from surveyapp.config import read_settings
from surveyapp.messaging.email.bounces import BounceKind, read_report
from surveyapp.messaging.email.mailbox import Mailbox
from surveyapp.messaging.errors import ChannelMisconfigured, HeaderRefused, MailboxUnreachable
from tests.messaging import returned
from tests.messaging.mailboxserver import PASSWORD, USER, MailboxServer
from tests.messaging.mailserver import make_certificate


@contextmanager
def running(certificate=None):
    with MailboxServer(certificate) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def server():
    with running() as server:
        yield server


def address(server, *, scheme="imap", password=PASSWORD, folder="INBOX") -> str:
    return f"{scheme}://{USER}:{quote(password)}@127.0.0.1:{server.port}/{folder}"


def mailbox(server, **changes) -> Mailbox:
    return Mailbox(address(server, **changes), timeout=60)


def test_each_returned_mail_is_read_until_it_is_marked(server):
    server.box.add(returned.GMAIL_GONE)
    server.box.add(returned.RFC3834_AWAY)
    with mailbox(server) as box:
        first, second = box.unseen()
        assert read_report(first.raw, bounce_address=returned.BOUNCES).kind == BounceKind.HARD
        assert second.raw == returned.RFC3834_AWAY
        box.mark_seen(first.uid)
    with mailbox(server) as box:
        assert [one.uid for one in box.unseen()] == [second.uid]
        assert [one.uid for one in box.unseen(limit=0)] == []


def test_reading_leaves_a_mail_unmarked(server):
    server.box.add(returned.PERSON)
    with mailbox(server) as box:
        assert len(list(box.unseen())) == 1
    assert [one.seen for one in server.box.mails] == [False]


def test_a_canary_is_found_when_it_has_arrived_and_not_before(server):
    with mailbox(server) as box:
        assert not box.has("<abcdefgh@example.vn>")
        server.box.add(b"Message-ID: <abcdefgh@example.vn>\r\n\r\n")
        assert box.has("<abcdefgh@example.vn>")
        with pytest.raises(HeaderRefused):
            box.has("<a@b>\r\nA1 DELETE INBOX")


def test_only_the_beginning_of_a_huge_mail_is_read(server):
    server.box.add(returned.GMAIL_GONE + b"x" * 1_000_000)
    with mailbox(server) as box:
        [huge] = box.unseen()
    assert len(huge.raw) == 262_144
    assert read_report(huge.raw, bounce_address=returned.BOUNCES).kind == BounceKind.HARD


@pytest.mark.parametrize(
    ("changes", "stage"),
    [({"password": "sai"}, "sign_in"), ({"folder": "Khac"}, "select")],
)
def test_a_mailbox_that_is_not_ours_says_where_it_failed(server, changes, stage):
    with pytest.raises(MailboxUnreachable) as refused, mailbox(server, **changes):
        pass
    assert refused.value.stage == stage


def test_a_mailbox_that_is_not_there_says_so():
    with running() as server:
        pass
    with pytest.raises(MailboxUnreachable) as refused, mailbox(server):
        pass
    assert refused.value.stage == "connect"


def test_a_connection_lost_on_the_way_says_so(server):
    server.box.add(returned.PERSON)
    server.box.lose_after = 3
    with pytest.raises(MailboxUnreachable) as refused, mailbox(server) as box:
        list(box.unseen())
    assert refused.value.stage == "read"


def test_a_mailbox_is_read_over_tls_and_only_with_a_certificate_we_trust(tmp_path):
    certificate = make_certificate(tmp_path)
    with running(certificate) as server:
        settings = read_settings(
            {
                "DATABASE_URL": "sqlite:////nowhere/survey.sqlite3",
                "SURVEYAPP_IMAP_URL": address(server, scheme="imaps"),
                "SURVEYAPP_MAIL_CA": str(certificate[0]),
            }
        )
        with Mailbox.of(settings) as box:
            assert list(box.unseen()) == []
        with pytest.raises(MailboxUnreachable), mailbox(server, scheme="imaps"):
            pass


def test_a_password_is_not_sent_in_clear_over_a_network():
    with pytest.raises(ChannelMisconfigured):
        Mailbox("imap://a:b@mail.example.vn/INBOX")


def test_without_an_address_there_is_no_mailbox():
    assert Mailbox.of(read_settings({"DATABASE_URL": "sqlite:////nowhere/survey.sqlite3"})) is None
