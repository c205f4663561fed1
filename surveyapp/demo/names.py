"""Synthetic Vietnamese people: common name parts put together at random, contacts nobody has."""

from dataclasses import dataclass, replace
from random import Random

from surveyapp.respondents.words.names import fold

# Shares of the family names roughly as in the population, so that namesakes occur as they do.
_FAMILY = {
    "Nguyễn": 32, "Trần": 11, "Lê": 10, "Phạm": 7, "Hoàng": 4, "Vũ": 4, "Phan": 4, "Đặng": 3,
    "Bùi": 3, "Đỗ": 3, "Hồ": 2, "Ngô": 2, "Dương": 2, "Lý": 1, "Đinh": 1, "Trịnh": 1, "Mai": 1,
    "Đào": 1, "Cao": 1, "Lương": 1, "Hà": 1, "Tạ": 1, "Nông": 1, "Lò": 1, "Quách": 1,
}  # fmt: skip
_MIDDLE = (
    "Văn", "Đức", "Hữu", "Quang", "Minh", "Xuân", "Công", "Đình", "Quốc", "Trọng", "Thanh", "Ngọc",
    "Thị", "Thị Thu", "Thị Hồng", "Thị Kim", "Thị Thanh", "Thị Minh", "Bích", "Phương", "Hồng",
    "Tiến", "Viết", "Mạnh", "Thế", "Bá", "Anh", "Hoài", "Nhật", "Thị Mỹ", "Thị Ngọc", "Huy",
)  # fmt: skip
_GIVEN = (
    "An", "Anh", "Bách", "Bảo", "Bình", "Châu", "Chi", "Chiến", "Cường", "Dũng", "Duy", "Dương",
    "Đạt", "Điệp", "Đông", "Đức", "Giang", "Hà", "Hải", "Hạnh", "Hằng", "Hiền", "Hiếu", "Hoa", "Hòa",
    "Hoàng", "Hùng", "Huệ", "Hưng", "Hương", "Khánh", "Khoa", "Kiên", "Lan", "Liên", "Linh", "Loan",
    "Long", "Lộc", "Mai", "Mạnh", "Minh", "Nam", "Nga", "Ngân", "Nghĩa", "Ngọc", "Nhung", "Oanh",
    "Phong", "Phúc", "Phương", "Quang", "Quyên", "Quỳnh", "Sơn", "Tâm", "Tân", "Thái", "Thành",
    "Thảo", "Thắng", "Thịnh", "Thu", "Thủy", "Thúy", "Toàn", "Trang", "Trung", "Tuấn", "Tùng",
    "Tuyết", "Vân", "Việt", "Vinh", "Xuân", "Yến",
)  # fmt: skip
_FAMILY_NAMES, _FAMILY_SHARES = tuple(_FAMILY), tuple(_FAMILY.values())

PHONE_PREFIX = "030"
"""Valid to every checker of numbers, yet no operator has been given it (Viettel's begin at 032)."""
MOST_PEOPLE = 10_000_000
_STRIDE = 6_180_339
"""Without a divisor in common with `MOST_PEOPLE`: no number twice, and those of colleagues lie far apart."""


@dataclass(frozen=True, slots=True)
class Someone:
    """A person of one list, in its columns; empty where the list has no such column."""

    full_name: str
    phone: str
    email: str
    position: str = ""
    department: str = ""
    workplace: str = ""
    district: str = ""
    association: str = ""

    def moved_to(self, **attributes: str) -> "Someone":
        """The same person in another place."""
        return replace(self, **attributes)


def somebody(random: Random, *, number: int, domain: str) -> Someone:
    """The `number`-th person of the demo, whose phone and address are nobody else's.

    Addresses end in `.example.vn`, so no message can ever arrive.
    """
    if not 0 <= number < MOST_PEOPLE:
        raise ValueError(number)
    family = random.choices(_FAMILY_NAMES, _FAMILY_SHARES)[0]
    middle, given = random.choice(_MIDDLE), random.choice(_GIVEN)
    initials = "".join(part[0] for part in fold(f"{family} {middle}").split())
    return Someone(
        full_name=f"{family} {middle} {given}",
        phone=f"{PHONE_PREFIX}{number * _STRIDE % MOST_PEOPLE:07d}",
        email=f"{fold(given)}{initials}.{number}@{domain.lower()}.example.vn",
    )
