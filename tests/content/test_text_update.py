"""`helo text update`: translators' files follow the flow, by gettext's own rules."""

import shutil
import subprocess
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bot.content.catalogue import load_catalogue
from bot.content.faults import ContentRefused
from bot.content.library import load_library
from bot.content.po_files import NOT_REVIEWED, read_po_file
from bot.content.text_report import report_table, report_words
from bot.content.text_update import Report, update_catalogues
from tests.content.little_world import SHIPPED, World
from tests.content.test_checks_wording import ENGLISH_PLURAL, WELSH_PLURAL

WHO = "self_referral.who.ask"


def update(world: World) -> Report:
    """Runs the update."""
    return update_catalogues(load_library(world.flows), world.code, world.locales)


def block(path: Path, address: str) -> str:
    """The entry of an address, as it stands in the file."""
    return next(entry for entry in path.read_text(encoding="utf-8").split("\n\n") if f'msgctxt "{address}"' in entry)


def settled(world: World) -> World:
    """The world after a first update."""
    update(world)
    return world


def test_a_second_run_changes_nothing(world: World) -> None:
    assert update(world).changed_files
    before = {path: path.read_bytes() for path in world.locales.rglob("*.po")}
    again = update(world)
    assert (again.added, again.stale, again.obsolete, again.changed_files) == ([], [], [], [])
    assert {path: path.read_bytes() for path in world.locales.rglob("*.po")} == before


def test_a_new_step_brings_its_addresses_where_they_belong(world: World) -> None:
    settled(world)
    world.plant(world.flow, "    why: self_referral.words.why", "    why: self_referral.words.reason")
    report = update(world)
    assert report.added == ["self_referral.words.reason"]
    english = world.po("en").read_text(encoding="utf-8")
    assert english.index("who.dad.words") < english.index("words.reason") < english.index("self_referral.words.ask")
    line = world.flow.read_text().split("\n").index("    why: self_referral.words.reason") + 1
    assert block(world.po("en"), "self_referral.words.reason") == (
        f"#. [words] In their own words.\n#: flows/self_referral.yaml:{line}\n"
        'msgctxt "self_referral.words.reason"\nmsgid "self_referral.words.reason"\nmsgstr ""'
    )
    assert "words.reason" not in world.po("cy").read_text(encoding="utf-8")


def test_welsh_is_asked_for_once_there_is_english(world: World) -> None:
    settled(world)
    world.plant(world.flow, "    why: self_referral.words.why", "    why: self_referral.words.reason")
    update(world)
    world.plant(
        world.po("en"),
        'msgid "self_referral.words.reason"\nmsgstr ""',
        'msgid "self_referral.words.reason"\nmsgstr "To help."',
    )
    update(world)
    assert block(world.po("cy"), "self_referral.words.reason").endswith('msgid "To help."\nmsgstr ""')


def test_changed_english_makes_the_welsh_stale_and_keeps_what_it_was_made_from(world: World) -> None:
    settled(world)
    world.plant(world.po("en"), 'msgstr "The who ask."', 'msgstr "Who are you?"')
    assert update(world).stale == [WHO]
    entry = block(world.po("cy"), WHO)
    assert f"# {NOT_REVIEWED}" in entry
    assert '#, fuzzy\n#| msgid "The who ask."\nmsgctxt' in entry
    assert entry.endswith('msgid "Who are you?"\nmsgstr "Y who ask."')
    assert load_catalogue(world.locales).text("cy", WHO) == "Who are you?"
    assert update(world).changed_files == []


def test_english_that_changes_twice_keeps_the_english_the_welsh_was_made_from(world: World) -> None:
    settled(world)
    world.plant(world.po("en"), 'msgstr "The who ask."', 'msgstr "Who are you?"')
    update(world)
    world.plant(world.po("en"), 'msgstr "Who are you?"', 'msgstr "Who?"')
    update(world)
    assert '#, fuzzy\n#| msgid "The who ask."\n' in block(world.po("cy"), WHO)


def test_english_that_changes_back_needs_no_new_welsh(world: World) -> None:
    settled(world)
    before = world.po("cy").read_bytes()
    world.plant(world.po("en"), 'msgstr "The who ask."', 'msgstr "Who are you?"')
    update(world)
    world.plant(world.po("en"), 'msgstr "Who are you?"', 'msgstr "The who ask."')
    update(world)
    assert world.po("cy").read_bytes() == before


