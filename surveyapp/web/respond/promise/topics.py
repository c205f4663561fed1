"""How the promise is told to respondents: by topic, with the numbers of their campaign."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from surveyapp.campaigns.models import Campaign
from surveyapp.i18n import Lazy, gettext, lazy
from surveyapp.web.respond.promise import inspection
from surveyapp.web.respond.promise import sentences as said
from surveyapp.web.respond.promise.sentences import Sentence


@dataclass(frozen=True)
class Topic:
    """Sentences about one thing, in the order of the way an answer goes."""

    title: Lazy
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class ToldTopic:
    """A topic as one campaign's people read it: its title and its sentences with their tests."""

    title: str
    sentences: list[tuple[str, Sentence]]


TOPICS = (
    Topic(
        lazy("Khi đang trả lời"),
        (
            said.DRAFT_DEVICE,
            said.DRAFT_LOCKED,
            said.DRAFT_KEPT,
            said.DRAFT_SIZE,
            said.BUFFER_KEPT,
            said.BUFFER_GONE,
            said.DRAFT_SUBMITTED,
            said.DRAFT_END,
            said.LOG_SILENT,
        ),
    ),
    Topic(
        lazy("Khi nộp"),
        (said.BALLOT_SEALED, said.BALLOT_KEY_AWAY, said.BALLOT_TERMINAL, said.BALLOT_SIZE),
    ),
    Topic(lazy("Phiếu ghi gì"), (said.BALLOT_CONTENTS,)),
    Topic(lazy("Bên cạnh tên Ông/Bà"), (said.BESIDE_A_NAME, said.BESIDE_DAY, said.BESIDE_REFUSAL)),
    Topic(
        lazy("Đơn vị của Ông/Bà"),
        (said.DESK_COUNTS, said.DESK_YESTERDAY, said.DESK_NOBODY, said.DESK_MOHA),
    ),
    Topic(
        lazy("Khi mở hộp phiếu"),
        (
            said.OPEN_AFTER_CLOSE,
            said.OPEN_ONCE,
            said.OPEN_TWO,
            said.OPEN_ONE_IS_NOTHING,
            said.OPEN_SHUFFLED,
            said.OPEN_SMALL,
            said.RECEIPT,
        ),
    ),
    Topic(
        lazy("Khi công bố và về sau"),
        (
            said.OPEN_BOUND,
            said.PUBLIC_SMALL,
            said.REMARK_APART,
            said.REMARK_SCREENED,
            said.PEOPLE_ERASED,
        ),
    ),
)
LIMITS = Topic(lazy("Điều chúng tôi không bảo đảm được"), inspection.NOT_GUARANTEED)


def terms(campaign: Campaign) -> dict[str, int]:
    """The numbers of a campaign that sentences name."""
    return {
        "rows": campaign.row_minimum,
        "counts": campaign.count_minimum,
        "table": campaign.table_minimum,
    }


def told(campaign: Campaign, topics: Iterable[Topic], *, brief: bool = False) -> list[ToldTopic]:
    """What is true of this campaign, in the present language; only what is said in brief, or all."""
    numbers = terms(campaign)
    shown = [
        ToldTopic(str(topic.title), list(_true(campaign, topic.sentences, numbers, brief=brief)))
        for topic in topics
    ]
    return [topic for topic in shown if topic.sentences]


def against(campaign: Campaign) -> list[ToldTopic]:
    """For an inspector: the same by whom it is guaranteed against."""
    numbers = terms(campaign)
    return [
        ToldTopic(str(one.who), list(_true(campaign, one.sentences, numbers, brief=False)))
        for one in inspection.GUARANTEED
    ]


def _true(
    campaign: Campaign,
    sentences: Iterable[Sentence],
    numbers: Mapping[str, int],
    *,
    brief: bool,
) -> Iterable[tuple[str, Sentence]]:
    for one in sentences:
        if one.custody in ("", campaign.custody) and (one.brief or not brief):
            yield gettext(one.words.message, **numbers), one
