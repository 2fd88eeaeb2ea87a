"""Words by language and address."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.content.catalogue import Catalogue, CatalogueError, MissingWording, load_catalogue
from bot.content.moments import moment_in_words
from bot.content.po_files import Entry
from bot.domain.conversation import Bilingual, Line, Value
from tests.content.little_world import World


def entry(*strings: str, fuzzy: bool = False) -> Entry:
    """Wording with those forms."""
    return Entry("a.b", Path("x.po"), 1, ("a.b",) * min(len(strings), 2), strings, fuzzy)


def catalogue(*, en: dict[str, Entry], cy: dict[str, Entry]) -> Catalogue:
    """A catalogue of those entries."""
    return Catalogue({"en": en, "cy": cy})


def test_words_in_each_language(world: World) -> None:
    words = load_catalogue(world.locales)
    assert words.text("en", "common.holding") == "Somebody will look at this."
    assert words.text("cy", "common.holding") == "Bydd rhywun yn edrych ar hyn."
    assert words.words("en", "commands.call.words") == ("call", "call me")
    assert words.words("cy", "commands.call.words") == ("galwad",)
    assert words.words("cy", "commands.nothing.words") == ()
    assert words.phrases("commands.call.words") == ("call", "call me", "galwad")
    assert words.phrases("chat.send") == ("Send", "Anfon")


def test_a_language_that_has_none_borrows_from_the_other() -> None:
    words = catalogue(en={"a.b": entry("Hello"), "a.d": entry("")}, cy={"a.c": entry("Helo")})
    assert words.text("cy", "a.b") == "Hello"
    assert words.text("en", "a.c") == "Helo"
    assert words.has("en", "a.b")
    assert not words.has("cy", "a.b")
    assert words.addresses() == {"a.b", "a.c"}
    with pytest.raises(MissingWording, match=r"a\.d"):
        words.text("en", "a.d")


def test_stale_wording_is_not_used() -> None:
    words = catalogue(en={"a.b": entry("Ring 1")}, cy={"a.b": entry("Ffonia 2", fuzzy=True)})
    assert words.text("cy", "a.b") == "Ring 1"


@pytest.mark.parametrize(
    ("text", "values", "shown"),
    [
        ("Hi {name}.", {"name": "Siân"}, "Hi Siân."),
        ("{n} of {n}", {"n": 3}, "3 of 3"),
        ("Hi {name}.", {}, "Hi ."),
        ("Hi.", {"name": "Siân"}, "Hi."),
        ("Hi {name}.", {"name": "{team} {0} %s {name}"}, "Hi {team} {0} %s {name}."),
        ("{a.__class__} {0} {A} {}", {"a": "x"}, "{a.__class__} {0} {A} {}"),
        ("{what}", {"what": Bilingual(cy="cath", en="cat")}, "cat"),
        ("See {what}.", {"what": Line("a.c", {"name": "Tom"})}, "See “Tom”."),
    ],
)
def test_placeholders(text: str, values: dict[str, Value], shown: str) -> None:
    words = catalogue(en={"a.b": entry(text), "a.c": entry("“{name}”")}, cy={})
    assert words.text("en", "a.b", values) == shown


def test_values_read_differently_in_each_language() -> None:
    words = catalogue(en={"a.b": entry("On {time}: {what}")}, cy={"a.b": entry("Amser: {time}, {what}")})
    values: dict[str, Value] = {"time": datetime(2026, 7, 1, 9, 5, tzinfo=UTC), "what": Bilingual(cy="cath", en="cat")}
    assert words.text("en", "a.b", values) == "On Wednesday 1 July at 10:05: cat"
    assert words.text("cy", "a.b", values) == "Amser: dydd Mercher 1 Gorffennaf am 10:05, cath"


def test_values_follow_the_language_that_is_borrowed_from() -> None:
    words = catalogue(en={"a.b": entry("A {what}")}, cy={})
    assert words.text("cy", "a.b", {"what": Bilingual(cy="cath", en="cat")}) == "A cat"


def test_a_time_that_begins_a_text_begins_with_a_capital() -> None:
    words = catalogue(en={}, cy={"a.b": entry("{time}")})
    assert (
        words.text("cy", "a.b", {"time": datetime(2026, 11, 23, 14, 30, tzinfo=UTC)})
        == "Dydd Llun 23 Tachwedd am 14:30"
    )


def test_times_are_those_of_london() -> None:
    before, after = datetime(2026, 10, 25, 0, 59, tzinfo=UTC), datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
    assert moment_in_words("en", before) == "Sunday 25 October at 01:59"
    assert moment_in_words("en", after) == "Sunday 25 October at 01:00"
    assert moment_in_words("en", datetime(2026, 12, 31, 0, 0)) == "Thursday 31 December at 00:00"  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize(
    ("count", "english", "welsh"),
    [
        (0, "0 calls", "dim galwad"),
        (1, "One call", "un alwad"),
        (2, "2 calls", "dwy alwad"),
        (3, "3 calls", "tair galwad"),
        (4, "4 calls", "4 galwad"),
        (6, "6 calls", "chwe galwad"),
        (100, "100 calls", "100 galwad"),
    ],
)
def test_counted_words(count: int, english: str, welsh: str) -> None:
    words = catalogue(
        en={"a.b": entry("One call", "{count} calls")},
        cy={"a.b": entry("dim galwad", "un alwad", "dwy alwad", "tair galwad", "chwe galwad", "{count} galwad")},
    )
    assert words.text("en", "a.b", count=count) == english
    assert words.text("cy", "a.b", count=count) == welsh
    assert words.text("cy", "a.b", {"count": count}) == welsh


def test_a_value_is_looked_up_only_when_it_is_quoted() -> None:
    class Asked(dict[str, Value]):
        def __missing__(self, name: str) -> Value:
            if name == "dear":
                raise AssertionError("nobody quoted it")
            return f"<{name}>"

    words = catalogue(en={"a.b": entry("Hi {cheap}"), "a.c": entry("One", "{count} and {cheap}")}, cy={})
    assert words.text("en", "a.b", Asked()) == "Hi <cheap>"
    assert words.text("en", "a.c", Asked(), count=2) == "2 and <cheap>"


def test_a_file_that_cannot_be_read_is_named(world: World) -> None:
    path = world.po("cy", "common")
    line = path.read_text(encoding="utf-8").count("\n") + 1
    path.write_text(path.read_text(encoding="utf-8") + "this is no entry\n", encoding="utf-8")
    world.po("en", "chat").write_bytes(b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n# \xff\n')
    with pytest.raises(CatalogueError) as error:
        load_catalogue(world.locales)
    assert [(fault.path, fault.line) for fault in error.value.faults] == [(path, line), (world.po("en", "chat"), 5)]
