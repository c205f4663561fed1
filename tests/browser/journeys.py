"""Scripted people on their way to a submitted questionnaire, in whichever engine: what real corridors are made of.

Each is told once. `SHORT` is walked in all three engines by the tests, everything by `make journeys`.
"""

import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import pypdfium2

from surveyapp.web.http import sessions
from tests.browser.engines import DESKTOP, PHONE, PLAIN, Look, Surfer, width, words
from tests.browser.scene import Scene
from tests.factories import PASSWORD
from tests.web.browsing import unused_code

START, NEXT = "form[action*='/start'] button.button", ".actions button[value='next']"
REVIEW, LEAVE = ".actions button[value='review']", ".actions button[value='leave']"
SUBMIT = "form[action$='/nop'] button"
FIRST = "fieldset.item .choice:nth-of-type(2) label"
ALARMS = ("cookie", "Document Expired", "Confirm Form Resubmission", "Nội dung đã hết hạn")


@dataclass
class Stage:
    """Somebody's browser and the server."""

    surfer: Surfer
    scene: Scene

    def go(self, path: str) -> None:
        self.surfer.go(self.scene.address + path)

    def begin(self, questionnaires: int = 1) -> str:
        """Open a link and start; the code."""
        person = self.scene.person(questionnaires)
        self.surfer.go(self.scene.link(person))
        self.fits()
        self.surfer.press(START)
        return person.code

    def fits(self) -> None:
        """The page does not pan sideways."""
        shown = self.surfer.run("window.innerWidth")
        assert width(self.surfer) <= shown, (
            f"{self.surfer.run('location.pathname')}: {width(self.surfer)}"
        )

    def reads(self, *passages: str) -> None:
        text = words(self.surfer)
        for one in passages:
            assert one in text, f"{one!r} is not on the page: {text[:600]}"

    def submit(self) -> None:
        """From the questionnaire over the review to the receipt."""
        self.surfer.press(REVIEW)
        self.surfer.press(SUBMIT)
        self.reads("Đã nhận phiếu của Ông/Bà")

    def saved(self) -> None:
        self.surfer.wait_for("#saved:not(:empty):not(.failed)")


def whole_path(stage: Stage) -> None:
    """One press of each button does it, from the link to the receipt."""
    surfer = stage.surfer
    stage.begin()
    stage.fits()
    surfer.touch(FIRST)
    stage.saved()
    surfer.touch(NEXT)
    surfer.wait_for(".part[data-page='2'] h1")
    surfer.press(REVIEW)
    stage.fits()
    surfer.press(SUBMIT)
    stage.fits()
    stage.reads("Đã nhận phiếu của Ông/Bà")


def whole_path_without_script(stage: Stage) -> None:
    surfer = stage.surfer
    stage.begin()
    surfer.touch(FIRST)
    surfer.press(NEXT)
    surfer.press(REVIEW)
    surfer.press(SUBMIT)
    assert surfer.count(".secret") == 1


def back_after_leaving(stage: Stage) -> None:
    """Nothing of the questionnaire, no alarm about cookies, no form to be sent again."""
    surfer = stage.surfer
    stage.begin()
    surfer.touch(FIRST)
    stage.saved()
    surfer.press(LEAVE)
    stage.reads("Đã lưu. Phiếu đã đóng trên máy này")
    surfer.back()
    surfer.wait_for("#code")
    text = words(surfer)
    assert "đã được đóng trên máy này" in text, text[:400]
    assert not [one for one in ALARMS if one in text], text[:400]


def back_to_a_refused_code(stage: Stage) -> None:
    surfer = stage.surfer
    stage.go("/")
    surfer.write("#code", "1234 5678")
    surfer.press("main button.button")
    stage.reads("đã nhập 8 chữ số: 1234-5678")
    stage.go("/tro-nang")
    surfer.back()
    surfer.wait_for("#code")
    text = words(surfer)
    assert "1234-5678" in text and not [one for one in ALARMS if one in text], text[:400]


def message_pasted(stage: Stage) -> None:
    """A whole message, with O for 0 and l for 1."""
    surfer = stage.surfer
    person = stage.scene.person(1)
    typed = person.code.replace("0", "O").replace("1", "l")
    stage.go("/")
    surfer.write("#code", f"Bo Noi vu kinh moi Ong/Ba. Ma truy cap: {typed} . Han 17:00")
    surfer.press("main button.button")
    stage.reads("Kính mời Ông/Bà trả lời phiếu khảo sát")


def shared_computer(stage: Stage) -> None:
    """A page of the first person's history never shows the second's questionnaire."""
    surfer = stage.surfer
    first = stage.begin()
    stage.reads(f"4 số cuối {first[-4:]}")
    old = surfer.run("location.href")
    second = stage.scene.person(1)
    surfer.go(stage.scene.link(second))
    stage.reads("Trên máy này đang mở phiếu của người khác")
    surfer.press(START)
    stage.reads(f"4 số cuối {second.code[-4:]}")
    surfer.go(old)
    stage.reads("Trang này thuộc phiếu của người khác")


