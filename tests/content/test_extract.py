"""Every address in use is found, with its author's note and where it stands."""

from bot.content.extract import Use, Uses, find_uses
from bot.content.library import load_library
from tests.content.little_world import World


def found(world: World) -> Uses:
    """What is in use in the little world."""
    return find_uses(load_library(world.flows), world.code, ("common", "chat", "safety"))


def the_use(world: World, address: str) -> Use:
    """The use of one address."""
    return found(world).by_address[address]


def test_the_flow_says_its_notes_and_lines(world: World) -> None:
    line = world.flow.read_text().split("\n").index("    ask: self_referral.who.ask") + 1
    use = the_use(world, "self_referral.who.ask")
    assert (use.places, use.notes, use.is_needed) == ([(world.flow, line)], ["[who] Who is asking."], True)


def test_labels_and_typed_words_have_no_line_of_their_own_and_are_found(world: World) -> None:
    line = world.flow.read_text().split("\n").index("      mum: {go: words}") + 1
    assert the_use(world, "self_referral.who.mum").places == [(world.flow, line)]
    words = the_use(world, "self_referral.who.mum.words")
    assert words.places == [(world.flow, line)]
    assert words.notes == ["[words] What a parent may type here for “mum”; a | between one and the next."]
    assert "self_referral.about.yes.words" not in found(world).by_address
    assert the_use(world, "answers.yes.words").places
    assert the_use(world, "commands.call.words").places == [(world.commands, 4)]


def test_every_variant_is_found(world: World) -> None:
    assert the_use(world, "self_referral.call_offer.ask_after_loss").is_needed
    assert the_use(world, "self_referral.call_offer.ask").is_needed


def test_other_content_files_are_read_too(world: World) -> None:
    assert the_use(world, "safety.life").places == [(world.flows / "responses.yaml", 1)]


def test_pages_and_python_with_their_notes(world: World) -> None:
    page, answer = the_use(world, "chat.send"), the_use(world, "common.holding")
    assert (page.places, page.notes, page.is_needed) == ([(world.code / "page.html", 2)], ["[page] The button."], True)
    assert (answer.places, answer.notes) == ([(world.code / "answer.py", 2)], ["[answer] When something failed."])


def test_a_note_of_several_lines_on_a_page(world: World) -> None:
    (world.code / "page.html").write_text('{# note: The\n   button. #}\n{{ say("chat.send", name=x) }}\n')
    assert the_use(world, "chat.send").notes == ["[page] The button."]


def test_an_address_that_is_only_mentioned_needs_no_words(world: World) -> None:
    (world.code / "more.py").write_text(
        'ROUTES = {"chat.page": 1}\nFILES = ["common.yaml", "chat.py"]\nWHAT = "else.where"\n'
    )
    uses = found(world)
    assert not uses.by_address["chat.page"].is_needed
    assert not {"common.yaml", "chat.py", "else.where"} & uses.by_address.keys()


def test_an_address_put_together_while_running_keeps_what_begins_so(world: World) -> None:
    (world.code / "more.py").write_text('A = f"common.error.{name}"\nB = "chat.state." + name\n')
    (world.code / "more.html").write_text('{{ say("chat.day_" ~ day) }}{{ say("chat.part." + part) }}\n')
    uses = found(world)
    assert uses.beginnings == {"common.error.", "chat.state.", "chat.day_", "chat.part.", "self_referral.tips."}
    assert uses.keeps("common.error.failed")
    assert uses.keeps("chat.day_monday")
    assert not uses.keeps("common.other")
    assert "chat.day_" not in uses.by_address


def test_an_address_that_is_mentioned_keeps_what_stands_below_it(world: World) -> None:
    (world.code / "more.html").write_text('{{ words_for("chat.state", state) }}{{ say("chat.said") }}\n')
    uses = found(world)
    assert uses.keeps("chat.state.open")
    assert not uses.keeps("chat.said.more")
    assert not uses.keeps("chat.stat.open")
