"""Rules about the directory: who may know of what, and how it is told to a parent. Each docstring is the rule."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

from bot.content.checking import LANGUAGE_NAMES, Content
from bot.content.checks_style import too_long
from bot.content.faults import Fault
from bot.content.staff_names import names_told
from bot.domain.areas import ELSEWHERE
from bot.domain.choosing import Wishes, choose_offer
from bot.domain.offers import PARENTS, STAFF_TIERS, Offer
from bot.domain.segments import count_segments, for_sms

_FIRST_LINE = "offers.one"
BANNED = {"never": "“{}” is a word we do not use with parents", "statutory": "“{}” is never named to parents"}
# So many offers are asked for in each situation: a parent is shown three at most.
_ASKED_FOR = 4


def staff_name_told(content: Content) -> Iterator[Fault]:
    """No service that is for staff only is named in any text for parents, in any spelling."""
    hidden = tuple(_staff_only(content))
    for language in LANGUAGE_NAMES:
        for entry in content.wordings(language):
            for text in entry.strings:
                for offer, name in names_told(hidden, text):
                    yield entry.fault(f"“{name}” is for staff only ({_place(offer)}), and this text names it.")
    for offer in content.directory.offers:
        for text in _told(offer):
            for named, name in names_told(hidden, text):
                sentence = f"“{name}” is for staff only ({_place(named)}), and “{offer.id}” names it to parents."
                yield _fault(offer, sentence)
    for where, text in content.spoken_facts:
        for offer, name in names_told(hidden, text):
            yield Fault(where, 1, f"“{name}” is for staff only ({_place(offer)}), and this file names it to parents.")


def staff_offer_reachable(content: Content) -> Iterator[Fault]:
    """No service that is for staff only can be chosen for a parent, whatever the parent said."""
    for offer in content.directory.offers:
        if offer.tier in STAFF_TIERS and offer.audience == PARENTS:
            yield _fault(offer, f"“{offer.id}” is {offer.tier}, and open to parents; its audience must be staff.")
    hidden = {offer.id for offer in _staff_only(content)}
    for offer_id in sorted(hidden & set(_reachable(content))):
        if found := content.directory.get(offer_id):
            yield _fault(found, f"“{offer_id}” is for staff only, and can be chosen for a parent.")


def offer_first_line(content: Content) -> Iterator[Fault]:
    """An offer's first text takes one SMS part in English, with the longest reason there is."""
    entry = content.catalogue.entries("en").get(_FIRST_LINE)
    for offer, told in content.values.of_each_offer("en", entry.strings[0] if entry else ""):
        body = for_sms(told)
        if not offer.welsh_missing and (parts := count_segments(body).parts) > 1:
            yield _fault(offer, f"The first text of “{offer.id}” takes {parts} SMS parts in English: “{body}”")


def offer_words(content: Content) -> Iterator[Fault]:
    """What an offer says to parents keeps the rules for words: short sentences, no clinical and no statutory word."""
    for offer in content.directory.offers:
        if offer.audience != PARENTS or offer.welsh_missing:
            continue
        for language in LANGUAGE_NAMES:
            for value in offer.for_parents():
                text = value.cy if language == "cy" else value.en
                for sentence in too_long(language, text):
                    yield _fault(offer, sentence)
                for kind, words in BANNED.items():
                    for word in content.glossary.found(kind, language, text):
                        yield _fault(offer, f"{words.format(word.removesuffix('*'))} (“{offer.id}”).")


def _staff_only(content: Content) -> Iterator[Offer]:
    return (offer for offer in content.directory.offers if offer.audience != PARENTS or offer.tier in STAFF_TIERS)


def _told(offer: Offer) -> Iterator[str]:
    """What a parent reads of an offer, and what stands of it in the feed that is open to all."""
    if offer.audience == PARENTS and offer.tier not in STAFF_TIERS:
        for value in offer.for_parents():
            yield from (value.cy, value.en)
        yield from (offer.owner, offer.source, *offer.also_called, offer.contact.web, offer.contact.email)


def _reachable(content: Content) -> Iterator[str]:
    """Every offer that some parent, with some answers, would be shown among the first few."""
    directory, now = content.directory, datetime.now(UTC)
    areas = (*content.areas, ELSEWHERE)
    stages = ("", "pregnant", "under_1", "from_1_to_2", "from_2_to_4")
    needs = ("", "nights", "feeding", "company", "together")
    for area, stage, who, language, need in product(areas, stages, ("", "mum", "dad"), ("cy", "en"), needs):
        seen: tuple[str, ...] = ()
        for _ in range(_ASKED_FOR):
            wishes = Wishes(area, stage, "", who, language, need, seen)
            chosen = choose_offer(directory, wishes, now=now, is_open=lambda offer: True)
            if chosen is None:
                break
            seen = (*seen, chosen.offer.id)
        yield from seen


def _place(offer: Offer) -> str:
    return f"{Path(offer.path).name}:{offer.line}"


def _fault(offer: Offer, sentence: str) -> Fault:
    return Fault(Path(offer.path), offer.line, sentence)
