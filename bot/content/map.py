"""Draws the flow from the flow itself, so that the picture is never out of date: mermaid, or SVG that needs nothing.

Chapters stand side by side. A box shows a step's question in Welsh and in English and where each choice leads.
"""

from collections.abc import Iterator
from typing import Literal

from bot.content.catalogue import Catalogue
from bot.content.map_cards import Card, Exit
from bot.content.map_svg import draw_svg
from bot.content.paths import RESTART, RESUME
from bot.domain.flow import Flow, Step

_QUESTION = 44


def draw_map(flow: Flow, catalogue: Catalogue, format: Literal["mermaid", "svg"] = "mermaid") -> str:
    """The flow as text in that format."""
    cards = tuple(_card(flow, catalogue, step) for step in flow.steps.values())
    if format == "svg":
        return draw_svg(flow, catalogue, cards)
    return "\n".join(_mermaid(flow, cards)) + "\n"


def _card(flow: Flow, catalogue: Catalogue, step: Step) -> Card:
    asked = [branch.target for branch in (step.ask or (step.say[0] if step.say else ()))]
    address = asked[-1] if asked else None
    welsh, english = (_first_line(catalogue, language, address) for language in ("cy", "en"))
    return Card(step.name, step.chapter, welsh, english, tuple(_exits(catalogue, step)), step.end, step.entered_by)


def _first_line(catalogue: Catalogue, language: str, address: str | None) -> str:
    """The first line of a wording, placeholders shown by name; nothing when there is none yet."""
    entry = catalogue.entries(language).get(address or "")
    line = entry.strings[0].split("\n")[0] if entry else ""
    return line if len(line) <= 2 * _QUESTION else line[: 2 * _QUESTION - 1].rstrip() + "…"


def _exits(catalogue: Catalogue, step: Step) -> Iterator[Exit]:
    """Each way out once; ways that differ only by circumstances follow each other."""

    def said(language: str, address: str) -> str:
        return catalogue.text(language, address)

    ways = [(choice.label, target) for choice in step.choices for target in choice.go.targets()]
    for address, branches in (
        ("map.go", step.go),
        ("map.skip", step.skip),
        ("map.none_found", step.none_found),
        ("map.failed", step.failed),
    ):
        ways += [(address, target) for target in branches.targets()]
    for address, target in dict.fromkeys(ways):
        known = address in catalogue.addresses()
        welsh, english = (said(language, address) if known else address for language in ("cy", "en"))
        yield Exit(welsh, english, target)


def _mermaid(flow: Flow, cards: tuple[Card, ...]) -> Iterator[str]:
    yield "flowchart TD"
    for chapter in dict.fromkeys(card.chapter for card in cards):
        yield f"  subgraph {chapter}"
        for card in cards:
            if card.chapter == chapter:
                lines = [f"<b>{card.name}</b>", *(_plain(line) for line in (card.welsh, card.english) if line)]
                opening, closing = ("([", "])") if card.end else ("[", "]")
                yield f'    {card.name}{opening}"{"<br/>".join(lines)}"{closing}'
        yield "  end"
    for card in cards:
        by_target: dict[str, list[str]] = {}
        for way in card.exits:
            by_target.setdefault(way.target, []).append(way.english)
        for target, labels in by_target.items():
            yield f'  {card.name} -->|"{_plain(", ".join(dict.fromkeys(labels)))}"| {target}'
    for special in (RESUME, RESTART):
        if any(way.target == special for card in cards for way in card.exits):
            yield f'  {special}(("{special}"))'
    for command in flow.commands:
        for target in (*command.go.targets(), *filter(None, [command.visit])):
            yield f'  word_{command.name}>"{command.name}"] -.-> {target}'


def _plain(text: str) -> str:
    """Text as mermaid takes it between quotation marks."""
    return text.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace("\n", " ")
