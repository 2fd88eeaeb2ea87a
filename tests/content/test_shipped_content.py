"""The flows and the words that ship obey every rule."""

import shutil
from pathlib import Path

from bot.content.checks import check_folders
from bot.content.paths import walk_after_loss
from bot.content.po_files import Entry, read_po_files
from bot.content.text_update import update_catalogues
from tests.content.little_world import SHIPPED
from tests.domain.journey import library


def entries(*languages: str) -> list[Entry]:
    """Every wording that ships in these languages."""
    files = read_po_files(SHIPPED / "locales")
    return [entry for language in languages for file in files[language].values() for entry in file.entries.values()]


def where(entry: Entry) -> str:
    """What a translator looks for: the file and the address."""
    return f"{entry.path.relative_to(SHIPPED)}: {entry.address}"


def test_the_shipped_flows_and_words_obey_every_rule() -> None:
    faults = check_folders(SHIPPED / "flows", SHIPPED / "locales", SHIPPED / "bot")
    assert [str(fault) for fault in faults if not fault.warning] == []


def test_the_shipped_files_have_a_place_for_every_word(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED / "locales", tmp_path / "locales")
    report = update_catalogues(library(), SHIPPED / "bot", tmp_path / "locales")
    assert (report.added, report.stale, report.obsolete) == ([], [], []), "run helo text update"


def test_no_road_after_a_loss_leads_to_a_tip_or_a_reminder() -> None:
    walked = walk_after_loss(library().flow)
    assert {"loss", "call_offer", "goodbye", "info", "back_again", "booked", "change_call"} <= walked.steps
    assert not walked.steps & {"welcome", "stage", "feeling", "as_you_like", "offers", "area", "offer_texts"}
    tips = ("self_referral.keep_going", "cards.", "offers.", "after_an_offer.")
    assert not [address for address in walked.addresses if address.startswith(tips)]


def test_every_wording_has_a_note_for_its_translator() -> None:
    assert [where(entry) for entry in entries("en", "cy") if not entry.note.strip()] == []


def test_all_welsh_is_marked_as_not_reviewed() -> None:
    """No native speaker has reviewed any yet. The first entry that one has read is left out here, by its address."""
    assert [where(entry) for entry in entries("cy") if any(entry.strings) and entry.is_reviewed] == []
