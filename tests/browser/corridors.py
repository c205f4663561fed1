"""More scripted people: shared computers, sessions that end, lines that break off, browsers that lack something.

The kinds of `journeys.py` in other shapes; `EVERY` is both together.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from surveyapp.web.http import sessions
from tests.browser.engines import DESKTOP, PHONE, Look, words
from tests.browser.journeys import (
    ALARMS,
    ALL,
    FIRST,
    LEAVE,
    NEXT,
    REVIEW,
    START,
    SUBMIT,
    Journey,
    Stage,
    answer_over_two_pages,
    whole_path,
)
from tests.browser.scene import Before, Gateway, Lacking

CHOSEN = "fieldset.item input:checked + label"
SECOND = "fieldset.item:nth-of-type(2) .choice:nth-of-type(3) label"
THIRD = "fieldset.item:nth-of-type(3) .choice:nth-of-type(3) label"
OPEN = ".cards a.button"
DAYS = timedelta(days=-3)
NO_STORAGE = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });"
FULL_STORAGE = (
    "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"
)
AN_HOUR_AHEAD = "(() => { const now = Date.now; Date.now = () => now() + 3600000; })();"


@contextmanager
def session_over() -> Iterator[None]:
    """Every session rested too long, inside the block."""
    lasts = sessions.IDLE
    sessions.IDLE = timedelta(seconds=-1)
    try:
        yield
    finally:
        sessions.IDLE = lasts


def type_code(stage: Stage, code: str) -> None:
    stage.surfer.write("#code", code)
    stage.surfer.press("main button.button")


def calm(stage: Stage) -> None:
    """No alarm about cookies, no form to be sent again."""
    text = words(stage.surfer)
    assert not [one for one in ALARMS if one in text], text[:400]


def three_questionnaires(stage: Stage) -> None:
    """One after the other; the third receipt offers nothing, and the link tells that all is done."""
    surfer = stage.surfer
    person = stage.scene.person(3)
    surfer.go(stage.scene.link(person))
    stage.reads("Kính mời Ông/Bà trả lời phiếu khảo sát")
    surfer.press(START)
    assert surfer.count(".card") == 3
    stage.fits()
    stage.reads("Phiếu 1 trong 3", "Phiếu 3 trong 3")
    surfer.press(OPEN)
    for following in ("Còn 2 phiếu chưa nộp", "Còn một phiếu nữa", ""):
        surfer.touch(FIRST)
        stage.saved()
        stage.submit()
        stage.reads(following)
        if following:
            surfer.press("nav.submit a.button")
    assert surfer.count("nav.submit") == 0
    surfer.go(stage.scene.link(person))
    stage.reads("Ông/Bà đã nộp đủ phiếu")


def expired_at_autosave(stage: Stage) -> None:
    """What was chosen after the session's end is there once the code is typed again."""
    surfer = stage.surfer
    code = stage.begin()
    surfer.touch(FIRST)
    stage.saved()
    with session_over():
        surfer.touch(SECOND)
        surfer.wait_for("#saved.failed")
        stage.reads("Phiên làm việc đã hết")
        surfer.run("void (document.getElementById('saved').textContent = '')")
        surfer.touch(THIRD)
        surfer.wait_for("#saved:not(:empty)")  # a batch of its own
    stage.go("/")
    type_code(stage, code)
    stage.go("/phieu/1/1")
    surfer.wait_for(CHOSEN)
    assert surfer.count(CHOSEN) == 3


def expired_at_decline(stage: Stage) -> None:
    """The page says that nothing was noted; with the code the same way is open again."""
    surfer = stage.surfer
    code = stage.scene.person(1).code
    stage.go("/")
    type_code(stage, code)
    surfer.touch("main > details:last-of-type summary")
    surfer.press("a[href*='decline']")
    with session_over():
        surfer.press("main button.grave")
        stage.reads("CHƯA được ghi nhận")
    type_code(stage, code)
    surfer.touch("main > details:last-of-type summary")
    surfer.press("a[href*='decline']")
    surfer.press("main button.grave")
    stage.reads("Đã ghi nhận")


