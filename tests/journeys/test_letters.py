"""From the printed pile to the start page: each QR opens the questionnaire of the person in its window."""

import re
from urllib.parse import urlsplit

import pypdfium2
import pytest
import zxingcpp
from sqlalchemy import select

from surveyapp.db import reading, transaction
from surveyapp.invitations import queries
from surveyapp.invitations.credentials import codes, links
from surveyapp.invitations.models import Invitation
from surveyapp.respondents.models import Person
from tests import factories
from tests.delivery.sending import Sending
from tests.web.browsing import HERE, post, sign_in


@pytest.fixture
def survey(engine, keys, now, tmp_path, moment):
    """Three people of one province without any address, and an operator."""
    survey = Sending(keys, now, tmp_path / "outbox")
    survey.invite(("", ""), ("", ""), ("", ""))
    with transaction() as db:
        factories.staff(db, now, "operator", keys=keys)
    return survey


def printed(client, survey) -> bytes:
    """The pile of unit 01 as the centre downloads it."""
    wave_id = survey.wave(channels=("letter",))
    survey.work(2)
    sign_in(client, "operator")
    page = f"/centre/tiny/messages/wave/{wave_id}/"
    post(client, page, page + "letters", unit="01")
    letters_form = re.search(
        r'action="(/centre/tiny/messages/letters/[0-9a-f-]{36}/file)"', client.get(page).text
    )
    assert letters_form
    return post(client, page, letters_form[1]).data


def name_of(invitation_id) -> str:
    with reading() as db:
        return db.scalars(
            select(Person.full_name)
            .join(Invitation, Invitation.person_id == Person.id)
            .where(Invitation.id == invitation_id)
        ).one()


def test_the_qr_of_each_letter_leads_its_addressee_and_nobody_else_to_the_form(app, survey, keys):
    with pypdfium2.PdfDocument(printed(app.test_client(), survey)) as pile:
        letters = [
            (
                page.get_textpage().get_text_range(),
                page.render(scale=2.5, grayscale=True).to_numpy(),
            )
            for page in list(pile)[1:]
        ]
    assert len(letters) == 3
    reached = set()
    for words, picture in letters:
        [qr] = zxingcpp.read_barcodes(picture)
        path = urlsplit(qr.text).path
        code = links.read(keys, path.removeprefix("/t/"))
        with reading() as db:
            invited = queries.find(db, code, keys=keys)
        assert name_of(invited.invitation_id) in words
        assert codes.show(code).replace("-", " ") in words
        visitor = app.test_client()
        assert visitor.get(path).status_code == 200
        started = visitor.post(f"{path}/start", headers=HERE)
        assert started.status_code == 303
        assert visitor.get(started.location).status_code == 200
        reached.add(invited.invitation_id)
    assert len(reached) == 3


def test_the_code_typed_from_the_letter_opens_the_same_form(app, survey):
    with pypdfium2.PdfDocument(printed(app.test_client(), survey)) as pile:
        words = pile[1].get_textpage().get_text_range()
    typed = re.search(r"\b[178]\d{3}(?: \d{4}){3}\b", words)
    assert typed
    visitor = app.test_client()
    answer = visitor.post("/", data={"code": typed[0]}, headers=HERE)
    assert answer.status_code == 303, answer.text
    assert visitor.get(answer.location).status_code == 200
