"""What a cell says about a person beside her name: gone, away, a vacant post, somebody else."""

import re
from functools import lru_cache

from surveyapp.respondents.words.names import FAMILIES, MIDDLES, fold, tone_key
from surveyapp.respondents.words.positions import is_position

VACANT, GONE, AWAY, NEW, OPEN, OTHER = "vacant", "gone", "away", "new", "open", "other"

_GONE = (
    "nghỉ hưu", "về hưu", "hưu trí", "nghỉ chế độ", "nghỉ công tác", "nghỉ việc", "thôi việc", "đã nghỉ", "đã mất", "đã chết",
    "từ trần", "qua đời", "hy sinh", "hi sinh", "chuyển công tác", "đã chuyển", "chuyển đi", "chuyển sang", "chuyển về", "chuyển cơ quan",
    "chuyển đơn vị", "chuyển ngành", "luân chuyển", "điều động", "miễn nhiệm", "cách chức", "bãi nhiệm", "từ chức", "thôi chức",
    "thôi giữ", "thôi làm", "bị bắt", "tạm giam", "khởi tố", "bị can", "kỷ luật", "kỉ luật", "đình chỉ", "đình chỉ công tác",
    "không còn", "hết nhiệm kỳ", "hết nhiệm kì", "nghỉ theo", "nghỉ trước tuổi", "nghỉ tinh giản", "tinh giản biên chế",
    "mất ngày", "mất tháng", "mất năm", "mất hôm", "mất lúc", "chuyển sở", "chuyển bộ", "chuyển ban", "chuyển huyện", "chuyển tỉnh",
    "chuyển ubnd", "chuyển lên", "chuyển ct", "thuyên chuyển", "điều chuyển", "xin nghỉ", "xin thôi",
    "bỏ ra", "xóa tên", "xoá tên", "gạch tên", "đã đi", "retired", "resigned", "deceased", "transferred", "moved to",
)  # fmt: skip
_AWAY = (
    "thai sản", "nghỉ sinh", "nghỉ đẻ", "biệt phái", "đi học", "đang học", "học tập tại", "đi nước ngoài", "công tác nước ngoài",
    "du học", "nghỉ ốm", "ốm dài", "đau ốm", "điều trị", "nghỉ bệnh", "bị bệnh", "bệnh nặng", "nghỉ phép", "nghỉ không lương",
    "tăng cường", "trưng tập", "đi vắng", "vắng mặt", "chờ nghỉ", "chờ hưu", "chờ quyết định", "sắp nghỉ", "đi tập huấn", "đi nghĩa vụ",
    "maternity", "on leave", "seconded",
)  # fmt: skip
_NEW = (
    "mới bổ nhiệm", "mới nhận", "mới về", "mới chuyển", "mới được", "thay đ/c", "thay đồng chí", "thay cho", "thay ông", "thay bà",
    "thay thế", "người thay", "đổi thành",
)  # fmt: skip
# Beside a name, and in a remark too: whether she is in office or answers at all is open.
_OPEN = (
    "dự kiến bổ nhiệm", "dự kiến nghỉ", "dự kiến chuyển", "chưa có quyết định", "chưa có qđ", "chờ bổ nhiệm", "chưa bổ nhiệm", "hỏi lại",
    "kiểm tra lại", "xem lại", "chưa chắc", "không liên lạc", "không tham gia", "không khảo sát", "không điều tra", "không mời",
    "từ chối", "không thuộc đối tượng", "không đúng đối tượng",
)  # fmt: skip
_VACANCIES = (
    "khuyết", "trống", "vị trí trống", "bỏ trống", "để trống", "vacant", "tbd", "tba", "đang tuyển", "khuyết vị trí", "khuyết chức danh",
)  # fmt: skip
_VACANT_BEGINS = (
    "khuyết", "đang khuyết", "hiện khuyết", "còn khuyết", "tạm khuyết", "vị trí trống", "vị trí khuyết", "chức danh khuyết",
    "chức danh trống", "chưa có", "chưa bổ nhiệm", "chưa kiện toàn", "chưa phân công", "chưa bố trí", "chưa bầu", "chưa phê chuẩn",
    "chưa tuyển", "chưa được", "chưa xác định", "chưa cử", "chưa rõ", "chưa cập nhật", "chưa điền", "không có", "không bố trí", "đang trống",
    "đang chờ", "đang xin", "đang trình", "đang làm quy trình", "đang làm thủ tục", "đang kiện toàn", "đang tuyển", "đang hoàn thiện",
    "đang thực hiện", "đang bổ sung", "đang xem xét", "đang cập nhật", "chờ bổ nhiệm", "chờ phê chuẩn", "chờ kiện toàn", "chờ quyết định",
    "chờ bầu", "để trống", "bỏ trống", "còn trống", "còn thiếu", "thiếu", "trống", "sẽ bổ sung", "bổ sung sau", "cập nhật sau", "vacant", "tbd",
    "hiện đang", "hiện chưa", "hiện không", "hiện còn", "hiện trống", "hiện tại", "tạm thời", "tạm để", "đang để", "đang quy trình", "đang đợi",
    "đợi bổ nhiệm", "đợi quyết định", "đợi kiện toàn", "chưa bổ sung", "chức vụ khuyết", "chức vụ trống", "chức vụ đang", "chức vụ chưa",
    "chức danh đang", "chức danh chưa", "vị trí đang", "vị trí chưa", "vị trí này", "không bổ nhiệm", "không cử", "không kiện toàn",
)  # fmt: skip
# Beside a name these say nothing that anybody needs to look at.
_HARMLESS = re.compile(
    r"(?:nam|nu|nu gioi|kinh|tay|muong|thai|mong|hmong|h mong|dao|nung|khmer|e de|dang vien|bi danh \w+|tuc \w+|\w)$"
)
_APART = re.compile(r"[(\[]([^()\[\]]+)[)\]]?|\s[-–—]+\s*(.+)$|[-–—]\s(.+)$")
# The whole of a remark.
_GONE_ALONE = {
    tone_key(word) for word in ("hưu", "nghỉ", "mất", "chết", "thôi", "đã nghỉ", "đã mất", "nh")
}
_SINGLE = {
    "khuyết",
    "trống",
    "mất",
    "cũ",
    "chết",
    "ốm",
    "hưu",
    "nghỉ",
    "chuyển",
    "thôi",
    "x",
    "bỏ",
    "không",
    "retired",
}