def expired_at_leaving(stage: Stage) -> None:
    surfer = stage.surfer
    code = stage.begin()
    surfer.touch(FIRST)
    stage.saved()
    with session_over():
        surfer.press(LEAVE)
        stage.reads("Những câu đã lưu trước đó vẫn còn")
        calm(stage)
    type_code(stage, code)
    stage.submit()


def killed_offline_until_after_the_deadline(stage: Stage) -> None:
    """Within the grace the answers come back and are submitted; after it the page says that it is over."""
    surfer, scene = stage.surfer, stage.scene
    with scene.window(DAYS, timedelta(minutes=5)):
        person = scene.person(1)
        surfer.go(scene.link(person))
        surfer.press(START)
        surfer.wait_for("form[data-joined]")
        surfer.touch(FIRST)
        stage.saved()
        with scene.line_gone():
            surfer.touch(SECOND)
            surfer.wait_for("#saved.failed")
            surfer.kill_tab()
    with scene.window(DAYS, timedelta(hours=-3)):
        surfer.go(scene.link(person))
        stage.reads("Đợt khảo sát đã kết thúc")
    with scene.window(DAYS, timedelta(minutes=-5)):
        surfer.go(scene.link(person))
        surfer.press(START)
        surfer.wait_for("form[data-joined]")
        stage.saved()
        assert surfer.count(CHOSEN) == 2
        stage.submit()


def message_pasted_in_lines(stage: Stage) -> None:
    """Several lines, the code among dates and telephone numbers, broken across two of them."""
    surfer = stage.surfer
    code = stage.scene.person(1).code
    groups = code.split("-")
    pasted = (
        "BO NOI VU: Kinh moi Ong/Ba.\\nMa truy cap "
        f"{groups[0]}-{groups[1]}-\\n{groups[2].replace('1', 'I')}-{groups[3]}\\n"
        "Han 17:00 ngay 28/02/2024. Ho tro 024 3976 4278"
    )
    stage.go("/")
    surfer.touch("#code")
    surfer.run(
        "(() => { const data = new DataTransfer(); "
        f"document.execCommand('insertText', false, '{pasted}'); return data.items.length; }})()"
    )
    surfer.press("main button.button")
    stage.reads("Kính mời Ông/Bà trả lời phiếu khảo sát")


def language_midway(stage: Stage) -> None:
    """An answer that was not saved yet goes along into the other language and back."""
    surfer = stage.surfer
    stage.begin()
    surfer.touch(FIRST)
    surfer.press(".saving .language button")
    stage.reads("Question 1")
    assert surfer.count(CHOSEN) == 1
    surfer.touch(SECOND)
    surfer.press(".saving .language button")
    stage.reads("Câu 1")
    assert surfer.count(CHOSEN) == 2
    stage.submit()


def two_tabs_of_one_person(stage: Stage) -> None:
    """Both keep their answers; after the submission in one the other leads to the receipt."""
    surfer = stage.surfer
    person = stage.scene.person(1)
    surfer.go(stage.scene.link(person))
    surfer.press(START)
    surfer.touch(FIRST)
    stage.saved()
    surfer.new_tab()
    surfer.go(stage.scene.link(person))
    surfer.press(START)
    surfer.touch(SECOND)
    stage.saved()
    stage.go("/phieu/1/1")
    surfer.wait_for(CHOSEN)
    assert surfer.count(CHOSEN) == 2
    stage.submit()
    surfer.tab(0)
    surfer.touch("fieldset.item .choice:nth-of-type(3) label")
    surfer.wait_for("#saved.failed")
    stage.reads("Phiếu đã nộp được niêm phong")
    surfer.press(REVIEW)
    stage.reads("Lần lưu này không được ghi nhận", "biên nhận")


