"""What every answer of the server carries, and which posts it takes."""

import gzip
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask, Response, abort

from surveyapp.web.http import guard, headers
from surveyapp.web.http.access import anyone
from surveyapp.web.http.guard import takes_upload, unmask, without_token
from tests.web.browsing import HERE, token

PAGES = ["/account/sign-in", "/nothing-here", "/health", "/account/", "/x/fails", "/x/refuses"]


@pytest.fixture
def app(own_app: Flask) -> Flask:
    """The application with a few pages that fail, or that take posts."""

    @anyone
    def fails():
        raise RuntimeError("Nguyễn Văn An 7123456789012345")

    @anyone
    def refuses():
        abort(403)

    @anyone
    def takes():
        return "taken"

    @anyone
    @without_token
    def takes_from_strangers():
        return "taken"

    @anyone
    @takes_upload
    def takes_file():
        from flask import request

        return str(len(request.files["file"].read()))

    own_app.add_url_rule("/x/fails", "x-fails", fails)
    own_app.add_url_rule("/x/refuses", "x-refuses", refuses)
    own_app.add_url_rule("/account/x", "x-takes", takes, methods=["POST"])
    own_app.add_url_rule("/x/start", "x-start", takes_from_strangers, methods=["POST"])
    own_app.add_url_rule("/account/file", "x-file", takes_file, methods=["POST"])
    return own_app


@pytest.mark.parametrize("address", PAGES)
def test_every_answer_is_locked_down_errors_included(client, address):
    headers = client.get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy and "form-action 'self'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] in {"no-referrer", "strict-origin"}
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers  # plain http here


def test_text_becomes_a_page_by_one_policy_alone(client):
    policy = client.get("/account/sign-in").headers["Content-Security-Policy"]
    assert "require-trusted-types-for 'script'" in policy
    assert "trusted-types ours" in policy.split("; ")
    scripts = Path(headers.__file__).parents[2] / "static" / "js"
    made = [path.name for path in scripts.glob("*.js") if "createPolicy" in path.read_text()]
    assert sorted(made) == ["answers.js", "staff.js"]


def test_style_sheets_are_kept_for_good_under_an_address_of_their_content(client):
    page = client.get("/account/sign-in").text
    address = re.search(r'href="(/static/[0-9a-f]{12}/css/base\.css)"', page)[1]
    with client.get(address) as answer:
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    other = client.get("/static/000000000000/css/base.css")  # while nodes are being replaced
    assert (other.status_code, other.headers["Location"]) == (302, address)
    assert other.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in other.headers
    assert client.get("/static/000000000000/css/none.css").status_code == 404


def test_style_sheets_and_scripts_are_compressed_without_a_proxy(client):
    page = client.get("/account/sign-in").text
    address = re.search(r'href="(/static/[0-9a-f]{12}/css/base\.css)"', page)[1]
    plain = client.get(address)
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) * 2 < len(plain.data)
    assert (
        packed.headers["Content-Encoding"] == "gzip"
        and "immutable" in packed.headers["Cache-Control"]
    )
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert packed.headers["X-Content-Type-Options"] == "nosniff"
    looked = client.head(address, headers={"Accept-Encoding": "gzip"})
    assert (looked.data, looked.headers["Content-Length"]) == (b"", str(len(packed.data)))
    plain.close()


def test_pages_are_compressed_for_browsers_that_ask(client):
    answer = client.get("/account/sign-in", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert "<h1>Đăng nhập</h1>" in gzip.decompress(answer.data).decode()
    assert "Content-Encoding" not in client.get("/account/sign-in").headers


def test_the_token_looks_different_in_every_answer_and_is_the_same_underneath(app, client):
    one, two = token(client.get("/account/sign-in")), token(client.get("/account/sign-in"))
    assert one != two
    assert one[:8] != two[:8]
    assert unmask(one).partition(".")[0] == unmask(two).partition(".")[0]


def test_a_post_with_its_token_is_taken(client):
    given = token(client.get("/account/sign-in"))
    assert client.post("/account/x", data={"csrf_token": given}, headers=HERE).text == "taken"
    assert client.post("/account/x", headers={**HERE, "X-CSRFToken": given}).text == "taken"


@pytest.mark.parametrize("given", ["", "x", "A" * 200, "ế"])
def test_a_post_without_its_token_gets_the_page_that_says_what_to_do(client, given):
    client.get("/account/sign-in")
    answer = client.post("/account/x", data={"csrf_token": given}, headers=HERE)
    assert answer.status_code == 400
    assert "Trang đã mở quá lâu" in answer.text
    assert "đã lưu trước đó vẫn còn" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:81"},
    ],
)
def test_a_post_from_another_site_is_refused_even_with_a_token(client, headers):
    given = token(client.get("/account/sign-in"))
    answer = client.post("/account/x", data={"csrf_token": given}, headers=headers)
    assert answer.status_code == 400
    assert client.post("/x/start", headers=headers).status_code == 400


