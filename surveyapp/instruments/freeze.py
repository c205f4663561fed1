"""From a questionnaire as written to the instrument people answer."""

from __future__ import annotations

from surveyapp.instruments.model import (
    Instrument,
    InstrumentItem,
    InstrumentSection,
    Item,
    Questionnaire,
    Scale,
    Section,
)


def freeze(questionnaire: Questionnaire) -> Instrument:
    """Write the options of every item out, so that nothing said later can change what was asked.

    The questionnaire must have been read without faults: a missing scale is a KeyError here.
    """
    scales = {scale.id: scale for scale in questionnaire.scales}
    return Instrument(
        code=questionnaire.code,
        version=questionnaire.version,
        status=questionnaire.status,
        title=questionnaire.title,
        introduction=questionnaire.introduction,
        minutes=questionnaire.minutes,
        sections=tuple(_section(section, scales) for section in questionnaire.sections),
        remark=questionnaire.remark,
    )


def thaw(instrument: Instrument) -> Questionnaire:
    """A questionnaire that freezes to this very instrument, its scales in the order of first use."""
    scales: dict[str, Scale] = {}
    for item in instrument.items:
        if not item.scale:
            continue
        scales.setdefault(item.scale, Scale(id=item.scale, best=item.best, options=item.options))
    content = instrument.model_dump(exclude={"sections"})
    sections = [
        Section(
            id=section.id,
            area=section.area,
            title=section.title,
            items=tuple(_thawed(item) for item in section.items),
            shown_if=section.shown_if,
        )
        for section in instrument.sections
    ]
    return Questionnaire.model_validate(
        {**content, "scales": list(scales.values()), "sections": sections}
    )


def _thawed(item: InstrumentItem) -> Item:
    content = item.model_dump(exclude={"best", "options"})
    return Item.model_validate(content | {"scale": item.scale or None})


def _section(section: Section, scales: dict[str, Scale]) -> InstrumentSection:
    return InstrumentSection(
        id=section.id,
        area=section.area,
        title=section.title,
        items=tuple(
            _item(item, scales[item.scale] if item.scale else None) for item in section.items
        ),
        shown_if=section.shown_if,
    )


def _item(item: Item, scale: Scale | None) -> InstrumentItem:
    return InstrumentItem(
        id=item.id,
        criterion=item.criterion,
        text=item.text,
        hint=item.hint,
        scale=scale.id if scale else "",
        best=scale.best if scale else "",
        options=scale.options if scale else (),
        dont_know=item.dont_know,
        kind=item.kind,
        settings=item.settings,
        shown_if=item.shown_if,
        matrix=item.matrix,
    )
