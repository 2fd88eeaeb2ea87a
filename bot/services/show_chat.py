"""Shows a parent their web chat: the bubbles so far, and what may be chosen now. Looking changes nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from bot.domain import engine
from bot.domain.conversation import LANGUAGES, Channel, Conversation
from bot.domain.flow import Kind, Step
from bot.domain.status import Status
from bot.domain.turn import SPEAK
from bot.services.desk import Desk
from bot.services.know_offers import with_known_offers
from bot.services.pack_reply import PackedReply, Shown, unpack_reply
from bot.services.put_into_words import put_into_words
from bot.services.report_readiness import LATE_ALERT
from bot.services.show_offer import OfferCard, show_offer
from bot.storage import conversations, messages, promises
from bot.storage.conversations import Stored
from bot.storage.database import Transaction
from bot.storage.messages import ThreadEntry
from bot.storage.replies import replies
from bot.storage.vitals import nobody_can_be_reached


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message on the page. `who` is parent, bot or person; `lines` are (language, words).

    `offer` is drawn as a card in place of the lines; `drawing` is the name of a picture beside them.
    """

    who: str
    lines: tuple[tuple[str, str], ...]
    offer: OfferCard | None = None
    drawing: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """One thing to choose: what it sends, what it says and in which language, and its key in the flow where known.

    `strikes` says that choosing it takes the line out."""

    mark: str
    label: str
    language: str
    key: str
    strikes: bool = False


@dataclass(frozen=True, slots=True)
class Chat:
    """A web chat as it stands. `language` is None until it is chosen; `person` when a person has taken over.

    `unreached` while no colleague can be told of an alert by any road, or nothing goes on telling them: the page then
    says whom to ring.
    `waits`: the parent waits for a person, who may come at any moment.

    `own_words` says that the question asks for them; `can_skip` and `can_go_back` that those words would do something.
    """

    begun: bool
    ended: bool
    language: str | None
    bubbles: tuple[Bubble, ...] = ()
    buttons: tuple[Button, ...] = ()
    step: str = ""
    person: bool = False
    waits: bool = False
    own_words: bool = False
    can_skip: bool = False
    can_go_back: bool = False
    unreached: bool = False

    @property
    def question(self) -> str:
        """Which question, with which choices, this page asks: a mark pressed on another one must not answer it."""
        asked = (self.step, *((button.mark, button.label) for button in self.buttons))
        return sha256(repr(asked).encode()).hexdigest()[:16]


def show_chat(desk: Desk, token: str | None, now: datetime) -> Chat:
    """The chat of that token. Without one, or before the parent has acted, the welcome: nothing is stored for it.

    A chat that was left, or was idle for too long, is `ended` and shows nothing of what was said.
    """
    return desk.database.read(lambda tx: _show(desk, tx, token, now))


def _show(desk: Desk, tx: Transaction, token: str | None, now: datetime) -> Chat:
    stored = conversations.find(tx, desk.vault, channel=Channel.WEB, contact=token) if token else None
    welcome = _welcome(desk, now)
    if stored is None:
        step = desk.library.flow.steps[welcome.step]
        greeting = tuple(Bubble("bot", text.lines) for text in welcome.texts)
        return Chat(False, False, None, greeting, _buttons(desk, welcome.texts[-1], step), step.name)
    conversation = stored.conversation
    entries = messages.thread(tx, desk.vault, conversation.id)
    if _has_ended(desk, stored, entries, now):
        return Chat(True, True, conversation.language)
    kept = {id_: unpack_reply(reply) for id_, reply in replies(tx, desk.vault, conversation.id).items()}
    draw = Drawer(with_known_offers(desk, tx), conversation, now)
    bubbles, question = _thread(desk, entries, kept, welcome, conversation, draw)
    step = desk.library.flow.current(conversation.step)
    person = conversation.status is Status.WITH_PERSON
    return Chat(
        begun=True,
        ended=False,
        language=conversation.language,
        bubbles=tuple(bubbles),
        buttons=() if person or question is None else _buttons(desk, question, step),
        step=step.name,
        person=person,
        waits=promises.of_conversation(tx, conversation.id) is not None,
        own_words=step.answer not in (Kind.CHOICE, Kind.NOTHING),
        can_skip=bool(step.skip) and not person,
        can_go_back=bool(conversation.trail) and not person,
        unreached=nobody_can_be_reached(tx, overdue_since=now - timedelta(seconds=LATE_ALERT)),
    )


def _has_ended(desk: Desk, stored: Stored, entries: tuple[ThreadEntry, ...], now: datetime) -> bool:
    """Whether the chat was left, or nobody, parent or person, has said or done anything in it for too long."""
    last = max([stored.heard_at or stored.created_at, stored.updated_at, *(entry.at for entry in entries)])
    idle = now - last > timedelta(seconds=desk.settings.web_chat_idle_seconds)
    return stored.conversation.status is Status.CLOSED or idle


