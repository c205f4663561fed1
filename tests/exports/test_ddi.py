"""The description for archives stands in the order of DDI-Codebook 2.5, and an XSD can be asked as well."""

import csv
import re
from collections import Counter
from xml.etree import ElementTree

import pytest

from surveyapp.exports.formats.exchange.ddi_study import group_rates, rate_words
from surveyapp.exports.release.scoring import DISPOSITIONS, RATE_COLUMNS
from surveyapp.exports.verify import ddi, verify
from tests.exports.test_release import relisted, writable

XSD = """<?xml version="1.0"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="ddi:codebook:2_5"
  elementFormDefault="qualified"><xs:element name="codeBook"><xs:complexType><xs:sequence>
  <xs:element name="{first}"><xs:complexType><xs:sequence>
  <xs:any processContents="skip" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
  <xs:any processContents="skip" maxOccurs="unbounded"/></xs:sequence>
  <xs:anyAttribute processContents="skip"/></xs:complexType></xs:element></xs:schema>
"""


@pytest.fixture
def copy(released, tmp_path):
    return writable(released.folder, tmp_path)


def changed(folder, pattern, new):
    path = folder / ddi.PATH
    text, n = re.subn(pattern, new, path.read_text(), count=1, flags=re.S)
    assert n, pattern
    path.write_text(text)


def told(folder):
    return [fault.detail for fault in ddi.ddi_faults(folder)]


def test_every_element_stands_where_the_standard_has_it(released):
    assert told(released.folder) == []


@pytest.mark.parametrize(
    ("pattern", "new", "fault"),
    [
        (r'(name="M1_101".*?)(<catgry>.*?)(<concept>[^<]*</concept>)', r"\1\3\2", "var: labl qstn universe sumStat concept catgry"),
        (r"(<parTitl.*?</parTitl>)(\s*)(<IDNo>.*?</IDNo>)", r"\3\2\1", "titlStmt: titl IDNo parTitl"),
        (r"<titl .*?</titl>", "", "titlStmt: 0 × titl"),
        (r"(<titl .*?</titl>)", r"\1\1", "titlStmt: 2 × titl"),
        (r"(<fileName>.*?</fileName>)", r"\1\1", "fileTxt: 2 × fileName"),
        (r"<titl .*?</titl>", "<title>x</title>", "titlStmt/title"),
        (r'intrvl="discrete"', 'intrvl="ordinal"', "var/@intrvl: ordinal"),
        (r'<catgry missing="Y">', '<catgry missing="yes">', "catgry/@missing: yes"),
        (r'version="2.5"', 'version="2.6"', "codeBook/@version: 2.6"),
        (r' name="M1_101"', "", "var/@name"),
        (r'ID="V_level"', 'ID="V_row"', "var/@ID: V_row"),
        (r'files="F1"', 'files="F2"', "var/@files: F2"),
        (r"<concept>", "<concept><labl/>", "concept/labl"),
        (r"</codeBook>", "", "no element found"),
        (r'xmlns="ddi:codebook:2_5"', 'xmlns="ddi:codebook:2_6"', "{ddi:codebook:2_6}codeBook"),
    ],
)  # fmt: skip
def test_what_archives_would_refuse_is_found_without_their_schema(copy, pattern, new, fault):
    changed(copy, pattern, new)
    assert any(one.startswith(fault) for one in told(copy)), told(copy)


def test_who_has_an_xsd_checks_by_it(released, tmp_path):
    schema = tmp_path / "codebook.xsd"
    schema.write_text(XSD.format(first="stdyDscr"))
    assert ddi.schema_faults(released.folder, schema) == []
    schema.write_text(XSD.format(first="docDscr"))
    (fault,) = ddi.schema_faults(released.folder, schema)
    assert (fault.path, fault.code) == (ddi.PATH, "ddi_schema")
    assert "docDscr" in fault.detail
    schema.write_text("<not-a-schema/>")
    assert ddi.schema_faults(released.folder, schema)


