"""Which column could be what by its cells, where headings do not say: offered to a person, never taken."""

from collections.abc import Callable, Mapping, Sequence

from surveyapp.respondents.context import ListContext
from surveyapp.respondents.words.departments import index_for
from surveyapp.respondents.words.ditto_marks import is_ditto
from surveyapp.respondents.words.names import fold
from surveyapp.respondents.words.positions import is_position

_FAMILIES = frozenset(
    "nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh trinh mai dao lam truong "
    "cao ha luu luong ta tong quach chu thai to nong".split()
)


def guess(
    samples: Mapping[int, Sequence[str]], mapping: Mapping[str, int], context: ListContext
) -> dict[str, int]:
    """The mapping with columns added whose cells all look like what is missing. `samples` by index."""
    index = index_for(context)
    signs: dict[str, Callable[[str], bool]] = {
        "email": lambda cell: "@" in cell,
        "phone": _is_number,
        "full_name": _is_name,
        "department": lambda cell: (match := index.find(cell)) is not None and match.certain,
        "position": is_position,
    }
    guessed = dict(mapping)
    for column, looks_so in signs.items():
        if column in guessed or column not in context.columns:
            continue
        for place, found in samples.items():
            cells = [cell for cell in found if not is_ditto(cell)]
            if cells and place not in guessed.values() and all(map(looks_so, cells)):
                guessed[column] = place
                break
    return guessed


def _is_number(cell: str) -> bool:
    digits = sum(letter.isdigit() for letter in cell)
    return 9 <= digits <= 12 and not any(letter.isalpha() for letter in cell)


def _is_name(cell: str) -> bool:
    words = fold(cell).split()
    return 2 <= len(words) <= 6 and words[0] in _FAMILIES and not any(map(str.isdigit, cell))
