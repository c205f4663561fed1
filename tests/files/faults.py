"""Faults to plant in a clean line, each with what a coordinator must be told about it."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from surveyapp.respondents.words.charsets import _TCVN3, _VNI_ALONE, _VNI_MARKS
from tests.files.people import Crowd

Cells = dict[str, str]


@dataclass(frozen=True)
class Expected:
    """A finding that must be there: its column, severity, and any one of these codes."""

    column: str
    severity: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Fault:
    """`plant` changes the cells of a line; `needs` is a column without which it makes no sense."""

    plant: Callable[[Cells, Crowd], None]
    expected: Expected
    needs: str = ""


def _set(column: str, *choices: str) -> Callable[[Cells, Crowd], None]:
    def plant(cells: Cells, crowd: Crowd) -> None:
        cells[column] = crowd.random.choice(choices)

    return plant


def _change(column: str, change: Callable[[str], str]) -> Callable[[Cells, Crowd], None]:
    def plant(cells: Cells, crowd: Crowd) -> None:
        cells[column] = change(cells[column])

    return plant


def _unreachable(cells: Cells, crowd: Crowd) -> None:
    cells["phone"], cells["email"] = crowd.random.choice([("", ""), ("-", "không có"), ("", "x")])


def _two_phones(cells: Cells, crowd: Crowd) -> None:
    separator = crowd.random.choice([" / ", "; ", "\n", " - ", ", "])
    cells["phone"] = f"{cells['phone']}{separator}{crowd.phone()}"


def _two_emails(cells: Cells, crowd: Crowd) -> None:
    separator = crowd.random.choice(["; ", ", ", "\n", " / ", " "])
    cells["email"] = f"{cells['email']}{separator}{crowd.email(cells['full_name'])}"


def to_tcvn3(text: str) -> str:
    """As a TCVN3 font stores it."""
    table = {v: chr(k) for k, v in _TCVN3.items() for v in [chr(v) if isinstance(v, int) else v]}
    small = {**table, **{k.upper(): v for k, v in table.items() if k.upper() not in table}}
    return "".join(small.get(letter, letter) for letter in text)


def to_vni(text: str) -> str:
    """As a VNI font stores it."""
    table = {
        made: base + mark for base, marks in _VNI_MARKS.items() for mark, made in marks.items()
    }
    table |= {made: base for base, made in _VNI_ALONE.items()}
    out = ""
    for letter in text:
        written = table.get(letter.lower(), letter.lower())
        out += (
            written.upper()
            if letter.isupper() and len(written) == 1
            else (
                written.title()
                if letter.isupper() and letter.lower() in table
                else letter
                if letter.lower() not in table
                else written
            )
        )
    return out


def _legacy(convert: Callable[[str], str]) -> Callable[[Cells, Crowd], None]:
    def plant(cells: Cells, crowd: Crowd) -> None:
        cells["full_name"] = convert(
            f"Trần Đức {crowd.random.choice(['Hưởng', 'Thưởng', 'Mừng', 'Thuận'])} {cells['full_name'].split()[-1]}"
        )

    return plant


MUST, CHECK = "must", "check"
FAULTS: dict[str, Fault] = {
    "unreachable": Fault(_unreachable, Expected("", MUST, ("contact_missing",))),
    "email_without_at": Fault(_change("email", lambda e: e.replace("@", ".")), Expected("email", MUST, ("email_invalid",))),
    "email_comma": Fault(_change("email", lambda e: e.replace(".vn", ",vn")), Expected("email", MUST, ("email_invalid",))),
    "email_two_at": Fault(_change("email", lambda e: e.replace("@", "@@")), Expected("email", MUST, ("email_invalid",))),
    "email_accents": Fault(_change("email", lambda e: "ễ" + e), Expected("email", MUST, ("email_invalid",))),
    "email_no_ending": Fault(_change("email", lambda e: e.split("@")[0] + "@gmail"), Expected("email", MUST, ("email_invalid",))),
    "email_typo": Fault(_change("email", lambda e: e.split("@")[0] + "@gmial.com"), Expected("email", CHECK, ("email_typo",))),
    "email_gov_typo": Fault(_change("email", lambda e: e.split("@")[0] + "@thanhhoa.gov.vm"), Expected("email", CHECK, ("email_typo",))),
    "email_gov_glued": Fault(_change("email", lambda e: e.split("@")[0] + "@thanhhoagov.vn"), Expected("email", CHECK, ("email_typo",))),
    "email_con": Fault(_change("email", lambda e: e.split("@")[0] + "@gmail.con"), Expected("email", CHECK, ("email_typo",))),
    "email_blank": Fault(_change("email", lambda e: e.replace(".", " ", 1)), Expected("email", CHECK, ("email_blank", "email_several"))),
    "email_two": Fault(_two_emails, Expected("email", CHECK, ("email_several",))),
    "phone_short": Fault(_change("phone", lambda p: p[:-1]), Expected("phone", MUST, ("phone_invalid",))),
    "phone_long": Fault(_change("phone", lambda p: p + "7"), Expected("phone", MUST, ("phone_invalid",))),
    "phone_letters": Fault(_change("phone", lambda p: "O" + p[1:]), Expected("phone", MUST, ("phone_invalid",))),
    "phone_words": Fault(_set("phone", "hỏi văn thư", "như trên"), Expected("phone", MUST, ("phone_invalid",))),
    "phone_local": Fault(_set("phone", "3852741", "38252741"), Expected("phone", MUST, ("phone_invalid",))),
    "phone_two": Fault(_two_phones, Expected("phone", CHECK, ("phone_several",))),
    "phone_old": Fault(_set("phone", "01689 123 457", "0123 4567 891", "01208765432"), Expected("phone", CHECK, ("phone_old_prefix",))),
    "name_missing": Fault(_set("full_name", "", " "), Expected("full_name", MUST, ("required",))),
    "name_digits": Fault(_change("full_name", lambda n: n + " 2"), Expected("full_name", CHECK, ("name_suspicious",))),
    "name_one_word": Fault(_change("full_name", lambda n: n.split()[-1]), Expected("full_name", CHECK, ("name_suspicious",))),
    "name_two_people": Fault(_change("full_name", lambda n: n + ", Lê Văn Hai"), Expected("full_name", CHECK, ("name_suspicious",))),
    "name_tcvn3": Fault(_legacy(to_tcvn3), Expected("full_name", CHECK, ("text_legacy",))),
    "name_vni": Fault(_legacy(to_vni), Expected("full_name", CHECK, ("text_legacy",))),
    "name_long": Fault(_change("full_name", lambda n: n * 60), Expected("full_name", MUST, ("cell_too_long",))),
    "position_missing": Fault(_set("position", "", "-"), Expected("position", MUST, ("required",)), "position"),
    "position_error": Fault(_set("position", "#REF!", "#N/A", "#VALUE!"), Expected("position", MUST, ("cell_error",)), "position"),
    "note_gone": Fault(_set("note", "Nghỉ hưu từ 1/6", "Đã chuyển công tác", "đã mất", "nghỉ thai sản"), Expected("note", CHECK, ("remark",)), "note"),
    "name_remark": Fault(_change("full_name", lambda n: n + " (nghỉ hưu)"), Expected("full_name", CHECK, ("name_remark",))),
    "name_vacant": Fault(_set("full_name", "Khuyết", "Chưa bổ nhiệm"), Expected("full_name", MUST, ("name_vacant",))),
    "email_www": Fault(_change("email", lambda e: "www." + e), Expected("email", MUST, ("email_odd",))),
    "email_hash": Fault(_change("email", lambda e: e.replace("@", "#@")), Expected("email", MUST, ("email_odd",))),
    "email_number": Fault(_change("email", lambda e: "0599000001/" + e), Expected("email", MUST, ("email_with_number",))),
    "department_unknown": Fault(_set("department", "Công an tỉnh", "Kho bạc", "Hội Nông dân"), Expected("department", MUST, ("department_unknown",)), "department"),
    "department_slip": Fault(_set("department", "Sở Tài chinhs", "Sở Nội vuj", "Sở Xây dưngj"), Expected("department", MUST, ("department_unknown",)), "department"),
    "department_error": Fault(_set("department", "#N/A", "#REF!"), Expected("department", MUST, ("cell_error",)), "department"),
}  # fmt: skip


def _nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def _old_tone(text: str) -> str:
    return text.replace("òa", "oà").replace("ủy", "uỷ").replace("úy", "uý")


# Sloppy but harmless: none of these may cost the line its cleanness.
HARMLESS: dict[str, Callable[[Cells, Crowd], None]] = {
    "phone_no_zero": _change("phone", lambda p: p[1:]),
    "phone_84": _change("phone", lambda p: "+84" + p[1:]),
    "phone_0084": _change("phone", lambda p: "0084 " + p[1:]),
    "phone_dots": _change("phone", lambda p: f"{p[:4]}.{p[4:7]}.{p[7:]}"),
    "phone_blanks": _change("phone", lambda p: f" {p[:4]} {p[4:7]} {p[7:]}\u00a0"),
    "phone_dashes": _change("phone", lambda p: f"{p[:4]}-{p[4:7]}-{p[7:]}"),
    "phone_wide": _change("phone", lambda p: "".join(chr(ord(c) + 0xFEE0) for c in p)),
    "phone_none": _set("phone", "", "-", "không có"),
    "phone_landline": lambda cells, crowd: cells.update(phone=f"0237 38{crowd.phone()[-5:]}"),
    "email_none": _set("email", "", "-", "Không có"),
    "email_capitals": _change("email", str.upper),
    "email_mailto": _change("email", lambda e: "mailto:" + e),
    "email_dot": _change("email", lambda e: f" {e}. "),
    "email_semicolon": _change("email", lambda e: e + ";"),
    "email_named": _change("email", lambda e: f"Văn thư <{e}>"),
    "email_wide": _change("email", lambda e: e.replace("@", "＠")),
    "name_nfd": _change("full_name", _nfd),
    "name_capitals": _change("full_name", str.upper),
    "name_small": _change("full_name", str.lower),
    "name_old_tone": _change("full_name", _old_tone),
    "name_blanks": _change("full_name", lambda n: "  " + n.replace(" ", "   ") + "\u00a0"),
    "name_hidden": _change("full_name", lambda n: "\ufeff" + n.replace(" ", "\u200b ")),
    "name_sir": _change("full_name", lambda n: "Ông " + n),
    "name_comrade": _change("full_name", lambda n: "Đ/c " + n),
    "name_doctor": _change("full_name", lambda n: "PGS.TS. " + n),
    "name_position": _change("full_name", lambda n: n + " - PGĐ"),
    "note": _set("note", "Kiêm nhiệm", "Phụ trách cải cách hành chính", "x"),
}
