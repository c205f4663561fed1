"""The same people once more, with a twist: what they press is refused, and then they go back."""

from tests.browser.corridors import (
    CHOSEN,
    OPEN,
    SECOND,
    by_key,
    calm,
    session_over,
    tab_to,
    type_code,
)
from tests.browser.engines import DESKTOP, PHONE, PLAIN, Look, words
from tests.browser.journeys import (
    FIRST,
    LEAVE,
    NEXT,
    REVIEW,
    START,
    SUBMIT,
    Journey,
    Stage,
    answer_over_two_pages,
    larger,
)

OTHERS = "Trên máy này đang mở phiếu của người khác"


def went_back(stage: Stage, selector: str) -> None:
    """One step back there is a page of ours, and no form to be sent again."""
    stage.surfer.back()
    stage.surfer.wait_for(selector)
    calm(stage)


def back_after_the_end_at_submit(stage: Stage) -> None:
    """What told that nothing was submitted is a page like any other on the way back from the receipt."""
    surfer = stage.surfer
    code = stage.begin()
    surfer.touch(FIRST)
    stage.saved()
    surfer.press(REVIEW)
    with session_over():
        surfer.press(SUBMIT)
        stage.reads("Phiếu CHƯA được nộp")
    type_code(stage, code)
    surfer.press(SUBMIT)
    stage.reads("Đã nhận phiếu của Ông/Bà")
    went_back(stage, "#receipt")
    went_back(stage, "#code")


def expired_at_submit_without_script(stage: Stage) -> None:
    """The link brings the review back, too; after it nothing is a form to be sent again."""
    surfer = stage.surfer
    person = stage.scene.person(1)
    surfer.go(stage.scene.link(person))
    surfer.press(START)
    surfer.touch(FIRST)
    surfer.press(REVIEW)
    with session_over():
        surfer.press(SUBMIT)
        stage.reads("Phiếu CHƯA được nộp")
    surfer.go(stage.scene.link(person))
    surfer.press(START)
    stage.reads("Phiếu CHƯA được nộp vì phiên làm việc đã hết")
    surfer.press(SUBMIT)
    stage.reads("Đã nhận phiếu của Ông/Bà")


def expired_at_next_without_script(stage: Stage) -> None:
    """The page that was sent in too late is saved once the code is typed."""
    surfer = stage.surfer
    code = stage.begin()
    surfer.touch(FIRST)
    with session_over():
        surfer.press(NEXT)
        stage.reads("Trang đó đang được giữ kín trên máy này")
    type_code(stage, code)
    stage.reads("nay đã được lưu")
    assert surfer.count(CHOSEN) == 1
    went_back(stage, "#code")


def expired_then_somebody_else(stage: Stage) -> None:
    """What the first left sealed opens for nobody else, and is not shown to the second."""
    surfer = stage.surfer
    stage.begin()
    surfer.touch(FIRST)
    stage.saved()
    surfer.press(REVIEW)
    with session_over():
        surfer.press(SUBMIT)
    second = stage.scene.person(1)
    type_code(stage, second.code)
    if OTHERS in words(surfer):  # the browser's clock never ended the session of this test
        surfer.press("main button.button")
    stage.reads("Kính mời Ông/Bà trả lời phiếu khảo sát")
    surfer.press("form[action*='bat-dau'] button")
    stage.reads(f"4 số cuối {second.code[-4:]}")
    assert surfer.count(CHOSEN) == 0
    assert "CHƯA được nộp" not in words(surfer)


def submitted_in_the_wrong_tab(stage: Stage) -> None:
    """The first one's review, pressed after the second began: nothing is submitted for anybody, Back is calm."""
    surfer = stage.surfer
    first = stage.begin()
    surfer.touch(FIRST)
    stage.saved()
    surfer.press(REVIEW)
    surfer.new_tab()
    second = stage.scene.person(1)
    surfer.go(stage.scene.link(second))
    surfer.press(START)
    surfer.tab(0)
    surfer.press(SUBMIT)
    stage.reads(first[-4:], second.code[-4:], "không ghi vào phiếu của ai")
    stage.go("/tro-nang")
    surfer.back()
    calm(stage)
    surfer.tab(1)
    stage.go("/phieu/1/xem-lai")
    stage.reads("Phiếu chưa có câu trả lời nào")


