"""A flow of eleven steps with its words, to hold in the head: tests plant one fault in it and ask one rule."""

import shutil
from pathlib import Path

from bot.content.catalogue import load_catalogue
from bot.content.checking import Content, Rule
from bot.content.checks import gather
from bot.content.extract import find_uses
from bot.content.faults import Fault
from bot.content.library import load_library
from bot.content.po_files import NOT_REVIEWED, PLURAL_FORMS

SHIPPED = Path(__file__).parents[2]

FLOW = """\
# A little flow.
chapter: self_referral
version: 1
start: welcome
steps:
  welcome:
    note: Both languages.
    both_languages: yes
    ask: self_referral.welcome.ask
    ask_again: self_referral.welcome.ask_again
    choices:
      cymraeg: {go: about, do: speak_welsh}
      english: {go: about, do: speak_english}
  about:
    note: Is it safe to start?
    say: [self_referral.about.say]
    ask: self_referral.about.ask
    ask_again: self_referral.about.ask_again
    choices:
      yes: {go: stage}
      not_now: {go: goodbye}
  stage:
    note: Where the parent is.
    ask: self_referral.stage.ask
    ask_again: self_referral.stage.ask_again
    choices:
      baby: {go: who}
      lost: {go: loss, do: note_loss}
  who:
    note: Who is asking.
    why: self_referral.who.why
    ask: self_referral.who.ask
    ask_again: self_referral.who.ask_again
    choices:
      mum: {go: words}
      dad: {go: words}
    skip: call_offer
  words:
    note: In their own words.
    why: self_referral.words.why
    ask: self_referral.words.ask
    answer: own_words
    go: keep_going
    skip: keep_going
  keep_going:
    note: One small thing to try.
    pass_by:
      - {loss: "yes"}
    find: tip
    say: [self_referral.keep_going.tip]
    none_found: call_offer
    go: call_offer
    skip: call_offer
  call_offer:
    note: The call.
    ask:
      - {when: {loss: "yes"}, text: self_referral.call_offer.ask_after_loss}
      - {text: self_referral.call_offer.ask}
    ask_again: self_referral.call_offer.ask_again
    choices:
      yes: {go: human, do: want_call}
      not_now: {go: goodbye}
  loss:
    note: A baby has died.
    entered_by: words
    do: note_loss
    say: [self_referral.loss.say]
    ask: self_referral.loss.ask
    ask_again: self_referral.loss.ask_again
    choices:
      talk: {go: call_offer}
      not_now: {go: goodbye}
  human:
    note: A person will come.
    do: ask_person
    say: [self_referral.human.say]
    go: goodbye
  goodbye:
    note: The door is open.
    say: [self_referral.goodbye.say]
    end: yes
  back_again:
    note: After goodbye.
    entered_by: restart
    ask: self_referral.back_again.ask
    ask_again: self_referral.back_again.ask_again
    choices:
      talk: {go: call_offer}
      bye: {go: goodbye}
"""

COMMANDS = """\
restart: back_again
start_after_loss: back_again
commands:
  call: {go: call_offer}
  skip: {does: skip}
  welsh: {language: cy}
shared_answers: [yes, not_now, number_1]
opt_out_words: [stop, end]
opt_in_words: [start]
"""

# Addresses whose words matter; all others are made up below.
WORDS = {
    "self_referral.keep_going.tip": ("Try this: {tip}", "Tria hyn: {tip}"),
    "self_referral.tips.under_1": ("Sing.", "Cana."),
    "self_referral.human.say": ("In danger? Ring {emergency}.", "Mewn perygl? Ffonia {emergency}."),
    "commands.call.words": ("call | call me", "galwad"),
    "commands.skip.words": ("skip", "heibio"),
    "commands.welsh.words": ("welsh", "cymraeg"),
    "answers.yes.words": ("yes | yep", "ie | oes"),
    "answers.not_now.words": ("not now", "ddim nawr"),
    "answers.number_1.words": ("one", "un"),
    "self_referral.welcome.cymraeg.words": ("welsh", "cymraeg"),
    "safety.life": ("Thank you for saying that. Ring {emergency}.", "Diolch am ddweud. Ffonia {emergency}."),
    "common.holding": ("Somebody will look at this.", "Bydd rhywun yn edrych ar hyn."),
    "chat.send": ("Send", "Anfon"),
}


