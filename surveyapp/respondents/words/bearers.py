"""Whether a lone text names a person or an organisation: Vũ Thị Hoa is not a vụ, Phòng Văn thư not a woman."""

import re
from functools import lru_cache

from surveyapp.respondents.words.names import FAMILIES, MIDDLES, fold, tone_key
from surveyapp.respondents.words.positions import says_position
from surveyapp.respondents.words.remarks import is_vacancy

# First words of offices, as written, tones at the end of the word (`names.tone_key`).
_OFFICES = frozenset(
    tone_key(word)
    for word in "sở ban phòng chi cục tổng vụ trung ubnd hđnd ủy huyện quận thị thành tp tx hội hiệp liên văn viện trường bệnh thanh "
    "ngân quỹ đơn khối công vp bql đoàn xã phường bộ đảng mttq mặt trạm tòa kho đài báo nhà khu cơ trụ học phân tiểu đội tổ".split()
)
# Of these nobody bears the name, whatever goes on like one: Huyện Văn Lãng, Quận Thị Nghè.
_NOBODYS = frozenset(tone_key(word) for word in "huyện quận ubnd hđnd tp tx bql vp mttq".split())
_FOLDED_OFFICES = frozenset(fold(word) for word in _OFFICES)
_FOLDED_FAMILIES = frozenset(fold(name) for name in FAMILIES)
# Two words that stand in the name of an office and hardly in that of a person.
_OFFICE_PAIRS = frozenset(
    "to chuc,can bo,ke hoach,dau tu,tai chinh,nong nghiep,nong thon,phat trien,cong thuong,xay dung,giao thong,van tai,tai nguyen,"
    "moi truong,thong tin,truyen thong,lao dong,thuong binh,xa hoi,van hoa,the thao,du lich,khoa hoc,cong nghe,giao duc,dao tao,y te,"
    "tu phap,noi vu,ngoai vu,dan toc,quan ly,kiem tra,phap che,hop tac,quoc te,thi dua,khen thuong,hanh chinh,chinh quyen,dia phuong,"
    "bao hiem,ngan hang,nha nuoc,hoi dong,nhan dan,uy ban,dai bieu,quoc hoi,thanh nien,phu nu,cong doan,nong dan,cuu chien,chien binh,"
    "mat tran,to quoc,van phong,thanh tra,trung tam,chi cuc,dich vu,su nghiep,nghiep vu,tong hop,cong chuc,vien chuc,ton giao,luu tru,"
    "quy hoach,kien truc,nghien cuu,thi xa,thanh pho,thi tran,doanh nghiep,luat su,nha bao,van hoc,nghe thuat,kinh te,khu cong,"
    "cong nghiep,cong an,quan su,bien phong,chuyen mon,don vi,truc thuoc,chinh tri,dang uy,dan van,tuyen giao,noi chinh,van thu,"
    "lanh dao,thuong truc,phap luat,tiep dan,khieu nai,chinh sach,nguoi co,bao tro,bao ve,y duoc,da khoa,kiem lam,thuy loi,thuy san,"
    "chan nuoi,trong trot,khuyen nong,dien luc,hai quan,kho bac,toa an,kiem sat,thi hanh,phat thanh,truyen hinh,cao dang,dai hoc,"
    "tieu hoc,trung hoc,mam non,dan cu,do thi,nha dat,dat dai,dang kiem,cai cach,xuc tien,thuong mai,cong ich,van ban,bo tuc".split(
        ","
    )
)
_NO_PERSONS = tuple(
    "người lập,người ký,người tổng hợp,người liên hệ,người duyệt,người kiểm tra,thủ trưởng,danh sách,tổng cộng,tổng số,ghi chú,nơi nhận,"
    "xác nhận,họ và tên,họ tên,lãnh đạo sở,lãnh đạo ban,lãnh đạo phòng,lãnh đạo đơn vị,lãnh đạo vụ,lãnh đạo cục,cán bộ phụ trách,"
    "cán bộ lập,cán bộ tổng hợp,đơn vị lập,đơn vị báo cáo,chuyên viên,giám đốc,phó giám đốc,chủ tịch,phó chủ tịch,trưởng phòng,"
    "phó trưởng,chánh văn,chánh thanh,chánh án,phó chánh,hết danh".split(",")
)
# As written where there are accents: Trương Phong Nhã heads no division, Chánh Thị Hoa no office.
_NO_PERSON = re.compile("(?:" + "|".join(map(tone_key, _NO_PERSONS)) + ")(?: |$)")
_NO_PERSON_BARE = re.compile("(?:" + "|".join(map(fold, _NO_PERSONS)) + ")(?: |$)")
_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*[.]?")
_SERIAL = re.compile(r"[#(\[]?\s?\d{1,5}\s?[.)/\]:\-–]{0,2}")


