"""Guard: every word people see is marked for the catalogue and has its English."""

import ast
import re
from pathlib import Path

import pytest
from jinja2 import Environment

from tests.architecture.source import dotted
from tools.translate import KEYWORDS, append, check

PROJECT = Path(__file__).parents[2]
VIETNAMESE = re.compile(r"[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9àáãèéìíòóõùúýÀÁÃÈÉÌÍÒÓÕÙÚÝ]")  # fmt: skip


def unmarked(root: Path) -> list[str]:
    """Vietnamese words that a template shows without asking the catalogue.

    A language's own name stays in that language, and the style guide is for those who build pages.
    """
    faults = []
    for path in sorted(set(root.rglob("*.html")) - {root / "styleguide.html"}):
        in_trans, last_name = False, ""
        for line, kind, text in Environment(autoescape=True).lex(path.read_text()):
            if kind == "block_begin":
                last_name = ""
            elif kind == "name" and not last_name:
                last_name = text
                in_trans = text == "trans" or (in_trans and text == "pluralize")
            elif (
                kind == "data"
                and not in_trans
                and VIETNAMESE.search(text.replace("Tiếng Việt", ""))
            ):
                faults.append(f"{path.relative_to(root)}:{line}: {text.strip()[:60]}")
    return faults


def unmarked_in_source(root: Path) -> list[str]:
    """Vietnamese sentences in Python, other than docstrings, that no catalogue is asked for.

    The opener has no catalogues: it carries its words in both languages, held by a test of its own.
    """
    faults = []
    exempt = {*root.rglob("styleguide.py"), *root.glob("opener/**/*.py")}
    for path in sorted(set(root.rglob("*.py")) - exempt):
        tree = ast.parse(path.read_text())
        known = {
            inner
            for call in ast.walk(tree)
            if isinstance(call, ast.Call) and dotted(call.func).rpartition(".")[2] in KEYWORDS
            for inner in ast.walk(call)
        }
        known |= {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        faults += [
            f"{path.relative_to(root)}:{node.lineno}: {node.value[:60]}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node not in known
            and " " in node.value.strip()
            and VIETNAMESE.search(node.value.replace("Tiếng Việt", ""))
        ]
    return faults


def po(*messages: str) -> str:
    head = 'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
    return "\n".join([head, *messages])


@pytest.fixture
def house(tmp_path):
    """A source folder with three messages, and its English."""
    source, catalogues = tmp_path / "surveyapp", tmp_path / "en"
    (source / "templates" / "desk").mkdir(parents=True)
    catalogues.mkdir()
    (source / "words.py").write_text(
        'x = lazy("Chào " "%(name)s")\ny = _n("%(n)s phiếu", "%(n)s phiếu", 3)\n'
    )
    (source / "templates" / "desk" / "a.html").write_text("<p>{{ _('Gửi') }}</p>")
    (catalogues / "core.po").write_text(
        po(
            'msgid "Chào %(name)s"\nmsgstr "Hello %(name)s"\n',
            'msgid "%(n)s phiếu"\nmsgid_plural "%(n)s phiếu"\n'
            'msgstr[0] "%(n)s form"\nmsgstr[1] "%(n)s forms"\n',
        )
    )
    (catalogues / "desk.po").write_text(po('msgid "Gửi"\nmsgstr "Send"\n'))
    return source, catalogues


def test_every_message_has_its_english():
    wording = check(PROJECT / "surveyapp", PROJECT / "translations" / "en" / "LC_MESSAGES")
    assert wording.missing == []
    assert wording.faults == []


def test_no_page_shows_vietnamese_past_the_catalogue():
    assert unmarked(PROJECT / "surveyapp" / "templates") == []


@pytest.mark.parametrize(
    "part", ["web", "campaigns", "invitations", "responses", "fieldwork", "exports"]
)
def test_no_code_shows_vietnamese_past_the_catalogue(part):
    assert unmarked_in_source(PROJECT / "surveyapp" / part) == []


def test_a_complete_catalogue_has_no_faults(house):
    wording = check(*house)
    assert (wording.missing, wording.faults) == ([], [])
    assert len(wording.places) == 3


def test_a_message_without_english_is_missing(house):
    source, catalogues = house
    (source / "more.py").write_text('_("Mới")')
    assert check(source, catalogues).missing == ["Mới"]


@pytest.mark.parametrize(
    ("planted", "fault"),
    [
        ('#, fuzzy\nmsgid "Gửi"\nmsgstr "Send"\n', "fuzzy"),
        ('msgid "Gửi"\nmsgstr ""\n', "no English"),
        ('msgid "Gửi"\nmsgstr "Send %(who)s"\n', "other placeholders"),
        ('msgid "Gửi"\nmsgstr "Send"\n\nmsgid "Xưa"\nmsgstr "Old"\n', "no longer in the source"),
        (
            'msgid "Gửi"\nmsgstr "Send"\n\nmsgid "Chào %(name)s"\nmsgstr "Hi %(name)s"\n',
            "translated otherwise",
        ),
        ('msgid "Gửi"\nmsgstr "Send"\n\nmsgid "Gửi"\nmsgstr "Send"\n', "stands twice"),
    ],
)
def test_a_faulty_translation_is_named(house, planted, fault):
    source, catalogues = house
    (catalogues / "desk.po").write_text(po(planted))
    assert [fault in one for one in check(source, catalogues).faults] == [True]


def test_a_new_message_is_offered_to_the_translator_in_its_own_catalogue(house):
    source, catalogues = house
    (source / "templates" / "desk" / "b.html").write_text("{{ _('Xoá \"nháp\"') }}")
    wording = check(source, catalogues)
    written = append(catalogues, *next((w, wording.places[w]) for w in wording.missing))
    assert written.name == "desk.po"
    assert "Send" in written.read_text()
    assert [one.partition(": ")[2] for one in check(source, catalogues).faults] == [
        'no English: Xoá "nháp"'
    ]


def test_words_past_the_catalogue_are_seen(tmp_path):
    (tmp_path / "a.html").write_text(
        "<p>{{ _('Gửi') }} {% trans %}Đã gửi{% endtrans %} {# ghi chú ở đây #}</p>\n<p>Lỗi</p>"
    )
    assert [fault.partition(":")[0] for fault in unmarked(tmp_path)] == ["a.html"]


def test_strings_past_the_catalogue_are_seen(tmp_path):
    (tmp_path / "a.py").write_text(
        '"""Trang đầu."""\nx = lazy("Gửi" " đi")\ny = i18n._n("Đã", "Đã", 2)\nz = f"Có lỗi {x}"\n'
    )
    assert unmarked_in_source(tmp_path) == ["a.py:4: Có lỗi "]