def killed_tab_offline(stage: Stage) -> None:
    """What could not be sent when the tab was killed is there when the link is opened again."""
    surfer = stage.surfer
    person = stage.scene.person(1)
    surfer.go(stage.scene.link(person))
    surfer.press(START)
    surfer.wait_for("form[data-joined]")
    with stage.scene.line_gone():
        surfer.touch(FIRST)
        surfer.wait_for("#saved.failed")
        stage.reads("Câu trả lời đang ở trên màn hình này")
        surfer.kill_tab()
    surfer.go(stage.scene.link(person))
    surfer.press(START)
    surfer.wait_for("fieldset.item input:checked + label")
    stage.saved()


def line_that_never_answers(stage: Stage) -> None:
    """Next does not wait for the line."""
    surfer = stage.surfer
    stage.begin()
    surfer.wait_for("form[data-joined]")
    with stage.scene.line_gone():
        surfer.touch(FIRST)
        surfer.touch(NEXT)
        surfer.wait_for(".part[data-page='2'] h1")
        surfer.touch(REVIEW)
        surfer.wait_for("#saved.failed")
    surfer.wait_for(SUBMIT)


def answer_over_two_pages(stage: Stage) -> None:
    """While the line is down: one question, the next page, one there."""
    surfer = stage.surfer
    surfer.touch(FIRST)
    surfer.touch(NEXT)
    surfer.wait_for(".part[data-page='2'] h1")
    surfer.touch(FIRST)
    surfer.wait_for("#saved.failed")


def three_widths_of_text(stage: Stage) -> None:
    """Text twice as large pans no page sideways at 360 px."""
    surfer = stage.surfer
    person = stage.scene.person(2)
    for path in ("/", stage.scene.link(person).removeprefix(stage.scene.address)):
        stage.go(path)
        larger(stage)
    surfer.press(START)
    larger(stage)
    surfer.press(".cards a.button")
    surfer.touch(FIRST)
    larger(stage)
    surfer.press(REVIEW)
    larger(stage)
    surfer.press(SUBMIT)
    larger(stage)


def larger(stage: Stage) -> None:
    stage.surfer.run("void document.documentElement.style.setProperty('font-size', '212.5%')")
    stage.fits()
    stage.surfer.run("void document.documentElement.style.removeProperty('font-size')")


def second_questionnaire(stage: Stage) -> None:
    """After the first the second is offered, and after both nothing is."""
    surfer = stage.surfer
    stage.begin(2)
    surfer.press(".cards a.button")
    for last in (False, True):
        surfer.touch(FIRST)
        stage.saved()
        surfer.press(REVIEW)
        surfer.press(SUBMIT)
        stage.reads("Đã nhận phiếu của Ông/Bà")
        if not last:
            surfer.press("nav.submit a.button")
    assert surfer.count("nav.submit") == 0


def expired_at_submit(stage: Stage) -> None:
    """Nothing was submitted, the page says so, and the code leads straight back to the review."""
    surfer = stage.surfer
    code = stage.begin()
    surfer.touch(FIRST)
    stage.saved()
    surfer.press(REVIEW)
    lasts = sessions.IDLE
    sessions.IDLE = timedelta(seconds=-1)
    try:
        surfer.press(SUBMIT)
        stage.reads("Phiếu CHƯA được nộp")
    finally:
        sessions.IDLE = lasts
    surfer.write("#code", code)
    surfer.press("main button.button")
    stage.reads("Phiếu CHƯA được nộp vì phiên làm việc đã hết")
    surfer.press(SUBMIT)
    stage.reads("Đã nhận phiếu của Ông/Bà")


def deadline_passing(stage: Stage) -> None:
    """It is told before, and whoever was answering submits within the grace."""
    surfer, opened = stage.surfer, timedelta(days=-3)
    with stage.scene.window(opened, timedelta(minutes=5)):
        stage.begin()
        stage.reads("Còn chưa đầy 10 phút là hết hạn trả lời")
        surfer.touch(FIRST)
        stage.saved()
        with stage.scene.window(opened, timedelta(minutes=-1)):
            surfer.press(REVIEW)
            stage.reads("Đã hết hạn trả lời. Vì Ông/Bà đang trả lời, phiếu còn được nhận đến")
            surfer.press(SUBMIT)
            stage.reads("Đã nhận phiếu của Ông/Bà")


def changed_mind(stage: Stage) -> None:
    """What was declared is shown when the link is opened again, and taken back."""
    surfer, person = stage.surfer, stage.scene.person(1)
    link = stage.scene.link(person)
    surfer.go(f"{link}/decline")
    surfer.press("main button.grave")
    surfer.go(link)
    stage.reads("Ông/Bà đã báo ngày", "Tôi không muốn trả lời")
    surfer.press("form[action$='/rut-lai'] button")
    stage.reads("Đã rút lại")