def left_in_the_wrong_tab(stage: Stage) -> None:
    """ "Save and answer later" in the first one's tab closes nothing of the second's."""
    surfer = stage.surfer
    stage.begin()
    surfer.wait_for("form[data-joined]")
    surfer.new_tab()
    second = stage.scene.person(1)
    surfer.go(stage.scene.link(second))
    surfer.press(START)
    surfer.tab(0)
    surfer.press(LEAVE)
    stage.reads(OTHERS)
    surfer.tab(1)
    stage.go("/phieu/1/1")
    stage.reads(f"4 số cuối {second.code[-4:]}")


def killed_offline_then_somebody_else(stage: Stage) -> None:
    """The second sees nothing of it; the first has it back by the code."""
    surfer = stage.surfer
    person = stage.scene.person(1)
    surfer.go(stage.scene.link(person))
    surfer.press(START)
    surfer.wait_for("form[data-joined]")
    with stage.scene.line_gone():
        answer_over_two_pages(stage)
        surfer.kill_tab()
    surfer.go(stage.scene.link(stage.scene.person(1)))
    surfer.press(START)
    surfer.wait_for("form[data-joined]")
    assert surfer.count(CHOSEN) == 0
    stage.go("/")
    surfer.write("#code", person.code)
    surfer.press("main button.button")
    stage.reads(OTHERS)
    surfer.press("main button.button")
    surfer.wait_for(CHOSEN)
    stage.saved()
    surfer.touch(NEXT)
    surfer.wait_for(".part[data-page='2'] h1")
    assert surfer.count(CHOSEN) == 1
    stage.submit()


def cleared_without_script(stage: Stage) -> None:
    """An answer is taken back by the button of its question; the review calls it a gap."""
    surfer = stage.surfer
    stage.begin()
    surfer.touch(FIRST)
    surfer.touch(SECOND)
    surfer.press(NEXT)
    surfer.press(".actions button[value='back']")
    assert surfer.count(CHOSEN) == 2
    surfer.press("fieldset.item button.clear")
    assert surfer.count(CHOSEN) == 1
    surfer.press(REVIEW)
    surfer.press(SUBMIT)
    stage.reads("Đã nhận phiếu của Ông/Bà")


def taken_back_from_a_session(stage: Stage) -> None:
    """Declared and taken back by somebody who typed the code; the answers of before are there."""
    surfer = stage.surfer
    code = stage.begin()
    surfer.touch(FIRST)
    surfer.press(LEAVE)
    stage.go("/")
    type_code(stage, code)
    stage.go("/phieu")
    surfer.touch("main > details:last-of-type summary")
    surfer.press("a[href*='wrong_group']")
    surfer.press("main button.grave")
    stage.reads("Đã ghi nhận")
    went_back(stage, "#code")
    type_code(stage, code)
    stage.go("/phieu")
    stage.reads("Ông/Bà đã báo ngày", "Tôi không thuộc nhóm được hỏi")
    surfer.press("form[action$='/rut-lai'] button")
    stage.reads("Đã rút lại")
    assert surfer.count("form[action$='/rut-lai']") == 0
    surfer.press(OPEN)
    assert surfer.count(CHOSEN) == 1


def language_on_every_page(stage: Stage) -> None:
    """The other language on list, review and receipt stays on the page; Back is calm."""
    surfer = stage.surfer
    stage.begin(2)
    surfer.press(".language button")
    stage.reads("Questionnaire 1 of 2")
    surfer.press(OPEN)
    surfer.touch(FIRST)
    stage.saved()
    surfer.press(REVIEW)
    stage.reads("Review and submit")
    surfer.press(".language button")
    stage.reads("Xem lại và nộp")
    surfer.press(SUBMIT)
    surfer.press(".language button")
    stage.reads("received")
    went_back(stage, "main h1")