def is_serial(number: str) -> bool:
    """Whether a cell counts people: 7, 07., (7), 7)."""
    return _SERIAL.fullmatch(number.strip()) is not None


@lru_cache(maxsize=50_000)
def could_be_person(text: str) -> bool:
    """Whether a text can be one person's name. In doubt it can: whoever is taken for one is shown."""
    words = text.split()
    if not 2 <= len(words) <= 7 or not all(_WORD.fullmatch(w) for w in words):
        return False
    bare = text.isascii()
    told = (_NO_PERSON_BARE if bare else _NO_PERSON).match(fold(text) if bare else tone_key(text))
    if told or (words[0].lower() == "lưu" and words[1] == "ý"):
        return False
    if is_vacancy(text):
        return True
    return not names_office(text)


@lru_cache(maxsize=50_000)
def may_begin_office(word: str) -> bool:
    """Whether some office's name begins with that word."""
    return fold(word) in _FOLDED_OFFICES


_NO_NAMES = frozenset(
    tone_key(p) for p in "văn thư,đồng chí,như trên,lãnh đạo,cán bộ,chuyên viên,nhân viên,thủ quỹ,lái xe,họ và tên,họ tên,xem ghi chú,phụ trách".split(",")
)  # fmt: skip


@lru_cache(maxsize=50_000)
def is_no_name(text: str) -> bool:
    """Whether a cell of a name holds a position, an office or a sentence. In doubt it does not."""
    words = text.split()
    if len(words) < 2 or not all(_WORD.fullmatch(w) for w in words):
        return False
    if " ".join(tone_key(text).split()[:2]) in _NO_NAMES and not (
        text.istitle() and len(words) > 2
    ):
        return True
    if says_position(text) or names_office(text):
        return True
    first, *rest = words
    # `Phụ trách chung`: a capital and then small letters is how a sentence is written.
    shaped = first[0].isupper() and all(word.islower() for word in rest)
    return shaped and first.lower() not in FAMILIES and rest[0] not in MIDDLES


_FOOTNOTE = re.compile(r"\s?\((?:\d{1,2}|\*{1,3})\)\s?")


def is_footnote(text: str) -> bool:
    """Whether a text is a note below the table: `(1) Ghi theo quyết định bổ nhiệm`. In doubt it is none."""
    sign = _FOOTNOTE.match(text)
    said = text[sign.end() :].rstrip(" .;") if sign else ""
    return len(said.split()) > 3 and is_no_name(said)


@lru_cache(maxsize=50_000)
def names_office(text: str) -> bool:
    """Whether a text begins as an organisation does and goes on like one."""
    words, folded = text.split(), fold(text).split()
    if not folded or folded[0] not in _FOLDED_OFFICES:
        return False
    rest, first = folded[1:], tone_key(words[0])
    if first == "cơ" and rest[:1] not in (["quan"], ["so"]):
        return False  # Cơ Liêng, a family of the K'Ho
    if first in _NOBODYS:
        return True
    # `Sở-Y` is one word here and two when folded.
    middle = (
        bool(rest)
        and len(words) > 1
        and (words[1].lower() in MIDDLES or (text.isascii() and rest[0] in ("van", "thi")))
    )
    bears_name = words[0].lower() in FAMILIES
    if first not in _OFFICES and not text.isascii():
        return False  # Vũ, Trương, Quý: with their own tones no office
    pairs = {f"{a} {b}" for a, b in zip(folded, rest, strict=False)} & _OFFICE_PAIRS
    # Đoàn Văn Hòa has a culture in his name, Phòng Văn hóa is one.
    named_so = all(pair.startswith(("van ", "thi ")) for pair in pairs) and len(words) == 3
    if pairs and not (named_so and middle and (bears_name or text.isascii())):
        return True
    if first not in _OFFICES:
        return folded[0] not in _FOLDED_FAMILIES and not middle
    shaped = 3 <= len(words) <= 4 and (text.isupper() or all(w[:1].isupper() for w in words))
    if shaped and middle:
        return False
    named = bears_name and 2 <= len(words) <= 4
    return not (named and all(w[:1].isupper() for w in words))
