"""Static files under addresses that hold a hash of the content, so that browsers keep them for good."""

from collections.abc import Iterable, Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers
from wsgiref.types import StartResponse, WSGIEnvironment

from deflate import gzip_compress
from flask import Flask, abort, redirect
from flask.typing import ResponseReturnValue
from whitenoise import WhiteNoise

from surveyapp.web.http.access import anyone
from surveyapp.web.http.headers import DENSEST

FOLDER = Path(__file__).resolve().parents[2] / "static"


def install(app: Flask) -> None:
    """Serve the files of `static/` before the application is asked, and build their addresses.

    `url_for("static", filename="css/base.css")` and `static_url("css/base.css")` give the same.
    """
    versions = {
        path.relative_to(FOLDER).as_posix(): sha256(path.read_bytes()).hexdigest()[:12]
        for path in sorted(FOLDER.rglob("*"))
        if path.is_file()
    }
    files = WhiteNoise(
        app.wsgi_app,
        immutable_file_test=lambda _path, _url: True,
        add_headers_function=_add_headers,
        allow_all_origins=False,
    )
    for name, version in versions.items():
        files.add_file_to_dictionary(f"/static/{version}/{name}", str(FOLDER / name))
    packed = {
        f"/static/{version}/{name}": _pack(FOLDER / name) for name, version in versions.items()
    }
    app.wsgi_app = _Packed(files, {path: each for path, each in packed.items() if each})  # type: ignore[method-assign]  # Flask documents wrapping wsgi_app so
    another = anyone(partial(_another, versions))
    app.add_url_rule("/static/<version>/<path:filename>", "static", another, methods=["GET"])

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("version", versions.get(values["filename"], "0"))

    def static_url(name: str) -> str:
        return f"/static/{versions.get(name, '0')}/{name}"

    app.jinja_env.globals["static_url"] = static_url


def _pack(file: Path) -> bytes | None:
    """The file compressed, once per process; None for what is smaller as it is."""
    plain = file.read_bytes()
    packed = bytes(gzip_compress(plain, DENSEST))
    return packed if len(packed) < len(plain) else None


class _Packed:
    """Serves the compressed form of a file to whoever takes it; all else is `files`."""

    def __init__(self, files: WhiteNoise, packed: Mapping[str, bytes]) -> None:
        self.files, self.packed = files, packed

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = self.packed.get(environ.get("PATH_INFO", ""))
        takes = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
        if body is None or not takes or environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            answer: Iterable[bytes] = self.files(environ, start_response)
            return answer
        headers = Headers(self.files.files[environ["PATH_INFO"]].get_response("HEAD", {}).headers)
        headers["Content-Encoding"] = "gzip"
        headers["Content-Length"] = str(len(body))
        headers["Vary"] = "Accept-Encoding"
        del headers["ETag"], headers["Accept-Ranges"]
        start_response("200 OK", headers.items())
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _another(versions: dict[str, str], version: str, filename: str) -> ResponseReturnValue:
    """A page of another release, while nodes are being replaced: ours is better than no style."""
    ours = versions.get(filename)
    if ours is None or ours == version:
        abort(404)
    answer = redirect(f"/static/{ours}/{filename}")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _add_headers(headers: Headers, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Content-Security-Policy"] = "default-src 'none'"
    headers["X-Robots-Tag"] = "noindex"
