"""The one rule of safe contact: every kind of message, every answer, every status; and no kind without a decision."""

import ast
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

import bot
from bot.domain.contact import KINDS, TO_STAFF, UNSAFE_ANSWERS, is_unsafe_to_text, reason_to_hold
from bot.domain.conversation import Channel
from bot.domain.status import Status
from tests.domain.journey import library

CODE = Path(bot.__file__).parent
# What may reach a phone although a text may be seen by somebody else: only what a person was warned of and meant.
THOUGH_NOT_SAFE = {"person_confirmed"}


WRITERS = ("OutboundMessage", "text_parent", "ask_parent")
# Where the kind is chosen a few lines earlier, or given by whoever calls, whose own call is looked at.
CHOSEN_THERE = {
    "receive_message.py": ("safety", "again", "reply"),
    "reply_late.py": ("safety", "late_reply"),
    "text_parent.py": (),
}


def kinds_written(code: Path) -> Iterator[tuple[str, str]]:
    """(place, kind) of every message that the code puts in the outbox; the kind is "?" where it cannot be read."""
    for path in sorted(code.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = {
            target.id: node.value.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] in WRITERS:
                given = {word.arg: word.value for word in call.keywords}.get("kind")
                if path.name in CHOSEN_THERE and isinstance(given, ast.Name) and given.id == "kind":
                    yield from ((f"{path.name}:{call.lineno}", kind) for kind in CHOSEN_THERE[path.name])
                    continue
                yield from ((f"{path.name}:{call.lineno}", kind) for kind in _read(given, named))


def _read(node: ast.expr | None, named: dict[str, object]) -> tuple[str, ...]:
    if isinstance(node, ast.Constant):
        return (str(node.value),)
    if isinstance(node, ast.IfExp):
        return (*_read(node.body, named), *_read(node.orelse, named))
    if isinstance(node, ast.Name) and node.id in named:
        return (str(named[node.id]),)
    return ("?",)


def undecided(code: Path) -> list[tuple[str, str]]:
    """Messages of a kind about which nobody has decided whether it may arrive unasked."""
    return [(place, kind) for place, kind in kinds_written(code) if kind not in KINDS and kind not in TO_STAFF]


def test_every_kind_of_message_in_the_code_has_a_decision() -> None:
    assert undecided(CODE) == []
    written = {kind for _, kind in kinds_written(CODE)}
    assert {"reply", "safety", "person", "person_confirmed", "handed_back", "apology", "after_call", "alert"} <= written


@pytest.mark.parametrize("kind", ['"nudge"', "KIND", '"person" if late else "nudge"', "made_up()"])
def test_a_new_kind_without_a_decision_is_caught(tmp_path: Path, kind: str) -> None:
    (tmp_path / "new.py").write_text(f'KIND = "weekly_tip"\nOutboundMessage(lane="reminder", kind={kind})\n')
    assert [place for place, _ in undecided(tmp_path)] == ["new.py:2"]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_safe_contact_answer_holds_back_every_text_but_what_a_person_meant(kind: str) -> None:
    held = reason_to_hold(kind, channel="sms", status=Status.WITH_BOT, loss=False, unsafe=True)
    assert (held is None) == (kind in THOUGH_NOT_SAFE)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_after_an_opt_out_nothing_leaves_whatever_else_is_so(kind: str) -> None:
    for channel, loss, unsafe in product(Channel, (True, False), (True, False)):
        held = reason_to_hold(kind, channel=channel, status=Status.OPTED_OUT, loss=loss, unsafe=unsafe)
        assert held == "opted_out"


def test_after_a_loss_nobody_is_reminded() -> None:
    for kind, sending in KINDS.items():
        held = reason_to_hold(kind, channel="sms", status=Status.WITH_BOT, loss=True, unsafe=False)
        assert (held is None) == sending.after_loss
    assert not KINDS["call_reminder"].after_loss


def test_while_a_person_has_it_the_bot_sends_nothing_of_its_own() -> None:
    said = {
        kind
        for kind in KINDS
        if reason_to_hold(kind, channel="sms", status=Status.WITH_PERSON, loss=False, unsafe=False) is None
    }
    # What a person did to the call is theirs to say, too.
    assert said == {"person", "person_confirmed", "safety", "apology", "call_changed", "next_step"}


def test_a_page_shows_what_waits_to_whoever_opens_it() -> None:
    assert reason_to_hold("person", channel="web", status=Status.WITH_PERSON, loss=False, unsafe=True) is None


def test_a_kind_that_nobody_knows_does_not_leave() -> None:
    held = reason_to_hold("nudge", channel="sms", status=Status.WITH_BOT, loss=False, unsafe=False)
    assert held == "unknown_kind"


def test_the_answers_that_say_so_are_choices_of_the_flow() -> None:
    for question, unsafe in UNSAFE_ANSWERS.items():
        assert unsafe <= {choice.key for choice in library().flow.steps[question].choices}
        for answer in unsafe:
            assert is_unsafe_to_text({question: answer})
    assert not is_unsafe_to_text({"about": "yes", "call_safety": "yes", "call_safety_answer": "ask_for_me"})
    assert not is_unsafe_to_text({})
