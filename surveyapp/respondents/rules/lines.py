"""Rules about one line: what each cell means, what is missing, what would mend it."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from surveyapp.respondents.context import GROUP_SEPARATOR, ListContext
from surveyapp.respondents.findings import CHECK, MUST, NOTE, Finding, Line, Row
from surveyapp.respondents.rules.contacts import (
    ReadContact,
    Support,
    read_email,
    read_phone,
    says_nothing,
)
from surveyapp.respondents.rules.faultless_cells import is_plain_name, plain_email, plain_phone
from surveyapp.respondents.sheet.limits import CELL_CHARACTERS
from surveyapp.respondents.words.bearers import is_no_name
from surveyapp.respondents.words.charsets import converted
from surveyapp.respondents.words.departments import DepartmentIndex
from surveyapp.respondents.words.ditto_marks import COLUMNS as DITTO_COLUMNS
from surveyapp.respondents.words.ditto_marks import is_ditto
from surveyapp.respondents.words.lookalikes import INVISIBLE
from surveyapp.respondents.words.names import (
    fold,
    is_badly_cased,
    is_suspicious,
    tidy,
    title_case,
    without_bullet,
    without_honorific,
)
from surveyapp.respondents.words.positions import without_position
from surveyapp.respondents.words.remarks import (
    GONE,
    NEW,
    OTHER,
    beside_name,
    glued_names,
    is_vacancy,
    remark_in,
    says_gone,
    several_people,
)

_ERROR = re.compile(
    r"^#(REF|N/A|DIV/0|VALUE|NAME|NUM|NULL|FORMULA|SPILL|CALC)[!?]?$", re.IGNORECASE
)
"""What a spreadsheet shows where a formula failed. "Phòng #2" is text, and so is a "#" alone."""
_SHOWN = 200
_MOST_PROPOSED = 500
"""Different unknown departments for which something alike is looked for: a list has a few, an attack thousands."""


@dataclass(slots=True)
class _Cell:
    """One cell under judgement: the text as written and as it will be stored."""

    written: str
    value: str


class LineJudge:
    """Judges the lines of one list from top to bottom."""

    def __init__(
        self,
        context: ListContext,
        index: DepartmentIndex,
        own_domains: frozenset[str] = frozenset(),
    ) -> None:
        self._context = context
        self._index = index
        self._own_domains = own_domains
        self._above: dict[str, str] = {}
        self._unknown: set[str] = set()
        self._columns = context.columns
        self._reaching = [c for c in ("email", "phone") if c in self._columns]
        self._groups = {
            d.code: context.groups_of(d) for d in context.departments if context.several_groups
        }
        self._entries = {d.code: d for d in context.departments}
        # What was once judged: thousands of lines share their positions, workplaces, departments.
        self._faultless: dict[str, dict[str, str]] = {c: {} for c in self._columns}
        self._certain: dict[str, tuple[str, str, tuple[Finding, ...]]] = {}

    def judge(self, row: Row) -> tuple[Line, list[Finding]]:
        """The line with normalised values, and its own findings."""
        judged = _Judgement(row, self._context)
        department = None
        for column in self._columns:
            written = row.cells.get(column, "")
            if column == "group":
                continue  # after the department, from which it follows
            if not written and column not in self._context.required:
                judged.values[column] = ""
            elif column == "email":
                plain = plain_email(written, self._own_domains)
                if plain:
                    judged.values[column] = plain
                    continue
                support = Support(row.cells.get("full_name", ""), self._own_domains)
                judged.contact(column, written, plain, partial(read_email, support=support))
            elif column == "phone":
                judged.contact(column, written, plain_phone(written), read_phone)
            elif column == "department":
                department = self._department(judged, written)
            elif column == "full_name" and is_plain_name(written):
                judged.values[column] = written
            else:
                self._text(judged, column, written)
        self._group(judged, row.cells.get("group", ""), department)
        judged.reachable(self._reaching)
        if department:
            judged.values["department_code"] = department
        return Line(row.number, row.cells, judged.values, department), judged.findings

    def _text(self, judged: "_Judgement", column: str, written: str) -> None:
        faultless = self._faultless[column]
        if written in faultless:
            judged.values[column] = self._above[column] = faultless[written]
            return
        if column in DITTO_COLUMNS and is_ditto(written):
            judged.as_above(column, written, self._above.get(column, ""))
            return
        before = len(judged.findings)
        judged.text(column, written)
        value = self._above[column] = judged.values[column]
        # The cell of a name may have told the position too: then the value is not this cell's.
        if value and len(judged.findings) == before and not judged.position:
            faultless[written] = value

    def _group(self, judged: "_Judgement", written: str, department: str | None) -> None:
        """A group written down must be the one that follows from the department; the latter counts."""
        if not self._groups:
            return
        judged.values["group"] = ""
        if department is None:
            return
        right = self._groups[department]
        judged.values["group"] = GROUP_SEPARATOR.join(right)
        if not written or not any(c.isalnum() for c in written):
            return
        said = {g for g in self._context.groups if g.lower() in fold(written).split()}
        if said != set(right):
            judged.add("group", CHECK, "group_differs", written, judged.values["group"])

    def _department(self, judged: "_Judgement", written: str) -> str | None:
        known = self._certain.get(written)
        if known is None:
            before = len(judged.findings)
            code = self._judged_department(judged, written)
            if code is not None:
                added = tuple(judged.findings[before:])
                self._certain[written] = code, judged.values["department"], added
            return code
        code, name, added = known
        judged.values["department"] = self._above["department"] = name
        judged.findings += [replace(finding, line=judged.row.number) for finding in added]
        return code

    def _judged_department(self, judged: "_Judgement", written: str) -> str | None:
        cell = judged.clean_text("department", written)
        if cell is None:
            return None
        above = self._above.get("department", "")
        if not any(c.isalnum() for c in cell.value) or is_ditto(written):
            if "department" in self._context.required:
                judged.add("department", MUST, "department_missing", written, above)
            return None
        many = len(self._unknown) >= _MOST_PROPOSED and cell.value not in self._unknown
        match = self._index.certainly(cell.value) if many else self._index.find(cell.value)
        if match is None or not match.certain:
            self._unknown.add(cell.value)
            proposal = match.name if match else ""
            likeness = {"alike": match.alike} if match else {}
            judged.add("department", MUST, "department_unknown", written, proposal, **likeness)
            self._above["department"] = proposal
            return None
        judged.values["department"] = self._above["department"] = match.name
        if not match.exact:
            judged.add("department", NOTE, "department_recognised", written, match.name)
        entry = self._entries.get(match.code)
        if entry and entry.ministry is None:
            judged.add("department", NOTE, "department_without_ministry", written, name=entry.name)
        elif entry and not entry.rates_province:
            judged.add(
                "department",
                NOTE,
                "department_rates_ministry_only",
                written,
                ministry=entry.ministry,
            )
        return match.code


class _Judgement:
    """Gathers the values and findings of one line."""

    def __init__(self, row: Row, context: ListContext) -> None:
        self.row = row
        self.context = context
        self.values: dict[str, str] = {}
        self.findings: list[Finding] = []
        self.position = ""  # out of the cell of the name

    def add(
        self,
        column: str,
        severity: str,
        code: str,
        value: str = "",
        proposal: str = "",
        **facts: Any,
    ) -> None:
        """One more finding on this line."""
        self.findings.append(
            Finding(self.row.number, column, severity, code, value[:_SHOWN], proposal, facts)
        )

    def clean_text(self, column: str, written: str) -> _Cell | None:
        """The cell in composed Unicode; None when it holds nothing that can be used."""
        self.values[column] = ""
        if "#" in written and _ERROR.match(written.strip()):
            self.add(column, self._severity(column), "cell_error", written)
            return None
        if len(written) > CELL_CHARACTERS:
            self.add(column, MUST, "cell_too_long", written[:_SHOWN], limit=CELL_CHARACTERS)
            return None
        if written.isascii():
            return _Cell(written, " ".join(written.split()))
        unicode_text = converted(written)
        value = tidy(unicode_text if unicode_text is not None else written)
        if "\ufffd" in value:
            self.add(column, CHECK, "text_damaged", written)
        if unicode_text is not None:
            proposal = self._named(value) if column == "full_name" else value
            self.add(column, CHECK, "text_legacy", written, proposal)
        elif value == written:
            pass
        elif INVISIBLE.search(written):
            self.add(column, NOTE, "text_invisible", written, value)
        elif value != unicodedata.normalize("NFC", " ".join(written.split())):
            self.add(column, NOTE, "text_lookalike", written, value)
        elif not unicodedata.is_normalized("NFC", written):
            self.add(column, NOTE, "text_decomposed", written, value)
        return _Cell(written, value)

    def _severity(self, column: str) -> str:
        return NOTE if column == "note" else MUST

    @staticmethod
    def _named(value: str) -> str:
        bare, _ = without_honorific(value)
        return title_case(bare) if is_badly_cased(bare) else bare

    def text(self, column: str, written: str) -> None:
        """Judge a cell of words."""
        cell = self.clean_text(column, written)
        if cell is None:
            return
        value = cell.value if any(c.isalnum() for c in cell.value) else ""
        if column == "position" and not value:
            value = self.position
        self.values[column] = value
        if not value:
            if column in self.context.required:
                self.add(column, MUST, "required", written)
            return
        if column == "full_name":
            self._name(written, value)
        elif column == "position" and value.lower().startswith("nguyên "):
            self.add(column, CHECK, "remark", written, kind=GONE)
        elif column in ("note", "position"):
            kind = says_gone(value) if column == "note" else remark_in(value)
            if kind and kind not in (NEW, OTHER):
                self.add(column, CHECK, "remark", written, kind=kind)

    def as_above(self, column: str, written: str, above: str) -> None:
        """A ditto without a row above it in the file, or written by hand: what stands above is proposed."""
        self.values[column] = ""
        if column in self.context.required:
            self.add(column, MUST, "required", written, above)

    def _name(self, written: str, value: str) -> None:
        if is_vacancy(value):
            self.values["full_name"] = ""
            self.add("full_name", MUST, "name_vacant", written)
            return
        value, self.position = without_position(
            without_bullet(value).rstrip(" ,;:.-–").strip('“”«»"') or value
        )
        alone, remark = ("", "") if several_people(written) else beside_name(value)
        if remark:
            self.values["full_name"] = value
            proposal = self._named(alone) if len(alone.split()) > 1 else ""
            self.add("full_name", CHECK, "name_remark", written, proposal, kind=remark)
            return
        bare, honorific = without_honorific(value)
        badly_cased = is_badly_cased(bare)
        proposal = title_case(bare) if badly_cased else bare
        if fold(self.position).startswith("nguyen "):
            self.add("full_name", CHECK, "name_remark", written, proposal, kind=GONE)
        elif self.position:
            self.add("full_name", NOTE, "name_position", written, proposal, position=self.position)
        if honorific:
            self.add("full_name", NOTE, "name_honorific", written, proposal, taken=honorific)
        whole = bare.isupper() or bare.islower()
        self.values["full_name"] = proposal if whole else bare
        several = several_people(written) or glued_names(bare.split())
        reason = "several" if several else is_suspicious(bare)
        if not reason and is_no_name(bare):
            reason = "no_name"
        if reason:
            self.add("full_name", CHECK, "name_suspicious", written, "", reason=reason)
        elif badly_cased:
            self.add("full_name", NOTE, "name_case", written, proposal)

    def contact(self, column: str, written: str, plain: str, read: Any) -> None:
        """Judge an address or a number, unless `plain`; a dash or "không có" is an empty cell."""
        self.values[column] = plain
        if plain:
            return
        if says_nothing(written):
            if column in self.context.required:
                self.add(column, MUST, "required", written)
            return
        if "#" in written and _ERROR.match(written.strip()):
            self.add(column, MUST, "cell_error", written)
            return
        if len(written) > CELL_CHARACTERS:
            self.add(column, MUST, "cell_too_long", written[:_SHOWN], limit=CELL_CHARACTERS)
            return
        read_contact: ReadContact = read(written)
        self.values[column] = read_contact.value
        if read_contact.code:
            self.add(
                column, read_contact.severity, read_contact.code, written, read_contact.proposal
            )

    def reachable(self, columns: Sequence[str]) -> None:
        """An e-mail address or a telephone number there must be, or nobody can be invited."""
        for column in columns:
            if self.values.get(column):
                return
        if not columns:
            return
        if any(f.column in columns and f.severity == MUST for f in self.findings):
            return
        self.add("", MUST, "contact_missing")
