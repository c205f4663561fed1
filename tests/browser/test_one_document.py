"""With the script a questionnaire is one document: what it asks of the server, and what it stands when the line does not."""

import re
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.moving import leave_by, opened
from tests.browser.scene import Scene, Stalling
from tests.browser.states import Walk, hand_over
from tests.browser.test_answering import ballots, chosen

pytestmark = pytest.mark.browser


FIRST_VISIT, WHOLE = 20_000, 80_000
"""Bytes from the server: the page under the link, and 32 questions from the link to the receipt."""
SECONDS_AN_ITEM = 1
"""Somebody quick: a pause of two seconds sends what was chosen before it."""


def walk_of(page: Page, scene: Scene) -> Walk:
    return Walk(page, scene, "vi", scene.person(1), ExitStack())


def joined(page: Page) -> None:
    """Wait until the other pages stand beside the one that is shown."""
    page.locator("#answers[data-joined]").wait_for()


def on_the_line(page: Page) -> list[int]:
    """The bytes of each answer as it came, with its head; nothing for what the browser had already."""
    came: list[int] = []
    line = page.context.new_cdp_session(page)
    line.on("Network.loadingFinished", lambda told: came.append(told["encodedDataLength"]))
    line.on(
        "Network.requestWillBeSent",
        lambda told: came.append(told.get("redirectResponse", {}).get("encodedDataLength", 0)),
    )
    line.send("Network.enable")
    return came


def choose(page: Page, item: int, answer: int) -> None:
    page.locator("fieldset.item:visible").nth(item).locator(".choice label").nth(answer).click()


def press(page: Page, go: str) -> None:
    page.locator(f".actions:visible button[value='{go}']").click()


def kept(page: Page) -> dict[str, str]:
    """What the browser keeps, by name."""
    return dict(page.evaluate("Object.entries(localStorage)"))


def keeps(page: Page, number: int) -> None:
    """Wait until the browser keeps so many; not by `wait_for_function`, which our policy lets look once alone."""
    page.evaluate(
        """number => new Promise((done, fail) => {
          const until = Date.now() + 20000;
          const look = () => {
            if (Object.keys(localStorage).length === number) done();
            else if (Date.now() > until) fail(new Error("the browser keeps another number"));
            else setTimeout(look, 50);
          };
          look();
        })""",
        number,
    )


def test_a_whole_questionnaire_is_eight_requests_ten_saves_and_eighty_kilobytes_at_most(
    desktop, scene
):
    asked: list[Request] = []
    desktop.on("request", lambda one: asked.append(one))
    came = on_the_line(desktop)
    walk, before = walk_of(desktop, scene), ballots(scene)
    walk.go(walk.link)
    assert len([one for one in asked if not one.url.startswith("data:")]) <= 3
    assert sum(came) <= FIRST_VISIT
    leave_by(desktop.locator("form[action*='/start'] button").first)
    joined(desktop)
    documents = len([one for one in asked if one.is_navigation_request()])
    desktop.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))  # by the clock of no machine
    sections = 0
    while desktop.locator("fieldset.item:visible").count():
        for item in range(desktop.locator("fieldset.item:visible").count()):
            choose(desktop, item, item % 5)
            desktop.clock.run_for(SECONDS_AN_ITEM * 1000)
        sections += 1
        press(desktop, "next")
    assert len([one for one in asked if one.is_navigation_request()]) == documents
    desktop.fill("textarea:visible", "Cần rút ngắn thời gian giải quyết.")
    with desktop.expect_navigation():
        press(desktop, "review")
    expect(desktop.locator("main")).to_contain_text("đã trả lời đủ")
    expect(desktop.locator(".written")).to_contain_text("Cần rút ngắn")
    walk.submit()
    expect(desktop.locator("h1")).to_have_text("Đã nhận phiếu của Ông/\u2060Bà")
    assert ballots(scene) == before + 1
    assert sum(came) <= WHOLE, sum(came)
    ours = [one for one in asked if "/static/" not in one.url and not one.url.startswith("data:")]
    saves = [one for one in ours if one.url.endswith("/luu")]
    assert sections >= 5
    assert len(saves) <= 10, [one.post_data for one in saves]
    assert len(ours) - len(saves) <= 8, [f"{one.method} {one.url}" for one in ours]


def test_back_reload_and_the_address_name_the_section_and_its_heading_has_the_focus(desktop, scene):
    walk = walk_of(desktop, scene)
    walk.open()
    joined(desktop)
    titles = [desktop.locator("h1:visible").inner_text()]
    for page in (2, 3):
        press(desktop, "next")
        expect(desktop).to_have_url(re.compile(f"/phieu/1/{page}"))
        titles.append(desktop.locator("h1:visible").inner_text())
        assert desktop.title().startswith(titles[-1])
        assert desktop.evaluate("document.activeElement.textContent") == titles[-1]
        expect(desktop.locator(".stepper summary")).to_contain_text(f"Phần {page} trên")
        expect(desktop.locator(".sections [aria-current]")).to_contain_text(f"{page}. ")
    assert len(set(titles)) == 3
    desktop.go_back()
    expect(desktop.locator("h1:visible")).to_have_text(titles[1])
    assert "/phieu/1/2" in desktop.url
    desktop.reload()
    assert desktop.locator("h1:visible").inner_text() == titles[1]
    joined(desktop)
    press(desktop, "back")
    expect(desktop.locator("h1:visible")).to_have_text(titles[0])