@pytest.mark.parametrize(
    "headers", [HERE, {"Sec-Fetch-Site": "none"}, {"Origin": "http://localhost"}]
)
def test_the_start_button_needs_no_token_where_the_browser_vouches_for_it(client, headers):
    assert client.post("/x/start", headers=headers).text == "taken"


@pytest.mark.parametrize("headers", [{}, {"Origin": "null"}])
def test_where_nothing_vouches_for_it_the_start_button_is_refused(client, headers):
    assert client.post("/x/start", headers=headers).status_code == 400


@pytest.mark.parametrize("headers", [{}, {"Origin": "null"}])
def test_an_old_browser_that_says_nothing_is_trusted_by_its_token(client, headers):
    given = token(client.get("/account/sign-in"))
    assert client.post("/account/x", data={"csrf_token": given}, headers=headers).text == "taken"


def test_only_the_respondents_views_before_a_session_take_posts_without_a_token(app):
    unguarded = {
        name
        for name, view in app.view_functions.items()
        if getattr(view, "takes_no_token", False) and not name.startswith("x-")
    }
    assert unguarded == {
        "respond.enter",
        "respond.start",
        "respond.declare",
        "respond.take_back",
    }


def test_a_request_is_small_unless_the_page_takes_files(client):
    given = token(client.get("/account/sign-in"))
    large = {"csrf_token": given, "text": "x" * 70_000}
    refused = client.post("/account/x", data=large, headers=HERE)
    assert refused.status_code == 413
    assert "Tệp quá lớn" in refused.text
    upload = {"csrf_token": given, "file": (BytesIO(bytes(400_000)), "a.xlsx")}
    assert client.post("/account/file", data=upload, headers=HERE).text == "400000"
    claimed = {"CONTENT_LENGTH": str(guard.UPLOAD_BYTES + 1)}
    huge = client.post(
        "/account/file", headers={**HERE, "X-CSRFToken": given}, environ_overrides=claimed
    )
    assert huge.status_code == 413


def test_a_failure_tells_neither_the_reader_nor_the_log_what_it_was_about(client, capsys):
    answer = client.get("/x/fails?code=7123456789012345")
    assert answer.status_code == 500
    written = capsys.readouterr().err
    assert "RuntimeError" in written and "/x/fails" in written
    assert "Nguyễn" not in answer.text
    assert "Nguyễn" not in written and "7123456789012345" not in written
    number = re.search(r'"error_id": "([0-9a-f]{8})"', written)[1]
    assert number in answer.text


def test_a_script_gets_its_errors_as_json(client):
    answer = client.get("/nothing-here", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json) == (404, {"error": "404"})


def test_a_wrong_method_says_which_one_is_right(client):
    answer = client.get("/account/sign-out")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_the_language_asked_for_in_the_address_stays_in_the_addresses_of_the_page(client):
    page = client.get("/account/sign-in?lang=en")
    assert '<html lang="en"' in page.text and "<h1>Sign in</h1>" in page.text
    assert 'action="/account/sign-in?lang=en"' in page.text
    assert "Set-Cookie" not in page.headers or "lang" not in page.headers["Set-Cookie"]
    assert '<html lang="vi"' in client.get("/account/sign-in?lang=xx").text


def test_a_web_worker_starts_without_the_heavy_libraries():
    heavy = {"pandas", "numpy", "pyarrow", "xlsxwriter", "typst", "python_calamine", "pyreadstat"}
    heavy |= {"alembic", "webauthn", "scipy", "openpyxl"}
    script = (
        "import sys, surveyapp.web.application as application\n"
        "from importlib import import_module\n"
        "[import_module(room) for room in application.ROOMS]\n"
        f"print(sorted({heavy} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_what_is_sent_is_what_werkzeug_would_send_with_our_headers(app, client):
    """Ours looks at fewer headers on the way out; nobody receives another one for that."""
    seen = []

    def compared(self, environ):
        _, status, plain = Response.get_wsgi_response(self, environ)
        present = {name.lower() for name, _ in plain}
        expected = plain + [pair for name, pair in self.ours.items() if name not in present]
        given = own(self, environ)
        seen.append(((given[1], sorted(given[2])), (status, sorted(expected))))
        return given

    own = headers.SurveyResponse.get_wsgi_response
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(headers.SurveyResponse, "get_wsgi_response", compared)
        for address in (*PAGES, "/", "/phieu", "/account"):
            for method in ("GET", "HEAD", "OPTIONS", "POST"):
                client.open(address, method=method, headers={"Accept-Encoding": "gzip"})
    assert {given[0][:1] for given, _ in seen} >= {"2", "3", "4", "5"}
    for given, expected in seen:
        assert given == expected
