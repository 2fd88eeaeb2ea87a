"""A message that is known last is read with what came after it, and nothing is said twice."""

import pytest

from bot.domain.lexicon import Concern, build_lexicon
from bot.domain.pieces import add_later
from bot.domain.screening import Screening, screen_after

LEXICON = build_lexicon([
    Concern("SG-1", "harm", "urgent", {"en": ("red green blue",)}),
    Concern("SG-2", "alarm", "immediate", {"en": ("black",)}),
])  # fmt: skip


def read_amid(earlier: tuple[str, ...], text: str, later: tuple[str, ...]) -> Screening:
    return add_later(screen_after(earlier, text, LEXICON), earlier, text, later, LEXICON)


@pytest.mark.parametrize(
    ("earlier", "text", "later"),
    [
        ((), "red", ("green blue",)),
        ((), "red green", ("blue", "hello")),
        ((), "red", ("green", "blue")),
        (("red",), "green", ("blue",)),
    ],
)
def test_words_that_end_in_a_later_message_are_found(
    earlier: tuple[str, ...], text: str, later: tuple[str, ...]
) -> None:
    found = read_amid(earlier, text, later)
    assert found.level == "urgent"
    assert {(match.rule, match.start, match.end) for match in found.matches} == {("SG-1", 0, len(text))}
    assert found.lexicon_version == LEXICON.version


@pytest.mark.parametrize(
    ("earlier", "text", "later"),
    [
        ((), "green blue", ("red",)),
        ((), "hello", ("black", "red green blue")),
        (("red",), "hello", ()),
        ((), "red", ()),
    ],
)
def test_what_is_found_without_it_is_not_this_message(
    earlier: tuple[str, ...], text: str, later: tuple[str, ...]
) -> None:
    assert read_amid(earlier, text, later).level == "none"


def test_the_gravest_comes_first() -> None:
    found = read_amid((), "black and red", ("green blue",))
    assert (found.level, found.categories) == ("immediate", ("alarm", "harm"))
