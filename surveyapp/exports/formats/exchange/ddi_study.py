"""What an archive is told of the study: who made it, how people were asked, how many answered, who may read it."""

import csv
from collections import Counter, defaultdict
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree as ET

from surveyapp.assignments.rules import Disposition
from surveyapp.exports.formats.codebook import in_both
from surveyapp.exports.release.results import Frame
from surveyapp.fieldwork.rules import CompletenessCounts, Counts, Rates, outcome_rates
from surveyapp.i18n import Lazy, lazy

RATES = ("rr1", "rr2", "rr3", "rr4", "rr5", "rr6")

PRODUCER = lazy("Bộ Nội vụ (Vụ Cải cách hành chính)")
SUBJECT = lazy("Cải cách hành chính")
ABSTRACT = lazy(
    "Phần điều tra xã hội học của Chỉ số cải cách hành chính (PAR INDEX): cán bộ, công chức và đại biểu Hội đồng nhân dân đánh giá các bộ, các tỉnh. Bản này là câu trả lời thô, không gồm điểm."
)
COVERED = lazy("Cả nước: các bộ và các tỉnh, thành phố của đợt điều tra")
UNIT_OF_ANALYSIS = lazy("Một phiếu: một người đánh giá một đơn vị")
KIND = lazy("Dữ liệu điều tra xã hội học, đã bỏ mọi thông tin nhận dạng")
TIME_METHOD = lazy("Cắt ngang, lặp lại hằng năm")
SAMPLING = lazy(
    "Điều tra toàn bộ những người trong danh sách của từng nhóm đối tượng (mọi lãnh đạo, mọi đại biểu trong danh sách đơn vị gửi); riêng các huyện, và công chức phụ trách cải cách hành chính, do đơn vị chọn. Không chọn mẫu ngẫu nhiên; chỉ tiêu theo nhóm và đơn vị là của kế hoạch đợt điều tra."
)
FRAME = lazy("Danh sách do các bộ, các tỉnh lập và Vụ Cải cách hành chính duyệt")
MODE = lazy(
    "Tự điền trên trang web, lời mời gửi riêng từng người bằng thư điện tử, tin nhắn hoặc giấy"
)
INSTRUMENT = lazy("Phiếu có cấu trúc, phương án cho sẵn; nguyên văn ở questionnaires/")
WEIGHTING = lazy(
    "Số phiếu một phiếu trả lời đại diện ở scoring/weights.csv; tệp này không gia quyền"
)
CLEANED = lazy(
    "Quy tắc làm sạch và ảnh hưởng của chúng ở scoring/cleaning.csv và scoring/sensitivity.csv"
)
APPRAISAL = lazy("Báo cáo chất lượng theo tiêu chí ESS ở scoring/quality.html")
AVAILABLE = lazy("Chỉ cung cấp cho giai đoạn chấm điểm; bảng công bố ở public/")
CONFIDENTIAL = lazy(
    "Người nhận cam kết giữ kín: không tìm cách nhận ra người trả lời, không nối với nguồn khác, không chuyển cho bên thứ ba."
)
RESTRICTED = lazy(
    "Các tệp trong scoring/ và bản mô tả này (có số đếm đầy đủ) không công bố. Chỉ public/ và names/ được công bố."
)
CITED = lazy("Khi dẫn, nêu tên đợt điều tra, số bản phát hành và mã băm SHA-256 của manifest.json")


def describe_study(root: ET.Element, frame: Frame, *, rates: Path) -> None:
    """Write `stdyDscr`; response rates by group are worked out from `rates`, the table of the release."""
    study = under(root, "stdyDscr")
    _citation(study, frame)
    _scope(study, frame)
    method = under(study, "method")
    _collection(method)
    analysis = under(method, "anlyInfo")
    for group, told in group_rates(rates).items():
        names = frame.groups_by_code[group]
        for language, name in (("vi", names.name_vi), ("en", names.name_en)):
            text = f"{group} ({name}): {rate_words(told)}"
            under(analysis, "respRate", text, **{"xml:lang": language})
    under_in_both(analysis, "dataAppr", APPRAISAL)
    access = under(study, "dataAccs")
    under_in_both(under(access, "setAvail"), "avlStatus", AVAILABLE)
    use = under(access, "useStmt")
    under_in_both(use, "confDec", CONFIDENTIAL)
    under_in_both(use, "restrctn", RESTRICTED)
    under_in_both(use, "citReq", CITED)


