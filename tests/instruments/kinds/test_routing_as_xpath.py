"""The form that is exported leads people where ours does: the converter's own XPath, evaluated on random answers."""

from collections.abc import Mapping
from random import Random

import pytest
from lxml import etree
from pyxform.xls2xform import convert

from surveyapp.instruments.freeze import freeze, thaw
from surveyapp.instruments.kinds.registry import kind_of
from surveyapp.instruments.model import Condition, Instrument, ShownIf, variable_name
from surveyapp.instruments.xlsform.reading import read_xlsform
from surveyapp.instruments.xlsform.writing import write_xlsform
from tests.instruments.forms import workbook
from tests.instruments.kinds.forms_of_kinds import ddci
from tests.instruments.test_xlsform_elsewhere import form
from tests.instruments.test_xlsform_rewriting import STATES, again, computed

XF = "{http://www.w3.org/2002/xforms}"


class Converted:
    """A form as the converter makes it, and what applies in it."""

    def __init__(self, content: bytes, folder, *, is_ours: bool = True) -> None:
        path = folder / "form.xlsx"
        path.write_bytes(content)
        made = convert(str(path), validate=False)
        assert not is_ours or made.warnings == []
        root = etree.fromstring(made.xform.encode())
        self.binds = [(bind.get("nodeset"), dict(bind.attrib)) for bind in root.iter(f"{XF}bind")]

    def applying(self, answers: Mapping[str, str]) -> set[str]:
        """The variables that are asked: what does not apply has no value for what comes after it."""
        data = etree.Element("data")
        hidden: set[str] = set()
        shown = set()
        for path, bind in self.binds:
            above = path.rsplit("/", 1)[0]
            relevant = bind.get("relevant")
            if above in hidden or (relevant and not self._true(data, relevant)):
                hidden.add(path)
                continue
            name = path.rsplit("/", 1)[1]
            shown.add(name)
            node = data
            for step in path.split("/")[2:]:
                child = node.find(step)
                node = etree.SubElement(node, step) if child is None else child
            if calculate := bind.get("calculate"):
                node.text = str(self._evaluated(data, f"string({calculate})"))
            else:
                node.text = answers.get(name, "") if len(node) == 0 else None
        return shown

    def _true(self, data, condition: str) -> bool:
        return bool(self._evaluated(data, f"boolean({condition})"))

    def _evaluated(self, data, expression: str):
        """XPath with what the field's apps add to it."""

        def text(given) -> str:
            if isinstance(given, list):
                return (given[0].text or "") if given else ""
            return given

        extensions = {
            (None, "selected"): lambda _, given, code: text(code) in text(given).split(),
            (None, "if"): lambda _, condition, one, other: text(one if condition else other),
            (None, "coalesce"): lambda _, one, other: text(one) or text(other),
            (None, "once"): lambda _, given: text(given),
        }
        return etree.ElementTree(data).xpath(expression, extensions=extensions)


def condition_on(items, chance: Random) -> Condition:
    item = chance.choice(items)
    kind = kind_of(item)
    codes = sorted(kind.conditions(item))
    asked = chance.choice(["codes"] * bool(codes) + ["answered"] + ["range"] * 2 * kind.is_number)
    if asked == "answered":
        return Condition(item=item.id, answered=True)
    if asked == "codes":
        named = tuple(chance.sample(codes, min(len(codes), 2)))
        return Condition(item=item.id, **{chance.choice(["codes", "without"]): named})
    low = chance.randrange(item.settings["least"], item.settings["most"])
    ends = chance.choice([(low, None), (None, low), (low, low + 50)])
    return Condition(item=item.id, least=ends[0], most=ends[1])


def routed(chance: Random) -> Instrument:
    """The form with other conditions on every question and section."""
    before: list = []
    sections = []
    for section in ddci().sections:
        given = {"shown_if": shown_if(before, chance)}
        items = []
        for item in section.items:
            items.append(item.model_copy(update={"shown_if": shown_if(before, chance)}))
            before.append(items[-1])
        sections.append(section.model_copy(update={"items": tuple(items), **given}))
    return ddci().model_copy(update={"sections": tuple(sections)})


