"""Formats and encodings that desks' machines write, and what of them cannot be read."""

import io
import zipfile
from collections.abc import Iterator, Sequence

from surveyapp.respondents.sheet.formats.encodings import _VISCII_LETTERS
from surveyapp.respondents.words.charsets import _TCVN3
from tests.files import writers
from tests.files.layouts import Grid
from tests.files.sisters.truth import HEAD, Sister, crowd, docx, of, page, xlsx

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _text(rows: Sequence[Sequence[str]], delimiter: str = ",", end: str = "\r\n") -> str:
    return "".join(delimiter.join(row) + end for row in rows)


def _repacked(content: bytes, *, change: tuple[str, str] = ("", ""), slash: str = "/", sheets: str = "utf-8") -> bytes:  # fmt: skip
    """The parts of a workbook with a text changed, another sign in their names, the sheets in another encoding."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w") as target:
        for entry in source.infolist():
            text = source.read(entry).decode()
            text = text.replace(*change) if change[0] else text
            is_sheet = entry.filename.startswith("xl/worksheets/sheet")
            coded = sheets if is_sheet else "utf-8"
            named = zipfile.ZipInfo("x")
            named.filename = entry.filename.replace("/", slash)
            target.writestr(named, text.replace("UTF-8", coded.upper()).encode(coded))
    return buffer.getvalue()


def delimited() -> Iterator[Sister]:
    """CSV: encodings, separators, quotes, line ends, what Excel leaves of numbers."""
    people = crowd(8)
    rows = [HEAD, *(p.cells() for p in people)]
    quoted = [[f'"{c}"' for c in row] for row in rows]
    heads = [["STT", "Họ và tên", "Chức vụ", '"Sở, ban, ngành"', *HEAD[4:]], *rows[1:]]
    encodings = {
        "utf8_bom": "utf-8-sig",
        "utf16": "utf-16",
        "utf16le": "utf-16-le",
        "utf16be": "utf-16-be",
        "utf7": "utf-7",
    }
    for name, encoding in encodings.items():
        for mark, delimiter in (("tab", "\t"), ("semicolon", ";")):
            told = {"either": frozenset(range(8))} if name == "utf7" else {}
            yield of(f"{name}_{mark}.csv", _text(rows, delimiter).encode(encoding), people, **told)
    viscii = {letter: chr(code) for code, letter in _VISCII_LETTERS.items()}
    coded = "".join(viscii.get(c, c) for c in _text(rows, ";")).encode("latin-1")
    yield of("viscii.csv", coded, people, either=frozenset(range(8)))
    tcvn3 = {ord(new): chr(old) for old, new in _TCVN3.items() for new in [chr(new)]}
    yield of(
        "tcvn3.csv",
        _text(rows, ";").translate(tcvn3).encode("latin-1", "replace"),
        people,
        names=None,
        asked=frozenset(range(8)),
    )
    yield of("cp1258.csv", writers.to_cp1258(_text(rows, ";")), people, either=frozenset(range(8)))
    for mark, delimiter in (("pipe", "|"), ("tab", "\t"), ("semicolon", ";")):
        yield of(f"plain_{mark}.csv", _text(rows, delimiter).encode(), people)
        yield of(f"plain_{mark}.txt", _text(rows, delimiter, "\n").encode(), people)
    yield of("comma.csv", _text(heads).encode(), people)
    yield of("cr_only.csv", _text(rows, ";", "\r").encode(), people)
    yield of(
        "mixed_ends.csv",
        (
            _text(rows[:4], ";", "\r\n") + _text(rows[4:6], ";", "\n") + _text(rows[6:], ";", "\r")
        ).encode(),
        people,
    )
    yield of("quoted.csv", _text(quoted).encode(), people)
    yield of("sep_line.csv", ("sep=;\r\n" + _text(rows, ";")).encode("utf-8-sig"), people)
    yield of("double_bom.csv", b"\xef\xbb\xbf" * 2 + _text(rows, ";").encode(), people)
    yield of("trailing.csv", _text([[*row, "", "", "", ""] for row in heads]).encode(), people)
    yield of("nul_bytes.csv", _text(rows, ";").encode() + b"\x00\x00\x00", people)
    equals = [heads[0], *(p.cells(t=f'="{p.phone}"') for p in people)]
    yield of("equals.csv", _text(equals, ";").encode(), people)
    doubled = [heads[0], *(p.cells(t=f'"=""{p.phone}"""') for p in people)]
    yield of("equals_doubled.csv", _text(doubled).encode(), people)
    bare = [heads[0], *(p.cells(t=p.phone[1:]) for p in people)]
    yield of("no_zero.csv", _text(bare).encode(), people)
    lost = [heads[0], *(p.cells(t="9.12E+08", e="") for p in people)]
    yield of(
        "lost_digits.csv",
        _text(lost).encode(),
        people,
        phones=None,
        emails=None,
        asked=frozenset(range(8)),
    )
    unclosed = [heads[0], *(p.cells() for p in people)]
    unclosed[3] = [unclosed[3][0], '"' + unclosed[3][1], *unclosed[3][2:]]
    yield of(
        "unclosed_name.csv",
        _text(unclosed).encode(),
        people,
        names=None,
        either=frozenset(range(8)),
        whole=("quote_unclosed",),
    )
    unclosed = [heads[0], *(p.cells() for p in people)]
    unclosed[8] = [*unclosed[8][:6], 'x "y']
    yield of("inch_in_note.csv", _text(unclosed).encode(), people, either=frozenset({7}))
    raw = _text(rows, ";").encode()
    at = raw.index(people[4].name.encode())
    yield of(
        "one_bad_byte.csv", raw[:at] + b"\xff" + raw[at:], people, names=None, asked=frozenset({4})
    )
    broken = [heads[0], *(p.cells(N=f'"{p.name}\n"') for p in people)]
    yield of("breaks.csv", _text(broken).encode(), people)
    damaged = "".join(c if c.isascii() else "?" for c in _text(heads))
    yield of("question_marks.csv", damaged.encode(), people, names=None, departments=None, asked=frozenset(), either=frozenset(range(8)),
             refused="read|header_not_found|columns_missing")  # fmt: skip


