"""What the bot says to a message: who may speak comes first, then danger, side doors, and the journey itself."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.domain import engine
from bot.domain.answers import fold
from bot.domain.conversation import (
    LANGUAGES,
    MAYBE_LOSS,
    Channel,
    Conversation,
    InboundMessage,
    after_loss,
    speaks_of_no_baby,
)
from bot.domain.language import guess_language
from bot.domain.lateness import Lateness
from bot.domain.screening import Screening
from bot.domain.status import Status, move
from bot.domain.turn import Turn, spoken
from bot.services.carry_out import carry_out
from bot.services.desk import Desk
from bot.services.fetch_wants import fetch_want, outside_facts
from bot.services.hear_beside_person import hear_beside_person
from bot.services.name_items import name_items
from bot.services.open_doors import asks_for_words, door_of, doors_heard
from bot.services.opt_out import opt_in, opt_out
from bot.storage import concerns, tasks
from bot.storage.conversations import Stored
from bot.storage.database import Transaction

_SWITCH_AFTER = 2


def answer_parent(
    desk: Desk,
    tx: Transaction,
    stored: Stored,
    message: InboundMessage,
    screening: Screening,
    now: datetime,
    lateness: Lateness = Lateness.ON_TIME,
) -> Turn:
    """The finished turn. Nothing is said to somebody who opted out; a safe text is said whoever else may speak."""
    conversation = stored.conversation
    heard = doors_heard(desk, tx, conversation, message.text)
    if _asks_to_stop(desk, message):
        return opt_out(desk, tx, conversation, now)
    if conversation.status is Status.OPTED_OUT:
        if screening.level in ("urgent", "immediate"):
            tasks.open_task(tx, conversation.id, "texts_off", now)
        if _asks_to_be_forgotten(desk, message):
            # They cannot be asked whether they are sure, and must not be texted: a person sees to it.
            tasks.open_task(tx, conversation.id, "asks_to_be_forgotten", now)
        return opt_in(desk, conversation) if _asks_to_start(desk, message) else Turn(_noted(desk, conversation, heard))
    long_over = stored.heard_at and now - stored.heard_at > timedelta(seconds=desk.settings.forget_earlier_seconds)
    # Where it cannot be read what was asked, nobody's "2" is taken for an answer: the conversation begins anew.
    if long_over or conversation.damaged:
        conversation = conversation._replace(step="", answers={}, trail=(), shown=(), seen=(), resume=None)
    conversation = _note_language(conversation, message.text)
    facts = outside_facts(desk, tx, conversation, now)
    if screening.level in ("urgent", "immediate"):
        return _safe_text(desk, conversation, facts, screening, message, heard)
    if conversation.status is Status.WITH_PERSON:
        return hear_beside_person(desk, tx, stored, _noted(desk, conversation, heard), message, now)
    if lateness is Lateness.TOO_OLD:
        return Turn(_noted(desk, conversation, heard))
    if conversation.status is Status.CLOSED:
        conversation = conversation._replace(status=move(Status.CLOSED, "reopen"))
    turn = _first_move(desk, stored, conversation, facts, message, door_of(conversation, facts, heard), now, lateness)
    # The page of the web chat begins with the welcome, whatever is written first.
    if _is_new(stored, conversation) and not (conversation.channel is Channel.WEB and stored.heard_at is None):
        turn = _introduced(desk, turn)
    if conversation.step == MAYBE_LOSS and MAYBE_LOSS in heard and not turn.understood:
        # Asked whether a baby has died, they say it again in their own words: that is a yes.
        turn = engine.enter(conversation, desk.library.flow, facts, "loss")
    while turn.want is not None:
        turn = engine.supply(turn, desk.library.flow, fetch_want(desk, tx, turn, stored.contact, now))
    carry_out(desk, tx, turn, now)
    return _with_remarks(_with_kind_line(desk, tx, turn, screening), message)


def _is_new(stored: Stored, conversation: Conversation) -> bool:
    """Whether the parent writes for the first time, or as if for the first time."""
    return stored.heard_at is None or conversation.step == ""


def _introduced(desk: Desk, turn: Turn) -> Turn:
    """Says who answers, and whom to ring in danger, where the welcome that says so was passed by.

    Not to who tells of a loss: the first words they read are of that, and a person is offered with them.
    """
    if turn.conversation.step == desk.library.flow.start or speaks_of_no_baby(turn.conversation):
        return turn
    return turn._replace(texts=(spoken("common.who_answers"), *turn.texts))


def _first_move(
    desk: Desk,
    stored: Stored,
    conversation: Conversation,
    facts: Mapping[str, str],
    message: InboundMessage,
    door: str | None,
    now: datetime,
    lateness: Lateness,
) -> Turn:
    flow, text = desk.library.flow, message.text
    command = desk.reader.command(text)
    if _is_new(stored, conversation):
        named = command.language if command else None
        language = named or conversation.language or guess_language(text) or _language_of(desk, text)
        greeting = engine.begin(conversation._replace(step=flow.start, language=language), flow, facts, language)
        # BACK, SKIP and their like mean nothing yet, and would hide who is speaking. What was said of a loss or a fear
        # is heard in any language, and would not be said again.
        known = greeting.conversation.language is not None
        if not (door or (known and command and (command.go or command.visit))):
            return greeting
        conversation = greeting.conversation
    elif not conversation.language and (door or command):
        conversation = conversation._replace(language=guess_language(text) or _language_of(desk, text))
    elif _long_ago(desk, stored, now) and command is None and door is None and not flow.current(conversation.step).end:
        return engine.enter(conversation, flow, facts, "paused")
    if door:
        return engine.enter(conversation, flow, facts, door)
    if message.opt_out_type == "HELP":
        return engine.enter(conversation, flow, facts, "info")
    # Words that were overtaken answer a question that is not asked any more; a word that works anywhere still works.
    overtaken = lateness is Lateness.OVERTAKEN and not (command and (command.go or command.visit))
    if overtaken or _is_meant_for_the_network(desk, conversation, message):
        return engine.ask_again(conversation, flow, facts)
    return engine.advance(conversation, flow, facts, desk.reader, text, name_items(desk, conversation))


def _noted(desk: Desk, conversation: Conversation, heard: frozenset[str]) -> Conversation:
    """A loss that is told while the bot must be silent is known all the same when it speaks again."""
    if "loss" not in heard or conversation.loss:
        return conversation
    return after_loss(conversation)._replace(step=desk.library.flow.start_after_loss)


def _safe_text(
    desk: Desk,
    conversation: Conversation,
    facts: Mapping[str, str],
    screening: Screening,
    message: InboundMessage,
    heard: frozenset[str],
) -> Turn:
    """The first safe text, in the parent's language: one word that says which is enough to answer danger, though not
    to settle how they are spoken to from now on. Where none does, one text in each: who is in danger reads a short one.

    The place does not change, unless the same message tells of a loss: that door opens with it.
    """
    language = conversation.language or guess_language(message.text)
    heard_in = language or guess_language(message.text, least=1)
    text = spoken(desk.responses.address(screening.categories[0], screening.level))
    safe = tuple(text._replace(languages=(each,)) for each in ((heard_in,) if heard_in else LANGUAGES))
    begins = desk.library.flow.beginning(loss=conversation.loss)
    conversation = conversation._replace(step=conversation.step or begins)
    if door_of(conversation, facts, heard) != "loss":
        return Turn(conversation, safe, visited=("safety",))
    if conversation.status is not Status.WITH_BOT:
        return Turn(_noted(desk, conversation, heard), safe, visited=("safety",))
    loss = engine.enter(conversation._replace(language=language), desk.library.flow, facts, "loss")
    return loss._replace(texts=(*safe, *loss.texts), visited=("safety", *loss.visited))


def _with_kind_line(desk: Desk, tx: Transaction, turn: Turn, screening: Screening) -> Turn:
    """One kind line before the journey goes on, where a worry was heard that is no danger now; once while it is open.

    A side door that the same words opened has an answer of its own.
    """
    if screening.level != "watch" or turn.visited:
        return turn
    if any(alert.state != "closed" for alert in concerns.of_conversation(tx, turn.conversation.id)):
        return turn
    return turn._replace(texts=(spoken(desk.responses.watch), *turn.texts))


def _asks_to_stop(desk: Desk, message: InboundMessage) -> bool:
    return message.opt_out_type == "STOP" or (
        message.channel is Channel.SMS and fold(message.text) in desk.library.opt_out_words
    )


def _asks_to_start(desk: Desk, message: InboundMessage) -> bool:
    return message.opt_out_type == "START" or fold(message.text) in desk.library.opt_in_words


def _asks_to_be_forgotten(desk: Desk, message: InboundMessage) -> bool:
    command = desk.reader.command(message.text)
    return command is not None and "forget" in command.go.targets()


def _is_meant_for_the_network(desk: Desk, conversation: Conversation, message: InboundMessage) -> bool:
    """START from a parent whose texts were never off: nobody's name, and no answer in their own words."""
    return asks_for_words(desk, conversation) and message.channel is Channel.SMS and _asks_to_start(desk, message)


