"""A server that could not send says so when it starts, with every fault at once."""

import pytest

from surveyapp.config import SettingsRefused, read_settings
from surveyapp.messaging.channels import open_channels

COMPLETE = {
    "DATABASE_URL": "sqlite:////nowhere/survey.sqlite3",
    "SURVEYAPP_SMTP_URL": "smtp+starttls://a:m%40t@mail.example.vn:2525",
    "SURVEYAPP_MAIL_FROM": "Vụ CCHC <khaosat@example.vn>",
    "SURVEYAPP_MAIL_BOUNCES": "tra-lai@example.vn",
}


def test_a_mail_server_is_read_from_its_address():
    channels = open_channels(read_settings(COMPLETE | {"SURVEYAPP_BASE_URL": "https://ks.vn"}))
    server = channels.email.server
    assert (server.host, server.port, server.security) == ("mail.example.vn", 2525, "starttls")
    assert (server.user, server.password, server.hello) == ("a", "m@t", "ks.vn")
    assert "m@t" not in repr(server)


@pytest.mark.parametrize(
    ("url", "port", "security"),
    [
        ("smtp://127.0.0.1", 25, "none"),
        ("smtp+starttls://mail.example.vn", 587, "starttls"),
        ("smtps://mail.example.vn", 465, "tls"),
    ],
)
def test_each_way_to_speak_has_its_port(url, port, security):
    channels = open_channels(read_settings(COMPLETE | {"SURVEYAPP_SMTP_URL": url}))
    server = channels.email.server
    assert (server.port, server.security) == (port, security)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"SURVEYAPP_SMTP_URL": "mail.example.vn"}, ["SMTP_URL"]),
        ({"SURVEYAPP_SMTP_URL": "http://mail.example.vn"}, ["SMTP_URL"]),
        ({"SURVEYAPP_SMTP_URL": "smtp://mail:port"}, ["SMTP_URL"]),
        ({"SURVEYAPP_MAIL_FROM": ""}, ["MAIL_FROM"]),
        ({"SURVEYAPP_MAIL_FROM": "", "SURVEYAPP_MAIL_BOUNCES": ""}, ["MAIL_FROM", "MAIL_BOUNCES"]),
        ({"SURVEYAPP_MAIL_FROM": "a@b.vn, c@d.vn"}, ["MAIL_FROM"]),
        ({"SURVEYAPP_MAIL_BOUNCES": "nobody"}, ["MAIL_BOUNCES"]),
        ({"SURVEYAPP_MAIL_REPLY_TO": "a@b.vn\r\nBcc: c@d.vn"}, ["MAIL_REPLY_TO"]),
        ({"SURVEYAPP_DKIM_KEY": "/nowhere/key.pem"}, ["DKIM_KEY"]),
        ({"SURVEYAPP_IMAP_URL": "pop3://mail.example.vn"}, ["IMAP_URL"]),
        ({"SURVEYAPP_SMS_GATEWAY": "/nowhere.json"}, ["SMS_GATEWAY"]),
    ],
)
def test_a_setting_that_cannot_work_is_named(changes, named):
    with pytest.raises(SettingsRefused) as refused:
        read_settings(COMPLETE | changes)
    settings_named = [
        fault.partition(":")[0].removeprefix("SURVEYAPP_") for fault in refused.value.faults
    ]
    assert settings_named == named
