"""Domains of e-mail addresses: which are real, and which known one a slip of the finger meant."""

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

PROVIDERS = frozenset(
    "gmail.com googlemail.com yahoo.com yahoo.com.vn ymail.com rocketmail.com yahoo.fr yahoo.co.uk yahoo.co.jp yahoo.de "
    "yahoo.ca yahoo.com.au hotmail.com hotmail.fr hotmail.co.uk outlook.com outlook.com.vn outlook.fr live.com live.vn "
    "live.fr msn.com icloud.com me.com mac.com aol.com mail.com email.com gmx.com gmx.de gmx.net web.de zoho.com proton.me "
    "protonmail.com tutanota.com yandex.com yandex.ru mail.ru bk.ru qq.com 163.com 126.com naver.com hanmail.net "
    "vnn.vn hn.vnn.vn hcm.vnn.vn fpt.vn fpt.com.vn viettel.com.vn vnpt.vn zing.vn chinhphu.vn".split()
)
# Where the ministries of the 2023 round and their bodies have their mail.
_STATE = frozenset(
    f"{name}.gov.vn"
    for name in "moha moj mpi mof moit mard mt moc monre mic molisa bvhttdl cinet most moet moh thanhtra mofa cema sbv chinhphu "
    "quochoi customs gdt vst kbnn gso mod mps".split()
)
PROVINCES = frozenset(
    f"{name}.gov.vn"
    for name in "angiang baria-vungtau bacgiang backan baclieu bacninh bentre binhdinh binhduong binhphuoc binhthuan camau cantho "
    "caobang danang daklak daknong dienbien dongnai dongthap gialai hagiang hanam hanoi hatinh haiduong haiphong haugiang "
    "hoabinh hungyen khanhhoa kiengiang kontum laichau lamdong langson laocai longan namdinh nghean ninhbinh ninhthuan phutho "
    "phuyen quangbinh quangnam quangngai quangninh quangtri soctrang sonla tayninh thaibinh thainguyen thanhhoa "
    "thuathienhue tiengiang tphcm hochiminhcity travinh tuyenquang vinhlong vinhphuc yenbai hue".split()
)
KNOWN = PROVIDERS | _STATE | PROVINCES
_SECOND_LEVELS = frozenset("gov com edu org net ac info name pro int biz health id io ai".split())
# The root zone: two letters are countries, of the others those that people in office meet.
_COUNTRIES = frozenset(
    "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd cf cg ch "
    "ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gd ge gf gg gh gi gl gm gn "
    "gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc "
    "li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz "
    "om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc "
    "td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw".split()
)
_GENERIC = frozenset(
    "com org net edu gov mil int info biz name pro aero asia cat coop jobs mobi museum post tel travel xxx arpa app dev online site "
    "shop store xyz top club vip tech cloud email live life work works space website world group agency academy bank blog buzz "
    "capital care center chat city company consulting digital directory education energy engineering expert finance foundation "
    "fun fund global gmbh guru health help host house icu inc institute international land law legal link llc ltd management "
    "market media news ngo one ong page partners party photo plus press productions properties pub school science services social "
    "solutions studio support systems team technology today tools training university ventures video web wiki win "
    "zone hanoi google youtube microsoft apple samsung".split()
)
_TYPICAL = ("vn", "com", "net", "org", "edu", "info")
_MAIN = frozenset("gmail yahoo hotmail outlook icloud ymail".split())
_MOST_USED = frozenset(f"{name}.com" for name in _MAIN - {"ymail"}) | {"yahoo.com.vn"}
_SHORT_NAME = 5
_SHORTEST = 4


def distance(one: str, other: str, most: int = 2) -> int:
    """Letters to add, drop, change or swap to make one of the other; `most + 1` where it is more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j], row[j - 1]) + 1
            cost = min(cost, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


@lru_cache(maxsize=8192)
def is_real_ending(domain: str) -> bool:
    """Whether the last label is one of the root zone's."""
    last = domain.rpartition(".")[2]
    return last in _COUNTRIES or last in _GENERIC


@lru_cache(maxsize=8192)
def meant(domain: str, own: frozenset[str] = frozenset()) -> tuple[str, bool]:
    """The domain that was meant, and whether this one looks mistyped at all.

    `own` are the domains that the unit's people have; the domain proposed is empty where several come
    as near, so that nobody is sent to a stranger.
    """
    if domain in KNOWN or domain in own:
        return "", False
    head = domain.partition(".")[0]
    if head in _MAIN:
        vietnamese = domain.count(".") > 1 or domain.endswith(("vn", ".v", ".vm", ".nv"))
        return ("yahoo.com.vn" if head == "yahoo" and vietnamese else f"{head}.com"), True
    if head in _SECOND_LEVELS and domain.removeprefix(head) in (".vn", ""):
        return "", True  # an@gov.vn: whose office it is was left out
    if domain.endswith(".vn") and domain.count(".") == 1 and f"{head}.gov.vn" in own:
        return f"{head}.gov.vn", True
    mended = _mended_ending(domain)
    for candidate in filter(None, (mended, domain)):
        near = _nearest(candidate, own)
        if near:
            return near, True
    if mended:
        return mended, True
    if not is_real_ending(domain):
        return "", True
    return "", False


