"""The description for archives against DDI-Codebook 2.5: our own table of what it may hold, or the XSD.

The official schema is not shipped (LGPL); `ORDER` states the order and number that it asks of the elements a
release uses, so that every receiver can check them (stricter in one place: the parts of a question stand in their
order). Who has `codebook.xsd` checks by it with `schema_faults`.
"""

import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree as ET

from .faults import ReleaseFault

PATH = "documentation/ddi.xml"
NAMESPACE = "{ddi:codebook:2_5}"
XML = "{http://www.w3.org/XML/1998/namespace}"
ONE, SOME, MAYBE, ANY = (1, 1), (1, None), (0, 1), (0, None)
"""How often a child stands there: least and most."""

Children = dict[str, tuple[int, int | None]]

ORDER: dict[str, Children] = {
    "codeBook": {"docDscr": ANY, "stdyDscr": SOME, "fileDscr": ANY, "dataDscr": ANY, "otherMat": ANY},
    "stdyDscr": {"citation": SOME, "stdyInfo": ANY, "method": ANY, "dataAccs": ANY},
    "citation": {"titlStmt": ONE, "rspStmt": MAYBE, "prodStmt": MAYBE, "distStmt": MAYBE},
    "titlStmt": {"titl": ONE, "subTitl": ANY, "altTitl": ANY, "parTitl": ANY, "IDNo": ANY},
    "rspStmt": {"AuthEnty": ANY, "othId": ANY},
    "prodStmt": {"producer": ANY, "prodDate": ANY, "prodPlac": ANY, "software": ANY, "fundAg": ANY},
    "distStmt": {"distrbtr": ANY, "contact": ANY, "depositr": ANY, "depDate": ANY, "distDate": ANY},
    "stdyInfo": {"subject": ANY, "abstract": ANY, "sumDscr": ANY},
    "subject": {"keyword": ANY, "topcClas": ANY},
    "sumDscr": {
        "timePrd": ANY, "collDate": ANY, "nation": ANY, "geogCover": ANY, "geogUnit": ANY, "anlyUnit": ANY,
        "universe": ANY, "dataKind": ANY,
    },
    "method": {"dataColl": ANY, "notes": ANY, "anlyInfo": MAYBE},
    "dataColl": {
        "timeMeth": ANY, "dataCollector": ANY, "frequenc": ANY, "sampProc": ANY, "sampleFrame": ANY, "deviat": ANY,
        "collMode": ANY, "resInstru": ANY, "collSitu": ANY, "actMin": ANY, "weight": ANY, "cleanOps": ANY,
    },
    "sampleFrame": {"labl": ANY, "txt": ANY},
    "anlyInfo": {"respRate": ANY, "EstSmpErr": ANY, "dataAppr": ANY},
    "dataAccs": {"setAvail": ANY, "useStmt": ANY, "notes": ANY},
    "setAvail": {"accsPlac": ANY, "origArch": ANY, "avlStatus": ANY, "collSize": ANY, "complete": ANY},
    "useStmt": {
        "confDec": ANY, "specPerm": ANY, "restrctn": ANY, "contact": ANY, "citReq": ANY, "deposReq": ANY,
        "conditions": ANY, "disclaimer": ANY,
    },
    "fileDscr": {"fileTxt": ANY, "locMap": MAYBE, "notes": ANY},
    "fileTxt": {
        "fileName": MAYBE, "fileCont": MAYBE, "dimensns": MAYBE, "fileType": MAYBE, "format": MAYBE,
    },
    "dimensns": {"caseQnty": ANY, "varQnty": ANY},
    "dataDscr": {"varGrp": ANY, "var": ANY, "notes": ANY},
    "var": {
        "labl": ANY, "qstn": ANY, "valrng": ANY, "universe": ANY, "sumStat": ANY, "txt": ANY, "catgry": ANY,
        "codInstr": ANY, "concept": ANY, "derivation": MAYBE, "varFormat": MAYBE, "notes": ANY,
    },
    "qstn": {"preQTxt": ANY, "qstnLit": ANY, "postQTxt": ANY},
    "catgry": {"catValu": MAYBE, "labl": ANY, "txt": ANY, "catStat": ANY},
}  # fmt: skip
"""Children in their order; an element that is not named here holds text only."""

