"""What is found in whatever people put into the code box."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.invitations.credentials import codes, pasted
from surveyapp.invitations.errors import MistypedCode

CODE = "712345678901234" + codes.check_digit("712345678901234")
HANDOFF = "123456789" + codes.check_digit("123456789")
FEW = "710011010010110" + codes.check_digit("710011010010110")
SIGNATURE = "HZbSP71yvrqCCEWgslCsiw"


@pytest.mark.parametrize(
    "text",
    [
        CODE,
        codes.show(CODE),
        f"https://khaosat.example.vn/t/{CODE}~{SIGNATURE}",
        f"khaosat.example.vn/t/{CODE}~cut",
        f"Ma truy cap: {codes.show(CODE)}.Han 17:00 20/02/2026. Ho tro: 024 3824 0000",
        f"Goi 0912 345 678. Ma: {' '.join(CODE)}",
        codes.show(CODE).replace("0", "O"),
        codes.show(CODE).replace("1", "l").replace("0", "o"),
        codes.show(CODE).replace("1", "I"),
        "tin nhắn 1: " + "rất dài " * 300 + CODE,
    ],
)
def test_the_code_is_found(text):
    assert pasted.read(text) == pasted.Typed(code=CODE)


def test_letters_are_read_for_digits_where_most_of_the_code_is_noughts_and_ones():
    typed = codes.show(FEW).replace("0", "O").replace("1", "l", 3)
    assert sum(sign.isdecimal() for sign in typed) < 10
    assert pasted.read(f"Ma truy cap: {typed} . Han 17:00") == pasted.Typed(code=FEW)


@pytest.mark.parametrize(
    "wrapped",
    [
        f"https://eur02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fkhaosat.example.vn%2Ft%2F{CODE}~{SIGNATURE}&data=05%7C02",
        f"https://urldefense.com/v3/__https://khaosat.example.vn/t/{CODE}~{SIGNATURE}__;!!Ab12!x9",
        f"https://www.google.com/url?q=https://khaosat.example.vn/t/{CODE}%7E{SIGNATURE}&sa=D",
        f"https://KHAOSAT.EXAMPLE.VN/T/{CODE}",
        f"https://linkprotect.example.com/url?a=https%3a%2f%2fkhaosat.example.vn%2ft%2f{CODE}%7e{SIGNATURE}&c=E,1",
        f"https://a.example/?u=https%253A%252F%252Fkhaosat.example.vn%252Ft%252F{CODE}%257E{SIGNATURE}",
        f"https://urldefense.example/v2/url?u=https-3A__khaosat.example.vn_t_{CODE}-7E{SIGNATURE}&d=Dw",
        f"https://khaosat.example.vn/t/{CODE[:7]}=\r\n{CODE[7:]}~{SIGNATURE}",
    ],
    ids=str.split("query marks engine capitals small-percent-signs twice underscores soft-ends"),
)
def test_the_code_is_found_in_a_link_that_a_mail_server_wrapped(wrapped):
    assert pasted.read(wrapped) == pasted.Typed(code=CODE)
    assert pasted.read(f"Kính mời: <{wrapped}> Hạn 17:00") == pasted.Typed(code=CODE)


@pytest.mark.parametrize(
    "text",
    [
        f"Mã truy cập:{codes.show(CODE)}Hạn nộp",
        f"ma{codes.show(CODE)}han 17:00 20/02/2026",
        f"truy cập{codes.show(CODE).replace('-', ' ')}Hỗ trợ: 024 3824 0000",
        f"mã{codes.show(CODE).replace('-', chr(0x2011))}. Hạn",
    ],
)
def test_the_code_is_found_where_the_blank_beside_it_was_lost(text):
    assert pasted.read(text) == pasted.Typed(code=CODE)


@pytest.mark.parametrize(
    "between",
    [
        "/",
        ", ",
        ";",
        "+",
        "%20",
        ")(",
        "] [",
        "\u2022",
        "-\n> ",
        "-\r\n\r\n",
        "\u2212",
        "-\u200b",
        "\u00ad-",
        "\u2060-\u2060",
        "-&#8203;",
        "&nbsp;",
    ],
    ids=repr,
)
def test_the_code_is_found_whatever_a_program_put_between_its_groups(between):
    typed = codes.show(CODE).replace("-", between)
    told = f"17:00 20/02/2026, mã ({typed}) . Hỗ trợ: 024 3824 0000"
    assert pasted.read(told) == pasted.Typed(code=CODE)


@pytest.mark.parametrize(
    "typed",
    [
        "".join(chr(0x660 + int(digit)) for digit in CODE),
        "".join(digit + "\ufe0f\u20e3" for digit in CODE),
        f"Ma{CODE}Han",
    ],
    ids=["another script", "keys", "grown on"],
)
def test_the_code_is_found_however_its_digits_are_written(typed):
    assert pasted.read(f"17:00 20/02/2026 {typed} 024 3824 0000") == pasted.Typed(code=CODE)


def test_the_digits_of_another_device_are_found_in_a_sentence_but_no_telephone_is_taken_for_them():
    shown = f"{HANDOFF[:5]} {HANDOFF[5:]}"
    assert pasted.read(f"Mã chuyển máy {shown}, đến 17:10") == pasted.Typed(handoff=HANDOFF)
    with pytest.raises(MistypedCode):
        pasted.read("Mã chuyển máy đến 17:10, hỗ trợ 024 3824 0000")


def test_the_code_is_found_below_everything_that_a_mail_quotes_up_to_a_length():
    end = f" Mã: {codes.show(CODE)}"
    quoted = "> Kính gửi Ông/Bà. " * 2000
    assert pasted.read(quoted[: 20_000 - len(end)] + end) == pasted.Typed(code=CODE)
    with pytest.raises(MistypedCode):
        pasted.read(quoted[:20_000] + end)


def test_hours_and_phones_around_a_code_typed_with_letters_are_no_part_of_it():
    typed = codes.show(CODE).replace("1", "l").replace("0", "O")
    assert pasted.read(f"17:00 20/02 {typed} 024 3824 0000") == pasted.Typed(code=CODE)
    mixed = codes.show(FEW).replace("0", "O", 4)
    assert sum(sign.isdecimal() for sign in f"17:00{mixed}") == codes.CODE_DIGITS
    assert pasted.read(f"Trước 17:00, mã {mixed}") == pasted.Typed(code=FEW)


@pytest.mark.parametrize(
    "text", [HANDOFF, f"{HANDOFF[:5]} {HANDOFF[5:]}", f"http://localhost/m/{HANDOFF}"]
)
def test_ten_digits_are_those_of_another_device(text):
    assert pasted.read(text) == pasted.Typed(handoff=HANDOFF)


@pytest.mark.parametrize(
    ("text", "read", "strange"),
    [
        ("7123-45x6@", "7123456", "x@"),
        ("Xin chào", "", "Xinchào"),
        ("", "", ""),
        ("71O3", "7103", ""),
    ],
)
def test_what_was_understood_and_what_not_is_told(text, read, strange):
    with pytest.raises(MistypedCode) as refused:
        pasted.read(text)
    assert (refused.value.read, refused.value.strange) == (read, strange)
    assert read not in str(refused.value) or not read  # no code in a log


@given(st.text(max_size=80))
def test_anything_at_all_is_read_or_refused(text):
    try:
        credential = pasted.read(text)
    except MistypedCode:
        return
    assert credential.code or credential.handoff
