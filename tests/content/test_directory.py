"""The directory's files: read strictly, every fault with its line, and another region is a folder."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.content.card_file import load_cards
from bot.content.directory import load_atlas, load_directory
from bot.content.faults import ContentRefused
from bot.content.offer_file import CHOICES, AgesEntry, ContactEntry, OfferEntry, OffersFile, When
from bot.domain.freshness import SHOWN, is_everybodys
from bot.domain.offers import PARENTS, STAFF_TIERS
from bot.services.desk import open_desk
from tests.content.little_world import SHIPPED
from tests.content.test_readmes import table
from tests.factories import make_settings

FLOWS = SHIPPED / "flows"
OFFER = """\
areas: [bridgend]
offers:
  - id: a-group
    audience: parents
    tier: informal
    thrive: thriving
    kind: group
    name: {cy: "Grŵp", en: "Group"}
    what: {cy: "Dere i mewn.", en: "Walk in."}
    times: {starts: "2026-09-08 10:00", ends: "11:00", rule: "FREQ=WEEKLY;BYDAY=TU"}
    cost: {cy: "Am ddim", en: "Free"}
    ages: {from_months: 0, to_months: 12}
    for: [everyone]
    join: [drop_in]
    contact: {email: "name@example.org"}
    owner: somebody
    checked: "2026-11-01"
    source: test
