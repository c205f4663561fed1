"""The centre's figures: what stands on the page is what was counted, and a row leads into its part."""

import csv
import io
import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from python_calamine import CalamineWorkbook

from surveyapp import clock
from surveyapp.assignments.count_deltas import Cell, Deltas
from surveyapp.assignments.models import CountDelta
from surveyapp.assignments.rules import Disposition
from surveyapp.db import reading, transaction
from surveyapp.fieldwork.counts import folding
from surveyapp.fieldwork.counts import queries as fieldwork
from tests import factories
from tests.web.browsing import sign_in


@pytest.fixture
def campaign(app, now, moment):
    """The tiny campaign in collection: Hà Nội's agencies half answered, yesterday and today."""
    with transaction() as db:
        opened = factories.campaign(db, now, opened=True)
        for role in ("operator", "viewer", "auditor"):
            factories.staff(db, now, role)
        factories.staff(db, now, "coordinator", unit="01")
        factories.staff(db, now, "coordinator", unit="46")
    return opened


def ids(campaign):
    from surveyapp.campaigns import queries

    with reading() as db:
        return (
            {unit.code: unit.id for unit in queries.units(db, campaign.id)},
            {group.code: group.id for group in queries.groups(db, campaign.id)},
            {each.code: each.id for each in queries.departments(db, campaign.id)},
        )


def count(
    campaign, day, *, group, unit="01", rated="", department="", channel="email", **dispositions
) -> None:
    """So many forms more of a cell in each disposition, on a day."""
    units, groups, departments = ids(campaign)
    cell = Cell(
        units[unit], units[rated or unit], groups[group], departments.get(department, 0), channel
    )
    deltas = Deltas()
    for name, n in dispositions.items():
        deltas.add(cell, Disposition(name), n)
    with transaction() as db:
        deltas.write(db, campaign.id, today=day)


