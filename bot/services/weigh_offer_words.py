"""Weighs the words of an offer as `helo check` does for files: may parents be told so?"""

from datetime import datetime, timedelta

from bot.content.checks_offers import BANNED
from bot.content.checks_style import too_long
from bot.content.staff_names import names_told
from bot.domain.choosing import Chosen
from bot.domain.conversation import LANGUAGES, Bilingual, Channel, Conversation
from bot.domain.offers import PARENTS, Offer
from bot.domain.segments import count_segments, for_sms
from bot.domain.status import Status
from bot.domain.turn import spoken
from bot.services.desk import Desk
from bot.services.put_into_words import put_into_words
from bot.services.tell_offer import tell_offer

_REASONS = "offers.because."


def weigh_offer_words(desk: Desk, offer: Offer, now: datetime) -> list[tuple[str, str]]:
    """What is wrong, as (name in the form, code): a sentence too long, a word we do not use, a service for staff only
    named, a first text of more than one SMS part in English."""
    hidden = [each for each in desk.directory.offers if each.audience != PARENTS]
    faults = []
    for name, value in _spoken(offer):
        for language in LANGUAGES:
            text = value.cy if language == "cy" else value.en
            place = f"{name}.{language}"
            if any(too_long(language, text)):
                faults.append((place, "long_sentence"))
            if any(True for kind in BANNED for _ in desk.glossary.found(kind, language, text)):
                faults.append((place, "banned_word"))
            if any(names_told(hidden, text)):
                faults.append((place, "staff_name"))
    if _first_text_parts(desk, offer, now) > 1:
        faults.append(("name.en", "first_text"))
    return faults


def _spoken(offer: Offer) -> list[tuple[str, Bilingual]]:
    """What a parent reads of it and the form asks for, each under its name in the form."""
    named = {"contact.way": offer.contact.way}
    named |= {name: getattr(offer, name) for name in ("name", "what", "where", "directions", "when", "cost")}
    return [(name, value) for name, value in named.items() if value is not None]


def _first_text_parts(desk: Desk, offer: Offer, now: datetime) -> int:
    """With the longest reason there is, at each time of the coming year."""
    reasons = (address.removeprefix(_REASONS) for address in desk.catalogue.addresses() if address.startswith(_REASONS))
    reason = max(reasons, key=lambda each: len(desk.catalogue.text("en", f"{_REASONS}{each}")))
    starts_at = offer.times.next_after(now) if offer.times else None
    weeks = [starts_at + timedelta(weeks=number) for number in range(52)] if starts_at else [None]
    texts = [spoken("offers.one", **tell_offer(desk, Chosen(offer, week, reason))) for week in weeks]
    nobody = Conversation("", Channel.SMS, Status.WITH_BOT, "", "", language="en")
    return max(count_segments(for_sms(each.body)).parts for each in put_into_words(desk, nobody, texts, now))
