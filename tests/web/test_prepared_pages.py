"""Pages kept for everybody: each person's is the page as its template gives it, and nothing of anybody stays."""

import re

import pytest
from flask import render_template
from markupsafe import Markup, escape

from surveyapp.web.respond.document import page_parts, prepared_pages
from tests.web.person import Person


def pages_of(person: Person) -> list[str]:
    """Addresses of a questionnaire's pages; the last is the remark's."""
    addresses = []
    while person.get(f"/phieu/1/{len(addresses) + 1}").status_code == 200:
        addresses.append(f"/phieu/1/{len(addresses) + 1}")
    return addresses


def answer(person: Person, page: int, code: str) -> None:
    """Every question of a page."""
    person.send(1, page, dict.fromkeys(person.items(1, page), code))


def submit(person: Person) -> None:
    review = person.get("/phieu/1/xem-lai").text
    version = re.findall(r'name="version" value="([^"]+)"', review)[0]
    person.post("/phieu/1/nop", page="/phieu/1/xem-lai", version=version)


@pytest.fixture
def walked(ann, request) -> None:
    """She has been on every page: what follows is made of what was kept for her."""
    language = request.node.callspec.params.get("language", "vi")
    ann.get(f"{ann.link}?lang={language}")
    ann.start(language)
    for page, address in enumerate(pages_of(ann), start=1):
        ann.get(address)
        answer(ann, page, "3")
    ann.get("/phieu/1/xem-lai")
    submit(ann)
    assert ann.get("/phieu/1/bien-nhan").status_code == 200


def _without_secrets(html: str) -> str:
    """Masked anew each time: the token, and the key of the browser's buffer."""
    return re.sub(r'(name="csrf_token" value|data-kept-key)="[^"]+"', "", html)


def _rendered_whole(template, derive, shared, own=None):
    """What `prepared_pages.page` gives, without keeping or cutting anything."""
    own = own or {}
    html = render_template(template, **{**derive(**shared), **own})
    return Markup(prepared_pages._BLANK.sub(lambda blank: str(escape(own[blank[1]])), html))


def same(person: Person, address: str) -> str:
    """The page as it is sent, which must be the page rendered whole."""
    sent = _without_secrets(person.get(address).text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prepared_pages, "page", _rendered_whole)
        rendered = page_parts.rendered
        patch.setattr(page_parts, "filled", lambda *asked: Markup(rendered(*asked)))
        assert _without_secrets(person.get(address).text) == sent
    return sent


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.usefixtures("walked")
def test_a_page_kept_for_everybody_is_the_page_rendered_whole(binh, language):
    """He comes after her and rates another unit."""
    same(binh, f"{binh.link}?lang={language}")
    binh.start(language)
    addresses = pages_of(binh)
    for page, address in enumerate(addresses, start=1):
        same(binh, address)
        binh.send(1, page, dict.fromkeys(binh.items(1, page)[:-1], "2"))
        same(binh, address)
    assert 'class="gap"' in same(binh, "/phieu/1/xem-lai")
    for page in range(1, len(addresses)):
        answer(binh, page, "4")
        same(binh, addresses[page])
    assert 'class="gap"' not in same(binh, "/phieu/1/xem-lai")
    submit(binh)
    assert 'id="receipt"' in same(binh, "/phieu/1/bien-nhan")


@pytest.mark.parametrize("language", ["vi"])
@pytest.mark.usefixtures("walked")
def test_what_is_kept_holds_nothing_of_whoever_came_first(app, ann, language):
    kept = app.extensions["prepared pages"]
    everything = "\n".join("".join(texts) for texts, _ in kept.values())
    assert len(kept) > 10 and "<h1>" in everything
    receipt = re.findall(r'data-copy="([^"]+)"', ann.get("/phieu/1/bien-nhan").text)[0]
    secrets = [ann.link.removeprefix("/t/"), ann.code, receipt, *receipt.split("-")]
    for secret in (*secrets, f">{ann.code[-4:]}<"):
        assert secret not in everything


def test_what_differs_from_person_to_person_is_not_there_when_a_page_is_made(app, ann):
    """A template that reached for cookie, session or address would find nobody's."""
    from flask import g, request, session

    ann.start()
    with ann.client as client:
        client.get("/phieu/1/1")
        assert session["code"] == ann.code
        g.contact = {"name": "of one campaign"}
        with prepared_pages._as_for_nobody():
            assert dict(session) == {} and not request.cookies
            assert request.path == "/" and "contact" not in g