"""


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    """Writes the offers of Bridgend beside the areas that ship; the folder of flows."""

    def write(text: str) -> Path:
        (tmp_path / "offers").mkdir(exist_ok=True)
        shutil.copy(FLOWS / "areas.yaml", tmp_path / "areas.yaml")
        (tmp_path / "offers" / "bridgend.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_a_sound_file_is_read_whole(written: Callable[[str], Path]) -> None:
    (offer,) = load_directory(written(OFFER)).offers
    assert (offer.id, offer.areas, offer.line, offer.contact.email) == ("a-group", ("bridgend",), 3, "name@example.org")
    assert offer.times is not None
    assert offer.times.next_after(datetime(2026, 11, 23, tzinfo=UTC)) == datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("kind: group", "kind: disco", 7, "kind"),
        ("audience: parents", "audience: everybody", 4, "audience"),
        ("tier: informal", "tier: statutory", 3, "audience must be staff"),
        ('{cy: "Grŵp", en: "Group"}', '{en: "Group"}', 8, "“name”, “cy” is missing"),
        ('{cy: "Grŵp", en: "Group"}', '{cy: " ", en: "Group"}', 8, "both languages"),
        ("BYDAY=TU", "BYDAY=WE", 10, "not one of the rule's"),
        ("2026-09-08 10:00", "next Tuesday", 10, "no day and time"),
        ('"11:00"', '"25:00"', 10, "not a time"),
        ("to_months: 12", "to_months: 600", 12, "number of months"),
        ("to_months: 12", "to_months: ²", 12, "number of months"),
        ("from_months: 0", "from_months: 12", 12, "suits no age"),
        ("for: [everyone]", "for: [nobody]", 13, "for"),
        ("name@example.org", "somewhere", 15, "must be like"),
        ('{email: "name@example.org"}', '{phone: "ring me"}', 15, "must be like"),
        ('{email: "name@example.org"}', '{web: "javascript:alert(1)"}', 15, "must be like"),
        ('checked: "2026-11-01"', "checked: yesterday", 17, "not yet"),
        ("    owner: somebody\n", "", 3, "owner"),
        ("    source: test\n", "    source: test\n    colour: red\n", 19, "colour"),
        ("id: a-group", "id: A Group", 3, "id"),
        ("areas: [bridgend]", "areas: [atlantis]", 1, "no area"),
        ("    audience: parents\n", "    demo: yes\n    audience: parents\n", 3, "does not say so"),
        ("    source: test\n", "    source: test\n    source: again\n", 19, "written twice"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_line(
    written: Callable[[str], Path], old: str, new: str, line: int, says: str
) -> None:
    assert OFFER.count(old) == 1
    with pytest.raises(ContentRefused) as refused:
        load_directory(written(OFFER.replace(old, new)))
    first = refused.value.faults[0]
    assert (first.line, says in first.sentence) == (line, True), refused.value
    assert {fault.line for fault in refused.value.faults} == {line}


def test_all_faults_of_all_files_are_told_at_once(written: Callable[[str], Path]) -> None:
    flows = written(OFFER.replace("kind: group", "kind: disco").replace("owner: somebody", "owner: ''"))
    (flows / "offers" / "other.yaml").write_text(OFFER.replace("tier: informal", "tier: odd"), encoding="utf-8")
    with pytest.raises(ContentRefused) as refused:
        load_directory(flows)
    assert len(refused.value.faults) == 3


def test_an_id_stands_once_in_all_files(written: Callable[[str], Path]) -> None:
    flows = written(OFFER)
    (flows / "offers" / "other.yaml").write_text(OFFER, encoding="utf-8")
    with pytest.raises(
        ContentRefused, match=r"other\.yaml:3: “a-group” is the id of another offer too: bridgend\.yaml:3"
    ):
        load_directory(flows)


# --- what ships ---

MAP = {
    # The service map: who may know of it, and where it is.
    "bridgend": {
        "parents": ("Your health visitor", "Your midwife", "Your GP", "Home-Start", "Flying Start", "GroBrain group",
                    "Early Help Hub", "Families First", "Baby massage", "Play groups", "Support from other parents",
                    "Early language support", "Home-Start baby groups"),
        "staff": ("Baby in Mind", "Connecting Families", "Rapid Response Team", "Children's social care teams",
                  "Educational Psychology", "CAMHS", "Perinatal Mental Health Team", "Neonatal services",
                  "Team Around the Family"),
    },
    "merthyr_tydfil": {
        "parents": ("Your health visitor", "Your midwife", "Your GP", "Home-Start", "Flying Start", "Early Help Hub",
                    "Families First", "Baby massage", "Play groups", "Support from other parents",
                    "Early language support", "Home-Start baby groups"),
        "staff": ("Supporting Change", "Early Years Forum", "Specialist health visitor, Families First",
                  "Children's social care teams", "Educational Psychology", "CAMHS", "Perinatal Mental Health Team",
                  "Neonatal services", "Team Around the Family"),
    },
    "rhondda_cynon_taf": {
        "parents": ("Your health visitor", "Your midwife", "Your GP", "Valleys Kids", "Resilient Families Service",
                    "Flying Start", "Baby massage", "Play groups", "Support from other parents",
                    "Early language support", "Home-Start baby groups"),
        "staff": ("Miskin Team", "Integrated Family Support Team", "Therapeutic Families Team",
                  "Specialist health visitors, Resilient Families Service", "Children's social care teams",
                  "Educational Psychology", "CAMHS", "Perinatal Mental Health Team", "Neonatal services"),
    },
}  # fmt: skip


@pytest.mark.parametrize("area", sorted(MAP))
@pytest.mark.parametrize("audience", ["parents", "staff"])
def test_every_service_of_the_map_is_there_for_whom_the_map_says(area: str, audience: str) -> None:
    offers = load_directory(FLOWS).offers
    found = {offer.name.en for offer in offers if area in offer.areas and offer.audience == audience and not offer.demo}
    assert found == set(MAP[area][audience])


def test_what_ships_is_honest() -> None:
    for offer in load_directory(FLOWS).offers:
        assert offer.audience == PARENTS or offer.tier in {*STAFF_TIERS, "targeted"}, offer.id
        if offer.tier in STAFF_TIERS:
            assert offer.audience == "staff", offer.id
        if offer.demo:
            assert "demo" in offer.name.en, offer.id
            assert "demo" in offer.name.cy, offer.id
        else:
            assert offer.checked is None, f"{offer.id}: nobody has checked it"
            contact = offer.contact
            assert not any((contact.phone, contact.text, contact.email, contact.web)), (
                f"{offer.id}: an invented contact"
            )
            assert not contact.way or is_everybodys(offer)


def test_production_offers_none_of_what_ships_and_a_demo_only_what_is_made_up_or_everybodys(tmp_path: Path) -> None:
    from datetime import date, timedelta

    from bot.domain.freshness import standing

    for production, expected in ((True, set()), (False, {"demo", "everybody"})):
        shown = {
            "demo" if offer.demo else "everybody" if is_everybodys(offer) else offer.id
            for offer in load_directory(FLOWS).offers
            if standing(offer, today=date(2026, 11, 23), keeps=timedelta(days=180), production=production) in SHOWN
        }
        assert shown == expected


def test_the_guide_explains_every_word_an_offer_may_hold() -> None:
    text = (FLOWS / "README.md").read_text(encoding="utf-8")
    names = [field.alias or name for name, field in OfferEntry.model_fields.items()]
    assert sorted(table(text, "offer")) == sorted(names)
    assert sorted(table(text, "times")) == sorted(When.model_fields)
    rows = {line.split("|")[1].strip(" `"): line for line in text.splitlines() if line.startswith("| `")}
    for name, choices in CHOICES.items():
        assert all(f"`{choice}`" in rows[name] for choice in choices), name
    assert all(f"`{name}`" in rows["ages"] for name in AgesEntry.model_fields)
    assert all(f"`{name}`" in rows["contact"] for name in ContactEntry.model_fields)
    assert "areas" in OffersFile.model_fields


def test_too_few_cards_for_an_age_are_refused(tmp_path: Path) -> None:
    text = (FLOWS / "cards.yaml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if "id: warm_drink" not in line]
    (tmp_path / "cards.yaml").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ContentRefused, match="“any_age” has 2 cards; it needs 3"):
        load_cards(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("source: mmha_tips", "source: nobody", "“nobody” is no source of this file"),
        ("source: mmha_tips", "source: nhs_breathing", "No card names the source “mmha_tips”"),
        ("id: mmha_tips", "id: nhs_breathing", "“nhs_breathing” is the id of another entry too"),
        ("id: warm_drink", "id: feet_floor", "“feet_floor” is the id of another entry too"),
        ("source: mmha_tips, ", "", "warm_drink|source"),
        ("https://maternal", "maternal", "address"),
    ],
)
def test_a_card_whose_source_is_not_noted_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = (FLOWS / "cards.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "cards.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentRefused, match=says):
        load_cards(tmp_path)


def test_no_card_that_ships_is_said_to_be_confirmed() -> None:
    assert "\nreviewed: not yet\n" in (FLOWS / "cards.yaml").read_text(encoding="utf-8")


# --- another region is a folder ---

REGION = """\
areas:
  dyffryn_hir:
    name: {cy: "Dyffryn Hir (dyfeisiedig)", en: "Long Valley (invented)"}
    outward: [ZZ1, ZZ2]
    places: [Long Valley, Dyffryn Hir, Tregwyn]
