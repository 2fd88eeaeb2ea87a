"""Rules about how a parent is spoken to. Each docstring is the rule."""

import re
from collections.abc import Iterator

from bot.content.catalogue import PLACEHOLDER
from bot.content.checking import LANGUAGE_NAMES, PAGE_DOMAINS, Content
from bot.content.faults import Fault
from bot.content.paths import walk_after_loss
from bot.content.reading import read_document
from bot.domain.answers import fold
from bot.domain.welsh import mutations

# Easy read (journey 7): an English sentence has 15 words at most; a Welsh one 25 (Cymraeg Clir), and aims for 15.
_LONGEST = {"en": 15, "cy": 25}
_AIM = 15
# In SMS parts: English 2, Welsh 2, a first safe text in Welsh 3.
_MOST_PARTS = {"en": 2, "cy": 2}
_MOST_PARTS_SAFETY = {"en": 2, "cy": 3}
_LOCK_SCREEN = 40
_ON_LOCK_SCREENS = ("safety.", "common.person.", "unasked.", "reminders.")
_SENTENCE = re.compile(r"(?<=[.!?…])[\"”’']?\s+|\n+")
_WORD = re.compile(r"[^\W_]+(?:['’.\-][^\W_]+)*")
_NUMBER = re.compile(r"\d(?:[\s\-]?\d){2,}")
_HOUR = re.compile(
    r"\b\d{1,2}[:.]\d{2}\b"
    r"|\b\d{1,2}\s?(?:[ap]\.?m\b|y\.?[bh]\b|o['’]?\s?(?:clock|r\sgloch)\b)"
    r"|\b\d{1,2} (?:in the |y |yn y )(?:morning|afternoon|evening|bore|prynhawn|nos)\b",
    re.IGNORECASE,
)
# The hours of a clock in words. What follows a range and is counted ("4 to 6 weeks") makes it no hour.
_COUNTED = (
    ("one", "un"), ("two", "dau", "dwy"), ("three", "tri", "tair"), ("four", "pedwar", "pedair"), ("five", "pump"),
    ("six", "chwech"), ("seven", "saith"), ("eight", "wyth"), ("nine", "naw"), ("ten", "deg"),
    ("eleven", "un ar ddeg"), ("twelve", "deuddeg"),
)  # fmt: skip
_NUMBER_WORDS = {
    form: hour for hour, words in enumerate(_COUNTED, start=1) for word in words for form in mutations(word)
}
_ONE_HOUR = rf"(?:{'|'.join(sorted(_NUMBER_WORDS, key=len, reverse=True))}|1?\d|2[0-4])"
_RANGE = re.compile(
    r"(?<![-–\d])"
    r"(?P<opened>\b(?:from|between|rhwng|o)\s+)?"
    rf"\b(?P<first>{_ONE_HOUR})"
    r"(?:\s?[-–]\s?|\s+(?P<joined>to|until|till|tan|i|and|a)\s+)"
    rf"(?P<last>{_ONE_HOUR})\b"
    r"(?![-–\d]|\s+(?:minute|hour|day|week|month|year|word)s?\b"
    r"|\s+(?:munud|awr|oriau|diwrnod|wythnos|mis|blynedd|blwydd|oed|gair)\b)",
    re.IGNORECASE,
)
_CAPITALS = re.compile(r"\b[A-ZÂÊÎÔÛŴŶ]{2,}\b")


def long_sentence(content: Content) -> Iterator[Fault]:
    """A sentence has at most 15 words in English and 25 in Welsh. (Over 15 in Welsh is a warning.)"""
    for language in LANGUAGE_NAMES:
        for entry in content.wordings(language):
            count, sentence = max(
                (words_in(sentence), sentence) for sentence in sentences(content, language, entry.strings)
            )
            if count > _LONGEST[language]:
                yield entry.fault(f"{count} words in one sentence; at most {_LONGEST[language]}: “{sentence}”")
            elif count > _AIM:
                yield entry.fault(f"{count} words in one sentence; aim for {_AIM}: “{sentence}”", warning=True)


