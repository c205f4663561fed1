"""The linter over a whole pack, with file and line, and over a loaded campaign's questionnaire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surveyapp.campaigns.errors import PackRefused
from surveyapp.campaigns.pack.reading import CampaignFile, read_pack
from surveyapp.db import thawed
from surveyapp.i18n import locale
from surveyapp.instruments.errors import Fault
from surveyapp.instruments.freeze import freeze
from surveyapp.instruments.lint.check import LintException, excuse, lint, unused
from surveyapp.instruments.lint.findings import LintFinding
from surveyapp.instruments.model import Instrument
from surveyapp.instruments.reading import check_questionnaire
from surveyapp.instruments.yaml_document import YamlDocument, read_document


@dataclass(frozen=True)
class Located:
    """A finding with the file of the pack and the line (from 1) that it is about."""

    file: str
    line: int
    finding: LintFinding

    def to_json(self) -> dict[str, Any]:
        """For a program."""
        finding = self.finding
        return {
            "file": self.file,
            "line": self.line,
            "place": finding.place,
            "rule": finding.rule,
            "severity": finding.severity,
            "why": finding.why,
            "remedy": finding.remedy,
            "excuse": finding.excuse,
        }


def lint_pack(folder: Path) -> list[Located]:
    """Every finding of every questionnaire in the pack; what makes it no sound pack are errors too."""
    located = [_fault(fault) for fault in _faults(folder)]
    exceptions = _exceptions(folder)
    files = sorted((folder / "questionnaires").glob("*.yaml"))
    findings = [one for path in files for one in lint_file(path, exceptions)]
    located += findings
    campaign, _broken = read_document(folder / "campaign.yaml", name="campaign.yaml")
    if campaign is not None:
        located += [
            Located("campaign.yaml", campaign.line(("lint", position, "places")), finding)
            for position, finding in unused([one.finding for one in findings], exceptions)
        ]
    return located


def lint_file(path: Path, exceptions: Sequence[LintException] = ()) -> list[Located]:
    """The findings of one questionnaire file of a pack; nothing where it is no sound questionnaire."""
    document, _broken = read_document(path, name=f"questionnaires/{path.name}")
    questionnaire, wrong = check_questionnaire(document) if document else (None, [])
    if document is None or questionnaire is None or wrong:
        return []
    instrument = freeze(questionnaire)
    findings = excuse(lint(instrument), exceptions, language=locale())
    return [Located(document.file, _line(document, instrument, each), each) for each in findings]


def lint_loaded(instrument: Instrument, settings: Mapping[str, Any]) -> list[LintFinding]:
    """The findings of a loaded campaign's questionnaire; exceptions are those of its pack.

    The rules run once per process for each state of a questionnaire.
    """
    exceptions = [LintException.model_validate(each) for each in thawed(settings.get("lint", []))]
    findings = _known.get(instrument.sha256)
    if findings is None:
        findings = _known[instrument.sha256] = lint(instrument)
    return excuse(findings, exceptions, language=locale())


def _faults(folder: Path) -> Sequence[Fault]:
    try:
        read_pack(folder)
    except PackRefused as refused:
        return refused.faults
    return ()


def _fault(fault: Fault) -> Located:
    finding = LintFinding("file", fault.place, facts={"message": fault.message})
    return Located(fault.file, fault.line, finding)


def _exceptions(folder: Path) -> Sequence[LintException]:
    document, _broken = read_document(folder / "campaign.yaml", name="campaign.yaml")
    campaign = document.validate(CampaignFile)[0] if document else None
    return campaign.lint if campaign else ()


def _line(document: YamlDocument, instrument: Instrument, finding: LintFinding) -> int:
    """The line of the finding; one about a scale stands where the scale is written."""
    code, dot, scale = finding.place.partition(".")
    if dot and code == instrument.code:
        for path, written in document.maps("scales"):
            if written.get("id") == scale:
                return document.line(path)
    return document.line(finding.path)


def counted(located: Sequence[Located]) -> Iterator[tuple[str, int]]:
    """How many findings without an excuse there are, by severity."""
    for severity in ("error", "warning", "note"):
        open_ = [
            one for one in located if one.finding.severity == severity and not one.finding.excuse
        ]
        yield severity, len(open_)


_known: dict[str, list[LintFinding]] = {}
