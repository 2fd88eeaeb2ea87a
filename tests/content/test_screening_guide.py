"""flows/safeguarding/README.md, sentence by sentence: each numbered rule is shown on the shipped lexicon."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from bot.content.lexicon_files import CATEGORIES, load_lexicon
from bot.domain.finding import cover, meant_by
from bot.domain.impression import Impressions
from bot.domain.pieces import add_later
from bot.domain.resemblance import Points
from bot.domain.screening import LEVELS, RESEMBLES, screen, screen_after
from bot.domain.units import find_units

FLOWS = Path(__file__).parents[2] / "flows"
LEXICON = load_lexicon(FLOWS)
GUIDE = (FLOWS / "safeguarding" / "README.md").read_text(encoding="utf-8")
Check = Callable[[], None]
_shown: dict[int, list[Check]] = {}


def sentence(number: int) -> Callable[[Check], Check]:
    """Marks a check as showing the guide's rule of that number."""

    def keep(check: Check) -> Check:
        _shown.setdefault(number, []).append(check)
        return check

    return keep


def level(text: str) -> str:
    return screen(text, LEXICON).level


def rules(text: str) -> set[str]:
    return {match.rule for match in screen(text, LEXICON).matches}


def same(first: str, *others: str) -> None:
    assert level(first) != "none", first
    for other in others:
        assert (level(other), rules(other)) == (level(first), rules(first)), other


@sentence(1)
def capitals_accents_apostrophes_spaces_and_look_alikes() -> None:
    same("I don't want to live", "I DONT WANT TO LIVE", "i don’t   want\tto  live", "i d\u200bont want to l\u0456ve")
    same("mae'r gŵr yn fy nharo i", "mae'r gwr yn fy nharo i", "MAER GŴR YN FY NHARO I")


@sentence(2)
def welsh_words_in_their_forms() -> None:
    same("dwi ofn lladd y babi", "dwi ofn ladd y babi", "dwi ofn lladd babi")
    same("mae o'n fy nghuro i", "mae o'n fy curo i")
    same("dwi eisiau marw", "dwi yn eisiau marw", "dwi isio marw")


@sentence(3)
def text_speak() -> None:
    same("i want to die", "i wanna die")
    assert level("u r not 2 kill urself but i want 2 kill myself") != "none"


@sentence(4)
def spellings_as_people_type_them() -> None:
    same("i am suicidal", "i am suiiiicidal", "i am su1cidal", "i am su*cidal", "i am s u i c i d a l", "i am suicdial")
    assert level("i want to killmyself") != "none"
    same("mae o'n fy nharo i", "maeonfynharoi")
    same("heddiw dwi isio marw", "heddiwdwiisiomarw")
    same(
        "he hits me when he is drunk",
        "he hits mewhen he is drunk",
        "he hits me whne he is drumk",
        "he hiits me when he is dr unk",
    )
    # Of all words one slip away the commonest, a wrong first letter, too short, a word of its own.
    spelling = LEXICON.spelling
    assert spelling.meant("babt") == ("baby",)
    assert {spelling.meant(word) for word in ("xurting", "kll", "hurtle", "hut", "mawr")} == {None}
    assert level("the baby is in his hut") == level("mae'r babi mawr yma") == "none"


@sentence(5)
def an_emoji_counts_where_a_pattern_has_it() -> None:
    assert level("taken loads of 💊") != "none"
    same("i want to die", "i want 😢 to 😢 die")


@sentence(6)
def a_gap_ends_with_its_sentence() -> None:
    assert level("he hit his head. then me and the baby had lunch") == "none"
    assert level("i want to. die") != "none"


@sentence(7)
def sayings_cover_their_own_words_only() -> None:
    assert level("the kids are killing me") == "none"
    assert level("the kids are killing me and i want to die") != "none"


@sentence(8)
def there_is_no_other_rule_for_not() -> None:
    assert level("she isn't breathing") == "immediate"
    assert level("i don't want to live") != "none"


@sentence(9)
def the_past_counts_one_step_less_and_is_never_silent() -> None:
    now, past = level("he hits me"), level("he used to hit me")
    assert 0 < LEVELS.index(past) == LEVELS.index(now) - 1
    assert bare("he used to hit me and now he hits me again") == now


@sentence(10)
def somebody_elses_danger_is_a_concern_of_its_own() -> None:
    assert level("my sister wants to die") != "none"
    assert rules("my sister wants to die") != rules("i want to die")


@sentence(11)
def the_gravest_match_is_the_level_and_each_says_which_words() -> None:
    text = "he shouts at me, and she is not breathing"
    found = screen(text, LEXICON)
    assert found.level == "immediate"
    assert all(text[match.start : match.end] == match.words for match in found.matches)


@sentence(12)
def nothing_hides_a_disclosure() -> None:
    for around in ("killing time. ", "no thank you. ", "lol " * 300, "\u202e\x00\ud800 ", "2\n"):
        assert level(f"{around}I want to kill myself. {around}") != "none"


@sentence(13)
def pieces_are_read_together() -> None:
    assert level("i want to") == level("die") == "none"
    assert screen_after(("i want to",), "die", LEXICON).level != "none"
    assert screen_after(("i want to die",), "tea", LEXICON).level == "none"
    assert add_later(screen("i want to", LEXICON), (), "i want to", ("die",), LEXICON).level != "none"