def by_keyboard_without_script(stage: Stage) -> None:
    """The same keys, without any script of ours."""
    surfer = stage.surfer
    surfer.go(stage.scene.link(stage.scene.person(1)))
    by_key(stage, "form[action*='/start'] button")
    surfer.touch(FIRST)
    by_key(stage, NEXT)
    by_key(stage, REVIEW)
    by_key(stage, SUBMIT)
    assert surfer.count(".secret") == 1


def cleared_by_keyboard(stage: Stage) -> None:
    """Delete takes an answer back, and so does the button that Tab reaches."""
    surfer = stage.surfer
    stage.begin()
    for way in ("Delete", "button"):
        surfer.touch(FIRST)
        stage.saved()
        if way == "Delete":
            surfer.key("Delete")
        else:
            tab_to(stage, "fieldset.item button.clear")
            surfer.key("Enter")
        assert surfer.count(CHOSEN) == 0
    surfer.press(REVIEW)
    stage.reads("Còn 32 câu chưa trả lời")


def large_text_at_dead_ends(stage: Stage) -> None:
    """Text twice as large pans no dead end sideways either."""
    surfer = stage.surfer
    person = stage.scene.person(1)
    link = stage.scene.link(person)
    for address in (f"{link[:-3]}", f"{link}/decline"):
        surfer.go(address)
        larger(stage)
    stage.go("/")
    surfer.write("#code", "1234 5678 9012 xyz")
    surfer.press("main button.button")
    larger(stage)
    surfer.go(link)
    surfer.press(START)
    surfer.touch(FIRST)
    stage.saved()
    stage.go("/phieu/may-khac")
    surfer.press("form[action*='/may-khac'] button")
    larger(stage)
    stage.go("/phieu/7/1")
    larger(stage)
    stage.go("/phieu/1/1")
    surfer.press(LEAVE)
    larger(stage)


def shared_computer_without_script(stage: Stage) -> None:
    """Typed instead of the link: it asks, and "no" leads back to one's own."""
    surfer = stage.surfer
    first = stage.begin()
    second = stage.scene.person(1)
    stage.go("/")
    type_code(stage, second.code)
    assert surfer.count("input[name='code']") == 1
    surfer.press("main .banner a.alone")
    surfer.press(OPEN) if surfer.count(OPEN) else None
    assert first
    stage.go("/")
    type_code(stage, second.code)
    surfer.press("main button.button")
    surfer.press("form[action*='bat-dau'] button")
    assert surfer.count("fieldset.item") > 0


TWISTS: dict[str, tuple[Journey, Look]] = {
    "back after the end at submit": (back_after_the_end_at_submit, PHONE),
    "expired at submit without script": (expired_at_submit_without_script, PLAIN),
    "expired at next without script": (expired_at_next_without_script, PLAIN),
    "expired, then somebody else": (expired_then_somebody_else, PHONE),
    "submitted in the wrong tab": (submitted_in_the_wrong_tab, DESKTOP),
    "left in the wrong tab": (left_in_the_wrong_tab, DESKTOP),
    "killed offline, then somebody else": (killed_offline_then_somebody_else, PHONE),
    "cleared without script": (cleared_without_script, PLAIN),
    "taken back from a session": (taken_back_from_a_session, PHONE),
    "language on every page": (language_on_every_page, PHONE),
    "by keyboard without script": (by_keyboard_without_script, Look(1280, 800, scripts=False)),
    "cleared by keyboard": (cleared_by_keyboard, DESKTOP),
    "large text at dead ends": (large_text_at_dead_ends, PHONE),
    "shared computer without script": (shared_computer_without_script, PLAIN),
}
