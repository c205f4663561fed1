"""E-mail reaches a real server, and every fault of it is understood."""

import socket
from base64 import b64decode
from contextlib import closing
from dataclasses import replace
from urllib.parse import quote

import pytest

from surveyapp.config import read_settings
from surveyapp.messaging.email.smtp import SmtpChannel, SmtpServer
from surveyapp.messaging.errors import ChannelMisconfigured
from surveyapp.messaging.model import Outcome, Reason
from tests.messaging import mailserver
from tests.messaging.mails import TOKEN, email
from tests.ports import free_port


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with mailserver.running(tmp_path_factory.mktemp("smtp")) as running:
        yield running


@pytest.fixture
def channel(server):
    with SmtpChannel(_plain(server.port)) as channel:
        yield channel


def _plain(port: int) -> SmtpServer:
    return SmtpServer(host="127.0.0.1", port=port, security="none", timeout=60)


def _taken_for(server, recipient):
    return [one for one in server.received() if one.recipient == recipient]


def _text(mail, kind):
    return mail.get_body((kind,)).get_content().replace("\r\n", "\n")


def test_a_mail_arrives_as_it_was_written(server, channel):
    assert channel.send(email("an@so.example.vn")) == Outcome.handed_over("250 2.0.0", "4XyZ123")
    [taken] = _taken_for(server, "an@so.example.vn")
    mail = taken.mail
    assert taken.envelope_sender == f"tra-lai+{TOKEN}@example.vn"
    assert mail["Subject"] == "Mời Ông/Bà trả lời phiếu khảo sát cải cách hành chính"
    assert mail["To"] == "Nguyễn Văn Bình <an@so.example.vn>"
    assert mail["From"] == "Vụ Cải cách hành chính <khaosat@example.vn>"
    assert mail["Message-ID"] == f"<{TOKEN}@example.vn>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert _text(mail, "plain") == email().text
    assert _text(mail, "html") == email().html


def test_many_mails_go_over_one_connection(server):
    recipients = [f"nguoi{n}@so.example.vn" for n in range(30)]
    with SmtpChannel(_plain(server.port)) as channel:
        first = channel.send(email(recipients[0]))
        connection = channel._connection
        outcomes = [channel.send(email(one)) for one in recipients[1:]]
        assert channel._connection is connection
    assert {one.state for one in [first, *outcomes]} == {"handed_over"}
    assert {one.recipient for one in server.received()} >= set(recipients)


@pytest.mark.parametrize(
    ("recipient", "state", "reason", "code"),
    [
        ("busy-1@so.example.vn", "later", Reason.BUSY, "450 4.2.1"),
        ("full-1@so.example.vn", "later", Reason.MAILBOX_FULL, "452 4.2.2"),
        ("closing-1@so.example.vn", "later", Reason.BUSY, "421 4.3.2"),
        ("gone-1@so.example.vn", "never", Reason.NO_SUCH_ADDRESS, "550 5.1.1"),
        ("blocked-1@so.example.vn", "never", Reason.POLICY, "550 5.7.1"),
        ("refused-1@so.example.vn", "never", Reason.CONTENT_REFUSED, "554 5.6.0"),
        ("reset-1@so.example.vn", "later", Reason.LOST_CONNECTION, ""),
    ],
)
def test_a_refusal_is_understood_and_the_next_mail_still_goes(
    server, channel, recipient, state, reason, code
):
    outcome = channel.send(email(recipient))
    assert (outcome.state, outcome.reason, outcome.code) == (state, reason, code)
    after = f"after-{recipient}"
    assert channel.send(email(after)).is_handed_over
    assert len(_taken_for(server, after)) == 1


def test_a_server_that_falls_silent_is_given_up_in_time(server):
    patient = replace(_plain(server.port), timeout=1.5)
    with SmtpChannel(patient) as channel:
        outcome = channel.send(email("slow-1@so.example.vn"))
        assert outcome == Outcome.later(Reason.LOST_CONNECTION)
        assert channel.send(email("sau@so.example.vn")).is_handed_over


def test_a_mail_cut_off_after_its_text_may_arrive_twice_but_is_the_same_mail(server, channel):
    assert channel.send(email("reset1-a@so.example.vn")).state == "later"
    assert channel.send(email("reset1-a@so.example.vn")).is_handed_over
    first, second = _taken_for(server, "reset1-a@so.example.vn")
    assert first.raw == second.raw