def two_people_in_two_tabs(stage: Stage) -> None:
    """What is chosen in the first one's tab lands in nobody's questionnaire, and no button leads there."""
    surfer = stage.surfer
    first = stage.begin()
    surfer.wait_for("form[data-joined]")
    surfer.new_tab()
    second = stage.scene.person(1)
    surfer.go(stage.scene.link(second))
    stage.reads("Trên máy này đang mở phiếu của người khác")
    surfer.press(START)
    surfer.tab(0)
    surfer.touch(FIRST)
    surfer.wait_for("#saved.failed")
    surfer.press(REVIEW)
    text = words(surfer)
    assert first[-4:] in text and second.code[-4:] in text, text[:500]
    assert surfer.count(SUBMIT) == 0
    surfer.tab(1)
    stage.go("/phieu/1/1")
    stage.reads(f"4 số cuối {second.code[-4:]}")
    assert surfer.count(CHOSEN) == 0


def history_of_a_shared_computer(stage: Stage) -> None:
    """However often the second goes back, nothing of the first's questionnaire is shown."""
    surfer = stage.surfer
    first = stage.begin()
    surfer.touch(FIRST)
    stage.saved()
    surfer.touch(NEXT)
    surfer.wait_for(".part[data-page='2'] h1")
    bookmark = surfer.run("location.href")
    surfer.press(LEAVE)
    second = stage.scene.person(1)
    surfer.go(stage.scene.link(second))
    assert "người khác" not in words(surfer)
    surfer.press(START)
    stage.reads(f"4 số cuối {second.code[-4:]}")
    for _ in range(3):
        surfer.back()
        text = words(surfer)
        assert f"theo mã truy cập có 4 số cuối {first[-4:]}" not in text, text[:400]
        assert surfer.count(CHOSEN) == 0, text[:400]
        calm(stage)
    surfer.go(bookmark)
    stage.reads("Trang này thuộc phiếu của người khác")


def back_after_submitting(stage: Stage) -> None:
    """The way back leads to the receipt, not to a form that could be sent again."""
    surfer = stage.surfer
    stage.begin()
    surfer.touch(FIRST)
    stage.saved()
    stage.submit()
    surfer.back()
    surfer.wait_for("#receipt")
    calm(stage)


def by_keyboard(stage: Stage) -> None:
    """Nothing is pressed but keys, and what has the focus is seen."""
    surfer = stage.surfer
    surfer.go(stage.scene.link(stage.scene.person(1)))
    by_key(stage, "form[action*='/start'] button")
    tab_to(stage, "fieldset.item input")
    surfer.key("Space")
    surfer.key("ArrowDown")
    surfer.wait_for("fieldset.item .choice:nth-of-type(2) input:checked + label")
    stage.saved()
    tab_to(stage, NEXT)
    surfer.key("Enter")
    surfer.wait_for(".part[data-page='2'] h1")
    assert surfer.run("document.activeElement.tagName") == "H1"
    tab_to(stage, "fieldset.item input")
    surfer.key("3")
    surfer.wait_for("fieldset.item .choice:nth-of-type(3) input:checked + label")
    by_key(stage, REVIEW)
    by_key(stage, SUBMIT)
    stage.reads("Đã nhận phiếu của Ông/Bà")


def tab_to(stage: Stage, selector: str) -> None:
    """Press Tab until it has the focus, and see that it shows."""
    surfer = stage.surfer
    for _ in range(80):
        surfer.key("Tab")
        if surfer.run(f"document.activeElement.matches({selector!r})"):
            break
    else:
        raise AssertionError(f"{selector} is not reached by Tab on {surfer.run('location.href')}")
    ring = "((one) => getComputedStyle(one.matches('.choice input') ? one.nextElementSibling : one).outlineStyle)(document.activeElement)"
    assert surfer.run(ring) != "none", f"nothing shows that {selector} has the focus"


def by_key(stage: Stage, selector: str) -> None:
    """Reach what leads on by Tab, and press it by Enter."""
    tab_to(stage, selector)
    stage.surfer.left_by("Enter")


def page_by_page(stage: Stage) -> None:
    """As without scripts: every button leads to another document."""
    surfer = stage.surfer
    stage.begin()
    surfer.touch(FIRST)
    surfer.press(NEXT)
    stage.submit()