def _long_ago(desk: Desk, stored: Stored, now: datetime) -> bool:
    """Whether neither side has said anything for so long that the parent may have lost the thread."""
    return stored.heard_at is not None and now - stored.updated_at > timedelta(seconds=desk.settings.idle_seconds)


def _language_of(desk: Desk, text: str) -> str | None:
    """The language of a word that works anywhere, when only one language has it."""
    command = desk.reader.command(text)
    if command is None:
        return None
    folded = fold(text)
    spoken_in = [
        language
        for language in ("cy", "en")
        if any(folded == fold(word) for word in desk.catalogue.words(language, command.words))
    ]
    return spoken_in[0] if len(spoken_in) == 1 else None


def _note_language(conversation: Conversation, text: str) -> Conversation:
    """Counts clear messages in the other language; one in the chosen language starts the count again."""
    guess = guess_language(text)
    if guess is None or conversation.language is None:
        return conversation
    run = 0 if guess == conversation.language else conversation.other_language + 1
    return conversation if run == conversation.other_language else conversation._replace(other_language=run)


def _with_remarks(turn: Turn, message: InboundMessage) -> Turn:
    """What is added before or after the reply: pictures cannot be seen; the other language is there."""
    if message.media_count:
        turn = turn._replace(texts=(spoken("common.attachment"), *turn.texts))
    conversation = turn.conversation
    if conversation.language and conversation.other_language >= _SWITCH_AFTER:
        other = "en" if conversation.language == "cy" else "cy"
        offer = spoken("commands.offer_language")._replace(languages=(other,))
        turn = turn._replace(texts=(*turn.texts, offer), conversation=conversation._replace(other_language=0))
    return turn
