"""The pattern language and what it is compiled to. Each rule here is a sentence of flows/safeguarding/README.md."""

import pytest

from bot.domain.lexicon import Concern, Everyday, Lexicon, build_lexicon
from bot.domain.patterns import PatternFault, Vocabulary
from bot.domain.screening import screen

VOCABULARY = Vocabulary(
    classes={
        "en": {"baby": ("baby | [little] one",), "me": ("me",), "loop": ("{loop}",), "gappy": ("a ... b",)},
        "cy": {"babi": ("babi | plentyn",)},
    },
    irregular={"hit": ("hits", "hitting")},
    text_speak={"u": ("you",), "wanna": ("want", "to")},
    ordinary=frozenset({"smoother"}),
)


def lexicon(*patterns: str, welsh: tuple[str, ...] = (), covers: tuple[str, ...] = ()) -> Lexicon:
    """A lexicon of one concern."""
    concern = Concern("SG-1", "danger", "urgent", {"en": patterns, "cy": welsh})
    return build_lexicon([concern], VOCABULARY, Everyday(covers={"en": covers}))


def hears(text: str, *patterns: str, welsh: tuple[str, ...] = ()) -> bool:
    return screen(text, lexicon(*patterns, welsh=welsh)).level != "none"


@pytest.mark.parametrize(
    ("pattern", "heard", "unheard"),
    [
        ("hurt me", ["he hurt me", "HURT ME!"], ["hurt him me", "me hurt", "hurtme nots"]),
        ("kick~ me", ["kick me", "kicks me", "kicked me", "kicking me", "kickin me"], ["kicker me"]),
        ("stab~ me", ["stabbed me", "stabbing me"], ["stabber me"]),
        ("hit~ me", ["hit me", "hitting me"], ["hitted me"]),
        ("(hit|let go of) me", ["hit me", "let go of me"], ["let me", "go of me"]),
        ("hit [him or] me", ["hit me", "hit him or me"], ["hit him me"]),
        ("hit ... me", ["hit me", "hit one two three me"], ["hit one two three four me"]),
        ("hit ...1 me", ["hit me", "hit one me"], ["hit one two me"]),
        ("hit & me", ["hit me", "me he hit", "hit 1 2 3 4 5 6 7 8 me"], ["hit", "me", "hit 1 2 3 4 5 6 7 8 9 me"]),
        (
            "hit & (me|us) & bed",
            ["bed me hit", "hit me in bed", "us in bed he hit"],
            ["hit me", "bed hit", "hit. then me. then bed"],
        ),
        ("hit {baby}", ["hit baby", "hit one", "hit little one"], ["hit little"]),
        ("want to go", ["wanna go", "want to go"], ["want go"]),
        ("hit you", ["hit u", "hit you"], ["hit ur"]),
        ("don't go", ["dont go", "don’t go", "DON'T GO"], ["do go"]),
        ("💊 ready", ["💊 ready", "💊💊 ready"], ["ready"]),
    ],
)
def test_the_signs_of_the_pattern_language(pattern: str, heard: list[str], unheard: list[str]) -> None:
    assert [text for text in heard if not hears(text, pattern)] == []
    assert [text for text in unheard if hears(text, pattern)] == []


@pytest.mark.parametrize(
    "text", ["lladd y babi", "ladd babi", "lladd fabi", "lladd y mhlentyn", "lladd babi'n", "lladd blentyn"]
)
def test_welsh_words_match_mutated_and_with_small_words_between(text: str) -> None:
    assert hears(text, "unused", welsh=("lladd {babi}",))


def test_small_welsh_words_count_in_a_gap_as_any_word_does() -> None:
    assert hears("lladd fo yr babi", "unused", welsh=("lladd ...2 {babi}",))
    assert not hears("lladd fo rywbryd yr babi", "unused", welsh=("lladd ...2 {babi}",))


@pytest.mark.parametrize("text", ["mae'n curo fi", "gurodd fi", "cures i fi", "curith fi"])
def test_a_verb_with_its_sign_is_heard_in_any_form(text: str) -> None:
    assert hears(text, "unused", welsh=("curo~ (fi|i)",))


