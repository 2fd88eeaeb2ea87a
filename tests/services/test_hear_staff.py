"""Taking an alert by text: only from a phone on call, only with its code, once; and nothing else counts."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.ack_code import LENGTH, LETTERS, code_of, read_acknowledgement
from bot.services.acknowledge_alert import acknowledge_alert
from bot.services.hear_staff import MOST_HINTS, MOST_WRONG
from bot.storage import accounts, conversations, messages
from bot.storage.database import Database
from tests.factories import PARENT_NUMBER
from tests.services.on_call import ANN, BEN, GRAVE, LEAD, PEOPLE, Night

STRANGER = "+447700900888"


@pytest.fixture
def night(database: Database, tmp_path: Path) -> Night:
    return Night(database, tmp_path)


def paged(night: Night) -> str:
    """Ann has been told; her code."""
    night.disclose()
    night.work()
    return night.code(ANN)


@pytest.mark.parametrize("text", ["ACK {}", "ack {}", " Ack  {} ", "CYMRYD {}", "cymryd {}.", "Ack: {}"])
def test_a_word_and_the_code_take_the_alert(night: Night, text: str) -> None:
    code = paged(night)
    for written in (text.format(code), text.format(code.lower())):
        (answer,) = night.phone(ANN).text(written)
        assert night.alert().reference in answer
    after = night.alert()
    assert (after.state, after.owner) == ("acknowledged", "team:ann")
    assert night.events(after).count("acknowledged") == 1


@pytest.mark.parametrize(
    "text",
    [
        "OK", "ok", "👍", "ACK", "ACK BCDFG", "{code}", "ACK {code} ACK {code}", "stop it",
        "I am out of the office until Monday.", "Re: Helo: URGENT. To take it, text ACK {code}.",
        "Diolch", "I'm driving. I'll see your message later: ACK {code}", "",
    ],
)  # fmt: skip
def test_nothing_else_takes_it_and_the_sender_is_told_how(night: Night, text: str) -> None:
    code = paged(night)
    written = text.format(code=code)
    answer = night.phone(ANN).text(written)
    assert night.alert().state == "open"
    assert len(answer) == 1
    assert "ACK" in answer[0] or "code" in answer[0]
    thread = night.phone(ANN).read(messages.thread)
    assert written in [entry.text for entry in thread], "stored as every text is"
    assert night.phone(ANN).stored.heard_at is None, "no journey of a parent has begun"
    night.run(130)
    assert (BEN, 120) in night.told(), "the chain goes on"


def test_another_alerts_code_takes_that_one_and_not_this(night: Night) -> None:
    night.disclose()
    night.disclose(GRAVE, "+447700900124")
    night.work()
    first, second = night.code(ANN, 0), night.code(ANN, 1)
    assert first != second
    night.phone(ANN).text(f"ACK {second}")
    states = [night.alert(night.phone(number)).state for number in (PARENT_NUMBER, "+447700900124")]
    assert sorted(states) == ["acknowledged", "open"]


def test_a_code_is_one_persons(night: Night) -> None:
    code = paged(night)
    night.run(130)
    (answer,) = night.phone(BEN).text(f"ACK {code}")
    assert night.alert().state == "open", "ann's code from ben's phone"
    assert "code" in answer
    night.phone(LEAD).text(f"ACK {code}")
    assert night.alert().state == "open", "and the lead was not even told"
    night.phone(BEN).text(f"ACK {night.code(BEN)}")
    assert night.alert().owner == "team:ben"


def test_the_second_of_two_hears_who_has_it(night: Night) -> None:
    paged(night)
    night.run(130)
    night.phone(BEN).text(f"ACK {night.code(BEN)}")
    (answer,) = night.phone(ANN).text(f"ACK {night.code(ANN)}")
    assert "Ben (test)" in answer
    assert night.alert().owner == "team:ben"


def test_a_code_is_over_once_the_alert_was_taken_from_its_owner(night: Night) -> None:
    code = paged(night)
    night.phone(ANN).text(f"ACK {code}")
    night.run(3700, every=100)
    assert night.alert().state == "open"
    night.phone(ANN).text(f"ACK {code}")
    assert night.alert().state == "open", "once"
    assert night.code(ANN) != code
    night.phone(ANN).text(f"ACK {night.code(ANN)}")
    assert night.alert().state == "acknowledged"


@pytest.mark.parametrize("known", [False, True])
def test_a_phone_that_is_not_on_call_takes_nothing_and_gets_no_answer(night: Night, known: bool) -> None:
    code = paged(night)
    if known:
        night.phone(STRANGER).text("helo")
    answer = night.phone(STRANGER).text(f"ACK {code}")
    assert night.alert().state == "open"
    if not known:
        assert answer == ()
        assert "ack_from_stranger" in night.tasks()
        assert night.phone(STRANGER).stored.heard_at is None


def test_whoever_has_left_or_was_disabled_takes_nothing(night: Night) -> None:
    code = paged(night)
    night.team(people={key: person for key, person in PEOPLE.items() if key != "ann"})
    assert night.phone(ANN).text(f"ACK {code}") == ()
    night.team()

    def work(tx: Any) -> None:
        one = accounts.add(tx, email="ann@team.example", name="Ann", language=None, uniquifier="u" * 32, now=night.now)
        accounts.switch(tx, one.id, night.now, active=False)

    night.desk.database.write(work)
    assert night.phone(ANN).text(f"ACK {code}") == ()
    assert night.alert().state == "open"


def test_guessing_is_stopped_and_then_even_the_right_code_waits(night: Night) -> None:
    code = paged(night)
    phone = night.phone(ANN)
    answers = [phone.text(f"ACK {LETTERS[n]}{LETTERS[n + 1]}{LETTERS[n]}22") for n in range(MOST_WRONG + 3)]
    assert all(answers[:MOST_WRONG])
    assert not any(answers[MOST_WRONG:])
    phone.text(f"ACK {code}")
    assert night.alert().state == "open"
    night.clock.forward(minutes=11)
    phone.text(f"ACK {code}")
    assert night.alert().state == "acknowledged"


def test_two_machines_that_answer_each_other_stop(night: Night) -> None:
    paged(night)
    answers = [night.phone(ANN).text("I am on holiday") for _ in range(20)]
    assert sum(map(bool, answers)) == MOST_HINTS
    night.phone(ANN).text(f"ACK {night.code(ANN)}")
    assert night.alert().state == "acknowledged", "a code is heard all the same"


def test_stop_from_a_phone_on_call_is_a_task_and_no_journey(night: Night) -> None:
    paged(night)
    assert night.phone(ANN).text("STOP", opt_out_type="STOP") == ()
    assert "on_call_texts_off" in night.tasks()
    assert night.alert().state == "open"


def test_a_colleague_in_danger_is_a_parent_like_any_other(night: Night) -> None:
    answer = night.phone(ANN).text(GRAVE)
    assert "999" in answer[0]
    assert night.alert(night.phone(ANN)).state == "open"


def test_a_text_that_comes_twice_gets_the_same_answer(night: Night) -> None:
    code = paged(night)
    first = night.phone(ANN).text(f"ACK {code}", sid="SM" + "7" * 32)
    acknowledge_alert(night.desk, night.alert().id, "team:lead", night.now)
    assert night.phone(ANN).text(f"ACK {code}", sid="SM" + "7" * 32) == first


def test_an_alert_taken_on_the_console_is_answered_with_the_name(night: Night) -> None:
    code = paged(night)
    who = night.desk.database.write(
        lambda tx: accounts.add(
            tx, email="gwen@team.example", name="Gwen", language=None, uniquifier="g" * 32, now=night.now
        )
    )
    acknowledge_alert(night.desk, night.alert().id, f"staff:{who.id}", night.now)
    (answer,) = night.phone(ANN).text(f"ACK {code}")
    assert "Gwen" in answer


def test_a_staff_conversation_is_kept_like_any_other_and_never_begun(night: Night) -> None:
    paged(night)
    night.phone(ANN).text("OK")
    stored = night.phone(ANN).stored
    assert stored.conversation.step == night.desk.library.flow.start
    assert stored.conversation.answers == {}
    assert stored.conversation.language is None
    history = night.desk.database.read(lambda tx: conversations.history(tx, stored.conversation.id))
    assert history == ()


def test_codes_have_more_than_twenty_bits_and_spell_nothing() -> None:
    assert len(LETTERS) ** LENGTH > 2**20
    assert not set(LETTERS) & set("AEIOU01LS")
    assert len({code_of(f"{number:064x}"[::-1]) for number in range(3000)}) > 2990


@pytest.mark.parametrize("text", ["ack " + "x" * 2000, "ack ŵŷâêî", "ack\n7k2mq\n7k2mq", "cymryd ofal", "ACK SORRY"])
def test_what_is_no_code_is_read_as_none(text: str) -> None:
    assert read_acknowledgement(text, ("ack", "cymryd")) is None


def test_time_does_not_count_wrong_codes_for_ever(night: Night) -> None:
    paged(night)
    for _ in range(MOST_WRONG):
        night.phone(ANN).text("ACK 22222")
    night.clock.now += timedelta(minutes=10, seconds=1)
    assert night.phone(ANN).text("ACK 22222")
    assert night.alert().state == "open"
