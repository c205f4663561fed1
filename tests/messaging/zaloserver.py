"""A stub of the Zalo Notification Service as its public documentation describes it: tokens and templates.

What becomes of a number is written in its last digit: 8 no Zalo account, 7 takes no notifications, 6 out of
quota, 5 an error that passes; every other number is reached.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

CODES = {"8": -118, "7": -119, "6": -144, "5": -100}


@dataclass
class ZaloServer:
    """What was asked of the stub; `refresh` is the one refresh token that is good now."""

    refresh: str = "refresh-0"
    access: str = ""
    renewed: int = 0
    sent: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    def renew(self, form: dict[str, list[str]], secret: str) -> dict[str, Any]:
        if form.get("refresh_token") != [self.refresh] or secret != "app-secret":
            return {"error": -14014, "error_name": "Invalid refresh token."}
        self.renewed += 1
        self.access, self.refresh = f"access-{self.renewed}", f"refresh-{self.renewed}"
        return {"access_token": self.access, "refresh_token": self.refresh, "expires_in": "90000"}

    def send(self, body: dict[str, Any], access: str) -> dict[str, Any]:
        if not self.access or access != self.access:
            return {"error": -124, "message": "Access token invalid"}
        code = CODES.get(body["phone"][-1], 0)
        if code:
            return {"error": code, "message": "refused"}
        self.sent.append(body)
        number = f"msg{len(self.sent)}"
        return {"error": 0, "message": "Success", "data": {"msg_id": number, "sent_time": "1"}}


@contextmanager
def running() -> Iterator[ZaloServer]:
    """The stub on a port of its own."""
    state = ZaloServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path.endswith("/access_token"):
                answer = state.renew(parse_qs(content.decode()), self.headers.get("secret_key", ""))
            else:
                answer = state.send(json.loads(content), self.headers.get("access_token", ""))
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