def test_without_the_library_the_program_is_asked(released, tmp_path, monkeypatch):
    monkeypatch.setattr(ddi, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    program = tmp_path / "xmllint"
    program.write_text("#!/bin/sh\necho \"$5: line 3: Element 'x'\" >&2\necho fails >&2\nexit 3\n")
    program.chmod(0o755)
    (fault,) = ddi.schema_faults(released.folder, tmp_path / "codebook.xsd")
    assert fault.detail.endswith("ddi.xml: line 3: Element 'x'")
    program.write_text("#!/bin/sh\nexit 0\n")
    assert ddi.schema_faults(released.folder, tmp_path / "codebook.xsd") == []
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ddi.NoValidator):
        ddi.schema_faults(released.folder, tmp_path / "codebook.xsd")


DDI = "{ddi:codebook:2_5}"


@pytest.fixture
def root(released):
    return ElementTree.parse(released.folder / ddi.PATH).getroot()


@pytest.mark.parametrize(
    "element",
    [
        "citation/prodStmt/producer", "citation/distStmt/distrbtr", "stdyInfo/abstract", "stdyInfo/sumDscr/universe",
        "method/dataColl/timeMeth", "method/dataColl/sampProc", "method/dataColl/collMode", "method/dataColl/weight",
        "method/anlyInfo/respRate", "dataAccs/setAvail/avlStatus", "dataAccs/useStmt/confDec",
        "dataAccs/useStmt/restrctn",
    ],
)  # fmt: skip
def test_the_study_is_described_in_both_languages(root, element):
    elements = root.findall("/".join(f"{DDI}{tag}" for tag in ("stdyDscr", *element.split("/"))))
    by_language = {
        language: {one.text for one in elements if one.get(ddi.XML + "lang") == language}
        for language in ("vi", "en")
    }
    assert len(elements) == 2 * len(by_language["vi"]) == 2 * len(by_language["en"])
    assert not by_language["vi"] & by_language["en"]


def test_every_category_says_how_many_rows_hold_it(released, root):
    with (released.folder / "scoring" / "responses.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    for name in ("M1_101", "P3_101", "group"):
        variable = root.find(f".//{DDI}var[@name='{name}']")
        told = {
            one.findtext(f"{DDI}catValu"): int(one.findtext(f"{DDI}catStat"))
            for one in variable.iter(f"{DDI}catgry")
        }
        counted = Counter(row[name] for row in rows if row[name])
        assert {code: n for code, n in told.items() if n} == counted
        assert counted.total() > 50 or name == "M1_101"


def test_response_rates_of_a_group_are_those_of_its_cells_together(tmp_path):
    columns = list(RATE_COLUMNS)
    cells = {
        ("BNV", "M1"): {"submitted": 8, "complete": 6, "partial": 1, "break_off": 1, "sent": 2, "refused": 1, "moved": 1},
        ("NHNN", "M1"): {"submitted": 4, "complete": 4, "partial": 0, "break_off": 0, "bounced": 4},
        ("TTCP", "M1"): {"submitted": 1, "sent": 90},  # the number alone left the box: in no rate
    }  # fmt: skip
    lines = [",".join(columns)]
    for (unit, group), told in cells.items():
        known = {"rated_unit": unit, "group": group} | told
        zero = [name for name in (*DISPOSITIONS, "submitted") if name not in known]
        lines.append(
            ",".join(str((known | dict.fromkeys(zero, 0)).get(name, "")) for name in columns)
        )
    (tmp_path / "rates.csv").write_text("\n".join(lines) + "\n")
    rates = group_rates(tmp_path / "rates.csv")["M1"]
    known = 12 + 1  # submitted and refused
    assert (rates.rr1, rates.rr2) == (10 / (known + 6), 11 / (known + 6))
    assert rates.e == known / (known + 1)
    assert (rates.rr5, rates.rr6) == (10 / known, 11 / known)
    assert rate_words(rates).startswith(f"AAPOR RR1 {10 / 19:.6f}, RR2 {11 / 19:.6f}, RR3 ")


def test_a_count_or_a_rate_that_the_rows_do_not_give_is_found(copy):
    changed(copy, r'(<catStat type="freq">)[0-9]+', r"\g<1>999")
    changed(copy, "AAPOR RR1 –", "AAPOR RR1 0.900000")
    faults = {(one.code, one.detail) for one in verify(relisted(copy))}
    assert faults == {("ddi_differs", "rated_unit"), ("ddi_differs", "respRate/M1")}
