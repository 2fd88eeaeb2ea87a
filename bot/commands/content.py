"""For those who write flows, words and the directory: `helo check`, `helo learn`, `text`, `map` and `offers`."""

import json
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal

import click

from bot.commands import CHECK_FAILED, refuse, settings_or_refuse
from bot.domain.slots import WALES
from bot.settings import PACKAGE, Settings

if TYPE_CHECKING:
    from bot.content.faults import Fault
    from bot.domain.offers import Directory


@click.command()
@click.option("--hazards", is_flag=True, help="Print the hazard log, for a clinical safety officer, instead.")
def check(*, hazards: bool) -> None:
    """Checks flows, words, lexicon, offers, helplines and team: every fault as file:line: sentence."""
    if hazards:
        _print_hazards()
        return
    from bot.content.checks import check_folders
    from bot.content.lexicon_files import check_reviews

    settings = _settings()
    faults = check_folders(settings.flows, settings.locales, PACKAGE)
    _report([*faults, *check_reviews(settings.flows, datetime.now(UTC).date())])
    click.echo("Flows, words, lexicon, offers, helplines and team are in order.")


@click.command()
def learn() -> None:
    """Learns anew what disclosures sound like, from the made-up messages in flows/safeguarding/sentences."""
    from bot.content.lexicon_files import learn_from_sentences

    click.echo(f"{learn_from_sentences(_settings().flows)} words and pairs of words carry points now.")


@click.group()
def text() -> None:
    """The translators' files."""


@text.command("update")
def update() -> None:
    """Brings the files up to date with flows and pages; Welsh whose English has changed is marked."""
    from bot.content.library import load_library
    from bot.content.text_update import update_catalogues

    settings = _settings()
    report = update_catalogues(load_library(settings.flows), PACKAGE, settings.locales)
    for what, addresses in (("new", report.added), ("to read again", report.stale), ("not used", report.obsolete)):
        for address in addresses:
            click.echo(f"{what}: {address}")
    for path in report.changed_files:
        click.echo(f"written: {path}")
    if not report.changed_files:
        click.echo("Everything was up to date.")


@text.command("check")
def check_text() -> None:
    """Checks the wording alone: missing, stale, too long, hard to read, or without a placeholder it needs."""
    from bot.content.catalogue import load_catalogue
    from bot.content.checks import check_words
    from bot.content.library import load_library

    settings = _settings()
    library, catalogue = load_library(settings.flows), load_catalogue(settings.locales)
    _report(check_words(library, catalogue, locales=settings.locales, code=PACKAGE))
    click.echo("The wording is in order, in both languages.")


@text.command("report")
def report() -> None:
    """How far each file is, in both languages: coverage, SMS parts, words a sentence."""
    from bot.content.catalogue import load_catalogue
    from bot.content.library import load_library
    from bot.content.text_report import report_table, report_words

    settings = _settings()
    library, catalogue = load_library(settings.flows), load_catalogue(settings.locales)
    click.echo(report_table(report_words(library, catalogue, locales=settings.locales, code=PACKAGE)))


@click.command("map")
@click.option("--format", "form", type=click.Choice(["mermaid", "svg"]), default="mermaid", show_default=True)
def draw_map(form: Literal["mermaid", "svg"]) -> None:
    """Draws the flow from the flow itself: mermaid text, or a picture that needs nothing else."""
    from bot.content.catalogue import load_catalogue
    from bot.content.library import load_library
    from bot.content.map import draw_map as draw

    settings = _settings()
    click.echo(draw(load_library(settings.flows).flow, load_catalogue(settings.locales), form), nl=False)


@click.group()
def offers() -> None:
    """The directory of what is near a parent."""


@offers.command("check")
def check_offers() -> None:
    """Reads every offer strictly; then tells how many are shown to parents today, and why the others are not."""
    from bot.domain.freshness import standing

    settings = _settings()
    directory = _directory(settings)
    today, keeps = datetime.now(WALES).date(), timedelta(seconds=settings.offer_fresh_seconds)
    found = Counter(
        standing(offer, today=today, keeps=keeps, production=settings.is_production).value for offer in directory.offers
    )
    click.echo(f"{len(directory.offers)} offers are in order.")
    for name, count in sorted(found.items()):
        click.echo(f"  {name.replace('_', ' ')}: {count}")


@offers.command("export")
@click.option("--everything", is_flag=True, help="Also what parents are not told of: unchecked, stale, for staff only.")
@click.argument("file", type=click.File("w", encoding="utf-8"), default="-")
def export_offers(*, everything: bool, file: IO[str]) -> None:
    """Writes the directory, with what staff confirmed, as Open Referral UK JSON to FILE or to the screen."""
    from bot.content.open_referral import is_public, to_page, to_service

    settings = _settings()
    today, keeps = datetime.now(WALES).date(), timedelta(seconds=settings.offer_fresh_seconds)
    services = [
        to_service(offer, active=public)
        for offer in _directory(settings).offers
        if (public := is_public(offer, today=today, keeps=keeps, production=settings.is_production)) or everything
    ]
    page = to_page(services, number=1, size=max(1, len(services)))
    file.write(json.dumps(page, ensure_ascii=False, indent=2) + "\n")


@offers.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--area", default="", help="The area of services that name none of ours, such as bridgend.")
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), help="Another folder than flows/offers.")
def import_feed(file: IO[bytes], area: str, into: Path | None) -> None:
    """Takes Open Referral UK JSON into flows/offers/imported.yaml: every fault with its path, or the whole file."""
    from bot.content.import_offers import import_offers
    from bot.content.json_faults import ImportRefused

    try:
        path, count = import_offers(_settings().flows, file.read(), area=area, into=into)
    except ImportRefused as refused:
        for fault in refused.faults:
            click.echo(str(fault))
        click.echo(f"Nothing was imported: {len(refused.faults)} faults.")
        sys.exit(CHECK_FAILED)
    if count:
        click.echo(f"{count} offers are in {path}. Run `helo check`; entries with `not yet` are not shown to parents.")
    else:
        click.echo("Nothing new: the directory has all of it already, with the same facts.")


def _settings() -> Settings:
    return settings_or_refuse(throwaway_keys=True)


def _directory(settings: Settings) -> "Directory":
    from bot.services.read_directory import OldDatabase, read_directory
    from bot.storage.database import DatabaseAway

    try:
        return read_directory(settings)
    except (DatabaseAway, OldDatabase):
        refuse(
            ["The database cannot be read; it holds what staff confirmed. Is it up, and of this version?"], CHECK_FAILED
        )


def _print_hazards() -> None:
    from bot.content.faults import ContentRefused
    from bot.content.hazard_file import hazards_page, read_hazards

    try:
        log = read_hazards(_settings().flows)
    except ContentRefused as refused:
        _report(refused.faults)
        return
    click.echo(hazards_page(log), nl=False)


def _report(faults: "Iterable[Fault]") -> None:
    """Prints what was found; a fault that is more than a warning ends with status 1."""
    found = list(faults)
    for fault in found:
        click.echo(str(fault))
    if any(not fault.warning for fault in found):
        sys.exit(CHECK_FAILED)
