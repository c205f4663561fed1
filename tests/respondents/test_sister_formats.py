"""What a sheet shows beside its cells, and what lies far out, in every format that desks send."""

from pathlib import Path

import pytest

from surveyapp.respondents import errors
from surveyapp.respondents.sheet import Sheet, limits, read_workbook
from tests.files.writers import MANIFEST, archive_of

FORMATS = Path(__file__).parents[1] / "files" / "formats"
HEAD = "<tr><td>Họ và tên</td><td>Email</td></tr>"
STYLE = "<style>.xl65 {color:red} td.xl66 {text-decoration: line-through;}</style>"
PAGE = f"""<html><head><meta charset="utf-8">{STYLE}</head><body><table>{HEAD}
<tr><td class=xl66>Lê An</td><td><a href="mailto:an@hagiang.gov.vn?subject=1">Gửi thư</a></td></tr>
<tr style='height:15pt; display:none'><td><s>Bùi</s> Hà</td><td><span style="text-decoration:line-through">ha@x.vn</span></td></tr>
<tr><td class=xl65>Vũ <b>Tâm</b></td><td><strike>tam@x.vn</strike></td></tr></table></body></html>"""
BOOK_2003 = """<?xml version="1.0"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Styles><Style ss:ID="s1"><Font ss:StrikeThrough="1"/></Style><Style ss:ID="s2"><Font/></Style></Styles>
<Worksheet ss:Name="DS"><Table>
<Row><Cell><Data ss:Type="String">Họ và tên</Data></Cell></Row>
<Row><Cell ss:StyleID="s1"><Data ss:Type="String">Lê An</Data></Cell>
<Cell ss:StyleID="s2" ss:HRef="mailto:an@hagiang.gov.vn"><Data ss:Type="String">Gửi thư</Data></Cell></Row>
<Row ss:Hidden="1"><Cell ss:StyleID="s2"><Data ss:Type="String">Bùi Hà</Data></Cell></Row>
</Table></Worksheet></Workbook>"""
STRUCK = "<w:r><w:rPr><w:strike/></w:rPr><w:t>{}</w:t></w:r>"
CELL = "<w:tc><w:p>{}</w:p></w:tc>"
FIELD = '<w:r><w:instrText> HYPERLINK "mailto:ha@hagiang.gov.vn" </w:instrText></w:r>'
RELATIONS = (
    '<Relationships><Relationship Id="rId4" Target="mailto:an@hagiang.gov.vn"/></Relationships>'
)


def first(content: str | bytes, name: str) -> Sheet:
    """The first sheet of a file."""
    raw = content.encode() if isinstance(content, str) else content
    return read_workbook(raw, name).sheets[0]


def test_a_web_page_tells_what_is_struck_out_hidden_and_linked() -> None:
    sheet = first(PAGE, "a.xls")
    assert sheet.struck == {(2, 0), (3, 1), (4, 1)}
    assert sheet.hidden_lines == {3}
    assert sheet.links == {(2, 1): "an@hagiang.gov.vn"}


def test_xml_of_excel_2003_tells_what_is_struck_out_hidden_and_linked() -> None:
    sheet = first(BOOK_2003, "a.xls")
    assert (sheet.struck, sheet.hidden_lines) == ({(2, 0)}, {3})
    assert sheet.links == {(2, 1): "an@hagiang.gov.vn"}


def test_a_word_table_tells_what_is_wholly_struck_out_and_where_links_lead() -> None:
    linked = '<w:hyperlink r:id="rId4"><w:r><w:t>Gửi thư</w:t></w:r></w:hyperlink>'
    rows = (
        (STRUCK.format("Lê An"), linked),
        (STRUCK.format("Bùi") + "<w:r><w:t> Hà</w:t></w:r>", FIELD + STRUCK.format("ha@x.vn")),
    )
    table = "".join(f"<w:tr>{''.join(map(CELL.format, row))}</w:tr>" for row in rows)
    document = (
        f'<w:document xmlns:w="w" xmlns:r="r"><w:body><w:tbl>{table}</w:tbl></w:body></w:document>'
    )
    parts = {"[Content_Types].xml": "<Types/>", "word/document.xml": document}
    sheet = first(archive_of({**parts, "word/_rels/document.xml.rels": RELATIONS}), "a.docx")
    assert sheet.rows == [["Lê An", "Gửi thư"], ["Bùi Hà", "ha@x.vn"]]
    assert sheet.struck == {(1, 0), (2, 1)}
    assert sheet.links == {(1, 1): "an@hagiang.gov.vn", (2, 1): "ha@hagiang.gov.vn"}


def test_an_old_workbook_tells_its_error_cells() -> None:
    rows = first((FORMATS / "error_cells.xls").read_bytes(), "a.xls").rows
    assert sum(cell == "#N/A" for row in rows for cell in row) == 2


def ods(*rows: str) -> bytes:
    """A sheet of these rows, as OpenDocument writes them."""
    names = "office table text".split()
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in names)
    table = f'<table:table table:name="DS">{"".join(rows)}</table:table>'
    content = f"<office:document-content {spaces}><office:body><office:spreadsheet>{table}</office:spreadsheet></office:body></office:document-content>"
    parts = {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content}
    return archive_of({**parts, "META-INF/manifest.xml": MANIFEST})


def row(*texts: str, repeated: int = 1) -> str:
    """A row of texts, so many times."""
    cells = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{t}</text:p></table:table-cell>'
        for t in texts
    )
    empty = "<table:table-cell/>"
    return f'<table:table-row table:number-rows-repeated="{repeated}">{cells or empty}</table:table-row>'


@pytest.mark.parametrize(("stray", "told"), [("<text:s/>", ()), ("x", ("far_cells_ignored",))])
def test_a_stray_cell_far_below_an_opendocument_list_is_left_out(
    stray: str, told: tuple[str, ...]
) -> None:
    content = ods(row("Họ và tên"), row("Lê An"), row(repeated=70_000), row(stray))
    workbook = read_workbook(content, "a.ods")
    assert workbook.remarks == told
    assert workbook.sheets[0].rows[:2] == [["Họ và tên"], ["Lê An"]]


def test_a_list_longer_than_allowed_is_still_refused() -> None:
    for content in (ods(row("Lê An", repeated=61_500)), ods(row("Lê An", repeated=60_100))):
        with pytest.raises(errors.TooManyRows):
            read_workbook(content, "a.ods")


def test_rows_of_nothing_below_a_csv_are_no_rows() -> None:
    sheet = first("Họ và tên;Email\nLê An;an@x.vn\n" + ";\n" * (limits.ROWS + 10), "a.csv")
    assert len(sheet.rows) == 2