class World:
    """A folder with flows, words and code; sound until something is planted in it."""

    def __init__(self, folder: Path) -> None:
        self.flows, self.locales, self.code = folder / "flows", folder / "locales", folder / "code"
        self.flow = self.flows / "self_referral.yaml"
        self.commands = self.flows / "commands.yaml"
        for each in (self.flows / "offers", self.code):
            each.mkdir(parents=True)
        for name in ("team.yaml", "areas.yaml", "helplines.yaml", "cards.yaml"):
            shutil.copy(SHIPPED / "flows" / name, self.flows / name)
        self.flow.write_text(FLOW)
        self.commands.write_text(COMMANDS)
        (self.code / "answer.py").write_text('# note: When something failed.\nFALLBACK = Line("common.holding")\n')
        (self.code / "page.html").write_text('{# note: The button. #}\n<button>{{ say("chat.send") }}</button>\n')
        (self.flows / "responses.yaml").write_text("life: safety.life\n")
        self.write_words()

    def write_words(self) -> None:
        """Writes both languages: what WORDS says, and something plain for every other address."""
        known = ("safety", "common", "chat", "answers", "commands")
        uses = find_uses(load_library(self.flows), self.code, known)
        for language in ("en", "cy"):
            by_domain: dict[str, list[str]] = {}
            for address in (*uses.by_address, "self_referral.tips.under_1"):
                english, welsh = WORDS.get(address) or _plain(address)
                entry = _entry(language, address, english, welsh)
                by_domain.setdefault(address.partition(".")[0], []).append(entry)
            folder = self.locales / language / "LC_MESSAGES"
            folder.mkdir(parents=True)
            for domain, entries in by_domain.items():
                (folder / f"{domain}.po").write_text(_header(language) + "\n".join(entries), encoding="utf-8")
        shutil.copy(SHIPPED / "locales" / "glossary.csv", self.locales / "glossary.csv")
        tips = self.code / "tips.py"
        tips.write_text('TIP = f"self_referral.tips.{stage}"\n')

    def po(self, language: str, domain: str = "self_referral") -> Path:
        """The file of a language and domain."""
        return self.locales / language / "LC_MESSAGES" / f"{domain}.po"

    def plant(self, path: Path, old: str, new: str) -> int:
        """Replaces `old` by `new`, which must stand exactly once; returns the line where it begins."""
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
        path.write_text(text.replace(old, new), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    def say(self, language: str, address: str, words: str) -> int:
        """Gives an address other words (the Welsh file follows the English); returns the line of the address."""
        path = self.po(language, address.partition(".")[0])
        text = path.read_text(encoding="utf-8")
        begin = text.index(f'msgctxt "{address}"')
        end = text.index("\n\n", begin) if "\n\n" in text[begin:] else len(text)
        block = text[begin:end]
        old = block.rsplit('msgstr "', 1)[1].rstrip().removesuffix('"')
        path.write_text(
            text[:begin] + block.replace(f'msgstr "{old}"', f'msgstr "{words}"') + text[end:], encoding="utf-8"
        )
        if language == "en":
            welsh = self.po("cy", address.partition(".")[0])
            lines = welsh.read_text(encoding="utf-8").split("\n")
            lines[lines.index(f'msgctxt "{address}"') + 1] = f'msgid "{words}"'
            welsh.write_text("\n".join(lines), encoding="utf-8")
        return self.line(language, address)

    def line(self, language: str, address: str) -> int:
        """The line of an address in its file."""
        text = self.po(language, address.partition(".")[0]).read_text(encoding="utf-8")
        return text.split("\n").index(f'msgctxt "{address}"') + 1

    def content(self) -> Content:
        """What the rules look at."""
        content, faults = gather(load_library(self.flows), load_catalogue(self.locales), self.locales, self.code)
        assert faults == []
        return content

    def faults(self, rule: Rule) -> list[Fault]:
        """What one rule finds."""
        return sorted(rule(self.content()))


def _plain(address: str) -> tuple[str, str]:
    name = " ".join(address.split(".")[1:3]).replace("_", " ")
    if address.endswith(".words"):
        return f"{name} please", f"{name} plis"
    return f"The {name}.", f"Y {name}."


def _entry(language: str, address: str, english: str, welsh: str) -> str:
    if language == "en":
        return f'msgctxt "{address}"\nmsgid "{address}"\nmsgstr "{english}"\n'
    return f'# {NOT_REVIEWED}\nmsgctxt "{address}"\nmsgid "{english}"\nmsgstr "{welsh}"\n'


def _header(language: str) -> str:
    return (
        f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Plural-Forms: {PLURAL_FORMS[language]}\\n"\n\n'
    )
