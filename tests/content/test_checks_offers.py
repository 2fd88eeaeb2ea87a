"""What is for staff only never reaches a parent: each way it could is planted here once, and found."""

import shutil
from pathlib import Path

import pytest

from bot.content import checks_offers
from bot.content.checks import check_folders
from bot.content.staff_names import name_pattern
from bot.domain.answers import fold
from bot.domain.offers import Alike, Directory, Offer
from tests.content.little_world import SHIPPED, World

RCT = "rhondda_cynon_taf.yaml"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """The little flow beside the directory that ships."""
    made = World(tmp_path)
    shutil.copytree(SHIPPED / "flows" / "offers", made.flows / "offers", dirs_exist_ok=True)
    return made


def test_what_ships_is_sound(world: World) -> None:
    for rule in (checks_offers.staff_name_told, checks_offers.staff_offer_reachable, checks_offers.offer_words):
        assert world.faults(rule) == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Ask the Miskin team."),
        ("en", "Ask MISKIN'S people."),
        ("en", "Ask Baby in Mind."),
        ("en", "Ask baby-in-mind."),
        ("en", "Ask BabyInMind."),
        ("en", "Ask the Supporting Change people."),
        ("en", "Ask Children’s Social Care Teams."),
        ("en", "Ask Childrens social care teams."),
        ("cy", "Gofyn i Dim Meisgyn."),
        ("cy", "Gofyn i dîm Feisgyn."),
        ("cy", "Gofyn i Fiskin."),
        ("cy", "Dyma Dim Ymateb Cyflym."),
        ("cy", "Gofyn i'r Tîm Teuluoedd Therapiwtig."),
        ("cy", "Gofyn i’r tim theuluoedd therapiwtig."),
        ("cy", "Gofyn am Gefnogi Newid."),
        ("cy", "Gofyn i Cysylltu Teuluoedd."),
        # in the plural and the singular
        ("en", "Ask the Miskins."),
        ("en", "Ask a Therapeutic Family Team."),
        ("en", "Ask the Rapid Response Teams."),
        ("en", "Ask the children's social care team."),
        ("cy", "Gofyn i Dîm Gofal Cymdeithasol Plant."),
        # without its last word
        ("en", "Ask the Rapid Response people."),
        ("en", "Ask Integrated Family Support."),
        ("cy", "Gofyn am Ymateb Cyflym."),
        # as initials, and letter by letter
        ("en", "Ask the RRT."),
        ("en", "Ask I.F.S.T. today."),
        ("en", "Ask C A M H S."),
        ("en", "Ask camhs."),
        ("en", "Ask CAHMS."),
        ("en", "Ask BIM."),
        ("cy", "Gofyn i'r TYC."),
        # with a slip of the thumb
        ("en", "Ask Miskyn."),
        ("en", "Ask Baby in Mnid."),
        ("en", "Ask Suporting Change."),
        ("en", "Ask Theraputic Famlies Team."),
        ("en", "Ask Conecting Families."),
        ("cy", "Gofyn i Miesgyn."),
        ("cy", "Gofyn i'r Tim Integredg Cymorth i Deulueodd."),
        # in other letters: Cyrillic and full width, as pasted from a picture
        ("en", "Ask B\N{CYRILLIC SMALL LETTER A}by in Mind."),
        ("en", "Ask ＭＩＳＫＩＮ."),
        # a post, by its title alone
        ("en", "Ask the specialist health visitor."),
        ("cy", "Gofyn i'r ymwelwyr iechyd arbenigol."),
        ("en", "Ask the team around your family."),
        ("en", "Ask the TAF."),
    ],
)
def test_a_staff_name_in_any_spelling_is_found_in_wording(world: World, language: str, words: str) -> None:
    line = world.say(language, "self_referral.goodbye.say", words)
    found = world.faults(checks_offers.staff_name_told)
    assert found, words
    assert {(fault.path, fault.line) for fault in found} == {(world.po(language), line)}
    assert "for staff only" in found[0].sentence


