"""Made-up people for the corpus: names from common name parts, contacts of nobody."""

import csv
import random
from functools import lru_cache
from pathlib import Path

from surveyapp.campaigns.rules import Sector, rated_unit
from surveyapp.respondents.context import DepartmentEntry, GroupEntry, ListContext
from surveyapp.respondents.words.names import fold

_REGISTRY = Path(__file__).resolve().parents[2] / "questionnaires" / "par-index-2023"
FAMILIES = (
    "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Tống Quách Cao".split()
)
MIDDLES = "Văn Thị Đức Minh Hữu Thanh Ngọc Xuân Quang Thu Hồng Anh Mạnh Kim".split()
GIVENS = (
    "An Bình Cường Dũng Giang Hà Hải Hạnh Hiền Hòa Hùng Hương Khánh Lan Linh Long Mai Nam Nga "
    "Oanh Phong Phúc Quân Quỳnh Sơn Tâm Thảo Thắng Thủy Trang Trung Tuấn Tùng Uyên Vân Việt Yến"
).split()
OTHER_PEOPLES = (
    "H'Hen Niê",
    "Y Bliă Niê",
    "Ksor H'Bơ Khăp",
    "K'Brêu",
    "Giàng Páo Mỷ",
    "Rơ Châm Giáo",
)
POSITIONS = (
    "Giám đốc",
    "Phó Giám đốc",
    "Chánh Văn phòng",
    "Phó Chánh Thanh tra",
    "Trưởng ban",
    "Phó Trưởng ban",
)
WORKPLACES = (
    "Chi cục Thủy lợi",
    "Trung tâm Công nghệ thông tin",
    "Văn phòng",
    "Thanh tra",
    "Chi cục Kiểm lâm",
    "Phòng Tổ chức cán bộ",
    "Trung tâm Khuyến nông",
    "Trường Cao đẳng Nghề",
    "Bệnh viện Đa khoa",
)
BUREAUS = (
    "Vụ Tổ chức cán bộ",
    "Vụ Pháp chế",
    "Cục Quản lý chất lượng",
    "Văn phòng Bộ",
    "Thanh tra Bộ",
    "Vụ Kế hoạch - Tài chính",
)
DISTRICTS = ("Huyện Nga Sơn", "Thị xã Bỉm Sơn", "Huyện Thọ Xuân", "Thành phố Sầm Sơn")
ASSOCIATIONS = ("Hội Khoa học Kinh tế Việt Nam", "Hiệp hội Doanh nghiệp nhỏ và vừa", "Hội Kế toán Việt Nam")  # fmt: skip

COLUMNS = {
    "department-leaders": (("full_name", "position", "workplace"), ()),
    "par-officers": (("full_name", "position", "workplace"), ()),
    "associations": (("full_name", "position", "association"), ()),
    "council": (("full_name",), ("position", "workplace")),
    "agency-leaders": (("full_name", "position", "department"), ()),
    "subunit-leaders": (("full_name", "position", "department", "workplace"), ()),
    "district-leaders": (("full_name", "position", "district"), ()),
}
KIND_NAMES = {
    "department-leaders": "Danh sách lãnh đạo vụ, cục và tương đương",
    "par-officers": "Danh sách công chức phụ trách cải cách hành chính",
    "associations": "Danh sách lãnh đạo hội, hiệp hội",
    "council": "Danh sách đại biểu HĐND cấp tỉnh",
    "agency-leaders": "Danh sách lãnh đạo sở và tương đương",
    "subunit-leaders": "Danh sách lãnh đạo đơn vị thuộc, trực thuộc sở và tương đương",
    "district-leaders": "Danh sách lãnh đạo UBND cấp huyện",
}
GROUPS = {
    "agency-leaders": (
        GroupEntry("M2", "Lãnh đạo sở, đánh giá bộ"),
        GroupEntry("P2", "Lãnh đạo sở, đánh giá tỉnh"),
    ),
    "subunit-leaders": (
        GroupEntry("M3", "Lãnh đạo đơn vị thuộc sở, đánh giá bộ"),
        GroupEntry("P3", "Lãnh đạo đơn vị thuộc sở, đánh giá tỉnh"),
    ),
}
RULES = {
    "M2": "department_ministry",
    "M3": "department_ministry",
    "P2": "own_unit",
    "P3": "own_unit",
}
MINISTRY_KINDS = ("department-leaders", "par-officers", "associations")


