"""The parts every page is built from: what a person sees, reads out or sends with each of them."""

import re
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from flask import Flask
from jinja2 import StrictUndefined, UndefinedError

from surveyapp import i18n
from surveyapp.documents.charts import curves
from surveyapp.documents.charts.bars import RateBar, rate_bar, rate_bars
from surveyapp.documents.charts.bars import picture as bars_picture
from surveyapp.documents.charts.curves import Ahead, CurvePoint, ShareLines, TimeCurve
from surveyapp.web.parts import table_rows

PACKAGE = Path(i18n.__file__).parent
OWN_TEMPLATES = sorted(
    path
    for folder in ("layout", "parts", "errors")
    for path in (PACKAGE / "templates" / folder).glob("*.html")
)
CHARTS = sorted((PACKAGE / "documents" / "charts").glob("*.py"))
SCALE = (("1", "Rất tốt"), ("2", "Tốt"), ("3", "Trung bình"), ("4", "Kém"), ("5", "Rất kém"))
UNKNOWN = ("98", "Không biết / Không có ý kiến")


class Page(HTMLParser):
    """The tags of a page in order, each with its attributes and the words inside it."""

    VOID = frozenset(
        [
            "area",
            "base",
            "br",
            "col",
            "embed",
            "hr",
            "img",
            "input",
            "link",
            "meta",
            "source",
            "track",
            "wbr",
        ]
    )

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.unbalanced: list[str] = []
        self._open: list[str] = []
        self.feed(markup)
        self.close()
        self.unbalanced += self._open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if self._open and self._open[-1] == tag:
            self._open.pop()
        else:
            self.unbalanced.append(f"/{tag}")

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def by_id(self, element_id: str) -> dict[str, str | None]:
        matches = [attributes for _, attributes in self.tags if attributes.get("id") == element_id]
        assert len(matches) == 1, f"{element_id}: {len(matches)} elements"
        return matches[0]


@pytest.fixture
def house() -> Flask:
    """A bare application that knows the templates and nothing of the survey."""
    house = Flask("parts", static_folder=None, template_folder=str(PACKAGE / "templates"))
    house.jinja_env.add_extension("jinja2.ext.i18n")
    house.jinja_env.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=True)
    house.jinja_env.globals["locale"] = i18n.locale
    table_rows.install(house)
    house.add_url_rule("/static/<path:filename>", "static", lambda filename: filename)
    return house


@pytest.fixture
def render(house):
    def rendered(source: str, **values: object) -> Page:
        imports = (
            '{% from "parts/forms.html" import button, radio_cards, text_field, text_area, select, '
            "checkbox, upload, token with context %}"
            '{% from "parts/messages.html" import error_summary, banner, badge, stepper %}'
            '{% from "parts/figures.html" import table, figure, pagination, '
            "definition_list, download_links, code_display %}"
        )
        with house.test_request_context():
            page = Page(house.jinja_env.from_string(imports + source).render(**values))
        assert page.unbalanced == []
        return page

    return rendered


@pytest.fixture
def page(house):
    def rendered(name: str, **values: object) -> Page:
        with house.test_request_context():
            page = Page(house.jinja_env.get_template(name).render(**values))
        assert page.unbalanced == []
        return page

    return rendered


def test_an_item_is_one_group_of_six_radios_with_dont_know_last_and_apart(render):
    item = render(
        "{{ radio_cards('M1-101', 'Câu hỏi?', scale, dont_know=unknown) }}",
        scale=SCALE,
        unknown=UNKNOWN,
    )
    radios = item.all("input")
    assert [radio["value"] for radio in radios] == ["1", "2", "3", "4", "5", "98"]
    assert {radio["name"] for radio in radios} == {"M1-101"}
    assert [label["for"] for label in item.all("label")] == [radio["id"] for radio in radios]
    assert [box["class"] for box in item.all("div")] == ["choice"] * 5 + ["choice apart"]
    assert not any("checked" in radio for radio in radios)


def test_the_answer_given_before_is_the_one_that_is_chosen(render):
    item = render(
        "{{ radio_cards('a', 'Câu hỏi?', scale, value=value, dont_know=unknown) }}",
        scale=SCALE,
        unknown=UNKNOWN,
        value="98",
    )
    assert [radio["value"] for radio in item.all("input") if "checked" in radio] == ["98"]


