"""The map as SVG: no script, no font, no picture from anywhere else; every target is a link to its box."""

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise

from bot.content.catalogue import Catalogue
from bot.content.map_cards import Card
from bot.content.map_layout import Box, Layout, lay_out
from bot.domain.flow import Flow

_WIDTH, _PAD, _LINE, _HEAD = 330.0, 10.0, 16.0, 22.0
_LETTERS = 52
_MARGIN, _BETWEEN, _TOP = 30.0, 70.0, 120.0
# A step that more than this many others of its chapter lead to is reached by link: lines to it would hide the rest.
_CROWD = 5
_STYLE = """
text{font-family:Verdana,Arial,sans-serif;font-size:11px;fill:#212b32}
.chapter{font-size:22px;font-weight:bold}.title{font-size:28px;font-weight:bold}
.name{font-size:12px;font-weight:bold;fill:#fff}.cy{fill:#00401e;font-weight:bold}.en{fill:#212b32}
.box{fill:#fff;stroke:#768692}.head{fill:#005eb8}.end .head{fill:#4c6272}.door .head{fill:#7c2855}
.way{fill:#4c6272}a text{fill:#003087;text-decoration:underline}.line{fill:none;stroke:#768692;stroke-width:1.4}
.panel{fill:#f0f4f5;stroke:#d8dde0}
"""


def draw_svg(flow: Flow, catalogue: Catalogue, cards: "Sequence[Card]") -> str:
    """The whole map, chapters side by side: the one that starts, then the others from the longest to the shortest."""
    first = flow.steps[flow.start].chapter
    size = Counter(card.chapter for card in cards)
    chapters = sorted(size, key=lambda chapter: (chapter != first, -size[chapter], chapter))
    panels: list[tuple[str, Layout, list[Card]]] = []
    for chapter in chapters:
        own = [card for card in cards if card.chapter == chapter]
        panels.append((chapter, lay_out([_box(card) for card in own], _edges(own)), own))
    width = _MARGIN * 2 + sum(layout.width + _BETWEEN for _, layout, _ in panels)
    height = _MARGIN * 2 + _TOP + max(layout.height for _, layout, _ in panels)
    say = catalogue.text
    title = f"{say('cy', 'map.title')} / {say('en', 'map.title')}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-labelledby="map-title map-desc">',
        f'<title id="map-title">{escape(title)}</title>',
        f'<desc id="map-desc">{escape(say("cy", "map.about"))} {escape(say("en", "map.about"))}</desc>',
        f"<style>{_STYLE}</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="#768692"/></marker></defs>',
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fff"/>',
        f'<text class="title" x="{_MARGIN}" y="42">{escape(title)}</text>',
        *_words_anywhere(flow, catalogue),
    ]
    left = _MARGIN
    for chapter, layout, own in panels:
        parts += _panel(chapter, layout, own, left)
        left += layout.width + _BETWEEN
    return "\n".join([*parts, "</svg>", ""])


def _words_anywhere(flow: Flow, catalogue: Catalogue) -> Iterator[str]:
    x = _MARGIN
    for command in flow.commands:
        target = command.go.targets()[-1] if command.go else command.visit or ""
        words = [next(iter(catalogue.words(language, command.words)), command.name) for language in ("cy", "en")]
        label = " / ".join(dict.fromkeys(word.upper() for word in words))
        shown = f"{label} → {target}" if target else label
        text = f'<text x="{x:.0f}" y="68">{escape(shown)}</text>'
        yield _linked(target, text) if target else text
        x += 7.2 * len(shown) + 24


def _edges(own: "Sequence[Card]") -> Iterator[tuple[str, str]]:
    """Lines within a chapter, but for the steps that everything leads to."""
    names = {card.name for card in own}
    edges = {(card.name, way.target): None for card in own for way in card.exits if way.target in names}
    crowd = {target: sum(other == target != source for source, other in edges) for _, target in edges}
    return ((source, target) for source, target in edges if crowd[target] <= _CROWD)


def _question(card: Card) -> list[tuple[str, str]]:
    return [
        (language, line)
        for language, text in (("cy", card.welsh), ("en", card.english))
        for line in textwrap.wrap(text, _LETTERS)
    ]


def _box(card: Card) -> Box:
    rows = len(_question(card)) + len(card.exits)
    return Box(card.name, _WIDTH, _HEAD + rows * _LINE + _PAD + (6 if card.exits else 0))


def _panel(chapter: str, layout: Layout, own: "Sequence[Card]", left: float) -> Iterator[str]:
    yield (
        f'<rect class="panel" x="{left - 14:.0f}" y="{_TOP - 40:.0f}" width="{layout.width + 28:.0f}" '
        f'height="{layout.height + 60:.0f}" rx="8"/>'
    )
    yield f'<text class="chapter" x="{left:.0f}" y="{_TOP - 12:.0f}">{escape(chapter)}</text>'
    for points in layout.lines.values():
        yield _line([(x + left, y + _TOP) for x, y in points])
    for card in own:
        box = layout.boxes[card.name]
        yield from _card(card, box, left + box.x, _TOP + box.y)


def _line(points: Sequence[tuple[float, float]]) -> str:
    """A line that leaves downwards and arrives downwards, straight where it passes a row."""
    path = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for (x1, y1), (x2, y2) in pairwise(points):
        bend = (y2 - y1) / 2
        path.append(f"C{x1:.1f} {y1 + bend:.1f} {x2:.1f} {y2 - bend:.1f} {x2:.1f} {y2:.1f}")
    return f'<path class="line" marker-end="url(#tip)" d="{" ".join(path)}"/>'


def _card(card: Card, box: Box, x: float, y: float) -> Iterator[str]:
    kind = "end" if card.end else "door" if card.entered_by else "step"
    yield f'<g id="step-{card.name}" class="{kind}">'
    yield f'<rect class="box" x="{x:.1f}" y="{y:.1f}" width="{box.width}" height="{box.height}" rx="5"/>'
    yield f'<path class="head" d="M{x:.1f} {y + _HEAD:.1f}v-17a5 5 0 0 1 5-5h{box.width - 10}a5 5 0 0 1 5 5v17z"/>'
    yield f'<text class="name" x="{x + _PAD:.1f}" y="{y + 15:.1f}">{escape(card.name)}</text>'
    down = y + _HEAD + _LINE
    for language, line in _question(card):
        yield f'<text class="{language}" lang="{language}" x="{x + _PAD:.1f}" y="{down:.1f}">{escape(line)}</text>'
        down += _LINE
    down += 6
    for way in card.exits:
        label = way.english if way.welsh == way.english else f"{way.welsh} / {way.english}"
        target = f"→ {way.target}"
        room = _LETTERS - len(target) - 1
        label = label if len(label) <= room else label[: room - 1] + "…"
        yield f'<text class="way" x="{x + _PAD:.1f}" y="{down:.1f}">{escape(label)}</text>'
        text = f'<text x="{x + box.width - _PAD:.1f}" y="{down:.1f}" text-anchor="end">{escape(target)}</text>'
        yield _linked(way.target, text)
        down += _LINE
    yield "</g>"


def _linked(target: str, text: str) -> str:
    return f'<a href="#step-{escape(target)}">{text}</a>'
