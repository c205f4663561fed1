"""What is printed: each letter on its page, its QR readable, nothing but the address in the window."""

import numpy as np
import pypdfium2
import pytest
import zxingcpp

from surveyapp.documents import letters as module
from surveyapp.documents.letters import Batch, Letter, LettersRefused, write_letters
from surveyapp.i18n import speaking

BATCH = Batch(
    title="Tỉnh Hà Giang",
    reference="HG-01",
    sender=("BỘ NỘI VỤ", "VỤ CẢI CÁCH HÀNH CHÍNH"),
    return_line="Bộ Nội vụ, Hà Nội",
    place_and_day="Hà Nội, ngày 15 tháng 01 năm 2024",
    host="khaosat.example.gov.vn",
    contact="Mọi thắc mắc xin gọi 024 0000 0000.",
    signed=("VỤ TRƯỞNG",),
)
NAMES = ("Nguyễn Thị Ngọc Ẩn", "Đỗ Hoàng Ửng", "Vừ Mí Kẻ")
WINDOW = (20, 45, 105, 90)
"""Left, top, right, bottom in mm of what DIN 5008 form B shows."""


def letter(n: int = 0, **changes) -> Letter:
    fields = {
        "address": (f"Ông/Bà {NAMES[n % 3]} {n}", "Phó Giám đốc", "Sở Nội vụ tỉnh Hà Giang"),
        "salutation": f"Kính gửi Ông/Bà {NAMES[n % 3]},",
        "paragraphs": ("Kính mời Ông/Bà trả lời phiếu khảo sát.", "Hạn: 17:00 ngày 28/02/2024."),
        "link": f"https://khaosat.example.gov.vn/t/7123456789{n:06d}~abcdefghijklmnopqrstuv",
        "code": f"7123-4567-8900-{n:04d}",
    }
    return Letter(**fields | changes)


@pytest.fixture
def pages(request):
    """Opens a PDF and closes it after the test."""
    opened = []

    def open_pages(pdf: bytes) -> pypdfium2.PdfDocument:
        opened.append(pypdfium2.PdfDocument(pdf))
        return opened[-1]

    yield open_pages
    for document in opened:
        document.close()


def text(page, box=None) -> str:
    words = page.get_textpage()
    if box is None:
        return words.get_text_range()
    left, top, right, bottom = (mm * 72 / 25.4 for mm in box)
    height = page.get_height()
    return words.get_text_bounded(left, height - bottom, right, height - top)


def picture(page) -> np.ndarray:
    return page.render(scale=2.5, grayscale=True).to_numpy()


def test_the_qr_of_each_printed_letter_opens_the_link_of_its_own_addressee(pages):
    people = [letter(n) for n in range(3)]
    document = pages(write_letters(people, BATCH))
    assert len(document) == 4
    for person, page in zip(people, list(document)[1:], strict=True):
        [code_read] = zxingcpp.read_barcodes(picture(page))
        assert code_read.text == person.link
        assert person.address[0] in text(page)
        assert person.code.replace("-", " ") in text(page)
        assert "khaosat.example.gov.vn" in text(page)


def test_a_letter_can_be_read_back_with_every_vietnamese_letter(pages):
    words = "Ắc quy, ẵm, ề à, ỹ, Ử, ỡ, đặng, ĐIỀU TRA XÃ HỘI HỌC"
    document = pages(write_letters([letter(paragraphs=(words,))], BATCH))
    assert words in text(document[1])
    assert "Mã này là của riêng Ông/Bà" in text(document[1])


def test_the_window_shows_the_address_and_no_code(pages):
    document = pages(write_letters([letter(1)], BATCH))
    shown = text(document[1], WINDOW)
    assert shown.split("\r\n") == ["Bộ Nội vụ, Hà Nội", *letter(1).address]
    below = text(document[1], (0, 105, 210, 297))
    assert letter(1).code.replace("-", " ") in below


def test_six_lines_of_address_stay_in_the_window(pages):
    address = ("Bà Đỗ Hoàng Ửng", "Phó Giám đốc", "Sở Nông nghiệp", "Tầng 2", "Số 1", "Hà Giang")
    document = pages(write_letters([letter(address=address)], BATCH))
    assert text(document[1], WINDOW).split("\r\n")[1:] == list(address)


def test_a_long_address_is_printed_smaller_and_stays_in_the_window(pages):
    office = "Chi cục Quản lý chất lượng nông lâm sản và thủy sản, Sở Nông nghiệp và Phát triển"
    address = ("Bà Đỗ Hoàng Ửng", f"Phó Chi cục trưởng {office}", office, "Số 1", "Bà Rịa", "7901")
    document = pages(write_letters([letter(address=address)], BATCH))
    shown = " ".join(text(document[1], WINDOW).split())
    assert shown == " ".join(("Bộ Nội vụ, Hà Nội", *address))


def test_the_cover_sheet_counts_the_letters_and_holds_no_code(pages):
    people = [letter(n) for n in range(3)]
    document = pages(write_letters(people, BATCH))
    cover = text(document[0])
    assert "HG-01" in cover
    assert "Số thư" in cover
    assert people[0].address[0] in cover
    assert people[2].address[0] in cover
    assert "7123" not in cover
    assert zxingcpp.read_barcodes(picture(document[0])) == []
    corners = [text(page, (150, 280, 210, 297)).strip() for page in list(document)[1:]]
    assert corners == ["HG-01 · 1/3", "HG-01 · 2/3", "HG-01 · 3/3"]


def test_a_pile_made_in_several_goes_is_one_pdf_in_the_order_given(pages, monkeypatch):
    monkeypatch.setattr(module, "AT_ONCE", 2)
    people = [letter(n) for n in (4, 2, 3, 1, 0)]
    document = pages(write_letters(people, BATCH))
    assert len(document) == 6
    for person, page in zip(people, list(document)[1:], strict=True):
        assert person.address[0] in text(page)


def test_nothing_in_a_name_is_read_as_markup(pages):
    name = '*Bà* #panic("x") $x$ <b> `y` \\ @z [u] //'
    document = pages(write_letters([letter(address=(name,), salutation=name)], BATCH))
    assert text(document[1]).count(name) == 2


def test_an_empty_pile_is_a_cover_sheet_that_counts_none(pages):
    document = pages(write_letters([], BATCH))
    assert len(document) == 1


def test_a_letter_longer_than_its_page_is_named():
    people = [letter(0), letter(1, paragraphs=("Kính mời Ông/Bà. " * 50,) * 8), letter(2)]
    with pytest.raises(LettersRefused) as refused:
        write_letters(people, BATCH)
    assert refused.value.overflowing == [1]


def test_an_address_that_would_leave_the_window_is_refused():
    with pytest.raises(LettersRefused) as refused:
        write_letters([letter(0), letter(1, address=("a",) * 7)], BATCH)
    assert refused.value.overflowing == [1]


def test_a_letter_can_be_in_english(pages):
    with speaking("en"):
        document = pages(write_letters([letter()], BATCH))
    assert "Scan the QR code" in text(document[1])