def _nearest(domain: str, own: frozenset[str]) -> str:
    """The one known domain within reach; the unit's own before all others."""
    if domain in KNOWN or domain in own:
        return domain
    for known in (own, _MOST_USED, PROVIDERS, KNOWN):
        like = _within_reach(domain, known)
        scored = sorted((d, k) for k in like if (d := _slip(domain, k)) <= 2)
        if scored and (len(scored) == 1 or scored[0][0] < scored[1][0]):
            return scored[0][1]
        if scored:
            return ""
    return _glued(domain)


def _within_reach(domain: str, known: frozenset[str]) -> set[str]:
    """Those that may lie two letters away: what is left of both after dropping up to two letters is the same.

    Thousands of unknown domains would else each be compared with every known one, letter by letter.
    """
    index, longest = _shortened(known)
    if len(domain) > longest + 2:
        return set()
    return {name for left in _without_two(domain) for name in index.get(left, ())}


@lru_cache(maxsize=64)
def _shortened(known: frozenset[str]) -> tuple[dict[str, list[str]], int]:
    index: dict[str, list[str]] = {}
    for name in known:
        for left in _without_two(name):
            index.setdefault(left, []).append(name)
    return index, max(map(len, known), default=0)


@lru_cache(maxsize=1024)
def _without_two(word: str) -> set[str]:
    """The word without any one or two of its letters, and the word."""
    fewer = {word[:i] + word[i + 1 :] for i in range(len(word))}
    return {word} | fewer | {w[:i] + w[i + 1 :] for w in fewer for i in range(len(w))}


def _slip(written: str, known: str) -> int:
    """How far a slip lies from a known domain; 3 where it is none."""
    if written == known:
        return 0
    head, rest = _parts(known)
    if len(head) < _SHORT_NAME and known not in PROVIDERS:
        return 3
    allowed = 2 if len(head) >= 7 or known in ("gmail.com", "yahoo.com") else 1
    edits = distance(written, known, allowed)
    if edits > allowed:
        return 3
    own_head, own_rest = _parts(written)
    if len(head) < _SHORTEST and own_head != head:
        return 3  # gm.com is no slip for gmx.com
    if own_rest == rest and known not in PROVIDERS:
        # `snv.` and `sxd.` of one province are two offices, `hagiamg.` and `hagiang.` one.
        limit = 1 if len(head) < 8 else 2
        return edits if distance(own_head, head) <= limit and own_head[:1] == head[:1] else 3
    return edits


def _parts(domain: str) -> tuple[str, str]:
    head, _, rest = domain.partition(".")
    return head, rest


def _mended_ending(domain: str) -> str:
    """The domain with a mistyped ending put right; empty where the ending is sound."""
    glued = _glued(domain)
    if glued:
        return glued
    labels = [label for label in domain.split(".") if label]
    if len(labels) < 2:
        return ""
    *head, last = labels
    if last == "gov":
        return ".".join([*labels, "vn"])
    for wrong in (
        ["gov", "com"],
        ["gov", "com", "vn"],
        ["gov", "vn", "vn"],
        ["gov", "net"],
        ["gov", "org"],
    ):
        if labels[-len(wrong) :] == wrong:
            return ".".join([*labels[: -len(wrong)], "gov", "vn"])
    if last not in _COUNTRIES and last not in _GENERIC:
        near = [e for e in _TYPICAL if distance(last, e, 1) == 1]
        near = ["vn"] if "vn" in near and len(head) > 1 and head[-1] in _SECOND_LEVELS else near
        last = near[0] if len(near) == 1 or (near and near[0] == "vn") else ""
        if not last:
            return ""
    if last == "vn" and len(head) > 1 and head[-1] not in _SECOND_LEVELS:
        second = head[-1]
        if distance(second, "gov", 1) == 1 or second == "gvo":
            head[-1] = "gov"
        elif second in ("cm", "co", "con", "cmo", "comm", "cpm", "xom", "vom"):
            head[-1] = "com"
    if head and head[-1] in ("gov", "edu") and last in ("vm", "v", "nv", "bn", "cn"):
        last = "vn"
    mended = ".".join([*head, last])
    return mended if mended != domain else ""


def _glued(domain: str) -> str:
    """`thanhhoagov.vn`, `hagiang.govvn`, `gmailcom`: a dot was left out. No domain of the state ends so."""
    for ending, right in (("govvn", "gov.vn"), ("comvn", "com.vn"), ("eduvn", "edu.vn")):
        if domain.endswith(ending) and len(domain) > len(ending):
            return domain.removesuffix(ending).rstrip(".") + "." + right
    head, dot, last = domain.rpartition(".")
    if (
        dot
        and last == "vn"
        and head.endswith("gov")
        and not head.endswith(".gov")
        and head != "gov"
    ):
        return f"{head.removesuffix('gov')}.gov.vn"
    if not dot:
        for known in PROVIDERS:
            if domain in (known.replace(".", ""), known.split(".")[0]):
                return {"yahoo": "yahoo.com", "outlook": "outlook.com"}.get(domain, known)
    return ""


def own_domains(addresses: Iterable[str]) -> frozenset[str]:
    """The domains that many of a list's people have: at least three, and a tenth of all."""
    counted = Counter(
        domain
        for address in addresses
        if "@" in address and (domain := address.rpartition("@")[2].strip(" .,;>)\t\r\n").lower())
    )
    enough = max(3, sum(counted.values()) // 10)
    return frozenset(d for d, n in counted.items() if n >= enough and "." in d)