def _welcome(desk: Desk, now: datetime) -> PackedReply:
    """The first words anybody meets, in both languages, made afresh and stored nowhere."""
    flow = desk.library.flow
    nobody = Conversation("", Channel.WEB, Status.WITH_BOT, flow.start, flow.version)
    turn = engine.begin(nobody, flow, {})
    rendered = put_into_words(desk, turn.conversation, turn.texts, now)
    texts = tuple(Shown(text.language, text.lines, text.options) for text in rendered)
    return PackedReply(turn.conversation.step, texts)


def _thread(
    desk: Desk,
    entries: tuple[ThreadEntry, ...],
    kept: dict[str, PackedReply],
    welcome: PackedReply,
    conversation: Conversation,
    draw: "Drawer",
) -> tuple[list[Bubble], Shown | None]:
    """The bubbles in order, and the last question with options, if it was asked where the parent stands now.

    Once a baby has died the page begins with the words that told of it, or, where a person was told, with that person:
    what was asked of the baby before is not shown again.
    """
    language = conversation.language or LANGUAGES[0]
    bubbles = list(draw.bubbles_of(welcome))
    question, asked_at = _last_question(welcome), welcome.step
    begins_anew = not conversation.loss
    for entry in entries:
        if entry.text is None or entry.state == "dropped":
            continue
        if entry.who == "parent":
            reply = kept.get(entry.inbound_id or "")
            if not begins_anew and reply is not None and _tells_of_loss(desk, reply):
                bubbles, begins_anew = [], True
            bubbles.append(Bubble("parent", ((language, _as_read(entry.text, question)),)))
            if reply is not None:
                bubbles += draw.bubbles_of(reply)
                question, asked_at = (_last_question(reply), reply.step) if _asks(reply) else (question, asked_at)
        elif entry.who != "bot":
            bubbles.append(Bubble("person", ((language, entry.text),)))
        elif entry.inbound_id not in kept:
            bubbles.append(Bubble("bot", ((language, entry.text),)))
    if not begins_anew:
        by_person = (place for place, bubble in enumerate(bubbles) if bubble.who == "person")
        bubbles = bubbles[next(by_person, 0) :]
    return bubbles, question if asked_at == conversation.step else None


def _tells_of_loss(desk: Desk, reply: PackedReply) -> bool:
    """Whether this is what was answered to a loss."""
    return desk.library.flow.current(reply.step).do == "note_loss"


def _asks(reply: PackedReply) -> bool:
    return _last_question(reply) is not None


def _last_question(reply: PackedReply) -> Shown | None:
    return next((text for text in reversed(reply.texts) if text.options), None)


def _as_read(text: str, question: Shown | None) -> str:
    """A mark reads as what was chosen by it."""
    return dict(question.options).get(text, text) if question else text


class Drawer:
    """Makes bubbles, with what a page draws: the offer a text tells of, the picture of a card."""

    def __init__(self, desk: Desk, conversation: Conversation, now: datetime) -> None:
        self._desk = desk
        self._conversation = conversation
        self._now = now
        self._drawings = {card.id: card.drawing for card in desk.cards}

    def bubbles_of(self, reply: PackedReply) -> tuple[Bubble, ...]:
        """The bubbles of one reply."""
        return tuple(self._bubble(text) for text in reply.texts if text.lines)

    def _bubble(self, text: Shown) -> Bubble:
        kind, _, key = text.about.partition(":")
        if kind == "offer":
            return Bubble("bot", text.lines, show_offer(self._desk, self._conversation, key, self._now))
        # Nothing of a baby is drawn once a loss is known, nor in what was said before.
        drawing = self._drawings.get(key, "") if kind == "tip" and not self._conversation.loss else ""
        return Bubble("bot", text.lines, drawing=drawing)


def _buttons(desk: Desk, question: Shown, step: Step) -> tuple[Button, ...]:
    """The options as buttons. A choice of language is written, and read aloud, in that language."""
    keys: dict[str, tuple[str, str]] = {}
    for choice in step.choices:
        spoken = next((language for language, act in SPEAK.items() if choice.do == act), None)
        labels = [desk.catalogue.text(language, choice.label) for language in LANGUAGES]
        for label in (*labels, " / ".join(labels)):
            keys[label] = (choice.key, spoken or question.language)
    return tuple(
        Button(mark, label, language, key, strikes=not key and step.take == "strike")
        for mark, label in question.options
        for key, language in [keys.get(label, ("", question.language))]
    )
