"""A remark leaves without contacts, numbers of papers and names that can be told; what it says stays."""

import csv

import pytest

from surveyapp.accounts.act import Act
from surveyapp.exports.disclosure.remark_screening import TAKEN_OUT, without_names
from surveyapp.exports.release import building
from tests.exports.opened import opened_campaign


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
    ],
)
def test_what_is_no_name_stays(text):
    assert without_names(text) == text


def test_a_unit_that_few_rated_is_taken_out_whatever_its_letters():
    told = without_names("sở nội vụ Điện Biên; ĐIỆN BIÊN", units=["Điện Biên"])
    assert told == "sở nội vụ […]; […]"


@pytest.fixture
def engine(sqlite_engine):
    """What leaves is made of texts; the database makes no difference."""
    return sqlite_engine


def test_a_release_holds_remarks_without_names_only(db, now, keys, tmp_path):
    written = (("ministry", "ông Nguyễn Văn An 0912345678"), ("province", "Nên giảm họp."))
    campaign = opened_campaign(db, now, remarks=written)
    folder = building.build(db, campaign, out=tmp_path, act=Act("centre", now, keys))
    with (folder / "scoring" / "remarks.csv").open(newline="") as file:
        told = sorted(row["text"] for row in csv.DictReader(file))
    assert told == ["Nên giảm họp.", f"ông {TAKEN_OUT} {TAKEN_OUT}"]
    for path in folder.rglob("*"):
        if path.is_file():
            assert "Nguyễn Văn An".encode() not in path.read_bytes(), path