def printing(stage: Stage) -> None:
    """The way in, the receipt and its check are a sheet each, without an empty one after it."""
    surfer = stage.surfer
    stage.go("/")
    one_sheet(surfer)
    stage.go("/bien-nhan")
    one_sheet(surfer)
    stage.begin()
    surfer.touch(FIRST)
    stage.saved()
    surfer.press(REVIEW)
    surfer.press(SUBMIT)
    one_sheet(surfer)


def one_sheet(surfer: Surfer) -> None:
    printed = surfer.printed()
    if printed is not None:
        told = subprocess.run(
            ["pdfinfo", "-"], input=printed, capture_output=True, check=True, timeout=60
        )
        assert re.search(rb"^Pages:\s+1$", told.stdout, re.MULTILINE), told.stdout


def staff_printing(stage: Stage) -> None:
    """The overview on paper: no heading, no caption and no half of a line or a map ends a sheet."""
    surfer = stage.surfer
    signed_in(stage)
    stage.go("/centre/par-index-2023/")
    heads = set(surfer.run("[...document.querySelectorAll('h2, h3, caption, figcaption')].map(one => one.innerText.trim())"))  # fmt: skip
    assert len(heads) > 3
    printed = surfer.printed()
    if printed is None:
        return
    with pypdfium2.PdfDocument(printed) as paper:
        sheets = [page.get_textpage().get_text_range().split("\r\n") for page in paper]
    sheets = [[line.strip() for line in sheet if line.strip()] for sheet in sheets]
    assert len(sheets) > 2
    assert [sheet[-1] for sheet in sheets if sheet[-1] in heads] == []
    cut = [one[-1] for one, other in pairwise(sheets) if one[-1] in other[0] or other[0] in one[-1]]
    assert cut == []
    lines = [line for sheet in sheets for line in sheet]
    drawn, legend = (next(n for n, sheet in enumerate(sheets) if words in "\n".join(sheet))
                     for words in ("Trường Sa", "Bản đồ minh họa"))  # fmt: skip
    assert drawn == legend, lines


def signed_in(stage: Stage) -> None:
    """The operator's session at the centre."""
    surfer = stage.surfer
    stage.go("/account/sign-in")
    surfer.write("#username", "operator")
    surfer.write("#password", PASSWORD)
    surfer.press("main form button[type='submit']:last-of-type")
    surfer.write("#factor_code", unused_code("operator"))
    surfer.press("main form[method='post'] button")


def staff_by_keyboard(stage: Stage) -> None:
    """From the sign-in to a unit's figures nothing is pressed but keys, and what has the focus is seen."""
    surfer = stage.surfer
    signed_in(stage)
    stage.go("/centre/par-index-2023/rates?by=group")
    for selector in ("main thead .sort, main thead a", "main tbody th a, main tbody td a"):
        for _ in range(60):
            surfer.key("Tab")
            if surfer.run(f"document.activeElement.matches({selector!r})"):
                break
        else:
            raise AssertionError(f"{selector} is not reached by Tab")
        ring = surfer.run("getComputedStyle(document.activeElement).outlineStyle")
        assert ring != "none", selector
    surfer.left_by("Enter")
    assert surfer.count("main h1") == 1


def staff_masthead(stage: Stage) -> None:
    """The name of the service stands on one line on an office computer."""
    stage.go("/account/sign-in")
    lines = "(() => { const name = document.querySelector('.masthead .service'); return name.getClientRects().length && name.offsetHeight / parseFloat(getComputedStyle(name).lineHeight); })()"
    assert stage.surfer.run(lines) < 1.5


Journey = Callable[[Stage], None]
SHORT: dict[str, tuple[Journey, Look]] = {
    "whole path": (whole_path, PHONE),
    "back after leaving": (back_after_leaving, PHONE),
    "back to a refused code": (back_to_a_refused_code, PHONE),
    "shared computer": (shared_computer, PHONE),
}
ALL: dict[str, tuple[Journey, Look]] = {
    **SHORT,
    "without script": (whole_path_without_script, PLAIN),
    "message pasted": (message_pasted, PHONE),
    "killed tab offline": (killed_tab_offline, PHONE),
    "line that never answers": (line_that_never_answers, PHONE),
    "text at 200 %": (three_widths_of_text, PHONE),
    "second questionnaire": (second_questionnaire, PHONE),
    "expired at submit": (expired_at_submit, PHONE),
    "deadline passing": (deadline_passing, PHONE),
    "changed mind": (changed_mind, PHONE),
    "printing": (printing, DESKTOP),
    "masthead of staff": (staff_masthead, DESKTOP),
    "printing of staff": (staff_printing, DESKTOP),
    "staff by keyboard": (staff_by_keyboard, DESKTOP),
}
