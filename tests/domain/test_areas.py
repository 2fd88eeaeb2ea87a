"""Where a parent lives: every way people write it, and nothing of it but the area."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.directory import load_atlas
from bot.domain.areas import ELSEWHERE

ATLAS = load_atlas(Path(__file__).parents[2] / "flows")
B, M, R = "bridgend", "merthyr_tydfil", "rhondda_cynon_taf"
CAERPHILLY, NEATH, CARDIFF = "caerphilly", "neath_port_talbot", "cardiff"
# The table of the brief, code by code.
CODES = {
    **{code: {B} for code in ("CF31", "CF32", "CF33", "CF34", "CF35", "CF36")},
    "CF37": {R, CAERPHILLY},
    **{code: {R} for code in ("CF38", "CF40", "CF41", "CF42", "CF43", "CF45")},
    "CF39": {R, B},
    "CF44": {R, M, NEATH},
    **{code: {M, CAERPHILLY} for code in ("CF46", "CF48")},
    "CF47": {M},
    "CF72": {R, B, CARDIFF},
}


def test_the_outward_codes_are_those_of_the_brief_and_no_others() -> None:
    assert {code.upper(): set(areas) for code, areas in ATLAS.outward.items()} == CODES
    assert ATLAS.served == (B, M, R)


@pytest.mark.parametrize(
    "form", ["{code}", "{lower}", "{code} 1AA", "{code}1AA", "my postcode is {code} 9zz", "{apart}"]
)
@pytest.mark.parametrize("code", sorted(CODES))
def test_every_way_to_write_a_code_means_the_same(code: str, form: str) -> None:
    text = form.format(code=code, lower=code.lower(), apart=f"{code[:2]} {code[2:]}")
    assert set(ATLAS.find(text)) == CODES[code]


@pytest.mark.parametrize("text", ["SA1 1AA", "CF10", "NP44 2ab", "sw1a 1aa", "CF3 1AA"])
def test_a_code_that_is_none_of_ours_is_elsewhere(text: str) -> None:
    assert ATLAS.find(text) == (ELSEWHERE,)


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("Pontypridd", R), ("ponty", R), ("ym Mhontypridd", R), ("o Bontypridd", R), ("Aberdâr", R), ("Aberdare", R),
        ("yn Aberdar", R), ("Y Porth", R), ("porth", R), ("Treorci", R), ("Treorchy", R), ("Mountain Ash", R),
        ("Aberpennar", R), ("Pentre'r Eglwys", R), ("pentre’r eglwys", R), ("Ferndale", R), ("Glynrhedynog", R),
        ("Ynysybwl", R), ("Ynys-y-bwl", R), ("I live in Miskin", R), ("Taffs well", R), ("TONYPANDY", R),
        ("Merthyr", M), ("Merthyr Tudful", M), ("ym Merthyr", M), ("Troedyrhiw", M),
        ("Troed-y-rhiw", M), ("Dowlais", M),
        ("y gurnos", M), ("Quakers Yard", M), ("mynwent y crynwyr", M),
        ("Porthcawl", B), ("ym Mhorthcawl", B), ("Maesteg", B), ("o Faesteg", B), ("ym Maesteg", B),
        ("Pen-y-bont ar Ogwr", B), ("ym Mhen-y-bont", B), ("penybont", B), ("Nantymoel", B), ("Nant-y-moel", B),
        ("Y Pîl", B), ("pyle", B), ("Merthyr Mawr", B), ("12 Heol y Bont, Maesteg", B), ("near the M4 in Pencoed", B),
    ],
)  # fmt: skip
def test_towns_and_villages_in_both_spellings_and_mutated(text: str, area: str) -> None:
    assert ATLAS.find(text) == (area,)


@pytest.mark.parametrize(
    ("text", "area"),
    [("Pontyprid", R), ("pontypirdd", R), ("maestag", B), ("brigend", B), ("Porthcall", B), ("abberdare", R),
     ("merthry", M), ("tonypandi", R), ("CF3l", B), ("cf4O", R)],
)  # fmt: skip
def test_slips_of_the_thumb(text: str, area: str) -> None:
    assert ATLAS.find(text) == (area,)


@pytest.mark.parametrize(
    "text", ["the moon", "hello", "no", "yes please", "what?", "", "   ", "mum", "somewhere", "x" * 5000]
)
def test_what_is_no_place_is_none(text: str) -> None:
    assert ATLAS.find(text) == ()


@pytest.mark.parametrize(
    ("text", "areas"),
    [("Caerau", {B, CARDIFF}), ("Cymmer", {R, NEATH}), ("Thomastown", {M, R}), ("Merthyr or Pontypridd", {M, R})],
)
def test_a_name_in_two_areas_gives_both(text: str, areas: set[str]) -> None:
    assert set(ATLAS.find(text)) == areas


@pytest.mark.parametrize(
    ("text", "area"),
    [("Cardiff", CARDIFF), ("yng Nghaerdydd", CARDIFF), ("Caerffili", CAERPHILLY), ("Abertawe", ELSEWHERE)],
)
def test_neighbours_are_known_by_name(text: str, area: str) -> None:
    assert ATLAS.find(text) == (area,)


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("CF44 Hirwaun", R), ("hirwaun cf44", R), ("CF44 0AA, Aberdâr", R), ("CF46, Treharris", M),
        ("CF72 Llantrisant", R), ("cf72 pencoed", B), ("y Porth, CF39", R), ("CF37 Cilfynydd", R),
    ],
)  # fmt: skip
def test_a_place_beside_a_code_that_lies_in_several_areas_says_which(text: str, area: str) -> None:
    assert ATLAS.find(text) == (area,)


def test_a_place_that_does_not_lie_where_the_code_does_leaves_the_question_open() -> None:
    assert set(ATLAS.find("CF44 Porthcawl")) == {R, M, NEATH}


@given(st.text(max_size=400))
def test_no_text_is_too_strange(text: str) -> None:
    assert set(ATLAS.find(text)) <= {*ATLAS.areas, ELSEWHERE}