@lru_cache
def departments() -> tuple[DepartmentEntry, ...]:
    """The departments of the 2023 registry."""
    with (_REGISTRY / "departments.csv").open(encoding="utf-8") as file:
        return tuple(
            DepartmentEntry(
                row["code"],
                row["name_vi"],
                row["assesses_ministry"] or None,
                row["rates_province"] == "yes",
                frozenset(
                    code
                    for code, rates in RULES.items()
                    if rated_unit(
                        rates,
                        "38",
                        department=Sector(
                            row["assesses_ministry"] or None, row["rates_province"] == "yes"
                        ),
                    )
                ),
            )
            for row in csv.DictReader(file)
        )


def context(kind: str) -> ListContext:
    """The list of that kind of one ministry or one province of 2023."""
    required, optional = COLUMNS[kind]
    ministry = kind in MINISTRY_KINDS
    return ListContext(
        campaign="par-index-2023",
        unit="BNV" if ministry else "38",
        unit_kind="ministry" if ministry else "province",
        unit_name="Bộ Nội vụ" if ministry else "Thanh Hóa",
        kind=kind,
        kind_name=KIND_NAMES[kind],
        required=required,
        optional=(*optional, "phone", "email", "note"),
        departments=departments(),
        several_groups=GROUPS.get(kind, ()),
        groups=tuple(g.code for g in GROUPS.get(kind, ())),
        other_units=("Bộ Tài chính", "Bộ Y tế") if ministry else ("Hà Giang", "Nghệ An", "Hà Nội"),
    )


class Crowd:
    """People without end, each with a name, phone and address of their own."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._names: set[str] = set()
        self._serial = seed * 1000

    def name(self) -> str:
        """A name nobody in this crowd has yet, tones apart."""
        while True:
            parts = [self.random.choice(p) for p in (FAMILIES, MIDDLES, GIVENS)]
            if self.random.random() < 0.3:
                parts.insert(2, self.random.choice(MIDDLES))
            name = " ".join(parts)
            if fold(name) not in self._names and len(set(parts)) == len(parts):
                self._names.add(fold(name))
                return name

    def phone(self) -> str:
        """A mobile number in a range hardly in use."""
        self._serial += 1
        return f"0599{self._serial % 1_000_000:06d}"

    def email(self, name: str) -> str:
        """A synthetic address."""
        self._serial += 1
        words = fold(name).split()
        return f"{words[-1]}.{words[0]}{self._serial}@thanhhoa.example.vn"

    def person(self, kind: str, serial: int) -> dict[str, str]:
        """One clean line of a list of that kind."""
        name = self.name()
        choice = self.random.choice
        cells = {
            "full_name": name,
            "position": choice(POSITIONS),
            "phone": self.phone(),
            "email": self.email(name),
            "note": "",
        }
        required = COLUMNS[kind][0]
        if "department" in required:
            regular = [d for d in departments() if d.ministry and d.rates_province]
            cells["department"] = regular[serial // 4 % len(regular)].name
        if "workplace" in required or kind == "council":
            cells["workplace"] = choice(BUREAUS if kind in MINISTRY_KINDS else WORKPLACES)
        if "district" in required:
            cells["district"] = DISTRICTS[serial // 3 % 3]
        if "association" in required:
            cells["association"] = ASSOCIATIONS[serial // 3 % 3]
        return cells