def test_a_translator_who_takes_the_mark_off_is_believed(world: World) -> None:
    settled(world)
    world.plant(world.po("en"), 'msgstr "The who ask."', 'msgstr "Who are you?"')
    update(world)
    world.plant(world.po("cy"), '#, fuzzy\n#| msgid "The who ask."\n', "")
    world.plant(world.po("cy"), 'msgstr "Y who ask."', 'msgstr "Pwy wyt ti?"')
    assert update(world).stale == []
    assert load_catalogue(world.locales).text("cy", WHO) == "Pwy wyt ti?"


def test_what_is_not_used_is_kept_at_the_end_and_comes_back(world: World) -> None:
    settled(world)
    before = {path: path.read_bytes() for path in world.locales.rglob("*.po")}
    line = "    why: self_referral.words.why\n"
    world.plant(world.flow, line, "")
    assert update(world).obsolete == ["self_referral.words.why"]
    welsh = world.po("cy").read_text(encoding="utf-8")
    assert welsh.rstrip().endswith(
        '#~ msgctxt "self_referral.words.why"\n#~ msgid "The words why."\n#~ msgstr "Y words why."'
    )
    assert update(world).changed_files == []
    world.plant(world.flow, "    ask: self_referral.words.ask\n", line + "    ask: self_referral.words.ask\n")
    update(world)
    assert {path: path.read_bytes() for path in world.locales.rglob("*.po")} == before


def test_stale_welsh_that_was_put_away_comes_back_stale(world: World) -> None:
    settled(world)
    world.plant(world.po("en"), 'msgstr "The words why."', 'msgstr "It helps us."')
    update(world)
    line = "    why: self_referral.words.why\n"
    world.plant(world.flow, line, "")
    update(world)
    world.plant(world.flow, "    ask: self_referral.words.ask\n", line + "    ask: self_referral.words.ask\n")
    assert update(world).stale == ["self_referral.words.why"]
    assert '#, fuzzy\n#| msgid "The words why."\n' in block(world.po("cy"), "self_referral.words.why")


def test_remarks_notes_and_header_stay(world: World) -> None:
    settled(world)
    line = world.flow.read_text().split("\n").index(f"    ask: {WHO}") + 1
    world.plant(
        world.po("cy"),
        '"Language: cy\\n"\n',
        '"Language: cy\\n"\n"X-Generator: Poedit 3.6\\n"\n"Last-Translator: Siân\\n"\n',
    )
    world.plant(
        world.po("cy"),
        f'# {NOT_REVIEWED}\n#. [who] Who is asking.\n#: flows/self_referral.yaml:{line}\nmsgctxt "{WHO}"',
        f'# A remark of mine.\n#. [who] Who is asking.\n#: flows/self_referral.yaml:{line}\nmsgctxt "{WHO}"',
    )
    world.plant(
        world.po("en"),
        f'#. [who] Who is asking.\n#: flows/self_referral.yaml:{line}\nmsgctxt "{WHO}"',
        f'#. Never assume a mum.\n#. Two lines.\n#: flows/self_referral.yaml:{line}\nmsgctxt "{WHO}"',
    )
    update(world)
    welsh = world.po("cy").read_text(encoding="utf-8")
    assert "X-Generator: Poedit 3.6" in welsh
    assert block(world.po("cy"), WHO).startswith("# A remark of mine.\n#. Never assume a mum.\n#. Two lines.\n#: ")
    assert block(world.po("en"), WHO).startswith("#. Never assume a mum.\n#. Two lines.\n#: ")


def test_the_plural_rule_is_mended_and_six_forms_are_kept(world: World) -> None:
    for language, entry in (("en", ENGLISH_PLURAL), ("cy", WELSH_PLURAL)):
        path = world.po(language, "common")
        path.write_text(path.read_text(encoding="utf-8") + entry, encoding="utf-8")
    world.code.joinpath("calls.py").write_text('CALLS = Line("common.calls")\n')
    world.plant(
        world.po("cy", "common"),
        "nplurals=6; plural=(n==0) ? 0 : (n==1) ? 1 : (n==2) ? 2 : (n==3) ? 3 : (n==6) ? 4 : 5;",
        "nplurals=2; plural=(n != 1);",
    )
    update(world)
    text = world.po("cy", "common").read_text(encoding="utf-8")
    assert "nplurals=6;" in text
    assert 'msgstr[5] "{count} galwad"' in text
    assert load_catalogue(world.locales).text("cy", "common.calls", count=3) == "Tair galwad"


