"""The server as it is run: gunicorn answers, and its log holds nothing about who came."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.serving import serving, status

LINK = "/t/7123456789012345~forged"


@pytest.fixture
def address(settings, tmp_path: Path) -> Iterator[str]:
    """A running server on a free port; its log goes to `tmp_path/log`."""
    with serving(settings, tmp_path) as port:
        yield f"http://127.0.0.1:{port}"


def test_the_server_answers_and_its_log_names_neither_link_nor_address(address, tmp_path):
    assert status(address + LINK) == 404
    assert status(address + "/no/such/page?code=7123456789012345") == 404
    with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as raw:
        raw.sendall(b"NOT HTTP 7123456789012345\r\n\r\n")
        assert b"400" in raw.recv(200)
    written = (tmp_path / "log").read_text()
    assert "TamperedLink" in written
    for secret in ("7123456789012345", "/t/7", "no/such", "127.0.0.1"):
        assert secret not in written
    assert not (tmp_path / ".gunicorn").exists()  # no control socket