def test_the_error_of_an_item_is_read_out_with_its_question_and_reached_from_the_summary(render):
    item = render(
        "{{ error_summary((('a', 'Chọn lại câu 3'),)) }}"
        "{{ radio_cards('a', 'Câu hỏi?', scale, hint='Năm 2023.', error='Chọn lại') }}",
        scale=SCALE,
    )
    described = item.all("fieldset")[0]["aria-describedby"].split()
    assert described == ["a-hint", "a-error"]
    assert item.by_id("a-error")["class"] == "wrong"
    assert item.by_id("errors")["tabindex"] == "-1"
    assert [link["href"] for link in item.all("a")] == ["#a"]
    assert item.by_id("a")["type"] == "radio"


def test_what_was_typed_is_shown_again_and_cannot_break_out_of_its_box(render):
    typed = '"><script>alert(1)</script>'
    form = render(
        "{{ text_field('n', 'Tên', value=typed, error='Sai') }}{{ text_area('r', 'Ý kiến', value=typed, limit=1000) }}",
        typed=typed,
    )
    assert form.by_id("n")["value"] == typed
    assert form.by_id("n")["aria-invalid"] == "true"
    assert form.by_id("r")["maxlength"] == "1000"
    assert form.all("script") == []
    assert typed in form.text


def test_a_text_that_begins_with_an_empty_line_keeps_it(house):
    with house.test_request_context():
        source = "{% from 'parts/forms.html' import text_area %}{{ text_area('r', 'Ý', value='\\nhai') }}"
        markup = house.jinja_env.from_string(source).render()
    # browsers drop one line break after the opening tag, so the part writes one of its own
    assert ">\n\nhai</textarea>" in markup


def test_a_select_and_a_checkbox_keep_what_was_chosen(render):
    form = render(
        "{{ select('d', 'Sở', (('SNV', 'Sở Nội vụ'), ('STC', 'Sở Tài chính')), value='STC', blank='Chọn') }}"
        "{{ checkbox('c', 'Đủ', checked=true) }}"
    )
    assert [option["value"] for option in form.all("option") if "selected" in option] == ["STC"]
    assert form.all("option")[0]["value"] == ""
    assert "checked" in form.by_id("c")


def test_every_form_carries_the_guard_against_forged_posts_where_there_is_one(render):
    assert render("{{ token() }}", csrf_token=lambda: "abc").all("input")[0]["value"] == "abc"
    assert render("{{ token() }}").all("input") == []


@pytest.mark.parametrize("tone", ["good", "warn", "bad", "busy", "idle", "neutral"])
def test_a_state_is_told_in_words_and_by_a_shape_of_its_own(render, tone):
    others = {"good", "warn", "bad", "busy", "idle", "neutral"} - {tone}

    def shape(which: str) -> list[object]:
        badge = render("{{ badge('Đã duyệt', tone) }}", tone=which)
        assert badge.text == "Đã duyệt"
        return badge.tags[2:]

    assert all(shape(tone) != shape(other) for other in others)


def test_a_warning_says_so_to_those_who_do_not_see_its_colour(render):
    assert render("{{ banner('Còn 3 dòng', kind='warning') }}").text == "Lưu ý: Còn 3 dòng"
    assert render("{{ banner('Sai tệp', kind='error') }}").all("div")[0]["role"] == "alert"


def test_a_table_names_its_columns_rows_and_order(render):
    sheet = render(
        "{{ table('Theo đơn vị', columns, rows, sortable=true) }}",
        columns=(
            {"label": "Đơn vị"},
            {"label": "Tỷ lệ", "number": True, "sorted": "ascending", "url": "?sort=-rate"},
        ),
        rows=({"url": "/u/01", "cells": ("Hà Nội", {"shown": "46,2%", "value": 0.462})},),
    )
    heads = sheet.all("th")
    assert [head["scope"] for head in heads] == ["col", "col", "row"]
    assert heads[1]["aria-sort"] == "ascending"
    cell = sheet.all("td")[0]
    assert (cell["class"], cell["data-label"], cell["data-value"]) == ("number", "Tỷ lệ", "0.462")
    assert [link["href"] for link in sheet.all("a")] == ["?sort=-rate", "/u/01"]


def test_an_empty_table_says_that_it_is_empty(render):
    assert (
        "Chưa có gì để hiển thị." in render("{{ table('Đợt gửi', ({'label': 'Ngày'},), ()) }}").text
    )


def test_a_headline_figure_comes_with_its_denominator_and_its_moment(render):
    text = render("{{ figure('Tỷ lệ', '46,2%', '18.240 trên 39.480', when='20/01/2024') }}").text
    assert text == "Tỷ lệ 46,2% 18.240 trên 39.480 Tính đến 20/01/2024"


def test_a_figure_without_a_denominator_cannot_be_drawn(house):
    house.jinja_env.undefined = StrictUndefined
    source = "{% from 'parts/figures.html' import figure %}{{ figure('Tỷ lệ', '46,2%') }}"
    with house.test_request_context(), pytest.raises(UndefinedError):
        house.jinja_env.from_string(source).render()


