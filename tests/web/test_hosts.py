"""The server answers under its own names, and bounds what it reads."""

from dataclasses import replace

import pytest

from surveyapp import small_json
from surveyapp.documents.tables import inert
from surveyapp.web import application
from tests.web.browsing import HERE, led_to


@pytest.fixture
def site(app, settings, keys):
    """As it is installed: TLS, one name and a second."""
    named = replace(
        settings, base_url="https://khaosat.example.vn", hosts=("khaosat.noibo.example.vn",)
    )
    application.configure(app, named, keys)
    return app.test_client()


@pytest.mark.parametrize(
    "path", ["/", "/account", "/account/sign-in", "/centre/tiny/", "/t/x", "/nothing"]
)
@pytest.mark.parametrize(
    "host",
    ["evil.example", "khaosat.example.vn.evil.example", "127.0.0.1", "khaosat.example.vn:81"],
)
def test_a_foreign_name_is_refused_and_nobody_is_sent_there(site, host, path):
    answer = site.get(path, headers={"Host": host})
    assert answer.status_code == 421
    assert "Location" not in answer.headers
    assert host not in answer.text


@pytest.mark.parametrize("host", ["khaosat.example.vn", "khaosat.noibo.example.vn"])
def test_the_own_names_are_answered(site, host):
    answer = site.get("/", headers={"Host": host})
    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


def test_a_probe_may_ask_by_any_name(site):
    assert site.get("/health", headers={"Host": "10.0.0.7:8000"}).status_code == 200


def test_a_forwarded_name_is_checked_like_any_other(app, settings, keys):
    from werkzeug.middleware.proxy_fix import ProxyFix

    named = replace(settings, base_url="https://khaosat.example.vn")
    application.configure(app, named, keys)
    behind = ProxyFix(app.wsgi_app, x_host=1)
    from werkzeug.test import Client

    told = {"Host": "khaosat.example.vn", "X-Forwarded-Host": "evil.example"}
    assert Client(behind).get("/account", headers=told).status_code == 421


@pytest.mark.parametrize(
    "text",
    ["[" * 60_000, '{"a":' * 21 + "1" + "}" * 21, "1" * 5000, "-" + "9" * 41, "1." + "0" * 60, "NaN", "Infinity", "", "{", "'x'", b"\xff"],
)  # fmt: skip
def test_json_that_would_break_the_reader_is_refused(text):
    with pytest.raises(ValueError):
        small_json.read(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [('{"a": [1, 2.5, "[[[[{"]}', {"a": [1, 2.5, "[[[[{"]}), (b'"\\u1ea1\\""', 'ạ"'), ("9" * 40, int("9" * 40))],
)  # fmt: skip
def test_json_within_bounds_says_what_it_says(text, said):
    assert small_json.read(text) == said


@pytest.mark.parametrize("sign", list("=+-@＝＋－＠\t\r\n"))
def test_a_text_that_a_spreadsheet_would_run_is_written_behind_an_apostrophe(sign):
    assert inert(f"{sign}1+1") == f"'{sign}1+1"


def test_a_line_break_in_the_way_back_leads_to_the_list_of_questionnaires(ann):
    ann.start()
    for back in (
        "/phieu\r\nSet-Cookie: a=b",
        "/phieu\n",
        "/phieu\x00",
        "//evil.example",
        "/phieu\\x",
    ):
        answer = ann.post("/phieu/ngon-ngu", language="vi", back=back)
        assert answer.status_code == 303
        assert led_to(answer) == "/phieu"


@pytest.mark.parametrize("go", ["9" * 5000, "９", "-1", "1e9", "²"])
def test_a_page_number_of_any_shape_breaks_nothing(ann, go):
    ann.start()
    answer = ann.send(1, 1, {}, go=go)
    assert answer.status_code < 500


def test_a_report_of_a_provider_that_is_too_deep_is_refused(app, settings, keys):
    token = "t" * 30
    application.configure(app, replace(settings, delivery_token=token), keys)
    for body in ("[" * 60_000, '[{"a": ' + "9" * 5000 + "}]"):
        answer = app.test_client().post(
            "/api/v1/delivery/mail",
            data=body,
            headers={
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
                **HERE,
            },
        )
        assert answer.status_code == 400
