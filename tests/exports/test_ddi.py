"""The description for archives stands in the order of DDI-Codebook 2.5, and an XSD can be asked as well."""

import re

import pytest

from surveyapp.exports.verify import ddi
from tests.exports.test_release import writable

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
        (r"(<catgry>.*?)(<concept>[^<]*</concept>)", r"\2\1", "var: labl qstn universe concept catgry varFormat"),
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
