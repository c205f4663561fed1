"""What stands in front of the server: its page for when we are down needs nothing else, its settings fit ours."""

import re
from pathlib import Path

import pytest

from surveyapp.web import guard
from tests.web.test_parts import Page

FOLDER = Path(__file__).parents[2] / "docs" / "proxy"
NGINX, CADDY = ((FOLDER / name).read_text() for name in ("nginx.conf", "Caddyfile"))


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


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "X-Forwarded-For"])
def test_nginx_sets_each_header_that_we_believe(header):
    assert re.search(rf"proxy_set_header {header} +\$(host|remote_addr);", NGINX)
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in NGINX
