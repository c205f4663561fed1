"""No figure is a constant: every page is rendered from three states of the campaign that differ everywhere.

What stands the same in all three (two may agree by rounding) and is not told by its name to stand still (plans, codes,
dates) is a figure that nobody computes: "Nộp thêm 0" once stood for every unit of a page whose day had 121.
"""

import re
from datetime import timedelta
from html.parser import HTMLParser
from itertools import cycle
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select, update

from surveyapp import clock
from surveyapp.assignments.rules import CHANNELS
from surveyapp.campaigns.models import Campaign, SamplePlan
from surveyapp.db import transaction
from surveyapp.delivery.models import Delivery, Wave
from surveyapp.fieldwork.forecast import nightly
from surveyapp.followup.models import CallAttempt
from surveyapp.followup.rules import Result
from surveyapp.invitations import declarations
from surveyapp.invitations.models import Declaration
from tests import factories
from tests.delivery.sending import Sending, emails
from tests.web.browsing import sign_in
from tests.web.test_centre_rates import count

PAGES = (
    "/centre/tiny/",
    *(f"/centre/tiny/rates?by={by}" for by in ("group", "supplying", "rated", "channel")),
    "/centre/tiny/rates?by=department&supplying=01",
    "/centre/tiny/units/01/",
    "/centre/tiny/chase",
    "/centre/tiny/report",
    "/centre/tiny/forecast",
    "/centre/tiny/forecast?group=P1",
    "/centre/tiny/representativeness",
    "/centre/tiny/messages",
    "/centre/tiny/messages/calendar",
    "/centre/tiny/calls",
    "/centre/tiny/declarations",
    "/desk/tiny/01/rates",
    "/desk/tiny/01/chase",
)
STILL = (
    *("Kế hoạch", "Đã duyệt", "Đã lập danh sách", "Danh sách đã duyệt"),
    *("phiếu, trên", "ngày còn lại", "Tính đến", "Các ngày của đợt điều tra", "Bắt đầu"),
    *("mục tiêu #", "R = #"),
)
"""Words that say of a figure that it does not follow from the counts."""
ZERO = (("Phần riêng có điều kiện", "0,000"), ("Từ chối trả lời", "Chờ xử lý"))
"""What is nothing by definition: what the other strata tell already; refusals, which nobody settles."""
NO_CHANNEL = "none"


