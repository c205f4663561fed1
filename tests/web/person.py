"""Somebody with an invitation, and the browser they use."""

import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from surveyapp.invitations.mailing_file import MailingRow
from tests.web.browsing import HERE, token
from tests.web.test_parts import Page

TWO = ("01", "agency-leaders")
ONE = ("BNV", "department-leaders")


def shown(client: FlaskClient, answer: TestResponse) -> TestResponse:
    """The page that a post leads to: nothing that is sent in answers with a page of its own."""
    assert answer.status_code == 303, answer.status_code
    return client.get(answer.location)


class Person:
    """Somebody with an invitation, and the browser they use."""

    def __init__(self, client: FlaskClient, row: MailingRow) -> None:
        self.client, self.row = client, row
        self.link = row.link.removeprefix("http://localhost")
        self.code = row.code.replace("-", "")

    def get(self, address: str):
        return self.client.get(address)

    def post(self, address: str, page: str = "/phieu", **fields):
        given = {"csrf_token": token(self.client.get(page)), **fields}
        return self.client.post(address, data=given, headers=HERE)

    def type_code(self, typed: str):
        """Send the code box; the page that it leads to."""
        return shown(self.client, self.client.post("/", data={"code": typed}, headers=HERE))

    def start(self, language: str = "vi"):
        """Press the button of the link; once more where somebody else's questionnaire is open here."""
        address = f"{self.link}/start?lang={language}"
        answer = self.client.post(address, headers=HERE)
        if "khac=1" not in answer.headers.get("Location", ""):
            return answer
        asked = Page(self.get(answer.location).text)
        given = {one["name"]: one["value"] for one in asked.all("input")}
        return self.client.post(address, data=given, headers=HERE)

    def pass_on(self) -> str:
        """The ten digits for another device."""
        self.post("/phieu/may-khac", page="/phieu/may-khac")
        page = self.get("/phieu/may-khac")
        code_shown = re.search(r'id="handoff">([0-9 ]+)<', page.text)
        assert code_shown
        return code_shown[1]

    def begin_anew(self):
        """At a device that has the link and nothing more."""
        self.start()
        return self.post("/phieu/may-moi", page="/phieu/may-moi")

    def send(self, number: int, page: int, chosen: dict[str, str], **more: str):
        """Choose on the page as it stands and press its button."""
        address = f"/phieu/{number}/{page}"
        shown = Page(self.get(address).text)
        fields = {
            field["name"]: field.get("value") or ""
            for field in shown.all("input")
            if field.get("type") == "hidden"
        }
        kept = {field["name"]: field["value"] for field in shown.all("input") if "checked" in field}
        return self.client.post(address, data={**fields, **kept, **chosen, **more}, headers=HERE)

    def items(self, number: int, page: int) -> list[str]:
        shown = Page(self.get(f"/phieu/{number}/{page}").text)
        return [field["data-item"] for field in shown.all("fieldset")]

    def chosen(self, number: int, page: int) -> dict[str, str]:
        shown = Page(self.get(f"/phieu/{number}/{page}").text)
        return {one["name"]: one["value"] for one in shown.all("input") if "checked" in one}
