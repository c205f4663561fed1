"""What synthetic people tick: the better half of every scale, at whichever end its best option stands."""

from statistics import mean

import pytest

from surveyapp.campaigns.pack.reading import read_pack
from surveyapp.config import PROJECT
from surveyapp.demo.behaviour import Behaviour
from surveyapp.instruments.kinds.registry import kind_of
from surveyapp.instruments.model import Instrument
from surveyapp.responses import rules


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    """One that asks every kind of question."""
    [instrument] = read_pack(PROJECT / "questionnaires" / "ddci-pilot").instruments.values()
    return instrument


def turned(instrument: Instrument) -> Instrument:
    """The same with every scale written the other way round; what is best stays best."""
    parts = [
        part.model_copy(
            update={
                "items": tuple(
                    item.model_copy(update={"options": item.options[::-1]}) for item in part.items
                )
            }
        )
        for part in instrument.sections
    ]
    return instrument.model_copy(update={"code": "turned", "sections": tuple(parts)})


def test_a_scale_is_answered_towards_its_best_option_whichever_end_that_stands_at(instrument):
    behaviour = Behaviour("tiny", days=[0], willingness=1)
    for form in (instrument, turned(instrument)):
        answers = [behaviour.answers(form, f"unit {n}", 1) for n in range(80)]
        assert all(rules.clean(form, id_, value) for one in answers for id_, value in one.items())
        scales = [item for item in form.items if kind_of(item).scores(item)]
        scored = [
            mean(worth[one[item.id]] for one in answers if one.get(item.id) in worth)
            for item in scales
            if (worth := kind_of(item).scores(item))[item.options[0].code] in (0, 100)
            and worth[item.options[-1].code] in (0, 100)
            and len(set(worth.values())) == len(worth)
        ]
        assert len(scored) >= 2
        assert min(scored) > 50