class Told(HTMLParser):
    """The numbers of a page by where they stand: the heading of row and column, or the label of a figure."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers: dict[tuple[str, ...], str] = {}
        self._heads: list[str] = []
        self._row: list[str] = []
        self._text: list[str] | None = None
        self._in_head = False
        self._caption = self._label = ""
        self._what = ""

    def handle_starttag(self, tag, attrs):
        classes = dict(attrs).get("class") or ""
        if tag == "thead":
            self._in_head, self._heads = True, []
        elif tag == "tr":
            self._row = []
        elif tag in ("th", "td", "caption") or classes in (
            "figure-label",
            "figure-number",
            "figure-of",
        ):
            self._what, self._text = classes if tag == "p" else tag, []

    def handle_endtag(self, tag):
        if tag == "thead":
            self._in_head = False
        if self._text is None or tag not in ("th", "td", "caption", "p"):
            return
        text = re.sub(r"\s+", " ", "".join(self._text)).strip()
        if self._what == "caption":
            self._caption = re.sub(r"tính đến.*", "", text)
        elif self._what == "figure-label":
            self._label = text
        elif self._what.startswith("figure-"):
            self._keep(("figure", self._label, re.sub(r"[\d.,%+−]+", "#", text)), text)
        elif self._in_head:
            self._heads.append(text)
        else:
            self._row.append(text)
            if len(self._row) > 1:
                head = self._heads[len(self._row) - 1] if len(self._row) <= len(self._heads) else ""
                self._keep((self._caption, self._row[0], head), text)
        self._text = None

    def handle_data(self, data):
        if self._text is not None:
            self._text.append(data)

    def _keep(self, where, text):
        if re.search(r"\d", text):
            self.numbers[where] = text


def fill(campaign, today, times: int) -> None:
    """Every cell of every page gets numbers, each state other ones: nothing cancels out."""
    cells = [
        ("P1", "01", "", ""),
        ("P2", "01", "", "SNV"),
        ("P2", "01", "", "TTT"),
        ("P2", "46", "", "SNV"),
        ("M2", "01", "BNV", "SNV"),
        *(("M1", ministry, "", "") for ministry in ("BNV", "NHNN", "TTCP")),
        *((group, "BNV", "", "") for group in ("M4", "M5")),
        ("M3", "01", "BNV", "SNV"),
        *((group, "01", "", "") for group in ("P3", "P4")),
    ]
    for position, (group, unit, rated, department) in enumerate(cells, 1):
        for late, channel in enumerate((*CHANNELS[:3], NO_CHANNEL)):
            for ago in (3, 2, 1, 0):
                n = times * (7 * position + 3 * late + 11 * ago)
                uneven = 310 * (times - 1) * (position * position % 7)
                count(
                    campaign, today - timedelta(days=ago), group=group, unit=unit, rated=rated,
                    department=department, channel=channel,
                    sent=3 * n + times + 2 * uneven, begun=n, submitted=2 * n + 90 * (4 - ago) * times * times + uneven, bounced=times,
                    refused=times + 1, unavailable=2 * times, moved=times, not_sent=times,
                )  # fmt: skip


def happen(campaign, now, times: int, invited: list[UUID]) -> None:
    """Calls, declarations and messages: each kind of each so often as no other, and other in each state."""
    people = cycle(invited[: 13 * times])

    def rows(kinds, **same):
        return [
            {"id": uuid4(), "invitation_id": next(people), **same, "n": kind}
            for position, kind in enumerate(kinds, 1)
            for _ in range(times * position)
        ]

    def named(rows, column):
        return [{**{k: v for k, v in row.items() if k != "n"}, column: row["n"]} for row in rows]

    calls = named(rows(Result, campaign_id=campaign.id, at=now, operator="operator"), "result")
    for call in calls:
        call["away_until"] = clock.day(now) if call["result"] == "unavailable" else None
    with transaction() as db:
        db.execute(insert(CallAttempt), calls)
        db.execute(insert(Declaration), named(rows(declarations.KINDS, on=clock.day(now)), "kind"))
        for wave in db.scalars(select(Wave)):
            wave.people = 40 * times + len(wave.kind)
            states = rows(
                ("queued", "handed_over", "hard_bounce", "suppressed"),
                campaign_id=campaign.id, wave_id=wave.id, channel=f"c{times}", not_before=now,
            )  # fmt: skip
            db.execute(insert(Delivery), named(states, "state"))


@pytest.fixture
def invited(app, keys, now, tmp_path) -> list[UUID]:
    """People of the open campaign, with a wave that runs, one that waits and one that is planned."""
    survey = Sending(keys, now, tmp_path / "outbox")
    ids = survey.invite(*emails(40))
    for kind, days, state in (
        ("invitation", -3, "running"),
        ("last_day", 1, "testing"),
        ("reminder_not_started", 2, "draft"),
    ):
        wave_id = survey.plan(kind=kind, starts_at=now + timedelta(days=days))
        with transaction() as db:
            db.execute(
                update(Wave).where(Wave.id == wave_id).values(state=state, is_filled=days < 0)
            )
    return ids


@pytest.fixture
def states(app, client, now, moment, invited):
    """The pages' numbers in each state, by page and place."""
    with transaction() as db:
        campaign = db.scalars(select(Campaign)).one()
        factories.staff(db, now, "operator")
        factories.staff(db, now, "coordinator", unit="01")
        db.execute(update(SamplePlan).values(planned=SamplePlan.planned * 10_000))
    today, seen = clock.day(now), []
    desk = app.test_client()
    sign_in(client, "operator")
    sign_in(desk, "coordinator-01")
    for times in (1, 2, 3):
        fill(campaign, today, times)
        happen(campaign, now, times, invited)
        with transaction() as db:
            nightly.take(db, db.merge(campaign), day=today - timedelta(days=1), now=now)
        pages = {}
        for address in PAGES:
            page = (desk if address.startswith("/desk") else client).get(address)
            assert page.status_code == 200, (address, page.status_code)
            told = Told()
            told.feed(page.text)
            pages[address] = told.numbers
        seen.append(pages)
    return seen


def test_no_figure_of_any_page_is_a_constant(states):
    first, *later = states
    assert sum(len(numbers) for numbers in first.values()) > 150
    standing = [
        (address, *where, text)
        for address, numbers in first.items()
        for where, text in numbers.items()
        if all(state[address].get(where) == text for state in later)
        and not any(still in words for still in STILL for words in (*where, text))
        and not any({*pair} <= {*where, text} for pair in ZERO)
    ]
    assert standing == [], "\n".join(map(str, standing))