@pytest.mark.parametrize(
    "words",
    [
        "We change nappies.",
        "Support and change.",
        "The team.",
        "Put your mind at rest.",
        "Skin to skin.",
        "Keep baby in view.",
        "A baby on the neonatal unit.",
        "Ask your health visitor.",
        "Holiday camps.",
        "A family team.",
        "Dere i ymateb yn gyflym.",
        "Text BACK or MORE.",
        "NHS, GP and 999.",
    ],
)
def test_ordinary_words_are_no_name(world: World, words: str) -> None:
    world.say("en", "self_referral.goodbye.say", words)
    assert world.faults(checks_offers.staff_name_told) == []


def test_a_staff_name_in_an_offer_for_parents_is_found(world: World) -> None:
    path = world.flows / "offers" / RCT
    line = world.plant(
        path, 'en: "Informal workshops and groups for parents."', 'en: "Like the Miskin team, only kinder."'
    )
    found = world.faults(checks_offers.staff_name_told)
    assert found
    assert all(fault.path == path and line - 12 < fault.line < line for fault in found)
    assert all("names it to parents" in fault.sentence for fault in found)


def test_a_staff_name_in_the_name_of_an_area_or_the_team_is_found(world: World) -> None:
    world.plant(world.flows / "team.yaml", 'en: "the Helo team (demo)"', 'en: "the Supporting Change team"')
    (fault,) = world.faults(checks_offers.staff_name_told)
    assert fault.path.name == "team.yaml"


def test_a_statutory_service_that_is_opened_to_parents_is_refused_by_helo_check(tmp_path: Path) -> None:
    flows = tmp_path / "flows"
    shutil.copytree(SHIPPED / "flows", flows)
    path = flows / "offers" / "merthyr_tydfil.yaml"
    text = path.read_text(encoding="utf-8")
    begin = text.index("id: merthyr_tydfil-supporting-change")
    path.write_text(text[:begin] + text[begin:].replace("audience: staff", "audience: parents", 1), encoding="utf-8")
    faults = check_folders(flows, SHIPPED / "locales", SHIPPED / "bot")
    line = text[:begin].count("\n") + 1
    assert [(fault.path, fault.line) for fault in faults if "audience must be staff" in fault.sentence] == [
        (path, line)
    ]


def test_a_staff_offer_that_could_be_chosen_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes out the one filter that keeps them apart."""

    def everything(self: Directory, area: str) -> dict[Alike, tuple[Offer, ...]]:
        found = [offer for offer in self.offers if area in offer.areas]
        return {Alike(each.tier, each.kind, each.people, each.helps_with, each.ages): (each,) for each in found}

    monkeypatch.setattr(Directory, "alike", everything)
    found = {fault.sentence.split("”")[0].strip("“") for fault in world.faults(checks_offers.staff_offer_reachable)}
    assert "bridgend-baby-in-mind" in found


@pytest.mark.parametrize(
    ("old", "new", "rule", "says"),
    [
        ('en: "Informal workshops and groups for parents."', f'en: "{"very " * 16}long."', "offer_words", "17 words"),
        (
            'en: "Informal workshops and groups for parents."',
            'en: "An assessment for parents."',
            "offer_words",
            "assess",
        ),
        ('en: "Valleys Kids"', f'en: "{"Valleys Kids " * 12}"', "offer_first_line", "SMS parts"),
    ],
)
def test_what_an_offer_says_keeps_the_rules_for_words(world: World, old: str, new: str, rule: str, says: str) -> None:
    world.plant(world.flows / "offers" / RCT, old, new)
    if rule == "offer_first_line":
        shutil.copy(SHIPPED / "locales/en/LC_MESSAGES/offers.po", world.po("en", "offers"))
        shutil.copy(SHIPPED / "locales/cy/LC_MESSAGES/offers.po", world.po("cy", "offers"))
    assert any(says in fault.sentence for fault in world.faults(getattr(checks_offers, rule)))


@pytest.mark.parametrize("text", ["Tîm Meisgyn", "dîm meisgyn", "nhîm Meisgyn", "thim FEISGYN", "timmeisgyn"])
def test_every_word_of_a_name_may_be_mutated_or_run_together(text: str) -> None:
    assert name_pattern("Tîm Meisgyn").search(fold(text))