def _citation(study: ET.Element, frame: Frame) -> None:
    campaign = frame.campaign
    citation = under(study, "citation")
    titles = under(citation, "titlStmt")
    under(titles, "titl", campaign.title_vi, **{"xml:lang": "vi"})
    under(titles, "parTitl", campaign.title_en, **{"xml:lang": "en"})
    under(titles, "IDNo", campaign.code)
    under_in_both(under(citation, "rspStmt"), "AuthEnty", PRODUCER)
    produced = under(citation, "prodStmt")
    under_in_both(produced, "producer", PRODUCER)
    under(produced, "software", "surveyapp", version=version("surveyapp"))
    under_in_both(under(citation, "distStmt"), "distrbtr", PRODUCER)


def _scope(study: ET.Element, frame: Frame) -> None:
    campaign = frame.campaign
    scope = under(study, "stdyInfo")
    under_in_both(under(scope, "subject"), "keyword", SUBJECT)
    under_in_both(scope, "abstract", ABSTRACT)
    summary = under(scope, "sumDscr")
    under(summary, "timePrd", str(campaign.year), date=str(campaign.year), event="single")
    for event, moment in (("start", campaign.opens_at), ("end", campaign.closes_at)):
        under(summary, "collDate", date=f"{moment:%Y-%m-%d}", event=event)
    under(summary, "nation", "Viet Nam", abbr="VN")
    under_in_both(summary, "geogCover", COVERED)
    under_in_both(summary, "anlyUnit", UNIT_OF_ANALYSIS)
    for group in frame.groups_by_code.values():
        for language, name in (("vi", group.name_vi), ("en", group.name_en)):
            under(summary, "universe", f"{group.code}: {name}", **{"xml:lang": language})
    under_in_both(summary, "dataKind", KIND)


def _collection(method: ET.Element) -> None:
    collection = under(method, "dataColl")
    under_in_both(collection, "timeMeth", TIME_METHOD)
    under_in_both(collection, "dataCollector", PRODUCER)
    under_in_both(collection, "sampProc", SAMPLING)
    under_in_both(under(collection, "sampleFrame"), "txt", FRAME)
    under_in_both(collection, "collMode", MODE)
    under_in_both(collection, "resInstru", INSTRUMENT)
    under_in_both(collection, "weight", WEIGHTING)
    under_in_both(collection, "cleanOps", CLEANED)


def group_rates(path: Path) -> dict[str, Rates]:
    """AAPOR's response rates of every group in `rates.csv`, over the cells whose completeness is told."""
    counts: dict[str, Counter[Disposition]] = defaultdict(Counter)
    completed: dict[str, Counter[str]] = defaultdict(Counter)
    dispositions = [one for one in Disposition if one != Disposition.SUBMITTED]
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            group = row["group"]
            counts[group] += Counter()
            if row["complete"]:
                counts[group].update({one: int(row[one]) for one in dispositions})
                counts[group][Disposition.SUBMITTED] += int(row["submitted"])
                completed[group].update(
                    {name: int(row[name]) for name in CompletenessCounts._fields}
                )
    return {
        group: outcome_rates(
            Counts(told),
            CompletenessCounts(*(completed[group][name] for name in CompletenessCounts._fields)),
        )
        for group, told in counts.items()
    }


def rate_words(rates: Rates) -> str:
    """`RR1 0.812345, …` after AAPOR; a rate of nobody is none."""
    told = ((name.upper(), getattr(rates, name)) for name in RATES)
    return "AAPOR " + ", ".join(f"{name} {'–' if n is None else f'{n:.6f}'}" for name, n in told)


def under_in_both(parent: ET.Element, tag: str, words: Lazy) -> None:
    """The element once in each language."""
    for language, text in zip(("vi", "en"), in_both(words), strict=True):
        under(parent, tag, text, **{"xml:lang": language})


def under(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    """A new last child of `parent`."""
    element = ET.SubElement(parent, tag, attributes)
    element.text = text
    return element
