"""The hazard log, from flows/safeguarding/hazards.yaml: what can go wrong for a parent, and what stands against it.

Severity, likelihood and the matrix of the two are those of DCB0129, the NHS's standard for the clinical safety of
health software. The figures are proposals until a clinical safety officer has set them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from bot.content.faults import ContentRefused
from bot.content.reading import Document, read_document
from bot.content.shapes import Reviewed, Strict, shape_faults

SEVERITIES = ("minor", "significant", "considerable", "major", "catastrophic")
LIKELIHOODS = ("very_low", "low", "medium", "high", "very_high")
Severity = Literal["minor", "significant", "considerable", "major", "catastrophic"]
Likelihood = Literal["very_low", "low", "medium", "high", "very_high"]
# By likelihood, then by severity, both from the least.
_MATRIX = ((1, 1, 2, 2, 3), (1, 2, 2, 3, 4), (2, 2, 3, 3, 4), (2, 3, 3, 4, 5), (3, 4, 4, 5, 5))
NOT_ACCEPTABLE = 4


class Estimate(Strict):
    """How bad, and how likely."""

    severity: Severity
    likelihood: Likelihood

    @property
    def risk(self) -> int:
        """1 (acceptable) to 5 (never acceptable)."""
        return _MATRIX[LIKELIHOODS.index(self.likelihood)][SEVERITIES.index(self.severity)]


class Control(Strict):
    """One thing that stands against a hazard, and the tests that prove it: tests/file.py::test_name."""

    what: str = Field(min_length=1)
    tests: tuple[str, ...] = Field(min_length=1)


class Hazard(Strict):
    """One hazard. `initial` is the estimate without the controls, `residual` with them."""

    name: str
    cause: str
    effect: str
    initial: Estimate
    controls: tuple[Control, ...] = Field(min_length=1)
    not_controlled: str
    residual: Estimate


class _HazardsFile(Strict):
    owner: str
    reviewed: Reviewed
    hazards: dict[str, Hazard] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class HazardLog:
    """The log as read. `reviewed` is None until a clinical safety officer has."""

    owner: str
    reviewed: date | None
    hazards: Mapping[str, Hazard]
    document: Document

    def controls(self) -> Iterator[tuple[str, int, Control]]:
        """Every control with its hazard's id and its line."""
        for key, hazard in self.hazards.items():
            for number, control in enumerate(hazard.controls):
                yield key, self.document.line("hazards", key, "controls", number), control


def read_hazards(flows: Path) -> HazardLog:
    """The hazard log of `flows`; raises `ContentRefused` with every fault."""
    document = read_document(flows / "safeguarding" / "hazards.yaml")
    try:
        read = _HazardsFile.model_validate(document.data)
    except ValidationError as refused:
        raise ContentRefused(shape_faults(document, refused)) from None
    faults = [
        document.fault(f"{key}: with its controls the risk is higher than without them.", "hazards", key, "residual")
        for key, hazard in read.hazards.items()
        if hazard.residual.risk > hazard.initial.risk
    ]
    if faults:
        raise ContentRefused(faults)
    return HazardLog(read.owner, read.reviewed, read.hazards, document)


def hazards_page(log: HazardLog) -> str:
    """The log as a page of plain text for a clinical safety officer."""
    reviewed = f"reviewed {log.reviewed}" if log.reviewed else "NOT REVIEWED YET: every estimate is a proposal"
    left = [key for key, hazard in log.hazards.items() if hazard.residual.risk >= NOT_ACCEPTABLE]
    lines = [
        f"HAZARD LOG. Owner: {log.owner}. {reviewed}.",
        f"Risk from 1 to 5. With all controls still NOT ACCEPTABLE YET: {', '.join(left) or 'none'}",
    ]
    for key, hazard in log.hazards.items():
        lines += [
            "",
            f"{key}  {hazard.name}",
            f"  cause     {hazard.cause}",
            f"  effect    {hazard.effect}",
            f"  initial   {_spoken(hazard.initial)}",
        ]
        for control in hazard.controls:
            lines.append(f"  control   {control.what}")
            lines += [f"              {test}" for test in control.tests]
        lines += [f"  left      {hazard.not_controlled}", f"  residual  {_spoken(hazard.residual)}"]
    return "\n".join(lines) + "\n"


def _spoken(estimate: Estimate) -> str:
    return f"{estimate.severity}, {estimate.likelihood.replace('_', ' ')} likelihood: risk {estimate.risk}"
