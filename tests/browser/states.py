"""Every page and state of the respondents' side, and how to get there."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta

from playwright.sync_api import Page

from surveyapp.db import transaction
from surveyapp.invitations.credentials.codes import check_digit
from surveyapp.invitations.mailing_file import MailingRow
from tests.browser.moving import leave_by
from tests.browser.scene import Scene


@dataclass
class Walk:
    """Somebody walking through the pages in one language."""

    page: Page
    scene: Scene
    language: str
    person: MailingRow
    left: ExitStack
    """What is to be put back when the state has been looked at."""

    def go(self, path: str) -> None:
        mark = "&" if "?" in path else "?"
        self.page.goto(f"{self.scene.address}{path}{mark}lang={self.language}")

    @property
    def link(self) -> str:
        return self.scene.link(self.person).removeprefix(self.scene.address)

    def start(self) -> None:
        self.go(self.link)
        leave_by(self.page.locator("form[action*='/start'] button").first)

    def open(self, number: int = 1, page: int = 1) -> None:
        self.start()
        self.go(f"/phieu/{number}/{page}")

    def answer(self, items: int = 1) -> None:
        """Choose the second answer of the first items on the page and wait until they are saved."""
        with self.page.expect_response("**/luu"):
            for item in self.page.locator("fieldset.item:visible").all()[:items]:
                item.locator(".choice label").nth(1).click()

    def press(self, go: str) -> None:
        leave_by(self.page.locator(f".actions:visible button[value='{go}']"))

    def fill_in(self) -> None:
        """All items of the present questionnaire, up to the review page."""
        while self.page.locator("fieldset.item:visible").count():
            for item in self.page.locator("fieldset.item:visible").all():
                item.locator(".choice label").nth(1).click()
            self.press("next")
        if self.page.locator("textarea:visible").count():
            self.press("review")

    def submit(self) -> None:
        leave_by(self.page.locator("form[action$='/nop'] button"))

    def type_code(self, code: str) -> None:
        self.go("/")
        self.page.fill("#code", code)
        leave_by(self.page.locator("main button.button"))


def hand_over(walk: Walk, there: Page, address: str = "/phieu/1/1") -> None:
    """Open the questionnaire at another device by the ten digits that this one shows; both stand on it then."""
    walk.go("/phieu/may-khac")
    leave_by(walk.page.locator("form[action^='/phieu/may-khac'] button"))
    digits = walk.page.locator("#handoff").inner_text()
    there.goto(walk.scene.address)
    there.fill("#code", digits)
    leave_by(there.locator("main button.button"))
    there.goto(f"{walk.scene.address}{address}")
    walk.go(address)


def _offline(walk: Walk) -> None:
    walk.open()
    walk.left.callback(walk.page.context.set_offline, False)
    walk.page.context.set_offline(True)
    walk.page.locator(".choice:visible label").first.click()
    walk.page.locator("#saved.failed").wait_for()


def _changed_elsewhere(walk: Walk) -> None:
    walk.open()
    other = walk.page.context.new_page()
    walk.left.callback(other.close)
    Walk(other, walk.scene, walk.language, walk.person, walk.left).go("/phieu/1/1")
    with other.expect_response("**/luu"):
        other.locator("fieldset.item:visible").first.locator(".choice:visible label").first.click()
    with walk.page.expect_response("**/luu"):
        walk.page.locator("fieldset.item:visible").nth(1).locator(".choice label").nth(2).click()
    walk.page.locator("#elsewhere:not([hidden])").wait_for()


def _session_ends(walk: Walk) -> None:
    walk.page.clock.install()
    walk.open()
    walk.page.clock.fast_forward("56:00")
    walk.page.locator("#session-end:not([hidden])").wait_for()


def _session_over(walk: Walk) -> None:
    """The browser comes back with a cookie of the day before."""
    from surveyapp.web.http import sessions

    code = walk.person.code.replace("-", "")
    yesterday = int((walk.scene.now - timedelta(days=1)).timestamp())
    content = {"code": code, "started": yesterday, "seen": yesterday, "locale": walk.language}
    value = sessions.seal(content, sessions.RESPONDENT, walk.scene.keys)
    walk.page.context.add_cookies([{"name": "phieu", "value": value, "url": walk.scene.address}])
    walk.go("/phieu/1/1")


def _sent_after_the_end(walk: Walk) -> None:
    """The session ran out while a page stood open; its button is pressed all the same."""
    from surveyapp.web.http import sessions

    walk.open()
    [cookie] = [each for each in walk.page.context.cookies() if each["name"] == "phieu"]
    content = sessions.unseal(cookie["value"], sessions.RESPONDENT, walk.scene.keys)
    content["seen"] -= 2 * int(sessions.IDLE.total_seconds())
    cookie["value"] = sessions.seal(content, sessions.RESPONDENT, walk.scene.keys)
    walk.page.context.add_cookies([cookie])
    walk.press("next")


def _cookies_blocked(walk: Walk) -> None:
    """Nothing is kept of what the server sets."""
    walk.start()
    walk.page.context.clear_cookies()
    with walk.page.expect_navigation():
        walk.page.evaluate("address => location.assign(address)", f"/phieu?lang={walk.language}")


def _not_an_option(walk: Walk) -> None:
    walk.open()
    radio = walk.page.locator("fieldset.item:visible input").first
    radio.evaluate("field => { field.value = '77'; field.checked = true; }")
    _send_unchecked(walk)


def _remark_too_long(walk: Walk) -> None:
    _remark(walk)
    walk.page.locator("textarea:visible").evaluate(
        "field => { field.value = 'ý kiến dài '.repeat(120); }"
    )
    _send_unchecked(walk)


def _send_unchecked(walk: Walk) -> None:
    """Send the form as a browser does that neither checks it nor runs our script."""
    with walk.page.expect_navigation():
        walk.page.locator("#answers").evaluate(
            "form => HTMLFormElement.prototype.submit.call(form)"
        )
    walk.page.locator("#errors").wait_for()


def _remark(walk: Walk) -> None:
    walk.open()
    walk.page.locator(".stepper summary").click()
    leave_by(walk.page.locator(".sections button").last)
    walk.page.locator("textarea:visible").wait_for()


def _parts_open(walk: Walk) -> None:
    walk.open()
    walk.answer(2)
    walk.page.locator(".stepper summary").click()


def _saved(walk: Walk) -> None:
    walk.open()
    walk.answer(1)
    walk.page.locator("#saved:not(:empty)").wait_for()


def _review(walk: Walk) -> None:
    walk.open()
    walk.answer(2)
    walk.go("/phieu/1/xem-lai")


def _review_empty(walk: Walk) -> None:
    walk.open()
    walk.go("/phieu/1/xem-lai")


def _review_complete(walk: Walk) -> None:
    walk.open()
    walk.fill_in()


def _first_receipt(walk: Walk) -> None:
    _review(walk)
    walk.submit()


def _all_receipts(walk: Walk) -> None:
    _first_receipt(walk)
    walk.go("/phieu/2/1")
    walk.answer(1)
    walk.go("/phieu/2/xem-lai")
    walk.submit()


def _all_done(walk: Walk) -> None:
    _all_receipts(walk)
    walk.go("/phieu")


def _landing_done(walk: Walk) -> None:
    _all_receipts(walk)
    walk.go(walk.link)


def _stopped(walk: Walk) -> None:
    _saved(walk)
    walk.go("/phieu")
    leave_by(walk.page.locator("form[action^='/phieu/roi-khoi'] button"))


def _declared(walk: Walk) -> None:
    walk.go(walk.link.partition("?")[0] + "/decline")
    leave_by(walk.page.locator("main button.grave"))


def _hub(walk: Walk) -> None:
    walk.open()
    walk.answer(1)
    walk.go("/phieu")


def _welcome(walk: Walk) -> None:
    walk.type_code(walk.person.code)


def _promise_open(walk: Walk) -> None:
    walk.go(walk.link)
    walk.page.locator("details summary").last.click()


def _handoff(walk: Walk) -> None:
    walk.start()
    walk.go("/phieu/may-khac")
    leave_by(walk.page.locator("form[action^='/phieu/may-khac'] button"))


def _other_device(walk: Walk) -> None:
    walk.start()
    walk.go("/phieu/may-khac")


def _submitted_elsewhere(walk: Walk) -> None:
    _saved(walk)
    other = walk.page.context.new_page()
    walk.left.callback(other.close)
    there = Walk(other, walk.scene, walk.language, walk.person, walk.left)
    there.go("/phieu/1/xem-lai")
    there.submit()
    walk.press("next")


def _closed_while_answering(walk: Walk) -> None:
    _saved(walk)
    walk.left.enter_context(walk.scene.window(timedelta(days=-3), timedelta(hours=-1)))
    walk.press("next")


def _hub_closed(walk: Walk) -> None:
    _saved(walk)
    walk.left.enter_context(walk.scene.window(timedelta(days=-3), timedelta(hours=-1)))
    walk.go("/phieu")


def _landing_closed(walk: Walk) -> None:
    walk.left.enter_context(walk.scene.window(timedelta(days=-3), timedelta(hours=-1)))
    walk.go(walk.link)


def _landing_closed_draft(walk: Walk) -> None:
    _saved(walk)
    _landing_closed(walk)


def _landing_closed_done(walk: Walk) -> None:
    _all_receipts(walk)
    _landing_closed(walk)


def _landing_early(walk: Walk) -> None:
    walk.left.enter_context(walk.scene.window(timedelta(days=3), timedelta(days=9)))
    walk.go(walk.link)


def _replaced(walk: Walk) -> None:
    _again(walk, "reissue")
    walk.go(walk.link)


def _revoked(walk: Walk) -> None:
    _again(walk, "revoke")
    walk.go(walk.link)


def _again(walk: Walk, what: str) -> None:
    from surveyapp import clock
    from surveyapp.accounts.act import Act
    from surveyapp.campaigns.models import Campaign
    from surveyapp.invitations import queries, service

    with transaction() as db:
        campaign = db.query(Campaign).one()
        code = walk.person.code.replace("-", "")
        held = queries.find(db, code, keys=walk.scene.keys)
        act = Act("operator", clock.now(), walk.scene.keys)
        getattr(service, what)(db, campaign, held.invitation_id, reason="mất thư", act=act)


def _too_many(walk: Walk) -> None:
    from surveyapp import clock
    from surveyapp.invitations.credentials import attempts

    walk.left.callback(walk.scene.forget_attempts)
    # The page works by itself and is gone in a moment: here it stands as without its script.
    walk.page.route("**/challenge*.js", lambda route: route.abort())
    walk.left.callback(lambda: walk.page.unroute("**/challenge*.js"))
    now = clock.now()
    with transaction() as db:
        network = attempts.network(walk.scene.keys, "127.0.0.1", now=now)
        for _attempt in range(attempts.NETWORK_FAILURES):
            attempts.count(db, network, succeeded=False, now=now)
    walk.type_code(UNKNOWN_CODE)


def _database_away(walk: Walk) -> None:
    """The database cannot be reached."""
    from surveyapp.db import bind, make_engine

    _saved(walk)
    away = make_engine("sqlite:////nowhere/survey.sqlite3")
    bind(away)
    walk.left.callback(lambda: (bind(walk.scene.engine), away.dispose()))
    walk.press("next")


UNKNOWN_CODE = "712345678901234" + check_digit("712345678901234")
MISTYPED_CODE = UNKNOWN_CODE[:-1] + str((int(UNKNOWN_CODE[-1]) + 1) % 10)
PASSED_ON = "123456789" + check_digit("123456789")

STATES: dict[str, Callable[[Walk], None]] = {
    "code": lambda walk: walk.go("/"),
    "code-too-short": lambda walk: walk.type_code("7123"),
    "code-mistyped": lambda walk: walk.type_code(MISTYPED_CODE),
    "code-unknown": lambda walk: walk.type_code(UNKNOWN_CODE),
    "code-paused": _too_many,
    "landing": lambda walk: walk.go(walk.link),
    "landing-limits": _promise_open,
    "landing-early": _landing_early,
    "landing-closed": _landing_closed,
    "landing-closed-draft": _landing_closed_draft,
    "landing-closed-done": _landing_closed_done,
    "landing-done": _landing_done,
    "link-tampered": lambda walk: walk.go("/t/7123456789012345~abc"),
    "link-replaced": _replaced,
    "link-revoked": _revoked,
    "declare": lambda walk: walk.go(walk.link.partition("?")[0] + "/not_me"),
    "declared": _declared,
    "welcome": _welcome,
    "hub": _hub,
    "hub-done": _all_done,
    "hub-closed": _hub_closed,
    "section": lambda walk: walk.open(),
    "section-saved": _saved,
    "section-not-saved": _offline,
    "section-changed-elsewhere": _changed_elsewhere,
    "section-session-ends": _session_ends,
    "section-error": _not_an_option,
    "session-never-begun": lambda walk: walk.go("/phieu/1/1"),
    "cookies-blocked": _cookies_blocked,
    "section-parts": _parts_open,
    "section-closed": _closed_while_answering,
    "section-submitted": _submitted_elsewhere,
    "section-server-down": _database_away,
    "remark": _remark,
    "remark-too-long": _remark_too_long,
    "review": _review,
    "review-empty": _review_empty,
    "review-complete": _review_complete,
    "receipt": _first_receipt,
    "receipt-last": _all_receipts,
    "receipt-check": lambda walk: walk.go("/bien-nhan"),
    "stopped": _stopped,
    "other-device": _other_device,
    "other-device-code": _handoff,
    "passed-on": lambda walk: walk.go(f"/m/{PASSED_ON}"),
    "session-over": _session_over,
    "session-over-kept": _sent_after_the_end,
    "no-such-page": lambda walk: walk.open(page=90),
    "accessibility": lambda walk: walk.go("/tro-nang"),
    "promise": lambda walk: walk.go("/cam-ket/tiny"),
    "promise-inspected": lambda walk: walk.go("/cam-ket/tiny/kiem-tra"),
}
"""Name → how to get there from a browser that has not been here before."""


def reach(how: Callable[[Walk], None], page: Page, scene: Scene, language: str) -> Iterator[Walk]:
    """The state, while the generator stands; afterwards everything is put back."""
    with ExitStack() as left:
        walk = Walk(page, scene, language, scene.person(), left)
        how(walk)
        yield walk
