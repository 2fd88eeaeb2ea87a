"""Puts a turn's texts into the parent's language, as one plain text each."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from bot.content.bank_holidays import closed_days
from bot.domain.conversation import LANGUAGES, Conversation, Line, Text, Value
from bot.domain.promises import Promise, next_look
from bot.domain.segments import for_sms
from bot.domain.slots import WALES
from bot.services.desk import Desk


class Rendered(NamedTuple):
    """One text as the parent reads it: lines with their language, options with their marks, and all as plain text.

    `promised`: what it says of when a person reads; None where it says nothing of it.
    """

    body: str
    language: str
    lines: tuple[tuple[str, str], ...]
    options: tuple[tuple[str, str], ...]
    promised: Promise | None = None
    about: str = ""


class Facts(Mapping[str, Value]):
    """What any text may quote: helplines, the team, when a person is next there. Looked up only when quoted."""

    def __init__(self, desk: Desk, now: datetime) -> None:
        self._desk = desk
        self._now = now
        self.promised: Promise | None = None

    def __getitem__(self, name: str) -> Value:
        team = self._desk.team
        if name in self._desk.helplines:
            return self._desk.helplines[name]
        if name in team.facts:
            return team.facts[name]
        if name in ("back_at", "seen_by"):
            return self._when_a_person_reads()
        raise KeyError(name)

    def _when_a_person_reads(self) -> Value:
        """Within hours, by the end of them: nobody can promise this minute. Else when the team is next there."""
        look = self.promised = promise_now(self._desk, self._now)
        if look is None:
            return Line("common.nobody_knows_when")
        if look.kind == "before":
            return Line("common.today_before", {"time": look.at.astimezone(WALES).strftime("%H:%M")})
        return Line("common.not_until", {"time": look.at}) if look.kind == "not_until" else look.at

    def __iter__(self) -> Iterator[str]:
        return iter((*self._desk.helplines, *self._desk.team.facts, "back_at", "seen_by"))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _Layered(dict[str, Any]):
    """A line's own values first, then the facts."""

    def __init__(self, own: Mapping[str, Value], facts: Facts) -> None:
        super().__init__(own)
        self._facts = facts

    def __missing__(self, name: str) -> Value:
        return self._facts[name]


def promise_now(desk: Desk, now: datetime) -> Promise | None:
    """What may honestly be said at `now` of when a person reads: from staffed hours and bank holidays of Wales."""
    team = desk.team
    return next_look(team.hours, closed_days(team.closed, now), now, reading=team.reading)


def put_into_words(
    desk: Desk, conversation: Conversation, texts: Iterable[Text], now: datetime
) -> tuple[Rendered, ...]:
    """The texts in the parent's language; before a language is chosen, in both, Welsh first."""
    return tuple(_render(desk, conversation, text, Facts(desk, now)) for text in texts)


def _render(desk: Desk, conversation: Conversation, text: Text, facts: Facts) -> Rendered:
    known = (conversation.language,) if conversation.language else LANGUAGES
    languages = text.languages or known
    say = desk.catalogue.text

    def words(language: str, line: Line) -> str:
        return say(language, line.address, _Layered(line.values, facts) if line.values else facts)

    lines = tuple((language, words(language, line)) for language in languages for line in text.lines)
    options = tuple(
        (option.mark, " / ".join(dict.fromkeys(words(language, option.label) for language in languages)))
        for option in text.options
    )
    body = "\n".join([*(line for _, line in lines), *(f"{mark} {label}" for mark, label in options)])
    return Rendered(for_sms(body), languages[0], lines, options, facts.promised, text.about)
