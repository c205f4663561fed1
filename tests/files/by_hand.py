"""Files whose truth was written down by a person reading them, not worked out by any code of ours."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.files import writers
from tests.files.layouts import Grid

LEADERS = "agency-leaders"
SUBUNITS = "subunit-leaders"
Person = tuple[str, str, str, str, str]
"""Name, position, department (or association, district), phone, e-mail, as they must be stored."""


@dataclass(frozen=True)
class ByHand:
    """A file, and what a careful clerk says it holds: persons by line, faults by line and column.

    A fault is (severity, code, proposal). Whatever else the reader counts as a fault is wrong.
    """

    name: str
    content: bytes
    people: Mapping[int, Person]
    faults: Mapping[tuple[int, str], tuple[str, str, str]] = field(default_factory=dict)
    kind: str = LEADERS


def _xlsx(*rows: str, spans: tuple[tuple[int, int, int], ...] = ()) -> bytes:
    """Rows written as `a | b | c`."""
    cells = [[cell.strip() for cell in row.split("|")] for row in rows]
    return writers.xlsx(Grid(cells, list(spans)))


SNV, STC, SNN = "Sở Nội vụ", "Sở Tài chính", "Sở Nông nghiệp và Phát triển nông thôn"
AN = ("Lê Văn An", "Giám đốc", SNV, "0599000001", "an@thanhhoa.example.vn")
HA = ("Bùi Thị Hà", "Phó Giám đốc", SNV, "0599000002", "ha@thanhhoa.example.vn")
TAM = ("Cao Văn Tâm", "Giám đốc", STC, "0599000003", "tam@thanhhoa.example.vn")
BAY = ("Đỗ Văn Bảy", "Phó Giám đốc", STC, "0599000004", "bay@thanhhoa.example.vn")
HEAD = "STT | Họ và tên | Chức vụ | Sở, ban, ngành | Điện thoại | Email"
ROW_AN = "1 | Lê Văn An | Giám đốc | Sở Nội vụ | 0599000001 | an@thanhhoa.example.vn"
ROW_HA = "2 | Bùi Thị Hà | Phó Giám đốc | Sở Nội vụ | 0599000002 | ha@thanhhoa.example.vn"
ROW_TAM = "3 | Cao Văn Tâm | Giám đốc | Sở Tài chính | 0599000003 | tam@thanhhoa.example.vn"
ROW_BAY = "4 | Đỗ Văn Bảy | Phó Giám đốc | Sở Tài chính | 0599000004 | bay@thanhhoa.example.vn"


def files() -> list[ByHand]:
    """Every file read by hand."""
    return [*_layouts(), *_old_fonts(), *_slips()]


def _layouts() -> list[ByHand]:
    return [
        ByHand(
            "hand-two-row-header-numbering.xlsx",
            _xlsx(
                "UBND TỈNH THANH HÓA",
                "DANH SÁCH LÃNH ĐẠO",
                "STT | Họ và tên | Chức vụ | Cơ quan | Liên hệ | ",
                " | | | | Di động | Thư điện tử",
                "A | B | 1 | 2 | 3 | 4",
                ROW_AN,
                ROW_HA,
            ),
            {6: AN, 7: HA},
        ),
        ByHand(
            "hand-headings-on-every-page.xlsx",
            _xlsx(
                "DANH SÁCH",
                HEAD,
                "1 | 2 | 3 | 4 | 5 | 6",
                ROW_AN,
                ROW_HA,
                " | | | | Trang 1/2 | ",
                HEAD,
                "1 | 2 | 3 | 4 | 5 | 6",
                ROW_TAM,
                ROW_BAY,
                " | | | | Trang 2/2 | ",
            ),
            {4: AN, 5: HA, 9: TAM, 10: BAY},
        ),
        ByHand(
            "hand-sections-subtotals-total.xlsx",
            _xlsx(
                "TT | Họ tên | Chức danh | SĐT | Hòm thư",
                "I | SỞ NỘI VỤ",
                "1 | Lê Văn An | Giám đốc | 0599000001 | an@thanhhoa.example.vn",
                "2 | Bùi Thị Hà | Phó Giám đốc | 0599000002 | ha@thanhhoa.example.vn",
                " | Cộng Sở Nội vụ: 02 người | | | ",
                "II | SỞ TÀI CHÍNH (02 người)",
                "1 | Cao Văn Tâm | Giám đốc | 0599000003 | tam@thanhhoa.example.vn",
                "2 | Đỗ Văn Bảy | Phó Giám đốc | 0599000004 | bay@thanhhoa.example.vn",
                " | Cộng | 2 | | ",
                " | TỔNG CỘNG (I + II): 04 người | | | ",
                " | | Thanh Hóa, ngày 20 tháng 12 năm 2023 | | ",
                " | NGƯỜI LẬP | TM. ỦY BAN NHÂN DÂN | | ",
                " | Trần Thị Lập | Phạm Văn Ký | | ",
            ),
            {3: AN, 4: HA, 7: TAM, 8: BAY},
        ),
        ByHand(
            "hand-ditto-marks.xlsx",
            _xlsx(
                HEAD,
                ROW_AN,
                "2 | Bùi Thị Hà | Phó Giám đốc | nt | 0599000002 | ha@thanhhoa.example.vn",
                ROW_TAM,
                '4 | Đỗ Văn Bảy | Phó Giám đốc | " | 0599000004 | bay@thanhhoa.example.vn',
                "5 | Hồ Thị Sáu | như trên | -nt- | 0599000008 | nt",
            ),
            {2: AN, 3: HA, 4: TAM, 5: BAY, 6: ("Hồ Thị Sáu", "Phó Giám đốc", STC, "0599000008", "")},
            {(6, "email"): ("must", "email_invalid", "")},
        ),
        ByHand(
            "hand-merged-departments.xlsx",
            _xlsx(
                HEAD,
                ROW_AN,
                "2 | Bùi Thị Hà | Phó Giám đốc | | 0599000002 | ha@thanhhoa.example.vn",
                ROW_TAM,
                "4 | Đỗ Văn Bảy | Phó Giám đốc | | 0599000004 | bay@thanhhoa.example.vn",
                spans=((2, 3, 3), (4, 5, 3)),
            ),
            {2: AN, 3: HA, 4: TAM, 5: BAY},
        ),
    ]  # fmt: skip


def _old_fonts() -> list[ByHand]:
    """Typed as these fonts store it, letter by letter from the printed tables of the fonts."""
    legacy = ("check", "text_legacy")
    tcvn3 = "STT,Hä vµ tªn,Chøc vô,Së,§iÖn tho¹i\r\n1,NguyÔn V¨n Hïng,Phã Gi¸m ®èc,Së Néi vô,0599000001\r\n"
    vni = "STT,Hoï vaø teân,Chöùc vuï,Sôû,Ñieän thoaïi\r\n1,Traàn Thò Höông,Giaùm ñoác,Sôû Taøi chính,0599000003\r\n"
    return [
        ByHand(
            "hand-tcvn3.csv",
            tcvn3.encode("utf-8"),
            {2: ("Nguyễn Văn Hùng", "Phó Giám đốc", SNV, "0599000001", "")},
            {
                (2, "full_name"): (*legacy, "Nguyễn Văn Hùng"),
                (2, "position"): (*legacy, "Phó Giám đốc"),
                (2, "department"): (*legacy, "Sở Nội vụ"),
            },
        ),
        ByHand(
            "hand-tcvn3-latin1.csv",
            tcvn3.encode("latin-1"),
            {2: ("Nguyễn Văn Hùng", "Phó Giám đốc", SNV, "0599000001", "")},
            {
                (2, "full_name"): (*legacy, "Nguyễn Văn Hùng"),
                (2, "position"): (*legacy, "Phó Giám đốc"),
                (2, "department"): (*legacy, "Sở Nội vụ"),
            },
        ),
        ByHand(
            "hand-vni.csv",
            vni.encode("utf-8"),
            {2: ("Trần Thị Hương", "Giám đốc", STC, "0599000003", "")},
            {
                (2, "full_name"): (*legacy, "Trần Thị Hương"),
                (2, "position"): (*legacy, "Giám đốc"),
                (2, "department"): (*legacy, "Sở Tài chính"),
            },
        ),
    ]


def _slips() -> list[ByHand]:
    pnn = "Sở NN&PTNT"
    return [
        ByHand(
            "hand-position-beside-the-name.xlsx",
            _xlsx(
                HEAD,
                "1 | Lê Văn An - GĐ | | Sở Nội vụ | 0599000001 | an@thanhhoa.example.vn",
                "2 | Bùi Thị Hà (PGĐ) | | Sở Nội vụ | 0599000002 | ha@thanhhoa.example.vn",
                "3 | Ông Cao Văn Tâm, Giám đốc | | STC | 0599000003 | tam@thanhhoa.example.vn",
                "4 | Đỗ Văn Bảy, Hồ Thị Sáu | Phó Giám đốc | STC | 0599000004 | bay@thanhhoa.example.vn",
            ),
            {2: AN, 3: HA, 4: TAM, 5: ("Đỗ Văn Bảy, Hồ Thị Sáu", *BAY[1:])},
            {(5, "full_name"): ("check", "name_suspicious", "")},
        ),
        ByHand(
            "hand-addresses.xlsx",
            _xlsx(
                HEAD,
                "1 | Lê Văn An | Giám đốc | Sở Nội vụ | 0599000001 | an@thanhhoagov.vn",
                "2 | Bùi Thị Hà | Phó Giám đốc | Sở Nội vụ | 0599000002 | ha@gmail.con",
                "3 | Cao Văn Tâm | Giám đốc | STC | 0599000003 | tam@thanhhoa.example.vn; tam2@example.vn",
                "4 | Đỗ Văn Bảy | Phó Giám đốc | STC | 0599000004 | bay@thanhhoa,example.vn",
            ),
            {
                2: (*AN[:4], "an@thanhhoagov.vn"),
                3: (*HA[:4], "ha@gmail.con"),
                4: TAM,
                5: (*BAY[:4], ""),
            },
            {
                (2, "email"): ("check", "email_typo", "an@thanhhoa.gov.vn"),
                (3, "email"): ("check", "email_typo", "ha@gmail.com"),
                (4, "email"): ("check", "email_several", "tam@thanhhoa.example.vn"),
                (5, "email"): ("must", "email_invalid", "bay@thanhhoa.example.vn"),
            },
        ),
        ByHand(
            "hand-telephones.xlsx",
            _xlsx(
                HEAD,
                "1 | Lê Văn An | Giám đốc | Sở Nội vụ | 599000001 | an@thanhhoa.example.vn",
                "2 | Bùi Thị Hà | Phó Giám đốc | Sở Nội vụ | +84 599 000 002 | ha@thanhhoa.example.vn",
                "3 | Cao Văn Tâm | Giám đốc | STC | 0599.000.003 - 0599.000.009 | tam@thanhhoa.example.vn",
                "4 | Đỗ Văn Bảy | Phó Giám đốc | STC | 01689000004 | bay@thanhhoa.example.vn",
                "5 | Hồ Thị Sáu | Phó Giám đốc | STC | 059900000 | sau@thanhhoa.example.vn",
            ),
            {
                2: AN, 3: HA, 4: TAM, 5: (*BAY[:3], "0389000004", BAY[4]),
                6: ("Hồ Thị Sáu", "Phó Giám đốc", STC, "", "sau@thanhhoa.example.vn"),
            },
            {
                (4, "phone"): ("check", "phone_several", "0599000003"),
                (5, "phone"): ("check", "phone_old_prefix", "0389000004"),
                (6, "phone"): ("must", "phone_invalid", ""),
            },
        ),
        ByHand(
            "hand-departments.xlsx",
            _xlsx(
                HEAD,
                f"1 | Lê Văn An | Giám đốc | {pnn} | 0599000001 | an@thanhhoa.example.vn",
                "2 | Bùi Thị Hà | Phó Giám đốc | SNV | 0599000002 | ha@thanhhoa.example.vn",
                "3 | Cao Văn Tâm | Giám đốc | so tai chinh | 0599000003 | tam@thanhhoa.example.vn",
                "4 | Đỗ Văn Bảy | Phó Giám đốc | Công an tỉnh | 0599000004 | bay@thanhhoa.example.vn",
            ),
            {2: (*AN[:2], SNN, *AN[3:]), 3: HA, 4: TAM, 5: (*BAY[:2], "", *BAY[3:])},
            {(5, "department"): ("must", "department_unknown", "")},
        ),
    ]  # fmt: skip