def test_no_eligible_people_draw_no_bar():
    drawn = Page(rate_bar(None, "–", 0.8))
    assert [bar["class"] for bar in drawn.all("rect")] == ["ground", "target"]
    assert drawn.text == "–"


def test_pages_are_linked_around_the_present_one(render):
    pages = render("{{ pagination(4, 12, '/x?page=PAGE') }}")
    assert [link["href"].rpartition("=")[2] for link in pages.all("a")] == [
        "3",
        "1",
        "3",
        "5",
        "12",
        "5",
    ]
    assert render("{{ pagination(1, 1, '/x?page=PAGE') }}").tags == []


def test_a_code_is_shown_in_groups_of_four_however_it_is_stored(render):
    for code in ("7123456789012345", "7123-4567-8901-2345"):
        assert "7123- 4567- 8901- 2345" in render("{{ code_display('Mã', code) }}", code=code).text


@pytest.mark.parametrize("status", ["400", "403", "404", "405", "413", "429", "500", "503", "csrf"])
@pytest.mark.parametrize("language", i18n.LOCALES)
def test_each_error_page_says_what_happened_and_offers_a_way_on(page, status, language):
    with i18n.speaking(language):
        shown = page(f"errors/{status}.html", wait_minutes=5, demo=True)
    assert shown.all("html")[0]["lang"] == language
    assert len(shown.all("h1")) == 1
    assert len([tag for tag, _ in shown.tags if tag == "p"]) >= 4
    assert [link["href"] for link in shown.all("a") if link.get("class") == "button quiet"] == ["/"]


def test_a_page_with_errors_says_so_first_in_its_title(page):
    with i18n.speaking("en"):
        assert page("errors/404.html", errors=[("code", "x")]).text.startswith(
            "Error: Page not found –"
        )
        assert page("errors/404.html").text.startswith("Page not found –")


def test_search_engines_are_told_to_stay_away_and_nothing_comes_from_another_host(page):
    shown = page("styleguide.html", demo=True)
    assert {"name": "robots", "content": "noindex, nofollow"} in shown.all("meta")
    addresses = [
        tag.get("href") or tag.get("src") or "" for tag in shown.all("link") + shown.all("script")
    ]
    assert all(address.startswith(("/static/", "data:image/svg")) for address in addresses)


def test_the_staff_pages_show_who_is_signed_in_and_where_they_are(page):
    shown = page(
        "styleguide.html",
        signed_in={"name": "Điều phối viên mẫu", "role": "Điều phối viên", "unit": "Hà Nội"},
        sign_out_url="/account/sign-out",
        navigation=[
            {"label": "Danh sách", "url": "/d", "current": True},
            {"label": "Tiến độ", "url": "/t"},
        ],
        breadcrumb=[("Tổng quan", "/"), ("Danh sách", None)],
        custody="server",
    )
    assert "Điều phối viên mẫu Điều phối viên · Hà Nội" in shown.text
    assert {"method": "post", "action": "/account/sign-out"} in shown.all("form")
    assert {"href": "/d", "aria-current": "page"} in shown.all("a")
    assert "Hộp phiếu dùng khóa đặt trên máy chủ" in shown.text


def test_no_page_needs_an_inline_style_or_script():
    for path in [
        *OWN_TEMPLATES,
        PACKAGE / "templates" / "styleguide.html",
        *CHARTS,
    ]:
        source = path.read_text()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?! src=)|javascript:", source), (
            path.name
        )


def test_respondents_load_a_style_of_at_most_fifteen_kilobytes_and_staff_a_script_of_five():
    assert (PACKAGE / "static/css/base.css").stat().st_size <= 15_360
    assert (PACKAGE / "static/js/staff.js").stat().st_size <= 5_376


def test_every_sentence_of_layouts_parts_errors_and_charts_is_there_in_english():
    english = i18n.catalogue("en")
    sentences = {
        message
        for path in OWN_TEMPLATES
        for _, message, _, _ in extract_from_file(
            "jinja2.ext:babel_extract", path, options={"silent": "false"}
        )
    }
    sentences |= {
        message
        for path in CHARTS
        for _, message, _, _ in extract_from_file("python", path, keywords={"_": None})
    }
    assert len(sentences) > 50
    assert [sentence for sentence in sentences if english.gettext(sentence) == sentence] == []


