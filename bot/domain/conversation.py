"""The things a conversation is made of: what came in, where it stands, what goes out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from bot.domain.status import Status

LANGUAGES = ("cy", "en")
# What holds no value, and never will.
NOTHING: Mapping[str, Any] = MappingProxyType({})
# The step that asks whether a baby has died, where words may mean something else.
MAYBE_LOSS = "maybe_loss"


class Channel(StrEnum):
    """The road a message takes."""

    SMS = "sms"
    WEB = "web"
    TERMINAL = "terminal"


class InboundMessage(NamedTuple):
    """One message from a parent, as the provider handed it over, before anything is understood.

    `sid` is the provider's own id and unique within the provider: a repeat is the same message.
    `contact` is an E.164 number for SMS, an unguessable token for web chat and terminal. `sent_at`, when the provider
    took it, is set only where the message never reached us and was fetched from the provider's list.
    """

    provider: str
    sid: str
    channel: Channel
    contact: str
    text: str
    media_count: int = 0
    opt_out_type: str | None = None
    can_reply: bool = True
    sent_to: str = ""
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Bilingual:
    """A value that reads differently in each language."""

    cy: str
    en: str


class Line(NamedTuple):
    """Words by their address in the catalogue, with the values to put in; a value may be a line itself."""

    address: str
    values: Mapping[str, "Value"] = NOTHING


Value = str | int | datetime | Bilingual | Line


class Option(NamedTuple):
    """One choice a parent may make: `mark` is the sign beside it, `key` what we remember, `label` what they read."""

    key: str
    label: Line
    mark: str


class Text(NamedTuple):
    """One outbound message or bubble: lines, then marked options. `about` names what a page can draw ("offer:<id>").

    `languages` is set only where a text must be in certain languages whatever the parent chose: both in the welcome,
    the other one in an offer to switch.
    """

    lines: tuple[Line, ...]
    options: tuple[Option, ...] = ()
    languages: tuple[str, ...] = ()
    about: str = ""


class Conversation(NamedTuple):
    """Where one parent stands. Everything the engine needs to know, and nothing about who they are.

    `answers` holds what was understood, by step; `trail` the steps to go BACK through; `shown` the keys of the numbered
    items in the last question (offers, times, lines); `seen` what was shown before; `resume` the step to return to
    from a side door; `other_language` how many messages in a row were clearly in the other language; `damaged` that
    what was remembered could not be read: it is empty then, and nobody knows what the parent had said.
    """

    id: str
    channel: Channel
    status: Status
    step: str
    flow_version: str
    language: str | None = None
    answers: Mapping[str, str] = NOTHING
    trail: tuple[str, ...] = ()
    misunderstood: int = 0
    shown: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    resume: str | None = None
    other_language: int = 0
    loss: bool = False
    damaged: bool = False


def speaks_of_no_baby(conversation: Conversation) -> bool:
    """Whether nothing may arrive unasked that speaks of a baby: after a loss, and while we ask if there was one."""
    return conversation.loss or conversation.step == MAYBE_LOSS


def after_loss(conversation: Conversation) -> Conversation:
    """The conversation once a loss is known, for good: there is no way back to what was asked before it."""
    answers = {**conversation.answers, "stage": "loss"}
    return conversation._replace(loss=True, trail=(), resume=None, answers=answers)


def as_before_loss(conversation: Conversation) -> Conversation:
    """The conversation where a person found that there was no loss. What `after_loss` took out does not come back."""
    answers = {step: answer for step, answer in conversation.answers.items() if step not in ("stage", MAYBE_LOSS)}
    return conversation._replace(loss=False, answers=answers)
