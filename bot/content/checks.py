"""Every rule that content must obey, and the one door to ask whether it does.

A rule is a small function whose docstring is the rule; flows/README.md and locales/README.md list them.
"""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from bot.content import checks_answers, checks_names, checks_offers, checks_routes, checks_style, checks_wording
from bot.content.catalogue import Catalogue, load_catalogue
from bot.content.checking import Content, Rule
from bot.content.directory import AREAS, load_atlas, load_directory
from bot.content.extract import find_uses
from bot.content.faults import ContentRefused, Fault
from bot.content.glossary import Glossary, load_glossary
from bot.content.helpline_file import read_helplines
from bot.content.lexicon_files import check_hazards, check_lexicon
from bot.content.library import Library, load_library
from bot.content.po_files import domains, read_po_files
from bot.content.response_file import load_responses
from bot.content.team_file import load_team
from bot.content.values import load_values
from bot.domain.conversation import Bilingual
from bot.domain.offers import Directory

FLOW_RULES: tuple[Rule, ...] = (
    checks_routes.unknown_step,
    checks_routes.unreachable_step,
    checks_routes.dead_end,
    checks_routes.missing_way_out,
    checks_routes.gone_unsaid,
    checks_routes.one_thing_a_command,
    checks_routes.silent_loop,
    checks_routes.loop_without_exit,
    checks_routes.no_way_to_person,
    checks_routes.renamed_step,
    checks_answers.unknown_fact,
    checks_answers.choice_never_open,
    checks_answers.question_without_why,
    checks_answers.question_without_again,
)
# Of the flow that is shipped: a smaller one need not have all that the program knows.
PROGRAM_RULES: tuple[Rule, ...] = (checks_names.kept_name, checks_names.network_word_missing)
OFFER_RULES: tuple[Rule, ...] = (
    checks_offers.staff_name_told,
    checks_offers.staff_offer_reachable,
    checks_offers.offer_first_line,
    checks_offers.offer_words,
)
TEXT_RULES: tuple[Rule, ...] = (
    checks_wording.sound_file,
    checks_wording.missing_english,
    checks_wording.missing_welsh,
    checks_wording.stale_welsh,
    checks_wording.fuzzy_english,
    checks_wording.plural_forms,
    checks_wording.plural_header,
    checks_wording.lost_placeholder,
    checks_wording.unknown_placeholder,
    checks_wording.broken_placeholder,
    checks_wording.empty_words,
    checks_wording.unused_wording,
    checks_answers.no_words,
    checks_answers.shared_word,
    checks_answers.word_of_command,
    checks_answers.word_of_two_commands,
    checks_answers.number_as_word,
    checks_answers.opt_out_word,
    checks_style.long_sentence,
    checks_style.too_many_segments,
    checks_style.banned_word,
    checks_style.statutory_name,
    checks_style.england_only,
    checks_style.taught_word,
    checks_style.unknown_capitals,
    checks_style.number_typed,
    checks_style.hour_typed,
    checks_style.telling_lock_screen,
    checks_style.said_after_loss,
)


def check_everything(library: Library, catalogue: Catalogue, *, locales: Path, code: Path) -> list[Fault]:
    """Every fault of flows and words, warnings included, in the order of files and lines.

    `code` is the folder with the pages and the Python files, whose addresses must have wording too.
    """
    return _check(library, catalogue, locales, code, (*FLOW_RULES, *PROGRAM_RULES, *OFFER_RULES, *TEXT_RULES))


def check_words(library: Library, catalogue: Catalogue, *, locales: Path, code: Path) -> list[Fault]:
    """The faults that concern wording: what `helo text check` says to translators."""
    return _check(library, catalogue, locales, code, TEXT_RULES)


def check_folders(flows: Path, locales: Path, code: Path) -> list[Fault]:
    """Everything that can be wrong in `flows` and `locales`, files that cannot be read and the lexicon included."""
    faults: list[Fault] = []
    library: Library | None = None
    catalogue: Catalogue | None = None
    try:
        library = load_library(flows)
    except ContentRefused as refused:
        faults += refused.faults
    try:
        catalogue = load_catalogue(locales)
    except ContentRefused as refused:
        faults += refused.faults
    try:
        load_responses(flows)
    except ContentRefused as refused:
        faults += refused.faults
    faults += check_lexicon(flows)
    faults += check_hazards(flows)
    if library and catalogue:
        faults += check_everything(library, catalogue, locales=locales, code=code)
    return sorted(set(faults))


def _check(library: Library, catalogue: Catalogue, locales: Path, code: Path, rules: Iterable[Rule]) -> list[Fault]:
    content, faults = gather(library, catalogue, locales, code)
    for rule in rules:
        faults += rule(content)
    return sorted(set(faults))


def gather(library: Library, catalogue: Catalogue, locales: Path, code: Path) -> tuple[Content, list[Fault]]:
    """What the rules look at, and what is wrong with the files that values and glossary come from."""
    values, faults = load_values(library.folder, catalogue)
    glossary = Glossary(locales)
    try:
        glossary = load_glossary(locales)
    except ContentRefused as refused:
        faults += refused.faults
    uses = find_uses(library, code, domains(locales))
    files = read_po_files(locales)
    directory, areas, facts = _around(library.folder)
    return Content(library, catalogue, files, uses, glossary, values, directory, areas, facts), faults


def _around(flows: Path) -> tuple[Directory, tuple[str, ...], tuple[tuple[Path, str], ...]]:
    """The directory, the areas, and the names in other files that parents read; `load_values` tells what is wrong."""
    directory = Directory(())
    areas: tuple[str, ...] = ()
    named: list[tuple[Path, Bilingual]] = []
    with suppress(ContentRefused):
        directory = load_directory(flows)
    with suppress(ContentRefused):
        atlas = load_atlas(flows)
        areas = atlas.served
        named += [(flows / AREAS, area.name) for area in atlas.areas.values()]
    with suppress(ContentRefused):
        facts = load_team(flows).facts.values()
        named += [(flows / "team.yaml", fact) for fact in facts if isinstance(fact, Bilingual)]
    with suppress(ContentRefused):
        named += [(flows / "helplines.yaml", line.name.value()) for line in read_helplines(flows).values()]
    return directory, areas, tuple((path, text) for path, name in named for text in (name.cy, name.en))