def test_rate_bars_give_every_rate_with_its_counts_as_text():
    chart = Page(
        rate_bars(
            [RateBar("Hà Nội", 312, 1204, "/u/01"), RateBar("Huế <i>", 0, 0)],
            title="Tỷ lệ",
            target=0.8,
        )
    )
    assert chart.unbalanced == []
    assert chart.text == (
        "Tỷ lệ Hà Nội 25,9% 312 trên 1.204 Huế <i> – 0 trên 0 Vạch đứng là mục tiêu 80%."
    )
    drawn = [(bar["class"], bar["width"]) for bar in chart.all("rect")]
    assert drawn == [
        ("ground", "100"),
        ("filled short", "25.91"),
        ("target", "0.6"),
        ("ground", "100"),
        ("target", "0.6"),
    ]


def test_a_unit_that_reached_the_target_is_not_marked_as_short():
    chart = Page(
        rate_bars([RateBar("Hà Nội", 80, 100), RateBar("Huế", 120, 100)], title="Tỷ lệ", target=0.8)
    )
    assert [bar["width"] for bar in chart.all("rect") if bar["class"] == "filled"] == [
        "80.00",
        "100.00",
    ]


def test_the_curve_is_described_in_words_in_the_language_of_the_page():
    start = date(2024, 1, 2)
    points = [CurvePoint(start + timedelta(days=n), 100 * n) for n in range(11)]
    with i18n.speaking("en"):
        chart = Page(
            curves.figure(
                TimeCurve(points, start, date(2024, 1, 22), target=3000), title="Submitted"
            )
        )
    assert chart.unbalanced == []
    assert chart.all("svg")[0]["role"] == "img"
    assert "From 2 Jan 2024 to 12 Jan 2024: up from 0 to 1,000. Target: 3,000." in chart.text
    line = chart.all("polyline")[0]["points"].split()
    assert line[0] == "0.00,100.00"
    assert line[-1].startswith("50.00,")  # the tenth of twenty days


@pytest.mark.parametrize(
    ("greatest", "top"), [(0, "4"), (4, "4"), (5, "8"), (40124, "50.000"), (50155, "60.000")]
)
def test_the_scale_of_the_curve_ends_at_a_round_number_not_below_the_greatest(greatest, top):
    day = date(2024, 1, 2)
    chart = Page(curves.figure(TimeCurve([CurvePoint(day, greatest)], day, day), title="Đã gửi"))
    scale = [words for words in chart.words if re.fullmatch(r"[\d.]+", words)]
    assert scale[3] == top


def test_a_curve_without_a_day_says_so():
    chart = Page(curves.figure(TimeCurve([], date(2024, 1, 2), date(2024, 1, 22)), title="Đã gửi"))
    assert "Chưa có ngày nào có số liệu." in chart.text
    assert chart.all("polyline") == []


def test_a_file_has_the_lines_of_the_page_in_units_and_colours_of_its_own():
    start = date(2024, 1, 2)
    curve = TimeCurve(
        [CurvePoint(start + timedelta(days=n), 100 * n) for n in range(11)],
        start,
        date(2024, 1, 22),
        target=3000,
        ahead=Ahead([(date(2024, 1, 12), 1000), (date(2024, 1, 22), 2000)], 1500, 2500),
    )
    lines = ShareLines([("R", [(start, 0.5), (start + timedelta(days=2), 0.75)])])
    for drawn in (curve, lines):
        on_page, in_file = Page(curves.figure(drawn, title="Đã gửi")), Page(curves.picture(drawn))
        assert in_file.unbalanced == []
        assert list(in_file.words) == on_page.words[-len(in_file.words) :]
        for tag in ("polyline", "polygon"):
            stretched = [corners(each) for each in on_page.all(tag)]
            assert [len(corners(each)) for each in in_file.all(tag)] == [*map(len, stretched)]
            for here, there in zip(stretched, in_file.all(tag), strict=True):
                placed = [(x * 7.2, 24 + y * 2.12) for x, y in here]
                assert corners(there) == [pytest.approx(each, abs=0.1) for each in placed]
        assert all("class" not in part for part in in_file.all("line") + in_file.all("text"))
        assert all("stroke" in line for line in in_file.all("line") + in_file.all("polyline"))


def corners(line: dict[str, str]) -> list[tuple[float, float]]:
    """The corners of a drawn line."""
    return [tuple(map(float, corner.split(","))) for corner in line["points"].split()]


def test_the_bars_of_a_file_say_what_the_list_of_the_page_says():
    rows = [RateBar("Hà Nội & Huế", 312, 1204), RateBar("Không ai", 0, 0)]
    drawn = Page(bars_picture(rows))
    assert drawn.unbalanced == []
    assert drawn.words == [
        "Hà Nội & Huế",
        "25,9% (312 trên 1.204)",
        "Không ai",
        "– (0 trên 0)",
    ]
    assert [bar["width"] for bar in drawn.all("rect")] == ["100", "25.91", "100"]
