"""What is proposed to be taken out of a remark: contacts, numbers of papers, names; what it says stays."""

import pytest

from surveyapp.exports.disclosure.remark_screening import redacted, spans_to_hide


def without_names(text, **known):
    return redacted(text, spans_to_hide(text, **known))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Gọi 0912 345 678 gặp tôi", "Gọi […] gặp tôi"),
        ("(+84) 912.345.678 hoặc 024-3976-4116.", "[…] hoặc […]."),
        ("CCCD 001084012345, CMND 012345678", "CCCD […], CMND […]"),
        ("thư về an.nv@moha.example.vn nhé", "thư về […] nhé"),
        ("Mã 7123-4567-8901-2345 không vào được", "Mã […] không vào được"),
        ("ông Nguyễn Văn An rất chậm", "ông […] rất chậm"),
        ("Ông Hùng, bà Lan Anh và đ/c Ánh", "Ông […], bà […] và đ/c […]"),
        ("do Trần Thị Bích Ngọc phụ trách", "do […] phụ trách"),
        ("Phó Giám đốc Lê Minh: giải quyết chậm", "Phó Giám đốc […]: giải quyết chậm"),
        ("ong Nguyen Van An rat cham", "ong […] rat cham"),
        ("do Tran Thi Bich Ngoc phu trach", "do […] phu trach"),
        ("gap chi Hung va co Lan Anh", "gap chi […] va co […]"),
        ("nguyễn văn an giải quyết chậm", "[…] giải quyết chậm"),
        ("gặp trần thị hoa phòng 3", "gặp […] phòng 3"),
        ("N.V.A nhận tiền", "[…] nhận tiền"),
        ("Ng. V. Hùng nhận tiền", "[…] nhận tiền"),
        ("Nguyễn V.A ký, Trần T. Hoa ký", "[…] ký, […] ký"),
        ("N g u y ễ n V ă n A n ký", "[…] ký"),
        ("N-g-u-y-ễ-n ký", "[…] ký"),
        ("gọi 0 9 1 2 3 4 5 6 7 8 nhé", "gọi […] nhé"),
        ("gọi 0912_345_678 nhé", "gọi […] nhé"),
        ("gọi không chín một hai ba bốn năm sáu bảy tám nhé", "gọi […] nhé"),
        ("goi khong chin mot hai ba bon nam sau bay tam", "goi […]"),
        ("an.nv(at)moha.gov.vn", "[…]"),
        ("an.nv [at] moha [dot] gov [dot] vn nhé", "[…] nhé"),
        ("an.nv a còng moha chấm gov chấm vn", "[…]"),
        ("an.nv @ moha.gov.vn", "[…]"),
        ("CMND 012 345 678, CCCD 0010 8401 2345", "CMND […], CCCD […]"),
    ],
)
def test_who_somebody_is_is_taken_out(text, told):
    assert without_names(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "Giai đoạn 2021-2025 và 2026 - 2030 cần 12 cuộc họp, giảm 30 %.",
        "Theo Quyết định 876/QĐ-BNV ngày 10/11/2022 của Bộ Nội vụ",
        "Đề nghị ông Giám đốc Sở Nội vụ, bà Chủ tịch trả lời",
        "Thành phố Hồ Chí Minh, Hà Nội, Lâm Đồng làm tốt",
        "Lê thê, phan nàn nhiều; Mai sẽ tốt hơn",
        "Em thấy chị em trong phòng vất vả",
        "Chi cục quản lý thị trường làm tốt; hồ văn bản",
        "Năm 2021 năm 2022 và năm 2023 có ba, bốn cuộc họp",
        "quận Ba Đình, H. Sóc Sơn, P. Tổ chức, TP. Hồ Chí Minh",
        "U.B.N.D tỉnh và H.Đ.N.D",
        "Do Sở Nội vụ chậm; To nhỏ đều thế",
        "de nghi co Giam doc tra loi",
        "a) b) c) d) e)",
        "Tôi thấy một hai ba bốn bước là đủ",
    ],
)
def test_what_is_no_name_stays(text):
    assert without_names(text) == text


def test_a_unit_that_few_rated_is_taken_out_whatever_its_letters():
    told = without_names("sở nội vụ Điện Biên; ĐIỆN BIÊN", units=["Điện Biên"])
    assert told == "sở nội vụ […]; […]"


def test_a_name_of_the_lists_is_taken_out_where_the_opening_saw_it():
    assert without_names("gặp nguyễn văn an nhé", named=[[4, 17]]) == "gặp […] nhé"


def test_what_is_seen_twice_is_taken_out_once():
    text = "bà Trần Thị Bích Ngọc"
    assert without_names(text, named=[[10, 21]]) == "bà […]"


@pytest.mark.parametrize(
    ("unit", "text", "told"),
    [
        ("Bộ Nội vụ", "BNV và bộ nội vụ chậm", "[…] và […] chậm"),
        ("Điện Biên", "tinh Dien Bien, tỉnh ĐB, T.ĐB", "tinh […], […], […]"),
        ("Thừa Thiên Huế", "TT-Huế và TTH", "[…] và […]"),
        ("Bà Rịa - Vũng Tàu", "BR-VT, BRVT", "[…], […]"),
        ("Hồ Chí Minh", "TPHCM, TP.HCM", "[…], TP.[…]"),
    ],
)
def test_a_unit_that_few_rated_is_seen_shortened_and_without_accents(unit, text, told):
    assert without_names(text, units=[unit]) == told