ALLOWED: dict[str, dict[str, set[str] | None]] = {
    "codeBook": {"version": {"2.5"}},
    "timePrd": {"date": None, "event": {"start", "end", "single"}},
    "collDate": {"date": None, "event": {"start", "end", "single"}},
    "software": {"version": None},
    "nation": {"abbr": None},
    "var": {"name": None, "files": None, "intrvl": {"contin", "discrete"}},
    "catgry": {"missing": {"Y", "N"}},
    "catStat": {"type": {"freq"}},
    "sumStat": {"type": {"vald", "invd"}},
    "varFormat": {"type": {"numeric", "character"}},
}
"""Attributes besides `ID` and `xml:lang`, with the values they may have; None is any."""


def ddi_faults(folder: Path) -> Iterator[ReleaseFault]:
    """Every element that stands where DDI-Codebook 2.5 does not allow it, by `ORDER` and `ALLOWED`."""
    if not (folder / PATH).is_file():
        return
    try:
        root = ET.parse(folder / PATH).getroot()  # noqa: S314  no entity is resolved from outside
    except ET.ParseError as error:
        yield ReleaseFault(PATH, "ddi_shape", str(error))
        return
    if root.tag != f"{NAMESPACE}codeBook":
        yield ReleaseFault(PATH, "ddi_shape", root.tag)
        return
    ids: set[str] = set()
    for element in root.iter():
        yield from _faults(element, ids)
    for variable in root.iter(f"{NAMESPACE}var"):
        for reference in variable.get("files", "").split():
            if reference not in ids:
                yield ReleaseFault(PATH, "ddi_shape", f"var/@files: {reference}")


def _faults(element: ET.Element, ids: set[str]) -> Iterator[ReleaseFault]:
    tag = element.tag.removeprefix(NAMESPACE)
    children = [child.tag.removeprefix(NAMESPACE) for child in element]
    order = ORDER.get(tag, {})
    places = [list(order).index(child) if child in order else -1 for child in children]
    for child, position in zip(children, places, strict=True):
        if position < 0:
            yield ReleaseFault(PATH, "ddi_shape", f"{tag}/{child}")
    if places != sorted(places):
        yield ReleaseFault(PATH, "ddi_shape", f"{tag}: {' '.join(dict.fromkeys(children))}")
    for child, (least, most) in order.items():
        if children.count(child) < least or (most is not None and children.count(child) > most):
            yield ReleaseFault(PATH, "ddi_shape", f"{tag}: {children.count(child)} × {child}")
    yield from _attribute_faults(element, tag, ids)


def _attribute_faults(element: ET.Element, tag: str, ids: set[str]) -> Iterator[ReleaseFault]:
    allowed = ALLOWED.get(tag, {})
    for name, value in element.attrib.items():
        if name == "ID":
            if value in ids or not value.replace("_", "a").replace("-", "a").isalnum():
                yield ReleaseFault(PATH, "ddi_shape", f"{tag}/@ID: {value}")
            ids.add(value)
        elif name != f"{XML}lang":
            values = allowed.get(name)
            if name not in allowed or (values is not None and value not in values):
                yield ReleaseFault(PATH, "ddi_shape", f"{tag}/@{name}: {value}")
    if tag == "var" and not element.get("name"):
        yield ReleaseFault(PATH, "ddi_shape", "var/@name")


class NoValidator(Exception):
    """Neither the library lxml nor the program xmllint is there to read an XSD."""


def schema_faults(folder: Path, schema: Path) -> list[ReleaseFault]:
    """What the official schema finds; `schema` is `codebook.xsd` with those it imports beside it.

    Raises `NoValidator` without lxml and xmllint.
    """
    if find_spec("lxml") is not None:
        return _by_lxml(folder, schema)
    program = shutil.which("xmllint")
    if program is None:
        raise NoValidator
    asked = [program, "--noout", "--nonet", "--schema", str(schema), str(folder / PATH)]
    done = subprocess.run(asked, capture_output=True, text=True)  # noqa: S603  no shell
    if done.returncode == 0:
        return []
    return [ReleaseFault(PATH, "ddi_schema", line) for line in done.stderr.splitlines()[:-1][:100]]


def _by_lxml(folder: Path, schema: Path) -> list[ReleaseFault]:
    from lxml import etree  # type: ignore[import-untyped]

    try:
        checker = etree.XMLSchema(etree.parse(str(schema)))
        document = etree.parse(str(folder / PATH))
    except (etree.LxmlError, OSError) as error:
        return [ReleaseFault(PATH, "ddi_schema", str(error))]
    checker.validate(document)
    return [
        ReleaseFault(PATH, "ddi_schema", f"{one.line}: {one.message}")
        for one in checker.error_log[:100]
    ]
