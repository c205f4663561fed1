"""The codebook: what every column of the results means, and the way from items to criteria."""

from collections.abc import Iterator

from surveyapp.exports.release.results import Frame
from surveyapp.i18n import LOCALES, Lazy, lazy, speaking
from surveyapp.instruments.fingerprints import fingerprints
from surveyapp.instruments.kinds.registry import kind_of
from surveyapp.instruments.model import (
    Instrument,
    InstrumentSection,
    variable_name,
)

CODEBOOK = (
    "variable", "item", "groups", "instrument", "version", "area", "section", "criterion", "scale", "best",
    "fingerprint", "text_vi", "text_en", "code", "role", "label_vi", "label_en",
)  # fmt: skip
CROSSWALK = ("criterion", "area", "level", "groups", "instrument", "item", "variable")


LABELS = {
    "row": lazy("Số thứ tự dòng; thứ tự là ngẫu nhiên"),
    "level": lazy("Cấp được đánh giá: ministry (bộ) hoặc province (tỉnh)"),
    "rated_unit": lazy("Mã đơn vị được đánh giá; * là không nêu"),
    "group": lazy("Mã nhóm đối tượng; * là không nêu"),
    "instrument": lazy("Mã phiếu điều tra"),
    "version": lazy("Phiên bản phiếu điều tra"),
    "under_floor": lazy(
        "Nhanh hơn mức nhanh nhất có thể đọc hết câu hỏi: yes (có), no (không), unknown (không rõ)"
    ),
    "longest_run": lazy("Số câu liền nhau nhiều nhất có cùng một phương án"),
    "flags": lazy("Các quy tắc làm sạch đã đánh dấu phiếu này"),
    "excluded": lazy("1 là phiếu không được tính vào các bảng đếm, 0 là được tính"),
}
"""The columns before the items."""

MARKS = ("under_floor", "longest_run", "flags", "excluded")
"""Those of `LABELS` that say how a form was filled in and what cleaning made of it."""


def codebook_rows(frame: Frame) -> Iterator[tuple[str, ...]]:
    """Rows of `CODEBOOK`: one per column that is no item, then one per item and code.

    `fingerprint` is what makes the item comparable with an earlier round: wording, scale, order.
    `role` is `label`, `mark`, `option`, `dont_know` or `missing`. An empty cell is a missing answer and has no
    code of its own.
    """
    for name, label in LABELS.items():
        yield (name, *[""] * 10, *in_both(label), "", "mark" if name in MARKS else "label", "", "")
    for instrument in frame.asked:
        for section in instrument.sections:
            yield from _section_rows(frame, instrument, section)


def _section_rows(
    frame: Frame, instrument: Instrument, section: InstrumentSection
) -> Iterator[tuple[str, ...]]:
    groups, prints = _groups(frame, instrument), fingerprints(instrument)
    for column in (one for one in frame.columns if one.item in section.items):
        item = column.item
        shared = (
            column.name, item.id, groups, instrument.code, instrument.version,
            section.area, section.id, item.criterion, item.scale, item.best,
            str(prints[item.id]), column.label.get("vi"), column.label.get("en"),
        )  # fmt: skip
        for one in column.categories:
            yield (*shared, one.code, one.role, one.vi, one.en)


def crosswalk_rows(frame: Frame) -> list[tuple[str, ...]]:
    """Rows of `CROSSWALK`, by criterion and then in the order asked."""
    rows = [
        (
            item.criterion,
            section.area,
            level,
            groups,
            instrument.code,
            item.id,
            variable_name(item.id),
        )
        for instrument in frame.asked
        for level, groups in [(_level(frame, instrument), _groups(frame, instrument))]
        for section in instrument.sections
        for item in section.items
        if not kind_of(item).leaves_row
    ]
    return sorted(rows, key=lambda row: (row[2], row[0]))


def in_both(words: Lazy) -> tuple[str, str]:
    """Vietnamese and English of one message."""
    spoken = []
    for locale in LOCALES:
        with speaking(locale):
            spoken.append(str(words))
    return spoken[0], spoken[1]


def _answering(frame: Frame, instrument: Instrument) -> list[str]:
    return [code for code in frame.groups_by_code if frame.instrument(code) is instrument]


def _groups(frame: Frame, instrument: Instrument) -> str:
    return " ".join(_answering(frame, instrument))


def _level(frame: Frame, instrument: Instrument) -> str:
    levels = {frame.groups_by_code[code].level for code in _answering(frame, instrument)}
    return " ".join(sorted(levels))