@pytest.mark.parametrize("text", ["curodd fi", "mae cur gen i", "curiad fi"])
def test_a_verb_without_its_sign_is_heard_as_it_is_written(text: str) -> None:
    assert not hears(text, "unused", welsh=("curo (fi|i)",))


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("", "needs at least one word"),
        ("... hit", "begin or end with a gap"),
        ("hit ...", "begin or end with a gap"),
        ("[a] hit", "beginning or end of a pattern change nothing"),
        ("hit [a]", "beginning or end of a pattern change nothing"),
        ("hit ...9 me", "1 to 8 words"),
        ("(hit me", "never closed"),
        ("hit) me", "outside any bracket"),
        ("hit & ", "must both be there"),
        ("a & b & c & d", "3 things at most"),
        ("(hit|) me", "empty"),
        ("hit {nobody}", "no word class {nobody}"),
        ("hit {loop}", "contains itself"),
        ("(hit ... me|you) x", "gap cannot stand inside"),
        ("hit {gappy} x", "gap cannot stand inside"),
        ("self-harm", "is not a word"),
    ],
)
def test_a_pattern_that_cannot_be_read_is_refused_with_a_sentence(pattern: str, sentence: str) -> None:
    with pytest.raises(PatternFault, match=sentence.replace("{", r"\{").replace("(", r"\(")):
        lexicon(pattern)


def test_a_saying_with_a_gap_is_refused() -> None:
    with pytest.raises(PatternFault, match="a saying is exact"):
        lexicon("hit me", covers=("hit ... me",))


def test_the_version_follows_the_content() -> None:
    assert lexicon("hit me").version == lexicon("hit me").version
    assert lexicon("hit me").version != lexicon("hit you").version
    assert lexicon("hit me").version != lexicon("hit me", covers=("hit me up",)).version


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("suicdie", "suicide"),
        ("sucide", "suicide"),
        ("suuuicide", "suicide"),
        ("suicidde", "suicide"),
        ("su1cide", "suicide"),
        ("su!c1de", "suicide"),
        ("su*cide", "suicide"),
        ("s u i c i d e", "suicide"),
        ("s.u.i.c.i.d.e", "suicide"),
        ("killmyself", "kill myself"),
        ("iwanttodie", "i want to die"),
        ("hesgotaknifeinhishand", "hes got a knife in his hand"),
        ("want2die", "want to die"),
        ("k i l l m y s e l f", "kill myself"),
        ("wannadie", "want to die"),
        ("iwannadie", "i want to die"),
        ("w a n n a die", "want to die"),
        ("w.a.n.n.a d.i.e", "want to die"),
        ("gonnakillhim", "going to kill him"),
        ("suic ide", "suicide"),
        ("kill mys elf", "kill myself"),
    ],
)
def test_odd_spellings_are_read_as_meant(typed: str, meant: str) -> None:
    vocabulary = Vocabulary(text_speak={"2": ("to",), "wanna": ("want", "to"), "gonna": ("going", "to")})
    concern = Concern("SG-1", "danger", "urgent", {"en": (meant,)})
    assert screen(f"well {typed} ok", build_lexicon([concern], vocabulary)).level == "urgent"


@pytest.mark.parametrize(
    ("ordinary", "ours"),
    [
        ("hut", "hurt"),
        ("mawr", "marw"),
        ("smoother", "smother"),
        ("therapist", "the rapist"),
        ("hoped", "hooped"),
        ("he", "hee"),
        ("together", "to get her"),
        ("inasmuch", "in as much"),
    ],
)
def test_one_word_is_never_turned_into_another(ordinary: str, ours: str) -> None:
    assert not hears(ordinary, ours)
    assert not hears(ordinary, "unused", welsh=(ours,))


MET = Vocabulary(met={"hurl": 3, "hard": 40, "prydain": 2, "gwaedu": 1}, ordinary=frozenset(("forme", "hut", "hurtle")))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hit mewhen he", "hit me when he"),
        ("hurtmy", "hurt my"),
        ("ihate him", "i hate him"),
        ("hirt", "hurt"),
        ("hurrt", "hurt"),
        ("hrut", "hurt"),
        ("hrt", None),  # too short
        ("hut", None),  # a word of its own
        ("hurl", None),
        ("hurtle", None),
        ("forme", None),
        ("hirl", None),  # nearer to what is met more often
        ("xurt", None),  # the first letter is right
        ("prydmae o", "pryd mae o"),
        ("prydaun", None),
        ("gwaesu", "gwaedu"),
    ],
)
def test_the_likeliest_slip_is_mended_where_other_words_are_known(typed: str, meant: str | None) -> None:
    patterns = {"en": ["hit me when he", "hurt my", "i hate him", "hurt", "for me"], "cy": ["pryd mae o", "gwaedu"]}
    known = build_lexicon([Concern("SG-1", "danger", "urgent", patterns)], MET)
    assert " ".join(known.spelling.words(typed.split(), typed)[0]) == (meant or typed)


def test_a_letter_before_or_after_takes_no_word_away() -> None:
    """ "s killed" may be "skilled", broken in two, and "killed" is still there."""
    assert hears("he s killed him", "killed him", "skilled work")
    assert hears("he killed him s elf", "killed him", "himself alone")