def shown_if(before, chance: Random) -> ShownIf | None:
    if not before or chance.random() < 0.3:
        return None
    tests = tuple(condition_on(before, chance) for _ in range(chance.randint(1, 2)))
    return ShownIf(**{chance.choice(["any", "all"]): tests})


@pytest.mark.parametrize("seed", range(6))
def test_our_routing_and_the_converters_agree_on_whom_to_ask_what(seed, tmp_path):
    chance = Random(seed)
    instrument = ddci() if seed == 0 else routed(chance)
    converted = Converted(write_xlsform(thaw(instrument)), tmp_path)
    assert_agree(instrument, converted, chance)


def assert_agree(instrument: Instrument, converted: Converted, chance: Random) -> None:
    names = {variable_name(item.id): item for item in instrument.items}
    for _ in range(60):
        answers = {
            item.id: kind_of(item).play(item, chance, 1.0)
            for item in instrument.items
            if chance.random() < 0.8
        }
        given = {variable_name(id_): value for id_, value in answers.items()}
        ours = {variable_name(id_) for id_ in instrument.applying(answers)}
        assert converted.applying(given) & names.keys() == ours


BOX = [
    {"type": "acknowledge", "name": "k", "label": "I have read it."},
    {"type": "select_one zone", "name": "zone", "label": "Which zone?", "relevant": "${k} = 'OK'"},
    {"type": "select_one eastern", "name": "e", "label": "Which?", "relevant": "selected(${zone}, 'east')"},
    {"type": "text", "name": "why", "label": "Why?", "relevant": "${e} != '' and ${k} != ''"},
]  # fmt: skip
ELSEWHERE = {
    "nested if": computed("if(${zone} = 'east', ${e}, if(${zone}='west', ${w}, ''))"),
    "if": computed("if(${zone}='east', ${e}, ${w})", "selected(${state}, 'port')"),
    "coalesce": computed("coalesce(${e}, ${w})"),
    "one answer": computed("${zone}", "${state} = 'west'"),
    "number": computed("2", "${state} >= 2 and not(${state} = 3) and ${zone}='west'"),
    "words": computed("once('x')", "${state} = 'y' or ${zone} = 'west'"),
    "a box": BOX,
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_form_from_elsewhere_leads_people_where_the_converter_would(name, tmp_path):
    content = workbook({"survey": ELSEWHERE[name], "choices": STATES})
    converted = Converted(content, tmp_path, is_ours=False)
    instrument = freeze(read_xlsform(content, file="form.xlsx").questionnaire)
    names = {row["name"] for row in ELSEWHERE[name] if row["type"] != "calculate"}
    codes: dict[str, list[str]] = {"k": ["OK"], "why": [""]}
    for row in ELSEWHERE[name]:
        list_name = row["type"].removeprefix("select_one ")
        codes.setdefault(row["name"], [o["name"] for o in STATES if o["list_name"] == list_name])
    chance = Random(7)
    for _ in range(60):
        given = {one: chance.choice(["", *codes[one]]) for one in names}
        ours = {
            item.id: str(codes[one].index(given[one]) + 1)
            for item in instrument.items
            if given[one := item.id.lower()]
        }
        assert converted.applying(given) & names == {
            id_.lower() for id_ in instrument.applying(ours)
        }


@pytest.mark.parametrize("count", ["", "3", "${n}"])
def test_what_is_asked_again_goes_out_as_it_is_asked_here(count, tmp_path):
    number = {"type": "integer", "name": "n", "label": "How many?", "constraint": ". <= 4"}
    content = workbook(form(number, *again(repeat_count=count)))
    instrument = freeze(read_xlsform(content, file="form.xlsx").questionnaire)
    assert_agree(instrument, Converted(write_xlsform(thaw(instrument)), tmp_path), Random(3))


@pytest.mark.parametrize("seed", range(6))
def test_a_routed_form_goes_to_a_spreadsheet_and_back_without_loss(seed):
    written = thaw(routed(Random(100 + seed)))
    try:
        again = read_xlsform(write_xlsform(written), file="form.xlsx")
    except (
        Exception
    ) as refused:  # what nobody can reach is refused on the way back in, as in a file
        assert all("không câu trả lời nào" in fault.message for fault in refused.faults)
        return
    assert freeze(again.questionnaire).sha256 == freeze(written).sha256