def test_without_a_line_sections_change_and_everything_is_saved_when_it_is_back(phone, scene):
    walk = walk_of(phone, scene)
    walk.open()
    joined(phone)
    phone.context.set_offline(True)
    choose(phone, 0, 1)
    press(phone, "next")
    expect(phone).to_have_url(re.compile("/phieu/1/2"))
    choose(phone, 0, 2)
    expect(phone.locator("#saved")).to_contain_text("xin đừng đóng")
    press(phone, "next")
    choose(phone, 1, 3)
    with phone.expect_response("**/luu"):
        phone.context.set_offline(False)
    expect(phone.locator("#saved")).to_contain_text("Đã lưu")
    for page, answers in ((1, ["2"]), (2, ["3"]), (3, ["4"])):
        walk.go(f"/phieu/1/{page}")
        assert chosen(phone) == answers


def test_a_tab_killed_without_a_line_gives_its_answers_back_to_whoever_has_the_code(phone, scene):
    walk = walk_of(phone, scene)
    walk.open()
    joined(phone)
    phone.context.set_offline(True)
    choose(phone, 0, 1)
    press(phone, "next")
    choose(phone, 1, 2)
    expect(phone.locator("#saved")).to_contain_text("Chưa lưu")
    (name,) = kept(phone)
    assert walk.person.code.replace("-", "") not in name + kept(phone)[name]
    item = phone.locator("fieldset.item:visible").nth(1).get_attribute("data-item")
    assert item not in kept(phone)[name]
    again = phone.context.new_page()
    phone.close()  # killed: nothing of the page runs any more
    again.context.set_offline(False)
    other = Walk(again, scene, "vi", scene.person(1), walk.left)
    other.open()  # somebody else on this device reads nothing of it
    joined(again)
    assert chosen(again) == []
    assert name in kept(again)
    back = Walk(again, scene, "vi", walk.person, walk.left)
    with again.expect_response("**/luu"):
        back.open()
    expect(again.locator("#saved")).to_contain_text("Đã lưu")
    assert chosen(again) == ["2"]
    back.go("/phieu/1/2")
    assert chosen(again) == ["3"]
    assert kept(again) == {}


def test_what_was_answered_on_another_device_since_stands_against_what_a_killed_tab_kept(
    phone, browser, scene
):
    walk = walk_of(phone, scene)
    walk.open()
    with opened(browser) as there:
        hand_over(walk, there)
        joined(phone)
        phone.context.set_offline(True)
        choose(phone, 0, 0)
        choose(phone, 1, 0)
        expect(phone.locator("#saved")).to_contain_text("Chưa lưu")
        again = phone.context.new_page()
        phone.close()
        with there.expect_response("**/luu"):
            choose(there, 0, 4)
    again.context.set_offline(False)
    back = Walk(again, scene, "vi", walk.person, walk.left)
    with again.expect_response("**/luu"):
        back.open()
    again.reload()
    assert chosen(again) == ["5", "1"]


def test_what_the_browser_keeps_goes_once_it_arrived_or_after_two_days_and_leaving_says_what_waits(
    phone, scene
):
    walk = Walk(phone, scene, "vi", scene.person(2), ExitStack())
    walk.open()
    joined(phone)
    phone.context.set_offline(True)
    choose(phone, 0, 1)
    keeps(phone, 1)
    (name,) = kept(phone)
    with phone.expect_response("**/luu"):
        phone.context.set_offline(False)
    keeps(phone, 0)

    def leave_behind(other: str, days: float) -> None:
        script = "([name, days]) => localStorage.setItem(name, `${Date.now() - days * 864e5}.x.y`)"
        phone.evaluate(script, [other, days])

    leave_behind("phieu.of-another", 1.9)
    leave_behind("phieu.forgotten", 2.1)
    phone.reload()
    joined(phone)
    assert list(kept(phone)) == ["phieu.of-another"]
    leave_behind(name, 0)
    press(phone, "leave")
    expect(phone).to_have_url(re.compile("/da-dong"))
    expect(phone.locator("h1")).to_contain_text("đã đóng")
    assert list(kept(phone)) == ["phieu.of-another"]
    waiting = phone.get_by_text("còn câu trả lời chưa gửi được")
    expect(waiting).to_be_hidden()  # another person's, on a computer that both use
    own = phone.locator("h1").get_attribute("data-own").split()
    assert len(own) == 2 and name in own
    (second,) = {*own} - {name}
    leave_behind(second, 0)
    phone.reload()
    expect(waiting).to_be_visible()
    walk.open()
    assert chosen(phone) == ["2"]
    walk.go("/phieu/1/xem-lai")
    leave_behind(name, 0)
    walk.submit()
    expect(phone.locator("h1")).to_have_text("Đã nhận phiếu của Ông/\u2060Bà")
    assert {*kept(phone)} == {"phieu.of-another", second}