# No pattern has these.
SOUNDS_GRAVE = (
    "my wife has gone out the house with no shoes no phone and left her rings on the table",
    "nath hi ddim codi ei llygaid ers bore ma a ma'i gwefusa hi'n sych fel papur",
    "my wife used to go out the house with no shoes and leave her rings on the table",
)


def bare(text: str) -> str:
    """The level by the patterns alone."""
    return screen(text, replace(LEXICON, points=Points())).level


@sentence(14)
def what_sounds_like_a_disclosure_counts_too() -> None:
    for text in SOUNDS_GRAVE:
        assert bare(text) == "none", text
        (match,) = screen(text, LEXICON).matches
        assert match.rule == RESEMBLES
        assert level(f"killing time. {text} no thank you") != "none", text


@sentence(15)
def points_make_the_level() -> None:
    assert {level(text) for text in SOUNDS_GRAVE} == set(LEVELS[1:])
    nets = tuple(replace(net, watch=-10_000, urgent=-10_000) for net in LEXICON.points.nets)
    everything = replace(LEXICON, points=replace(LEXICON.points, nets=nets, immediate=100_000))
    assert screen("tea with nan", everything).level == "urgent"
    assert screen("we had tea with nan years ago", everything).level == "watch"
    for text in ("he says when the passports come he is taking the boys and not coming back",
                 "fi di gadel y babi da mam. heno ma fe'n bennu"):  # fmt: skip
        words = meant_by(text, LEXICON).words
        assert cover(LEXICON, words, find_units(words, LEXICON.units)), "there is a saying in it"
        assert (bare(text), level(text) != "none") == ("none", True), text
    hurried = replace(LEXICON, points=replace(LEXICON.points, nets=(), immediate_too=-10_000))
    assert (level("he hits me"), screen("he hits me", hurried).level) == ("urgent", "immediate")


@sentence(16)
def it_says_which_words_and_what_they_sound_like() -> None:
    for text in SOUNDS_GRAVE:
        (match,) = screen(text, LEXICON).matches
        assert text[match.start : match.end] == match.words
        assert match.category in CATEGORIES


@sentence(17)
def a_hint_counts_only_beside_something_more() -> None:
    nets = LEXICON.points.nets
    bare_points = replace(LEXICON.points, impressions=Impressions())
    always, never = (
        replace(LEXICON, points=replace(bare_points, nets=tuple(replace(net, hint=hint, watch=10_000) for net in nets)))
        for hint in (-10_000, 10_000)
    )
    hints = [shelf.phrases[number] for shelf in LEXICON.shelves for number in shelf.hints]
    assert len(hints) > 100
    said = [" ".join(min(slot.words) for slot in phrase if slot.words and not slot.skippable) for phrase in hints]
    bare_ones = [text for text in said if screen(text, always).level != "none" and screen(text, never).level == "none"]
    assert len([text for text in bare_ones if level(text) == "none"]) > len(bare_ones) * 0.9
    for one, other in pairwise(bare_ones):
        assert screen(f"{one}\n{other}", never).level != "none", "two hints"
        assert screen(f"{one}\n{'zzz ' * 12}\n{other}", never).level == "none", "twelve words between"
    assert all(net.hint < net.watch - 200 for net in nets)
    for text in ("ma fe'n checko'n ffôn i bob nos", "he bent my fingers back"):
        assert screen(text, never).level == "none"
        assert level(text) == "urgent"


@sentence(18)
def all_words_are_weighed_together_and_only_add() -> None:
    silent = tuple(replace(net, hint=10_000, watch=10_000) for net in LEXICON.points.nets)
    whole = replace(LEXICON, points=replace(LEXICON.points, nets=silent))
    without = replace(LEXICON, points=replace(whole.points, impressions=Impressions()))
    for text, before in (
        ("my sister rings from the bathroom with the tap running so he cant hear", "none"),
        ("ma fe'n gweud wrtho i bod neb arall yn mynd i gredu fi", "watch"),
    ):
        found = screen(text, whole)
        assert (screen(text, without).level, found.level) == (before, "urgent"), text
        assert (found.matches[0].rule, found.matches[0].words) == (RESEMBLES, text)
        assert set(screen(text, without).matches) < set(found.matches)
        others = "we had tea with nan and a lovely walk in the park with the dog and then cake"
        assert screen(f"{others} {text}", whole) == screen(f"{others} {text}", without), "it is quietened"
    nets = LEXICON.points.impressions.nets
    for watch, urgent, heard in ((-10_000, 10_000, "watch"), (-10_000, -10_000, "urgent")):
        loud = tuple(replace(net, watch=watch, urgent=urgent) for net in nets)
        everything = replace(
            LEXICON, points=replace(LEXICON.points, impressions=replace(LEXICON.points.impressions, nets=loud))
        )
        assert screen("tea with nan again", everything).level == heard
        assert screen("tea with nan", everything).level == "none", "three words"
        assert screen("he hits me and the kids", everything) == screen("he hits me and the kids", LEXICON)


@pytest.mark.parametrize("number", sorted(_shown))
def test_the_guide_says_what_screening_does(number: int) -> None:
    for check in _shown[number]:
        check()


def test_every_numbered_sentence_of_the_guide_is_shown() -> None:
    assert sorted(_shown) == [int(number) for number in re.findall(r"^(\d+)\. ", GUIDE, re.MULTILINE)]
