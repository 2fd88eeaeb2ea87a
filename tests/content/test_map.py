"""The map is drawn from the flow, whole, and needs nothing from anywhere else."""

import re
from itertools import combinations
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.catalogue import Catalogue, load_catalogue
from bot.content.library import load_library
from bot.content.map import draw_map
from bot.content.map_layout import Box, lay_out
from bot.domain.flow import Flow
from tests.content.little_world import SHIPPED

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def flow() -> Flow:
    """The shipped flow."""
    return load_library(SHIPPED / "flows").flow


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The shipped words."""
    return load_catalogue(SHIPPED / "locales")


@pytest.fixture(scope="module")
def svg(flow: Flow, catalogue: Catalogue) -> str:
    """The shipped flow as SVG."""
    return draw_map(flow, catalogue, "svg")


def test_every_step_and_every_way_out_is_in_the_svg(flow: Flow, svg: str) -> None:
    root = ElementTree.fromstring(svg)
    drawn = {group.get("id") for group in root.iter(f"{SVG}g")}
    assert drawn == {f"step-{name}" for name in flow.steps}
    for group in root.iter(f"{SVG}g"):
        step = flow.steps[str(group.get("id")).removeprefix("step-")]
        links = {str(link.get("href")).removeprefix("#step-") for link in group.iter(f"{SVG}a")}
        assert links == {target for _, target in step.edges()}


def test_the_svg_has_a_title_a_description_and_both_languages(svg: str, catalogue: Catalogue) -> None:
    root = ElementTree.fromstring(svg)
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    for language in ("cy", "en"):
        assert catalogue.text(language, "map.title") in str(title.text)
        assert catalogue.text(language, "map.about") in str(description.text)
    assert {text.get("class") for text in root.iter(f"{SVG}text")} >= {"cy", "en"}


def test_the_svg_reaches_for_nothing_outside(svg: str) -> None:
    assert re.findall(r"https?://[^\"']+", svg) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<script|<image|@import|url\((?!#)|<foreignObject|\son\w+=", svg)


def test_words_with_signs_are_written_safely(flow: Flow) -> None:
    class Odd(Catalogue):
        def text(self, *args: object, **kwargs: object) -> str:
            return '<b>"&#'

    svg = draw_map(flow, Odd({"cy": {}, "en": {}}), "svg")
    ElementTree.fromstring(svg)


def test_every_step_and_every_way_out_is_in_the_mermaid(flow: Flow, catalogue: Catalogue) -> None:
    drawn = draw_map(flow, catalogue)
    assert drawn.startswith("flowchart TD\n")
    arrows = set(re.findall(r'^  (\w+) -->\|"[^"]*"\| (\w+)$', drawn, re.MULTILINE))
    assert arrows == {(step.name, target) for step in flow.steps.values() for _, target in step.edges()}
    boxes = re.findall(r'^    (\w+)\(?\["<b>\w+</b>[^"]*"\]\)?$', drawn, re.MULTILINE)
    assert sorted(boxes) == sorted(flow.steps)
    assert "self_referral" in re.findall(r"^  subgraph (\w+)$", drawn, re.MULTILINE)


NAMES = st.integers(0, 14).map(str)


@given(st.lists(NAMES, min_size=1, max_size=15, unique=True), st.lists(st.tuples(NAMES, NAMES), max_size=40))
def test_no_two_boxes_overlap_and_lines_go_down(names: list[str], edges: list[tuple[str, str]]) -> None:
    layout = lay_out([Box(name, 100, 20 + 7 * int(name)) for name in names], edges)
    assert set(layout.boxes) == set(names)
    for one, other in combinations(layout.boxes.values(), 2):
        apart = one.x + one.width <= other.x or other.x + other.width <= one.x
        assert apart or one.y + one.height <= other.y or other.y + other.height <= one.y
    for (source, target), points in layout.lines.items():
        assert (source, target) in edges
        assert [y for _, y in points] == sorted(y for _, y in points)
        assert points[0][1] == layout.boxes[source].y + layout.boxes[source].height
        assert points[-1][1] == layout.boxes[target].y
    for box in layout.boxes.values():
        assert 0 <= box.x <= layout.width - box.width
        assert 0 <= box.y <= layout.height - box.height