def test_a_new_domain_gets_both_files(world: World) -> None:
    (world.flows / "booking.yaml").write_text(
        "chapter: booking\nsteps:\n  there: {note: New., say: [booking.there.say], entered_by: staff, end: yes}\n"
    )
    assert update(world).added == ["booking.there.say"]
    assert 'msgctxt "booking.there.say"' in world.po("en", "booking").read_text(encoding="utf-8")


def test_nothing_is_written_when_a_file_cannot_be_read(world: World) -> None:
    path = world.po("cy", "common")
    path.write_text(path.read_text(encoding="utf-8") + "no entry\n", encoding="utf-8")
    before = {path: path.read_bytes() for path in world.locales.rglob("*.po")}
    with pytest.raises(ContentRefused):
        update(world)
    assert {path: path.read_bytes() for path in world.locales.rglob("*.po")} == before


def test_other_programs_read_the_files(world: World) -> None:
    long = 'Who are you to the baby? Say \\"mum\\", \\"dad\\" or anything else that is true of you and your family.'
    world.plant(world.po("en"), 'msgstr "The who ask."', f'msgstr "{long}"')
    world.plant(world.po("cy"), 'msgid "The who ask."', f'msgid "{long}"')
    settled(world)
    world.plant(world.po("en"), f'msgstr "{long}"', 'msgstr "Who are you?"')
    world.plant(world.flow, "    why: self_referral.words.why\n", "")
    update(world)
    assert f'#, fuzzy\n#| msgid "{long}"\nmsgctxt "{WHO}"' in world.po("cy").read_text(encoding="utf-8")
    assert update(world).changed_files == []
    for path in world.locales.rglob("*.po"):
        with path.open("rb") as file:
            catalog = read_po(file, abort_invalid=True)
        assert catalog.num_plurals == (6 if "/cy/" in str(path) else 2)
    msgfmt = shutil.which("msgfmt")
    if msgfmt:  # gettext's own check, where gettext is installed; Babel's reader above runs everywhere
        for path in world.locales.rglob("*.po"):
            done = subprocess.run(
                [msgfmt, "--check", "-o", "/dev/null", path], capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr


def test_files_are_read_as_other_programs_write_them(world: World) -> None:
    settled(world)
    before = world.po("cy").read_text(encoding="utf-8")
    put_away = '\n#, fuzzy\n#~| msgid "Before."\n#~ msgctxt "self_referral.gone"\n#~ msgid "Now."\n#~ msgstr "Nawr."\n'
    world.po("cy").write_text(before + put_away, encoding="utf-8-sig")
    update(world)
    after = world.po("cy").read_text(encoding="utf-8")
    assert after.startswith(before)
    assert after.endswith('\n#~ msgctxt "self_referral.gone"\n#~ msgid "Now."\n#~ msgstr "Nawr."\n')


def test_the_shipped_files_survive_an_update(tmp_path: Path) -> None:
    locales = tmp_path / "locales"
    shutil.copytree(SHIPPED / "locales", locales)
    before = load_catalogue(locales)
    update_catalogues(load_library(SHIPPED / "flows"), SHIPPED / "bot", locales)
    after = load_catalogue(locales)
    for language in ("en", "cy"):
        for address, entry in after.entries(language).items():
            old = before.entries(language).get(address)
            if old is not None and not entry.fuzzy:
                assert (entry.strings, entry.remarks) == (old.strings, old.remarks)


def test_the_report_counts_what_still_needs_somebody(world: World) -> None:
    world.say("cy", WHO, "")
    world.plant(world.po("cy"), 'msgctxt "self_referral.who.why"', '#, fuzzy\nmsgctxt "self_referral.who.why"')
    world.plant(
        world.po("cy"), f'# {NOT_REVIEWED}\nmsgctxt "self_referral.words.ask"', 'msgctxt "self_referral.words.ask"'
    )
    reports = report_words(
        load_library(world.flows), load_catalogue(world.locales), locales=world.locales, code=world.code
    )
    english, welsh = (report for report in reports if report.domain == "self_referral")
    assert (english.missing, english.stale, english.coverage) == (0, 0, 1.0)
    assert (welsh.missing, welsh.stale, welsh.not_reviewed) == (1, 1, welsh.wordings - 2)
    assert welsh.coverage == 1 - 2 / welsh.wordings
    assert english.most_parts == 1
    assert "self_referral" in report_table(reports)
    assert len({len(read_po_file(world.po(language), language).entries) for language in ("en", "cy")}) == 1