def test_a_server_that_is_down_concerns_the_channel_and_not_the_person(tmp_path):
    with mailserver.running(tmp_path / "a") as server:
        channel = SmtpChannel(_plain(server.port))
        assert channel.send(email()).is_handed_over
    outcome = channel.send(email())
    assert (outcome.state, outcome.reason) == ("later", Reason.DOWN)
    assert outcome.concerns_channel
    assert not outcome.concerns_address


def test_a_connection_the_server_closed_meanwhile_is_renewed_at_once(tmp_path):
    port = free_port()
    with mailserver.running(tmp_path / "a", port=port):
        channel = SmtpChannel(_plain(port))
        assert channel.send(email()).is_handed_over
    with mailserver.running(tmp_path / "b", port=port) as again, channel:
        assert channel.send(email()).is_handed_over
    assert len(again.received()) == 1


def test_a_server_that_never_greets_is_slow():
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        server = replace(_plain(silent.getsockname()[1]), timeout=0.2)
        assert SmtpChannel(server).send(email()) == Outcome.later(Reason.SLOW)


@pytest.mark.parametrize(
    "recipient", ["", "a", "a@b@c.vn", "a b@c.vn", "ông@c.vn", "a@c.vn>, <b@c.vn", "a@c..vn"]
)
def test_what_is_no_address_is_never_tried(channel, recipient):
    assert channel.send(email(recipient)) == Outcome.never(Reason.BAD_ADDRESS)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    with mailserver.running(folder, "--tls", "--auth") as running:
        yield running


def _settings(guarded, password=mailserver.PASSWORD, **more):
    environment = {
        "DATABASE_URL": "sqlite:////nowhere/survey.sqlite3",
        "SURVEYAPP_SMTP_URL": f"smtp+starttls://{mailserver.USER}:{quote(password)}@127.0.0.1:{guarded.port}",
        "SURVEYAPP_MAIL_FROM": "Vụ CCHC <khaosat@example.vn>",
        "SURVEYAPP_MAIL_BOUNCES": "tra-lai@example.vn",
        "SURVEYAPP_MAIL_CA": str(guarded.folder / "certificate.pem"),
    }
    return read_settings(environment | more)


def test_mail_goes_over_tls_to_a_server_that_asks_who_we_are(guarded):
    with SmtpChannel(SmtpServer.of(_settings(guarded))) as channel:
        assert channel.check().is_handed_over
        assert channel.send(email("kin@so.example.vn")).is_handed_over
    assert len(_taken_for(guarded, "kin@so.example.vn")) == 1


def test_a_wrong_password_concerns_the_channel(guarded):
    with SmtpChannel(SmtpServer.of(_settings(guarded, password="sai"))) as channel:
        outcome = channel.send(email())
    assert (outcome.state, outcome.reason) == ("later", Reason.AUTHENTICATION)
    assert outcome.concerns_channel


def test_nothing_is_sent_to_a_server_whose_certificate_nobody_vouches_for(guarded):
    stranger = replace(SmtpServer.of(_settings(guarded)), ca_file="")
    before = len(guarded.received())
    with SmtpChannel(stranger) as channel:
        assert channel.send(email()) == Outcome.later(Reason.INSECURE)
    assert len(guarded.received()) == before


def test_nothing_is_sent_in_clear_to_a_server_that_was_to_offer_tls(server):
    demanding = replace(_plain(server.port), security="starttls")
    with SmtpChannel(demanding) as channel:
        assert channel.send(email("tran@so.example.vn")) == Outcome.later(Reason.INSECURE)
    assert _taken_for(server, "tran@so.example.vn") == []


def test_a_password_is_never_sent_in_clear_over_a_network():
    settings = read_settings(
        {
            "DATABASE_URL": "sqlite:////nowhere/survey.sqlite3",
            "SURVEYAPP_SMTP_URL": "smtp://a:b@mail.example.vn",
            "SURVEYAPP_MAIL_FROM": "a@b.vn",
            "SURVEYAPP_MAIL_BOUNCES": "c@b.vn",
        }
    )
    with pytest.raises(ChannelMisconfigured) as refused:
        SmtpServer.of(settings)
    assert refused.value.fault == "password_without_tls"
    assert "b@mail" not in repr(settings)


def test_a_mail_is_signed_if_there_is_a_key(server):
    from tests.messaging.test_dkim import ed25519_signer

    signed = replace(_plain(server.port), signer=ed25519_signer())
    with SmtpChannel(signed) as channel:
        assert channel.send(email("ky@so.example.vn")).is_handed_over
    [taken] = _taken_for(server, "ky@so.example.vn")
    assert taken.mail["DKIM-Signature"].startswith("v=1; a=ed25519-sha256;")
    assert b64decode(taken.mail["DKIM-Signature"].rpartition("b=")[2])