def workbooks() -> Iterator[Sister]:
    """Workbooks as other programs pack them."""
    people = crowd(8)
    rows = [HEAD, *(p.cells() for p in people)]
    plain = xlsx(rows)
    yield of("backslashes.xlsx", _repacked(plain, slash="\\"), people)
    yield of("utf16_sheet.xlsx", _repacked(plain, sheets="utf-16"), people)
    yield of("single_quotes.xlsx", _repacked(plain, change=(' t="s"', " t='s'")), people)
    yield of(
        "absolute_targets.xlsx",
        _repacked(plain, change=('Target="worksheets/', 'Target="/xl/worksheets/')),
        people,
    )
    yield of("named.csv", plain, people)
    yield of("named.xls", plain, people)
    grid = Grid([list(row) for row in rows])
    yield of("open.ods", writers.ods(grid), people)
    yield of("open_named.xlsx", writers.ods(grid), people)
    yield of("macros.xlsm", writers.xlsm(grid), people)
    errors = [HEAD, *(p.cells(e="#N/A") for p in people)]
    yield of(
        "errors.xlsx", writers.xlsx(Grid(errors)), people, emails=None, asked=frozenset(range(8))
    )
    yield of(
        "errors.ods", writers.ods(Grid(errors)), people, emails=None, asked=frozenset(range(8))
    )


def documents() -> Iterator[Sister]:
    """Web pages under the name of a workbook, Word tables, web archives."""
    people = crowd(8)
    rows = [HEAD, *(p.cells() for p in people)]
    yield of("page.xls", page("DANH SÁCH", rows), people)
    yield of("page.html", page(rows), people)
    yield of("page_utf16.xls", page("DANH SÁCH LÃNH ĐẠO", rows, charset="utf-16"), people)
    yield of("letterhead_table.xls", page([["UBND TỈNH HẢI DƯƠNG", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"], ["SỞ NỘI VỤ", "Độc lập - Tự do - Hạnh phúc"], ["Số: 5/SNV", "Hải Dương, ngày 5 tháng 12 năm 2023"]], rows,
                                          [["Nơi nhận:\n- Như trên", "GIÁM ĐỐC\n(Ký tên)\nLê Văn Ký"]]), people)  # fmt: skip
    yield of("letterhead_table.docx", docx([["UBND TỈNH HẢI DƯƠNG", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"], ["SỞ NỘI VỤ", "Độc lập - Tự do - Hạnh phúc"]], "Kính gửi: Bộ Nội vụ", rows,
                                           "Trân trọng./.", [["Nơi nhận:\n- Như trên", "GIÁM ĐỐC\n(Ký tên)\nLê Văn Ký"]]), people)  # fmt: skip
    yield of("word.docx", docx("DANH SÁCH", rows), people)
    yield of("word_named.doc", docx("DANH SÁCH", rows), people)
    heading = b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n'
    yield of("archive.mht", heading + page(rows) + b"\r\n--b--\r\n", people)
    parted = [rows[:4], [HEAD, *rows[4:]]]
    yield of("two_tables.docx", docx("Bảng 1", parted[0], "Bảng 2", parted[1]), people)
    yield of("page_continued.docx", docx(rows[:4], rows[4:]), people)


def refusals() -> Iterator[Sister]:
    """What cannot be read says why."""
    people = crowd(3)
    plain = xlsx([HEAD, *(p.cells() for p in people)])
    inner = writers.archive_of({"a.xlsx": plain, "b.xlsx": plain})
    yield Sister("zip.xlsx", inner, refused="not_a_workbook")
    yield Sister("zip.zip", inner, refused="not_a_workbook")
    yield Sister("pdf.xlsx", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", refused="not_a_workbook")
    yield Sister("picture.xlsx", b"\x89PNG\r\n\x1a\n" + b"\x00" * 99, refused="not_a_workbook")
    yield Sister("word_text.docx", docx("DANH SÁCH", "1. Nguyễn Văn An"), refused="not_a_workbook")
    yield Sister("cut.xlsx", plain[: len(plain) // 2], refused="broken_workbook|not_a_workbook")
    yield Sister("empty.xlsx", xlsx([[]]), refused="empty_workbook")
    yield Sister("empty.csv", b"", refused="empty_workbook|not_a_workbook")
    yield Sister("heads_only.xlsx", xlsx([HEAD]), refused="nobody_listed")
    sealed = b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"
    yield Sister(
        "sealed.xlsx",
        OLE + bytes(1016) + sealed + bytes(512),
        refused="password_protected|broken_workbook",
    )
    odf = writers.MANIFEST.replace(
        "/></manifest:manifest>",
        "><manifest:encryption-data/></manifest:file-entry></manifest:manifest>",
    )
    yield Sister(
        "sealed.ods",
        writers.archive_of(
            {
                "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
                "content.xml": b"\x01\x02",
                "META-INF/manifest.xml": odf,
            }
        ),
        refused="password_protected",
    )


def everything() -> Iterator[Sister]:
    """All of them."""
    for made in (delimited, workbooks, documents, refusals):
        yield from made()