def too_long(language: str, text: str) -> Iterator[str]:
    """The sentences of a text that are longer than `long_sentence` lets them be, each as a fault's sentence."""
    for sentence in _SENTENCE.split(text):
        if (count := words_in(sentence)) > _LONGEST[language]:
            yield f"{count} words in one sentence; at most {_LONGEST[language]}: “{sentence}”"


def too_many_segments(content: Content) -> Iterator[Fault]:
    """A text with its choices takes at most 2 SMS parts; a first safe text in Welsh at most 3."""
    for sent in content.sent:
        domain = sent.entry.address.partition(".")[0]
        most = (_MOST_PARTS_SAFETY if domain == "safety" else _MOST_PARTS)[sent.language]
        if domain not in PAGE_DOMAINS and sent.segments.parts > most:
            because = f" because of {' '.join(sent.segments.costly)}" if sent.segments.costly else ""
            room = (67 if sent.segments.costly else 153) * most
            yield sent.entry.fault(
                f"Sent with its choices this takes {sent.segments.parts} SMS parts; at most {most}."
                f" {sent.segments.units} letters, room for {room}{because}."
            )


def banned_word(content: Content) -> Iterator[Fault]:
    """No clinical word and no acronym: the glossary lists them as `never`."""
    yield from _found(content, "never", "“{}” is a word we do not use with parents")


def statutory_name(content: Content) -> Iterator[Fault]:
    """No statutory service is named to a parent: the glossary lists them as `statutory`."""
    yield from _found(content, "statutory", "“{}” is a service we never name to parents")


def england_only(content: Content) -> Iterator[Fault]:
    """No service for England only is named to a parent, nor stands in flows/helplines.yaml: the glossary lists them as
    `england_only`."""
    yield from _found(content, "england_only", "“{}” is for England only and turns a parent in Wales away")
    document = read_document(content.library.folder / "helplines.yaml")
    helplines = document.data.get("helplines")
    for key, line in helplines.items() if isinstance(helplines, dict) else ():
        for language in LANGUAGE_NAMES:
            for word in content.glossary.found("england_only", language, str(line)):
                yield document.fault(
                    f"“{word}” is for England only and turns a parent in Wales away.", "helplines", key
                )


def _found(content: Content, kind: str, sentence: str) -> Iterator[Fault]:
    notes = {term.english: term.note for term in content.glossary.terms} | {
        term.welsh: term.note for term in content.glossary.terms
    }
    for language in LANGUAGE_NAMES:
        for entry in content.wordings(language):
            for word in content.glossary.found(kind, language, _bare(entry.strings)):
                advice = f" ({notes[word]})" if notes.get(word) else ""
                yield entry.fault(f"{sentence.format(word.removesuffix('*'))}{advice}.")


def taught_word(content: Content) -> Iterator[Fault]:
    """No text teaches a word that the phone network keeps for itself: CANCEL, END, QUIT, STOP, HELP, START, YES."""
    kept = (
        set(content.glossary.words("never_teach", "en")) | content.library.opt_out_words | content.library.opt_in_words
    )
    capitals = {word.upper() for word in kept}
    for language in LANGUAGE_NAMES:
        for entry in content.wordings(language):
            for word in sorted(set(_CAPITALS.findall(_bare(entry.strings))) & capitals):
                yield entry.fault(f"“{word}” means something to the phone network; never teach it.")


def unknown_capitals(content: Content) -> Iterator[Fault]:
    """A word in capitals is a word that works anywhere, in that language. (A warning.)"""
    for language in LANGUAGE_NAMES:
        known = {
            part
            for command in content.library.flow.commands
            for word in content.catalogue.words(language, command.words)
            for part in fold(word).split()
        }
        known |= {fold(word) for one in LANGUAGE_NAMES for word in content.glossary.words("capitals", one)}
        for entry in content.wordings(language):
            for word in sorted(set(_CAPITALS.findall(_bare(entry.strings)))):
                if fold(word) not in known:
                    sentence = (
                        f"“{word}” is in capitals, and is no word that works anywhere in {LANGUAGE_NAMES[language]}."
                    )
                    yield entry.fault(sentence, warning=True)


