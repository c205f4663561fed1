"""A form is read as Werkzeug reads it, and only when all of it is there."""

from io import BytesIO
from urllib.parse import urlencode

import pytest
from flask import Request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder

from surveyapp.web.http.safeguards import sent_fields
from surveyapp.web.http.safeguards.sent_fields import LONGEST, URLENCODED, SurveyRequest
from tests.web.browsing import HERE, token

PIECES = ["a", "b", "=", "&", "+", "%", "%20", "%26", "%C3%A1", "%E1", "á", ";", "\0", "%zz"]


def environ(body: bytes, kind: str = URLENCODED, length: int | None = None):
    told = EnvironBuilder(
        method="POST", content_type=kind, input_stream=BytesIO(body)
    ).get_environ()
    return {**told, "CONTENT_LENGTH": str(len(body) if length is None else length)}


@given(st.lists(st.sampled_from(PIECES)).map("".join).map(str.encode) | st.binary(max_size=40))
def test_a_short_form_is_what_werkzeug_makes_of_it(body):
    theirs = Request(environ(body)).form
    for kind in (URLENCODED, f"{URLENCODED};charset=UTF-8"):
        form = SurveyRequest(environ(body, kind)).form
        assert list(form.items(multi=True)) == list(theirs.items(multi=True))
        assert [form.get(name) for name in theirs] == [theirs.get(name) for name in theirs]


@given(st.dictionaries(st.text(min_size=1, max_size=4), st.text(max_size=8), max_size=6))
def test_what_was_typed_comes_as_it_was_typed(typed):
    assert dict(sent_fields.fields(urlencode(typed).encode())) == typed


def test_a_field_that_was_not_sent_is_none_and_a_number_is_read_as_one():
    form = sent_fields.fields(b"page=3&page=4&empty=")
    assert (form.get("none"), form.get("none", "x"), form.get("empty")) == (None, "x", "")
    assert (form.get("page"), form.get("page", type=int), form.getlist("page")) == (
        "3",
        3,
        ["3", "4"],
    )


def test_nothing_else_of_the_body_is_left_and_nothing_is_read_twice():
    request = SurveyRequest(environ(b"a=1"))
    assert (request.form["a"], request.get_data(), request.files.get("a")) == ("1", b"", None)
    request = SurveyRequest(environ(b"a=1"))
    assert (request.get_data(), request.form["a"]) == (b"a=1", "1")


@pytest.mark.parametrize("kind", [URLENCODED, "text/plain", "multipart/form-data; boundary=x"])
def test_a_form_in_pieces_or_of_another_kind_is_left_to_werkzeug(kind):
    told = environ(b"a=1", kind)
    del told["CONTENT_LENGTH"]
    told |= {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    assert dict(SurveyRequest(told).form) == ({"a": "1"} if kind == URLENCODED else {})


class Dribble(BytesIO):
    """Gives a byte at a time, whatever is asked for."""

    def read(self, _size=-1):
        return super().read(1)


def test_a_body_that_comes_byte_by_byte_is_read_whole():
    told = environ(b"a=1&b=2")
    assert dict(SurveyRequest({**told, "wsgi.input": Dribble(b"a=1&b=2")}).form) == {
        "a": "1",
        "b": "2",
    }


def test_of_a_form_whose_connection_ends_too_soon_nothing_is_taken(ann):
    ann.start()
    item = ann.items(1, 1)[0]
    fields = {"csrf_token": token(ann.get("/phieu/1/1")), f"was.{item}": "", item: "2"}
    body = urlencode(fields).encode()
    cut = ann.client.post(
        "/phieu/1/1",
        headers=HERE,
        content_type=URLENCODED,
        input_stream=BytesIO(body),
        environ_overrides={"CONTENT_LENGTH": str(len(body) + 1), "wsgi.input_terminated": True},
    )
    assert cut.status_code == 400
    assert ann.chosen(1, 1) == {}
    assert ann.client.post("/phieu/1/1", data=fields, headers=HERE).status_code == 303
    assert ann.chosen(1, 1) == {item: "2"}


def test_a_form_of_more_than_the_limit_is_refused(ann):
    ann.start()
    assert ann.client.post("/phieu/1/1", data={"x": "y" * LONGEST}, headers=HERE).status_code == 413


def test_a_redirect_says_where_and_nothing_else(ann):
    began = ann.client.post(f"{ann.link}/start", headers=HERE)
    assert (began.status_code, began.data) == (303, b"")
    assert began.location.startswith("/phieu/1/1")
    assert began.headers["Content-Length"] == "0"
    assert "Content-Type" not in began.headers
    assert began.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("/phieu/1/2?cua=a_B-9%3D#c1-item", "/phieu/1/2?cua=a_B-9%3D#c1-item"),
        ("/trang/có dấu?q=á", "/trang/c%C3%B3%20d%E1%BA%A5u?q=%C3%A1"),
        ("//khác.vn/x", "//xn--khc-fla.vn/x"),
    ],
)
def test_where_a_redirect_leads_is_written_in_ascii(app, address, written):
    with app.test_request_context():
        sent = app.redirect(address, 303)
        assert ("Location", written) in sent.get_wsgi_response({"REQUEST_METHOD": "GET"})[2]
