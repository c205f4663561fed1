"""Text messages over HTTP: asked as the gateway wants, understood as it answers."""

import json
import stat
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from surveyapp.config import read_settings
from surveyapp.messaging.channels import open_channels
from surveyapp.messaging.errors import ChannelMisconfigured
from surveyapp.messaging.model import Outcome, Reason
from surveyapp.messaging.sms.gateway import GatewayShape, SmsGateway
from tests.messaging.mails import TOKEN, email, sms

EXAMPLE = Path(__file__).parents[2] / "docs" / "sms-gateway.example.json"


class Gateway(HTTPServer):
    """A gateway that remembers what it was asked and answers what it was told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Asked)
        self.asked: list[tuple[str, str]] = []
        self.status, self.answer = 200, '{"code": "0", "data": [{"smsId": 987}]}'


class Asked(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        self.server.asked.append((self.headers["Content-Type"], self.rfile.read(length).decode()))
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", "http://127.0.0.1:9/")
        self.end_headers()
        self.wfile.write(self.server.answer.encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def gateway():
    with Gateway() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def shape(gateway, **changes) -> GatewayShape:
    fields = {
        "url": f"http://127.0.0.1:{gateway.server_port}/send",
        "body": {
            "username": "u",
            "brandname": "BNV-CCHC",
            "messages": [{"to": "{phone}", "content": "{text}", "requestId": "KS-{reference}"}],
            "unicode": 0,
        },
        "answer": {"code": "code", "reference": "data.0.smsId"},
        "success": ["0"],
        "later": ["98"],
        "account": ["99"],
        "bad_number": ["7"],
        "timeout_seconds": 60,
    }
    return GatewayShape(**fields | changes)


def test_a_text_is_handed_over_in_the_gateways_own_form(gateway):
    outcome = SmsGateway(shape(gateway)).send(sms(text='Kinh moi "Ong/Ba" {phone}'))
    assert outcome == Outcome.handed_over("0", "987")
    [(kind, body)] = gateway.asked
    assert kind == "application/json; charset=utf-8"
    [message] = json.loads(body)["messages"]
    assert message == {
        "to": "84912345678",
        "content": 'Kinh moi "Ong/Ba" {phone}',
        "requestId": f"KS-{TOKEN}",
    }


def test_a_gateway_that_wants_a_form_gets_one(gateway):
    formed = shape(gateway, encoding="form", phone="0", body={"to": "{phone}", "m": "{text}"})
    assert SmsGateway(formed).send(sms(text="a&to=1")).is_handed_over
    assert parse_qs(gateway.asked[0][1]) == {"to": ["0912345678"], "m": ["a&to=1"]}


@pytest.mark.parametrize(
    ("status", "answer", "outcome"),
    [
        (200, '{"code": 98}', Outcome.later(Reason.BUSY, "98")),
        (200, '{"code": "99"}', Outcome.later(Reason.AUTHENTICATION, "99")),
        (200, '{"code": "7"}', Outcome.never(Reason.NO_SUCH_ADDRESS, "7")),
        (200, '{"code": "12"}', Outcome.never(Reason.REFUSED, "12")),
        (200, "{}", Outcome.later(Reason.BUSY)),
        (200, "<html>", Outcome.later(Reason.BUSY)),
        (302, "", Outcome.later(Reason.DOWN, "302")),
        (400, "", Outcome.never(Reason.CONTENT_REFUSED, "400")),
        (401, "", Outcome.later(Reason.AUTHENTICATION, "401")),
        (429, "", Outcome.later(Reason.BUSY, "429")),
        (503, "", Outcome.later(Reason.DOWN, "503")),
    ],
)
def test_an_answer_is_understood(gateway, status, answer, outcome):
    gateway.status, gateway.answer = status, answer
    assert SmsGateway(shape(gateway)).send(sms()) == outcome


def test_a_gateway_that_is_not_there_is_down():
    with Gateway() as gone:
        closed = shape(gone)
    assert SmsGateway(closed).send(sms()) == Outcome.later(Reason.DOWN)


def test_a_gateway_that_says_nothing_is_slow():
    with Gateway() as silent:  # listens, and nobody serves
        patient = shape(silent, timeout_seconds=0.1)
        assert SmsGateway(patient).send(sms()) == Outcome.later(Reason.SLOW)


@pytest.mark.parametrize("phone", ["0912345678", "+841", "+14155550100", "", "+84912345678; x"])
def test_only_a_vietnamese_number_is_tried(gateway, phone):
    assert SmsGateway(shape(gateway)).send(sms(phone)) == Outcome.never(Reason.BAD_ADDRESS)
    assert gateway.asked == []


def write(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


def test_the_example_of_the_documentation_is_a_gateway(tmp_path):
    read = GatewayShape.read(write(tmp_path / "sms.json", EXAMPLE.read_text()))
    assert read.url.startswith("https://")
    assert "{phone}" in json.dumps(read.body)


@pytest.mark.parametrize(
    ("text", "mode", "fault"),
    [
        ("{}", 0o644, "readable_by_others"),
        ("nothing", 0o600, ""),
        ('{"url": "https://a.vn", "success": ["0"]}', 0o600, "body"),
        ('{"url": "http://a.vn", "body": {}, "success": ["0"]}', 0o600, "url"),
        ('{"url": "https://a.vn", "body": {}, "success": ["0"], "x": 1}', 0o600, "x"),
    ],
)
def test_a_description_that_cannot_work_is_refused(tmp_path, text, mode, fault):
    with pytest.raises(ChannelMisconfigured) as refused:
        GatewayShape.read(write(tmp_path / "sms.json", text, mode))
    assert refused.value.fault == fault


def test_texts_go_to_a_file_of_our_own_where_there_is_no_gateway(tmp_path):
    channels = open_channels(
        read_settings(
            {
                "DATABASE_URL": "sqlite:////nowhere/survey.sqlite3",
                "SURVEYAPP_INSTANCE": str(tmp_path),
            }
        )
    )
    assert channels.email is None
    assert channels.sms.send(sms()).is_handed_over
    assert channels.sms.send(sms("+84987654321", "Dòng\nhai")).is_handed_over
    spool = tmp_path / "spool" / "sms.jsonl"
    assert stat.S_IMODE(spool.stat().st_mode) == 0o600
    lines = [json.loads(line) for line in spool.read_text().splitlines()]
    assert [(one["phone"], one["text"]) for one in lines] == [
        ("+84912345678", "Kinh moi Ong/Ba"),
        ("+84987654321", "Dòng\nhai"),
    ]


def test_a_demonstration_writes_its_mail_to_a_file(tmp_path):
    settings = read_settings({"SURVEYAPP_INSTANCE": str(tmp_path), "SURVEYAPP_DEMO": "yes"})
    channels = open_channels(settings)
    assert channels.email.name == "spool"
    assert channels.email.send(email()).is_handed_over
    channels.close()
    [line] = (tmp_path / "spool" / "email.jsonl").read_text().splitlines()
    assert json.loads(line)["subject"] == email().subject


def test_a_spool_that_cannot_be_written_is_down(tmp_path):
    (tmp_path / "spool").write_text("a file where the folder should be")
    channels = open_channels(
        read_settings(
            {
                "DATABASE_URL": "sqlite:////nowhere/survey.sqlite3",
                "SURVEYAPP_INSTANCE": str(tmp_path),
            }
        )
    )
    assert channels.sms.send(sms()) == Outcome.later(Reason.DOWN)