def _keys(phrases: tuple[str, ...]) -> str:
    return " (?:" + "|".join(re.escape(tone_key(p)) for p in phrases) + ")(?= )"


def _bare(phrases: tuple[str, ...]) -> str:
    several = [fold(p) for p in phrases if len(p.split()) > 1]
    return " (?:" + "|".join(map(re.escape, several)) + ")(?= )"


_SAID = (
    (GONE, re.compile(_keys(_GONE)), re.compile(_bare(_GONE))),
    (AWAY, re.compile(_keys(_AWAY)), re.compile(_bare(_AWAY))),
    (OPEN, re.compile(_keys(_OPEN)), re.compile(_bare(_OPEN))),
    (NEW, re.compile(_keys(_NEW)), re.compile(_bare(_NEW))),
)
_SIGNS = re.compile(r"[()\[\]{}.,;:*\-–—_\\\"'“”]+")
_VACANT_KEY = re.compile(
    "(?:" + "|".join(re.escape(tone_key(p)) for p in _VACANT_BEGINS) + r")(?: |$)"
)
_VACANT_BARE = {fold(p) for p in (*_VACANT_BEGINS, *_VACANCIES)}
_NOT_LETTERS = re.compile(r"[\s()\[\]{}.,;:*\-–—_/\\\"'“”]+")
_VACANT_WORDS = {tone_key(p) for p in _VACANCIES}


