"""What the cleaning rules of a pack name must be in the pack."""

from collections.abc import Iterator, Mapping
from typing import Any

from surveyapp.i18n import _
from surveyapp.instruments.errors import Fault
from surveyapp.instruments.reading import items_of
from surveyapp.instruments.yaml_document import YamlDocument


def check_cleaning(
    campaign: YamlDocument, questionnaires: Mapping[str, YamlDocument]
) -> Iterator[Fault]:
    """Rules with one id, and groups and items that no questionnaire of the campaign has."""
    groups = {group.get("code") for group in _maps(campaign.root.get("groups"))}
    items = {
        item.get("id") for document in questionnaires.values() for _path, item in items_of(document)
    }
    seen: dict[Any, int] = {}
    for n, rule in enumerate(_maps(campaign.root.get("cleaning"))):
        at = ("cleaning", n)
        if rule.get("id") in seen:
            message = _("đã dùng ở dòng %(line)s", line=seen[rule.get("id")])
            yield campaign.fault((*at, "id"), message)
        seen.setdefault(rule.get("id"), campaign.line((*at, "id")))
        for group in rule.get("groups") or ():
            if group not in groups:
                yield campaign.fault((*at, "groups"), _("không có nhóm %(code)s", code=group))
        for m, pair in enumerate(_maps(rule.get("pairs"))):
            for half in ("first", "second"):
                asked = pair.get(half)
                name = asked.get("item") if isinstance(asked, dict) else None
                if name is not None and name not in items:
                    message = _("không có câu hỏi %(item)s", item=name)
                    yield campaign.fault((*at, "pairs", m, half, "item"), message)


def _maps(written: Any) -> list[dict[str, Any]]:
    return [one for one in written if isinstance(one, dict)] if isinstance(written, list) else []