def number_typed(content: Content) -> Iterator[Fault]:
    """A phone number stands in flows/helplines.yaml or flows/team.yaml only; a text quotes it."""
    for language in LANGUAGE_NAMES:
        for entry in content.wordings(language):
            for match in _NUMBER.finditer(_bare(entry.strings)):
                yield entry.fault(
                    f"“{match[0]}” is typed in; quote it from flows/helplines.yaml, such as {{emergency}}."
                )


def hour_typed(content: Content) -> Iterator[Fault]:
    """An hour stands in flows/team.yaml or flows/helplines.yaml only; a text quotes it."""
    for language in LANGUAGE_NAMES:
        for entry in content.wordings(language):
            for match in _hours(_bare(entry.strings)):
                yield entry.fault(f"“{match[0]}” is typed in; quote the hour from its file, such as {{team_hours}}.")


def _hours(text: str) -> Iterator[re.Match[str]]:
    yield from _HOUR.finditer(text)
    yield from (match for match in _RANGE.finditer(text) if _are_hours(match))


def _are_hours(found: re.Match[str]) -> bool:
    """Whether a range of two small numbers can only be read as hours: “9 to 5” is, “2 to 4” may be children's ages."""
    joined = (found["joined"] or "").lower()
    if joined in {"and", "a"} and not found["opened"]:
        return False
    first, last = (_NUMBER_WORDS.get(each.lower()) or int(each) for each in (found["first"], found["last"]))
    # Only hours go down, past noon; only they last until. In words “from one to five” may be a scale.
    goes_down = first > last
    in_words = bool(found["opened"]) and not found["first"].isdigit() and first > 1 and first != last
    return goes_down or in_words or joined in {"until", "till", "tan"}


def telling_lock_screen(content: Content) -> Iterator[Fault]:
    """The first 40 letters of a safety text, or of one that arrives unasked, give nothing away: a lock screen shows
    them."""
    for language in LANGUAGE_NAMES:
        for entry in content.wordings(language):
            if entry.address.startswith(_ON_LOCK_SCREENS):
                for text in entry.strings:
                    shown = content.values.fill(language, text)[:_LOCK_SCREEN]
                    for word in content.glossary.found("lock_screen", language, shown):
                        yield entry.fault(f"“{word.removesuffix('*')}” stands where a lock screen shows it: “{shown}”")


def said_after_loss(content: Content) -> Iterator[Fault]:
    """Once a baby has died no text says “your baby”, gives a tip or reminds: no road leads to such a text."""
    flow = content.library.flow
    walked = walk_after_loss(flow)
    addresses = set(walked.addresses)
    if any(flow.steps[name].find == "summary" for name in walked.steps):
        addresses |= {address for address in content.catalogue.addresses() if address.startswith("booking.summary.")}
    for name in sorted(walked.steps):
        if flow.steps[name].find == "tip" and not any(when.facts.get("loss") for when in flow.steps[name].pass_by):
            yield content.library.fault_at(name, f"Step “{name}” gives a tip, and can be met after a loss.", "find")
    for language in LANGUAGE_NAMES:
        for entry in content.wordings(language):
            anywhere = entry.address.startswith(("commands.", "common.", "safety.", "unasked."))
            if entry.address in addresses or anywhere:
                for word in content.glossary.found("after_loss", language, _bare(entry.strings)):
                    yield entry.fault(f"“{word.removesuffix('*')}” can be read after a loss; it must never be.")


def words_in(sentence: str) -> int:
    """How many words a sentence has; a number counts as one."""
    return len(_WORD.findall(sentence))


def sentences(content: Content, language: str, strings: tuple[str, ...]) -> Iterator[str]:
    """The sentences of a wording, with what it quotes; a value that is itself sentences counts as one word."""
    for text in strings:
        yield from (part.strip() for part in _SENTENCE.split(content.values.fill(language, text, sentences=False)))


def _bare(strings: tuple[str, ...]) -> str:
    """The words alone, without what is quoted."""
    return "\n".join(PLACEHOLDER.sub(" ", text) for text in strings)