_FIRST_WORDS = {
    fold(p).split()[0] for p in (*_GONE, *_AWAY, *_NEW, *_OPEN, *_VACANT_BEGINS, *_VACANCIES)
}


@lru_cache(maxsize=50_000)
def may_begin_remark(word: str) -> bool:
    """Whether some remark or vacancy begins with that word: names hardly hold one, so most need no second look."""
    return fold(word) in _FIRST_WORDS


@lru_cache(maxsize=50_000)
def remark_in(text: str) -> str:
    """What the words say: gone, away, new, or empty. With accents where the text has any."""
    plain = text.isascii()
    key = fold(text) if plain else tone_key(_SIGNS.sub(" ", text))
    for kind, exact, bare in _SAID:
        if (bare if plain else exact).search(f" {key} "):
            return kind
    return ""


def says_gone(text: str) -> str:
    """What a remark of its own says of its person that must be asked: gone, away, open, vacant; or empty."""
    kind = remark_in(text)
    if kind in (GONE, AWAY, OPEN):
        return kind
    if tone_key(_SIGNS.sub(" ", text)) in _GONE_ALONE:
        return GONE
    return VACANT if is_vacancy(text) and len(text.split()) < 6 else ""


@lru_cache(maxsize=50_000)
def is_vacancy(text: str) -> bool:
    """Whether a cell of a name says that nobody holds the post."""
    bare = _NOT_LETTERS.sub(" ", text).strip()
    if not bare:
        return False
    if bare.isascii():
        return fold(bare) in _VACANT_BARE
    words = bare.lower().split()
    # Khuyết, Trống and Thiếu may be what somebody's parents were called.
    if len(words) > 2 and words[1] in ("văn", "thị"):
        return False
    return _VACANT_KEY.match(tone_key(bare)) is not None


@lru_cache(maxsize=50_000)
def beside_name(name: str) -> tuple[str, str]:
    """A name without the remark beside it, and the kind of the remark: empty when there is none.

    In brackets or after a dash everything counts that is not known as harmless.
    """
    words_in = name.split()
    if len(words_in) > 2 and words_in[0].lower() == "cố" and words_in[1].lower() in FAMILIES:
        return " ".join(words_in[1:]), GONE
    match = _APART.search(name)
    if match is None:
        return _before_remark(name)
    alone = f"{name[: match.start()]} {name[match.end() :]}".strip()
    words = next(filter(None, match.groups()), "").strip(" .")
    if tone_key(words) in _VACANT_WORDS:
        return alone, VACANT
    kind = remark_in(words) or remark_in(name)
    if kind:
        return alone, kind
    if _HARMLESS.match(fold(words)) and tone_key(words) not in _SINGLE:
        return name, ""
    return alone, OTHER


def _before_remark(name: str) -> tuple[str, str]:
    """The name before a remark that no sign parts from it."""
    kind = remark_in(name)
    words = name.split()
    begins = max((i for i in range(len(words)) if remark_in(" ".join(words[i:]))), default=0)
    return (" ".join(words[:begins]).strip(" ,;:-–"), kind) if kind else (name, "")


def several_people(written: str) -> bool:
    """Whether a cell holds two names, one a line or parted by a sign or by `thay`."""
    parts = [p.split() for p in re.split(r"[\n\r;&+/]|\bvà\b|,", written) if p.strip()]
    parts = [p for p in parts if not is_position(" ".join(p))]
    like = [p for p in parts if 2 <= len(p) <= 6 and p[0].lower() in FAMILIES]
    return len(like) > 1


def glued_names(words: list[str]) -> bool:
    """Whether a second family name and middle name follow the first three words."""
    return len(words) >= 6 and any(
        words[i].lower() in FAMILIES and words[i + 1].lower() in MIDDLES
        for i in range(3, len(words) - 2)
    )
