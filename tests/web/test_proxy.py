"""What stands in front of the server: its page for when we are down needs nothing else, its settings fit ours."""

import re
from pathlib import Path

import pytest

from surveyapp.web.http import guard
from tests.web.test_parts import Page

FOLDER = Path(__file__).parents[2] / "docs" / "proxy"
NGINX, CADDY = ((FOLDER / name).read_text() for name in ("nginx.conf", "Caddyfile"))
GUNICORN = (FOLDER.parents[1] / "gunicorn.conf.py").read_text()


@pytest.fixture
def down() -> str:
    return (FOLDER / "unavailable.html").read_text()


def test_the_page_for_when_we_are_down_asks_for_nothing_else(down):
    page = Page(down)
    assert {tag for tag, _ in page.tags} <= {
        *("html", "head", "meta", "title", "link", "style", "body", "main", "section"),
        *("p", "h1", "h2", "ul", "li", "strong"),
    }
    assert [one["href"] for one in page.all("link")] == ["data:,"]
    assert not re.search(r"url\(|@import|\ssrc=|\son\w+=|style=|http-equiv", down)
    assert len(down.encode()) < 6_000


def test_the_page_for_when_we_are_down_says_it_in_both_languages(down):
    page = Page(down)
    assert page.all("html")[0]["lang"] == "vi"
    assert [one["lang"] for one in page.all("section")] == ["en"]
    vietnamese, english = page.text.split("The system is down")
    for told in ("Những câu đã lưu vẫn còn", "sau khoảng 5 phút", "chọn gửi lại", "mã"):
        assert told in vietnamese
    for told in ("already saved are kept", "in about 5 minutes", "send the information again"):
        assert told in english
    for settings in (NGINX, CADDY):
        assert re.search(r'Retry-After "300"', settings)  # five minutes


def test_the_proxies_let_through_all_that_we_take_and_write_nothing_about_requests():
    megabytes = guard.UPLOAD_BYTES // 1024**2 + 1
    assert f"client_max_body_size {megabytes}m;" in NGINX
    assert f"max_size {megabytes}MB" in CADDY
    servers = NGINX.count("server {\n    listen")
    assert NGINX.count("access_log off;") == servers == 2
    assert re.findall(r"error_log \S+ (\w+);", NGINX) == ["emerg"] * servers
    assert "exclude http.log.access http.log.error http.handlers.reverse_proxy" in CADDY


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Host", "$host"),
        ("X-Forwarded-Host", "$host"),
        ("X-Forwarded-For", "$remote_addr"),
        ("X-Forwarded-Proto", "$scheme"),
    ],
)
def test_nginx_sets_each_header_that_we_believe(header, value):
    assert re.findall(rf"proxy_set_header {header} +(\S+);", NGINX) == [value]


def test_caddy_believes_no_visitor_and_keeps_no_log_of_requests():
    assert "trusted_proxies" not in CADDY
    assert len(re.findall(r"^\s*log\b", CADDY, re.M)) == 1  # the one that shuts the reports up


def test_the_proxies_wait_longer_than_a_request_may_take_and_reach_us_on_this_machine_alone():
    longest = int(re.findall(r"^timeout = (\d+)", GUNICORN, re.M)[0])
    assert int(re.findall(r"proxy_read_timeout +(\d+)s;", NGINX)[0]) > longest
    assert int(re.findall(r"response_header_timeout (\d+)s", CADDY)[0]) > longest
    assert re.findall(r"^ +server (\S+?)[ ;]", NGINX, re.M) == ["127.0.0.1:8000"]
    assert re.findall(r"reverse_proxy (\S+) {", CADDY) == ["127.0.0.1:8000"]
    assert "return 308 https://khaosat.example.vn$request_uri;" in NGINX  # 308: a post stays one


def test_the_page_for_when_we_are_down_never_stands_in_for_a_page_of_ours():
    assert "proxy_intercept_errors off;" in NGINX
    assert re.findall(r"error_page (.+) /unavailable.html;", NGINX) == ["502 503 504"]
    assert re.findall(r"status_code} in \[(.+)\]", CADDY) == ["502, 503, 504"]


def test_the_proxies_compress_what_we_send_as_it_is():
    assert "gzip on;" in NGINX and "encode gzip" in CADDY
    types = re.findall(r"gzip_types (.+);", NGINX)[0].split()
    assert {"text/css", "text/javascript"} <= set(types) and "text/html" not in types