def words(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def row(page, heading: str, *, after: str = "") -> list[str]:
    """The cells of the table row that begins with `heading`, the first that comes after some words."""
    for table_row in re.findall(r"<tr.*?</tr>", page.text[page.text.index(after) :], re.S):
        cells = [re.sub(r"<[^>]+>", "", c).strip() for c in re.findall(r"<t[hd].*?</t[hd]>", table_row, re.S)]  # fmt: skip
        if cells and cells[0] == heading:
            return cells
    raise AssertionError(f"no row {heading}")


def test_the_overview_shows_the_rate_with_its_denominator_and_what_came_today(
    campaign, client, now
):
    today = clock.day(now)
    count(campaign, today - timedelta(days=1), group="P2", sent=6, submitted=2)
    count(campaign, today, group="P2", sent=-1, submitted=1)
    sign_in(client, "viewer")
    page = client.get("/centre/tiny/")
    assert page.status_code == 200
    assert "37,5%" in page.text
    assert "3 phiếu đã nộp trên 8 phiếu của người được mời" in words(page)
    assert "hôm nay thêm 1" in words(page)
    assert "3 phiếu đã nộp trên 71 phiếu theo kế hoạch" in words(page)
    assert "10:00 15/01/2024" in words(page)


def test_a_campaign_without_anybody_invited_has_no_rate(campaign, client):
    sign_in(client, "viewer")
    page = client.get("/centre/tiny/")
    assert re.search(r'figure-number">–<', page.text)


def test_the_total_of_departments_is_that_of_the_part_they_belong_to(campaign, client, now):
    today = clock.day(now)
    count(campaign, today, group="M2", rated="BNV", department="SNV", sent=3, submitted=3)
    count(campaign, today, group="P2", department="SNV", submitted=4)
    count(campaign, today, group="P2", department="TTT", sent=4)
    count(campaign, today, group="P1", submitted=5)
    sign_in(client, "viewer")
    page = client.get("/centre/tiny/rates?by=department&supplying=01")
    assert row(page, "Sở Nội vụ")[1:3] == ["70,0%", "7"]
    assert row(page, "Thanh tra tỉnh")[1:3] == ["0,0%", "0"]
    assert row(page, "Không gắn với sở, ban, ngành")[1:3] == ["100,0%", "5"]
    assert row(page, "Cộng")[1:3] == ["63,2%", "12"]


def test_rates_by_channel_lead_into_the_groups_of_the_channel(campaign, client, now):
    today = clock.day(now)
    count(campaign, today, group="P2", sent=1, submitted=3)
    count(campaign, today, group="P2", channel="letter", sent=9, submitted=1)
    count(campaign, today, group="P1", channel="letter", submitted=2)
    sign_in(client, "viewer")
    page = client.get("/centre/tiny/rates?by=channel")
    assert row(page, "Thư giấy")[1:3] == ["25,0%", "3"]
    assert row(page, "Thư điện tử")[1:3] == ["75,0%", "3"]
    assert "Kế hoạch" not in words(page).partition("Cộng")[0].partition("Tỷ lệ trả lời theo")[2]
    inside = client.get("/centre/tiny/rates?by=group&channel=letter")
    assert row(inside, "P2. Lãnh đạo cơ quan chuyên môn thuộc UBND cấp tỉnh (sở và tương đương)")[1:3] == ["10,0%", "1"]  # fmt: skip
    (line,) = [each for each in csv.DictReader(io.StringIO(client.get("/centre/tiny/rates/table.csv?by=channel").data.decode("utf-8-sig"))) if each["Mã"] == "letter"]  # fmt: skip
    assert (line["RR2"], line["COOP2"], line["REF1"], line["CON1"], line["e"]) == ("0.25", "1.0", "0.0", "0.25", "1.0")  # fmt: skip
    assert (line["S"], line["U"], line["NC"]) == ("3", "9", "0")


def test_units_stand_worst_first_and_those_without_a_rate_last(campaign, client, now):
    today = clock.day(now)
    count(campaign, today, group="P2", unit="01", sent=1, submitted=9)
    count(campaign, today, group="P2", unit="46", sent=9, submitted=1)
    sign_in(client, "viewer")
    page = client.get("/centre/tiny/rates?by=supplying")
    names = re.findall(r'<th scope="row".*?<a [^>]+>([^<]+)</a>', page.text)
    assert names[:2] == ["Thừa Thiên Huế", "Hà Nội"]


def test_a_row_leads_into_its_part_down_to_the_department(campaign, client, now):
    count(campaign, clock.day(now), group="P2", department="SNV", submitted=1, sent=2)
    sign_in(client, "viewer")
    address, walked = "/centre/tiny/rates?level=province", []
    for name in ("P2. Lãnh đạo cơ quan chuyên môn thuộc UBND cấp tỉnh (sở và tương đương)", "Hà Nội", "Sở Nội vụ"):  # fmt: skip
        page = client.get(address)
        walked.append(row(page, name)[1])
        link = re.search(rf'<a href="([^"]+)">{re.escape(name)}<', page.text)
        address = link[1].replace("&amp;", "&") if link else ""
    assert walked == ["33,3%"] * 3


def test_an_unknown_part_is_empty_rather_than_everything(campaign, client, now):
    count(campaign, clock.day(now), group="P2", submitted=1, sent=2)
    sign_in(client, "viewer")
    page = client.get("/centre/tiny/rates?supplying=99")
    assert "Không có phiếu nào trong phần này." in page.text
    assert client.get("/centre/tiny/rates?by=nothing&until=yesterday&level=x").status_code == 200


def test_a_past_day_is_shown_as_it_was(campaign, client, now):
    today = clock.day(now)
    count(campaign, today - timedelta(days=2), group="P2", sent=4)
    count(campaign, today, group="P2", sent=-4, submitted=4)
    sign_in(client, "viewer")
    then = client.get(f"/centre/tiny/rates?by=supplying&until={today - timedelta(days=1)}")
    assert row(then, "Hà Nội")[1:3] == ["0,0%", "0"]
    assert "hết ngày 14/01/2024" in then.text
    assert row(client.get("/centre/tiny/rates?by=supplying"), "Hà Nội")[1] == "100,0%"


def test_the_files_hold_what_the_page_shows(campaign, client, now):
    count(campaign, clock.day(now), group="P2", submitted=3, sent=5)
    sign_in(client, "viewer")
    answer = client.get("/centre/tiny/rates/table.csv?by=supplying")
    assert answer.mimetype == "text/csv"
    lines = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    of_hanoi = next(line for line in lines if line["Mã"] == "01")
    assert (of_hanoi["RR2"], of_hanoi["Được mời"], of_hanoi["Đã nộp"]) == ("0.375", "8", "3")
    assert lines[-1]["RR2"] == "0.375"
    assert (of_hanoi["COOP2"], of_hanoi["CON1"], of_hanoi["e"]) == ("1.0", "0.375", "1.0")
    book = client.get("/centre/tiny/rates/table.xlsx?by=supplying").data
    cells = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert cells[0][0] == "Tỷ lệ trả lời theo: Đơn vị lập danh sách"
    assert any(line[0] == "01" and 0.375 in line for line in cells)


def test_the_page_of_formulas_adds_up(campaign, client, now):
    count(campaign, clock.day(now), group="P2", submitted=50, refused=6, unavailable=4, sent=40, moved=10)  # fmt: skip
    sign_in(client, "viewer")
    page = client.get("/centre/tiny/rates/details")
    assert row(page, "RR2")[1] == "50,0%"
    assert row(page, "RR2")[4] == "50 ÷ (50 + 6 + 4 + 40)"
    assert row(page, "RR6")[1] == "83,3%"
    assert "chỉ biết sau khi mở hộp phiếu" in words(page)
    assert row(page, "REF3")[1] == "10,0%"
    assert row(page, "CON3")[1] == "93,3%"
    assert row(page, "Cộng")[-1] == "110"
    assert row(page, "Đã chuyển công tác")[1:4] == ["4.90", "Không thuộc đối tượng, đã xác minh", "10"]  # fmt: skip


def test_what_needs_attention_is_named_with_its_unit(campaign, client, now):
    today = clock.day(now)
    count(campaign, today - timedelta(days=5), group="P2", unit="01", sent=6, begun=1)
    count(campaign, today - timedelta(days=5), group="P2", unit="46", sent=10)
    count(campaign, today, group="P2", unit="46", bounced=2, begun=1, sent=-3)
    sign_in(client, "viewer")
    told = words(client.get("/centre/tiny/"))
    quiet = told[told.index("Ba ngày qua") : told.index("Hơn 5 phần trăm")]
    assert "Hà Nội" in quiet
    assert "Huế" not in quiet
    assert "Thừa Thiên Huế : 2 trên 10" in told


def test_what_needed_attention_on_a_past_day_knows_nothing_of_the_days_after_it(
    campaign, client, now
):
    today = clock.day(now)
    count(campaign, today - timedelta(days=6), group="P2", unit="46", sent=10)
    count(campaign, today - timedelta(days=1), group="P2", unit="46", sent=-1, begun=1)
    sign_in(client, "viewer")
    assert "Ba ngày qua" not in words(client.get("/centre/tiny/"))
    past = words(client.get(f"/centre/tiny/?until={today - timedelta(days=2)}"))
    assert "Thừa Thiên Huế : 10 trên 10" in past[past.index("Ba ngày qua") :]


def test_the_map_colours_each_province_by_pattern_and_says_its_rate(campaign, client, now):
    count(campaign, clock.day(now), group="P2", submitted=1, sent=9)
    sign_in(client, "viewer")
    page = client.get("/centre/tiny/")
    assert re.search(r'fill="url\(#band-1\)"><title>Hà Nội: 10,0% \(1 trên 10\)</title>', page.text)
    assert page.text.count('class="absent"') == 61
    assert "Bản đồ minh họa" in page.text


def test_another_map_may_be_put_in_by_the_operators_but_brings_no_script(campaign, app, client, settings, now):  # fmt: skip
    (settings.instance / "maps").mkdir()
    (settings.instance / "maps" / "tiny.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script>alert(1)</script>'
        '<path id="p01" d="M0,0L9,9Z" onclick="alert(2)"/><text x="1" y="2">Tây</text></svg>'
    )
    count(campaign, clock.day(now), group="P2", submitted=1, sent=9)
    sign_in(client, "viewer")
    page = client.get("/centre/tiny/").text
    assert 'viewBox="0 0 9 9"' in page
    assert "Tây" in page
    assert "alert" not in page


def test_many_waiting_changes_are_folded_by_the_page_that_would_add_them_up(campaign, client, now, monkeypatch):  # fmt: skip
    monkeypatch.setattr(folding, "FOLD_WHEN", 3)
    for _ in range(3):
        count(campaign, clock.day(now), group="P2", submitted=1)
    sign_in(client, "viewer")
    before = row(client.get("/centre/tiny/rates?by=supplying"), "Hà Nội")
    with reading() as db:
        assert fieldwork.unfolded(db, at_most=10) == 3
    count(campaign, clock.day(now), group="P2", sent=0, submitted=1)
    after = row(client.get("/centre/tiny/rates?by=supplying"), "Hà Nội")
    with reading() as db:
        assert db.query(CountDelta).count() == 0
    assert (before[2], after[2]) == ("3", "4")


def test_a_desk_sees_its_own_unit_until_the_end_of_yesterday(campaign, client, now):
    today = clock.day(now)
    count(campaign, today - timedelta(days=1), group="P2", sent=10, submitted=2)
    count(campaign, today - timedelta(days=1), group="P1", sent=3, submitted=5)
    count(campaign, today, group="P2", sent=-5, submitted=5)
    count(campaign, today - timedelta(days=1), group="P2", unit="46", sent=40)
    sign_in(client, "coordinator-01")
    page = client.get("/desk/tiny/01/rates")
    assert "hết ngày 14/01/2024" in page.text
    assert "7 phiếu đã nộp trên 20 phiếu của người được mời" in words(page)
    assert "Sở, ban, ngành" not in page.text
    assert client.get("/desk/tiny/46/rates").status_code == 404
    assert client.get("/desk/tiny/46/rates/groups.csv").status_code == 404


def test_a_desk_is_not_shown_small_cells_nor_what_would_give_them_away(campaign, client, now):
    day = clock.day(now) - timedelta(days=1)
    count(campaign, day, group="P2", department="SNV", sent=4)
    count(campaign, day, group="P2", department="TTT", sent=6, submitted=1)
    count(campaign, day, group="P2", department="VPUBND", sent=20, submitted=11)
    sign_in(client, "coordinator-01")
    page = client.get("/desk/tiny/01/rates")
    assert set(row(page, "Sở Nội vụ")[1:]) == set(row(page, "Thanh tra tỉnh")[1:]) == {"ẩn"}
    assert row(page, "Văn phòng Ủy ban nhân dân tỉnh")[1:3] == ["35,5%", "11"]
    file = client.get("/desk/tiny/01/rates/departments.csv").data.decode("utf-8-sig")
    lines = {line["Mã"]: line for line in csv.DictReader(io.StringIO(file))}
    assert lines["SNV"]["Được mời"] == lines["TTT"]["Được mời"] == ""
    assert lines["VPUBND"]["Được mời"] == "31"


@pytest.mark.parametrize("address", ["", "rates", "rates/details", "life", "releases", "audit", "staff"])  # fmt: skip
def test_every_page_is_there_in_english_too(campaign, client, address):
    sign_in(client, "auditor")
    with transaction() as db:
        from surveyapp.accounts import service as accounts

        accounts.set_locale(db, accounts.staff_named(db, "auditor").id, "en")
    page = client.get(f"/centre/tiny/{address}")
    assert page.status_code == 200
    title = re.search(r"<h1>([^<]+)</h1>", page.text)[1]
    assert not re.search("[ăâđêôơưạảấầếềệỉịọốộớờợụủứừỷỹ]", title)


def test_an_operator_begins_a_reminder_from_the_part_on_the_screen(client, campaign, now):
    count(campaign, clock.day(now), group="P2", sent=300)
    sign_in(client, "operator")
    page = client.get("/centre/tiny/rates?by=group&supplying=01").text
    assert "/centre/tiny/messages/new?kind=reminder_not_started&amp;unit=01" in page
    assert "kind=reminder_not_started" not in client.get("/centre/tiny/rates").text


def test_whoever_only_looks_is_not_offered_a_reminder(client, campaign, now):
    count(campaign, clock.day(now), group="P2", sent=300)
    sign_in(client, "viewer")
    assert "kind=reminder_" not in client.get("/centre/tiny/rates?by=group&supplying=01").text


def test_a_past_day_of_the_overview_says_so_and_shows_what_changed_on_it(campaign, client, now):
    today = clock.day(now)
    count(campaign, today - timedelta(days=3), group="P2", sent=10)
    count(campaign, today - timedelta(days=2), group="P2", sent=-4, submitted=4)
    count(campaign, today, group="P2", sent=-2, submitted=2)
    sign_in(client, "viewer")
    past = client.get(f"/centre/tiny/?until={today - timedelta(days=2)}")
    assert "Đang xem lại: số liệu đến hết ngày 13/01/2024, không phải của hôm nay." in past.text
    assert "4 phiếu đã nộp trên 10 phiếu của người được mời" in words(past)
    assert "so với hôm trước: +40 điểm" in words(past)
    live = client.get("/centre/tiny/")
    assert "Đang xem lại" not in live.text
    assert "thiếu 4 phiếu, đạt 60,0%" in words(live)
    assert "so với hôm trước: +20 điểm" in words(live)
    assert "hôm nay thêm 2" in words(live)


def test_groups_ministries_and_provinces_are_held_against_the_plan(campaign, client, now):
    count(campaign, clock.day(now), group="M1", unit="BNV", sent=1, submitted=1)
    sign_in(client, "viewer")
    page = client.get("/centre/tiny/rates?by=rated")
    with reading() as db:
        planned = fieldwork.figures(db, campaign.id, by=("rated",))[ids(campaign)[0]["BNV"],].planned  # fmt: skip
    share = f"{100 / planned:.1f}%".replace(".", ",")
    assert row(page, "Bộ Nội vụ")[-2:] == [str(planned), share]


@pytest.mark.parametrize("chart", ["days", "map", "rates", "forecast", "representativeness"])
def test_every_chart_is_a_picture_with_its_date_and_denominator(campaign, client, now, chart):
    today = clock.day(now)
    count(campaign, today - timedelta(days=6), group="P2", sent=30, submitted=40)
    sign_in(client, "viewer")
    svg = client.get(f"/centre/tiny/charts/{chart}.svg?by=supplying")
    ElementTree.fromstring(svg.data)
    assert svg.mimetype == "image/svg+xml"
    assert re.search(r"attachment; filename=[a-z-]+-tiny-2024-01-1[45]\.svg", svg.headers["Content-Disposition"])  # fmt: skip
    assert "Mẫu số" in words(svg)
    assert re.search("1[45]/01/2024", words(svg))


def test_a_chart_is_a_bitmap_too(campaign, client, now):
    count(campaign, clock.day(now), group="P2", sent=30, submitted=40)
    sign_in(client, "viewer")
    png = client.get("/centre/tiny/charts/map.png")
    assert png.mimetype == "image/png"
    assert png.data.startswith(b"\x89PNG")


@pytest.mark.parametrize("address", ["days/table", "forecast/days", "representativeness/days", "representativeness/parts", "representativeness/reminders"])  # fmt: skip
def test_the_tables_behind_the_charts_are_files(campaign, client, now, address):
    today = clock.day(now)
    count(campaign, today - timedelta(days=6), group="P1", sent=10, submitted=40)
    count(campaign, today - timedelta(days=5), group="P2", unit="46", sent=40, submitted=10)
    sign_in(client, "viewer")
    rows = list(csv.reader(io.StringIO(client.get(f"/centre/tiny/{address}.csv").data.decode("utf-8-sig"))))  # fmt: skip
    assert len(rows) > 1
    assert all(len(each) == len(rows[0]) for each in rows)
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"/centre/tiny/{address}.xlsx").data))  # fmt: skip
    cells = book.get_sheet_by_index(0).to_python()
    assert [str(cell) for cell in cells[5]] == rows[0] or rows[0] in [[str(c) for c in each] for each in cells]  # fmt: skip
    assert any("Mẫu số" in str(each[0]) for each in cells)


def test_a_map_of_the_operators_own_is_drawn_and_a_broken_one_is_not(campaign, client, now, app, settings):  # fmt: skip
    count(campaign, clock.day(now), group="P2", submitted=4)
    sign_in(client, "viewer")
    own = settings.instance / "maps" / "tiny.svg"
    own.parent.mkdir(parents=True)
    own.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 7 7"><script>alert(1)</script><path id="p01" d="M1,2L3,4Z" onclick="x()"/></svg>')  # fmt: skip
    for address in ("", "charts/map.svg"):
        page = client.get(f"/centre/tiny/{address}").text
        assert "M1,2L3,4Z" in page
        assert "alert(1)" not in page
        assert "onclick" not in page
    own.write_text("<svg")
    assert "M1,2L3,4Z" not in client.get("/centre/tiny/").text