def without(ending: str, then: Journey) -> Journey:
    """The journey where one file never arrives."""

    def journey(stage: Stage) -> None:
        with stage.scene.beside(Lacking(stage.scene.app, ending)) as scene:
            then(replace(stage, scene=scene))

    return journey


def browser_with(first: str, then: Journey) -> Journey:
    """The journey in a browser in which `first` was done before our scripts ran."""

    def journey(stage: Stage) -> None:
        with stage.scene.beside(Before(stage.scene.app, first)) as scene:
            then(replace(stage, scene=scene))

    return journey


def whole_path_with_a_gap_of_the_line(stage: Stage) -> None:
    """The line is away for a moment; nothing is asked of the person."""
    surfer = stage.surfer
    stage.begin()
    surfer.wait_for("form[data-joined]")
    with stage.scene.line_gone():
        answer_over_two_pages(stage)
    stage.saved()
    stage.submit()


def gateway_in_between(stage: Stage) -> None:
    """Pages of a gateway, of a firewall, of a hotel's network in place of answers: nothing is given up or lost."""
    surfer = stage.surfer
    gateway = Gateway(stage.scene.app)
    with stage.scene.beside(gateway) as scene:
        inner = replace(stage, scene=scene)
        inner.begin()
        surfer.wait_for("form[data-joined]")
        gateway.answers = ["502 Bad Gateway", "403 Forbidden", "200 OK"]
        surfer.touch(FIRST)
        surfer.wait_for("#saved.failed")
        inner.reads("Câu trả lời đang ở trên màn hình này")
        inner.saved()
        assert gateway.answers == []
        surfer.press(REVIEW)
        gateway.answers = ["403 Forbidden", "200 OK", "502 Bad Gateway"]
        surfer.press(SUBMIT)
        inner.reads("Đã nhận phiếu của Ông/Bà")
        assert gateway.answers == []


def forced_colours(stage: Stage) -> None:
    """With the system's own colours the choice is told from the others by more than one of ours."""
    surfer = stage.surfer
    stage.begin()
    assert surfer.run("matchMedia('(forced-colors: active)').matches")
    edge = "getComputedStyle(document.querySelector('fieldset.item .choice:nth-of-type({}) label')).borderTopWidth"
    surfer.touch(FIRST)
    stage.saved()
    assert surfer.run(edge.format(2)) != surfer.run(edge.format(3))
    assert surfer.count(NEXT) == 1
    stage.submit()


EVERY: dict[str, tuple[Journey, Look]] = {
    **ALL,
    "three questionnaires": (three_questionnaires, PHONE),
    "expired at autosave": (expired_at_autosave, PHONE),
    "expired at decline": (expired_at_decline, PHONE),
    "expired at leaving": (expired_at_leaving, PHONE),
    "killed offline until after the deadline": (killed_offline_until_after_the_deadline, PHONE),
    "message pasted in lines": (message_pasted_in_lines, PHONE),
    "language midway": (language_midway, PHONE),
    "two tabs of one person": (two_tabs_of_one_person, DESKTOP),
    "two people in two tabs": (two_people_in_two_tabs, DESKTOP),
    "history of a shared computer": (history_of_a_shared_computer, DESKTOP),
    "back after submitting": (back_after_submitting, PHONE),
    "by keyboard": (by_keyboard, DESKTOP),
    "script of the questionnaire lost": (without("answers.js", page_by_page), PHONE),
    "script of every page lost": (without("respond.js", page_by_page), PHONE),
    "style lost": (without("base.css", whole_path), PHONE),
    "gateway in between": (gateway_in_between, PHONE),
    "storage refused": (browser_with(NO_STORAGE, whole_path_with_a_gap_of_the_line), PHONE),
    "storage full": (browser_with(FULL_STORAGE, whole_path_with_a_gap_of_the_line), PHONE),
    "clock an hour ahead": (browser_with(AN_HOUR_AHEAD, ALL["killed tab offline"][0]), PHONE),
    "deadline by a wrong clock": (browser_with(AN_HOUR_AHEAD, ALL["deadline passing"][0]), PHONE),
}
FORCED = (forced_colours, Look(forced=True))