def test_the_review_and_submitting_wait_for_the_line_and_go_on_by_themselves(phone, scene):
    walk, before = walk_of(phone, scene), ballots(scene)
    walk.open()
    joined(phone)
    phone.context.set_offline(True)
    choose(phone, 0, 1)
    press(phone, "review")
    expect(phone.locator("#saved")).to_contain_text("đang chờ đường truyền")
    assert "/phieu/1/1" in phone.url
    with phone.expect_navigation(url=re.compile("/xem-lai")):
        phone.context.set_offline(False)
    expect(phone.locator(".answers").first).to_be_visible()
    phone.context.set_offline(True)
    phone.locator("form[action$='/nop'] button").click()
    expect(phone.locator("[data-waiting]")).to_contain_text("CHƯA được nộp")
    assert ballots(scene) == before
    with phone.expect_navigation(url=re.compile("/bien-nhan")):
        phone.context.set_offline(False)
    expect(phone.locator("h1")).to_have_text("Đã nhận phiếu của Ông/\u2060Bà")
    assert ballots(scene) == before + 1
    assert kept(phone) == {}


def test_a_line_that_never_answers_is_given_up_and_tried_again(phone, scene):
    walk = walk_of(phone, scene)
    walk.open()
    joined(phone)
    silent = []
    phone.route("**/luu", lambda route: silent.append(route))
    phone.clock.install()
    choose(phone, 0, 1)
    with phone.expect_request("**/luu"):
        phone.clock.run_for(2_100)
    phone.clock.run_for(10_100)
    expect(phone.locator("#saved")).to_contain_text("Chưa lưu, đang thử lại")
    phone.unroute("**/luu")
    with phone.expect_response("**/luu"):
        phone.clock.run_for(2_000)
    expect(phone.locator("#saved")).to_contain_text("Đã lưu")


def test_a_line_that_breaks_off_within_an_answer_is_given_up_and_tried_again(phone, scene):
    broken = Stalling(scene.app, "/luu")
    with scene.beside(broken) as there:
        walk = walk_of(phone, there)
        walk.open()
        joined(phone)
        phone.clock.install()
        choose(phone, 0, 1)
        with phone.expect_response("**/luu"):
            phone.clock.run_for(2_100)
        phone.clock.run_for(10_100)
        expect(phone.locator("#saved")).to_contain_text("Chưa lưu, đang thử lại")
        broken.flows.set()
        phone.clock.run_for(2_000)
        expect(phone.locator("#saved")).to_contain_text("Đã lưu")


def test_next_goes_on_page_by_page_where_the_rest_never_arrives_whole(phone, scene):
    broken = Stalling(scene.app, "/ca-phieu/")
    with scene.beside(broken) as there:
        walk = walk_of(phone, there)
        phone.clock.install()
        walk.start()
        with phone.expect_response("**/ca-phieu/*"):
            phone.reload()
        choose(phone, 0, 1)
        press(phone, "next")
        with phone.expect_navigation():
            phone.clock.run_for(10_100)
        expect(phone.locator(".part[data-page='2'] h1")).to_be_visible()
        expect(phone.locator("#answers[data-joined]")).to_have_count(0)
        broken.flows.set()


def test_one_press_does_it_where_the_browser_is_old(phone, scene):
    phone.add_init_script(
        "delete HTMLFormElement.prototype.requestSubmit;"
        "Object.defineProperty(SubmitEvent.prototype, 'submitter', { get: () => undefined });"
    )
    walk, before = walk_of(phone, scene), ballots(scene)
    walk.open()
    joined(phone)
    choose(phone, 0, 1)
    press(phone, "next")
    expect(phone).to_have_url(re.compile("/phieu/1/2"))
    choose(phone, 0, 1)
    with phone.expect_navigation(url=re.compile("/xem-lai")):
        press(phone, "review")
    walk.submit()
    assert ballots(scene) == before + 1


def test_what_cannot_be_saved_keeps_nothing_else_from_being_saved_and_is_shown_before_leaving(
    phone, scene
):
    walk = walk_of(phone, scene)
    walk.open()
    joined(phone)
    last = phone.locator("#answers").get_attribute("data-pages")
    phone.locator(".stepper summary").click()
    phone.locator(f".sections button[value='{last}']").click()
    phone.fill("textarea:visible", "x" * 2000)
    phone.locator(".stepper summary").click()
    phone.locator(".sections button[value='1']").click()
    choose(phone, 0, 1)
    press(phone, "leave")
    expect(phone.locator("textarea:visible")).to_be_focused()
    expect(phone.locator("#saved")).to_contain_text("Dài quá")
    phone.reload()
    walk.go("/phieu/1/1")
    assert chosen(phone) == ["2"]