neighbours:
  pen_draw:
    name: {cy: "Pen Draw (dyfeisiedig)", en: "Far End (invented)"}
    outward: [ZZ2]
"""


@pytest.fixture
def two_regions(tmp_path: Path) -> Path:
    """The flows that ship, and a second, invented region beside them."""
    flows = tmp_path / "flows"
    shutil.copytree(FLOWS, flows)
    region = flows / "regions" / "dyffryn_hir"
    (region / "offers").mkdir(parents=True)
    (region / "areas.yaml").write_text(REGION, encoding="utf-8")
    offers = OFFER.replace("[bridgend]", "[dyffryn_hir]").replace("id: a-group", "id: long-valley-group")
    offers = offers.replace("    audience", "    demo: yes\n    audience").replace('"Group"', '"Group (demo)"')
    (region / "offers" / "dyffryn_hir.yaml").write_text(offers.replace('"Grŵp"', '"Grŵp (demo)"'), encoding="utf-8")
    return flows


def test_a_second_region_is_read_beside_the_first(two_regions: Path) -> None:
    atlas = load_atlas(two_regions)
    assert atlas.served == (*load_atlas(FLOWS).served, "dyffryn_hir")
    assert atlas.find("ZZ1 1AA") == ("dyffryn_hir",)
    assert atlas.find("ZZ2") == ("dyffryn_hir", "pen_draw")
    assert atlas.find("yn Nhregwyn") == ("dyffryn_hir",)
    assert [offer.id for offer in load_directory(two_regions).near("dyffryn_hir")] == ["long-valley-group"]


def test_a_parent_of_the_second_region_is_offered_what_is_there(two_regions: Path, tmp_path: Path) -> None:
    from dataclasses import replace

    from bot.storage.migrations import upgrade
    from tests.desks import Clock, Phone

    settings = make_settings(tmp_path, flows=str(two_regions))
    upgrade(settings.database_url)
    desk = replace(open_desk(settings), now=Clock())
    phone = Phone(desk)
    phone.text("helo", "2", "yes", "2", "skip", "skip")
    assert "Long Valley (invented)" in "".join(phone.answer.texts), "the question lists it"
    phone.text("tregwyn")
    assert phone.answer.texts[0].startswith("Group (demo): Tuesday 24 November at 10:00")
    assert phone.conversation.answers["area"] == "dyffryn_hir"
    desk.database.close()


def test_an_area_of_two_regions_is_a_fault(two_regions: Path) -> None:
    path = two_regions / "regions" / "dyffryn_hir" / "areas.yaml"
    path.write_text(REGION.replace("  dyffryn_hir:", "  bridgend:"), encoding="utf-8")
    with pytest.raises(ContentRefused, match="area of another region too"):
        load_atlas(two_regions)
