"""The flow's own answers are read once by each lexicon, and say the same ever after."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.lexicon import Lexicon
from bot.domain.plain import PlainAnswers
from bot.domain.screening import screen, screen_after
from tests.desks import shipped

BEGUN = (
    "i want to",
    "dwi isio",
    "he hits me when",
    "i took",
    "my baby is not",
    "he locks the",
    "helo",
    "s",
    "1",
    "k i",
)


def read_anew(lexicon: Lexicon) -> Lexicon:
    return replace(lexicon, plain=PlainAnswers())


@pytest.mark.parametrize("which", ["lexicon", "hears"])
def test_every_answer_of_the_flow_says_what_it_says_read_anew(which: str) -> None:
    lexicon: Lexicon = getattr(shipped(), which)
    answers = shipped().reader.answers
    assert {"1", "yes", "ie", "galwad", "12", "english", "mam"} <= answers
    for answer in sorted(answers):
        for text in (answer, answer.capitalize(), answer.upper()):
            assert screen(text, lexicon) == screen(text, read_anew(lexicon)), text


def test_what_answers_say_of_a_loss_is_heard_each_time() -> None:
    for _ in range(3):
        assert "loss" in screen("My baby died", shipped().hears).categories


@given(st.data())
def test_an_answer_ends_what_was_begun_before_it_all_the_same(data: st.DataObject) -> None:
    lexicon = shipped().lexicon
    answers = sorted(shipped().reader.answers)
    earlier = data.draw(st.lists(st.sampled_from((*BEGUN, *answers)), min_size=1, max_size=3))
    answer = data.draw(st.sampled_from(answers))
    assert screen_after(earlier, answer, lexicon) == screen_after(earlier, answer, read_anew(lexicon))


@pytest.mark.parametrize(("begun", "answer"), [("my baby has stopped", "breathing"), ("he won't", "wake up")])
def test_words_that_alone_say_nothing_complete_a_disclosure(begun: str, answer: str) -> None:
    lexicon = replace(shipped().lexicon, plain=PlainAnswers({answer}))
    assert screen(answer, lexicon).level == screen(begun, lexicon).level == "none"
    assert screen_after([begun], answer, lexicon).level == "immediate"


def test_an_answer_is_read_once_and_no_other_words_are_kept() -> None:
    read: list[str] = []

    def reading(answer: str) -> list[str] | None:
        read.append(answer)
        return answer.split() if answer != "stillborn" else None

    plain = PlainAnswers({"a dad", "stillborn"})
    for _ in range(3):
        assert plain.words_of("A Dad", reading) == ["a", "dad"]
        assert plain.words_of("stillborn", reading) is None
        assert plain.words_of("my name is Megan", reading) is None
    assert read == ["a dad", "stillborn"]
    assert "egan" not in repr(vars(plain))


def test_a_row_of_answers_is_read_once_and_no_other_words_are_kept() -> None:
    plain, read = PlainAnswers({"a dad", "yes", "no"}), list[tuple[str, ...]]()

    def says_nothing(*texts: str) -> bool:
        def reading() -> bool:
            read.append(texts)
            return texts[-1] != "no"

        return plain.say_nothing(texts, reading)

    for _ in range(3):
        assert says_nothing("A dad", "YES")
        assert not says_nothing("yes", "no")
        assert not says_nothing("yes", "my name is Megan")
        assert not says_nothing("my name is Megan", "yes")
    assert read == [("A dad", "YES"), ("yes", "no")]
    assert "egan" not in repr(vars(plain))


def test_whoever_tries_every_row_of_answers_fills_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.domain.plain._MOST_ROWS", 20)
    answers = [str(number) for number in range(100)]
    plain = PlainAnswers(answers)
    for answer in answers:
        assert plain.say_nothing(("1", answer), lambda: True)
        assert len(vars(plain)["_rows"]) <= 20
