"""Open Referral UK, out and in: nothing is lost on the way, nothing is half imported, and nothing is a traceback."""

import json
import multiprocessing
import os
import shutil
import signal
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from bot.cli import main
from bot.content.directory import load_directory
from bot.content.import_offers import IMPORTED, import_offers
from bot.content.json_faults import ImportRefused
from bot.content.offer_file import CHOICES
from bot.content.open_referral import to_page, to_service
from bot.content.open_referral_in import read_services
from bot.content.timetable import Timetable
from bot.domain.conversation import Bilingual
from bot.domain.offers import STAFF_TIERS, Ages, Contact, Offer
from tests.content.little_world import SHIPPED

FLOWS = SHIPPED / "flows"
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@pytest.fixture
def schemas() -> Path:
    """The folder of public schemas."""
    folder = os.environ.get("HELO_SCHEMAS", "")
    if not (Path(folder) / "oruk_service.json").is_file():
        pytest.skip("HELO_SCHEMAS names no folder with the public schemas: the directory is not checked against them")
    return Path(folder)


WORDS = st.from_regex(r"[A-Za-zŵŷâêîôû0-9][A-Za-zŵŷâêîôû0-9 ,.'’()-]{0,30}", fullmatch=True).map(
    lambda text: " ".join(text.split())
)
BOTH = st.builds(Bilingual, WORDS, WORDS)
MAYBE = st.none() | BOTH
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@st.composite
def timetables(draw: st.DrawFn) -> Timetable:
    day = draw(DAYS)
    starts = datetime.combine(day, time(draw(st.integers(0, 21)), draw(st.sampled_from((0, 15, 30)))))
    weekly = f"FREQ=WEEKLY;BYDAY={WEEKDAYS[day.weekday()]}"
    until = (day + timedelta(days=200)).strftime("%Y%m%d")
    rule = draw(st.sampled_from(("", weekly, f"{weekly};INTERVAL=2", f"{weekly};UNTIL={until}", "FREQ=DAILY")))
    closed = frozenset(draw(st.lists(DAYS, max_size=2)))
    return Timetable(starts, time(23), rule, closed, draw(st.booleans()))


@st.composite
def offers(draw: st.DrawFn) -> Offer:
    def some(name: str) -> frozenset[str]:
        return frozenset(draw(st.lists(st.sampled_from(CHOICES[name]), max_size=3)))

    tier = draw(st.sampled_from(CHOICES["tier"]))
    low = draw(st.integers(0, 59))
    times = draw(st.none() | timetables())
    return Offer(
        id=draw(st.from_regex(r"[a-z0-9][a-z0-9_-]{1,40}", fullmatch=True)),
        areas=tuple(draw(st.lists(st.sampled_from(("bridgend", "merthyr_tydfil")), min_size=1, unique=True))),
        kind=draw(st.sampled_from(CHOICES["kind"])),
        name=draw(BOTH),
        what=draw(BOTH),
        cost=draw(BOTH),
        ages=Ages(draw(st.booleans()), low, draw(st.integers(low + 1, 60))),
        people=some("for") or frozenset({"everyone"}),
        audience="staff" if tier in STAFF_TIERS else draw(st.sampled_from(CHOICES["audience"])),
        tier=tier,
        thrive=draw(st.sampled_from(CHOICES["thrive"])),
        join=tuple(sorted(some("join"))) or ("ring",),
        owner=draw(WORDS),
        source=draw(WORDS),
        where=draw(MAYBE),
        directions=draw(MAYBE),
        times=times,
        when=draw(BOTH) if times is None else draw(MAYBE),
        term_time=draw(st.booleans()),
        helps_with=some("helps_with"),
        notes={name: draw(BOTH) for name in some("notes")},
        contact=Contact(
            draw(st.sampled_from(("", "01656 000000"))),
            draw(st.sampled_from(("", "+44 7700 900123"))),
            draw(st.sampled_from(("", "name@example.org"))),
            draw(st.sampled_from(("", "https://example.org/a?b=c"))),
            draw(MAYBE),
        ),
        owner_email=draw(st.sampled_from(("", "owner@example.org"))),
        checked=draw(st.none() | DAYS),
        welsh_missing=draw(st.booleans()),
        also_called=tuple(draw(st.lists(WORDS, max_size=3))),
    )


@given(st.lists(offers(), min_size=1, max_size=4, unique_by=lambda one: one.id))
def test_what_goes_out_comes_back_the_same(some: list[Offer]) -> None:
    page = to_page(map(to_service, some), number=1, size=10)
    assert read_services(json.dumps(page).encode()) == tuple(some)


def problems(schemas: Path, services: list[dict[str, Any]]) -> Iterator[str]:
    schema = json.loads((schemas / "oruk_service.json").read_text(encoding="utf-8"))
    checker = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    for service in services:
        yield from (f"{service['name']}: {error.json_path}: {error.message}" for error in checker.iter_errors(service))


def test_the_directory_obeys_the_public_schema(schemas: Path) -> None:
    services = [to_service(offer) for offer in load_directory(FLOWS).offers]
    assert len(services) > 40
    assert list(problems(schemas, services)) == []
    assert list(problems(schemas, [{**services[0], "status": "merry"}])), "the schema would tell"


def test_any_offer_obeys_the_public_schema(schemas: Path) -> None:
    @given(offers())
    def check(offer: Offer) -> None:
        assert list(problems(schemas, [to_service(offer)])) == []

    check()


def test_the_public_sample_is_imported_and_offered_to_nobody_yet(schemas: Path) -> None:
    (offer,) = read_services((schemas / "oruk_example_service_full.json").read_bytes(), area="bridgend")
    assert offer.name.en == "Community Counselling"
    assert offer.areas == ("bridgend",)
    assert offer.checked is None, "their assurance is not ours"
    assert offer.welsh_missing
    assert offer.where is not None
    assert "MyCity Civic Center" in offer.where.en


SERVICE = {
    "id": "ac148810-d857-441c-9679-408f346de14b", "name": "Group", "description": "Walk in.", "status": "active",
    "schedules": [
        {"id": "48102e86-bb50-41c4-8f1e-e269368c41d1", "freq": "WEEKLY", "interval": 1, "byday": "TU",
         "dtstart": "2026-09-01", "opens_at": "10:00:00", "closes_at": "11:00:00"}
    ],
}  # fmt: skip


def test_a_schedule_of_the_profile_becomes_a_timetable() -> None:
    (offer,) = read_services(json.dumps(SERVICE).encode(), area="bridgend")
    assert isinstance(offer.times, Timetable)
    assert (offer.times.rule, str(offer.times.starts)) == ("FREQ=WEEKLY;BYDAY=TU", "2026-09-01 10:00:00")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"id": 7}, "$.contents[1].id"),
        ({"id": "not a uuid"}, "$.contents[1].id"),
        ({"name": None}, "$.contents[1].name"),
        ({"name": ["x"]}, "$.contents[1].name"),
        ({"name": " "}, "$.contents[1].name"),
        ({"status": "merry"}, "$.contents[1].status"),
        ({"email": "nowhere"}, "$.contents[1].email"),
        ({"url": "javascript:alert(1)"}, "$.contents[1].url"),
        ({"minimum_age": "three"}, "$.contents[1].minimum_age"),
        ({"minimum_age": True}, "$.contents[1].minimum_age"),
        ({"schedules": {}}, "$.contents[1].schedules"),
        ({"schedules": ["x"]}, "$.contents[1].schedules[0]"),
        ({"schedules": [{"byday": 3}]}, "$.contents[1].schedules[0].byday"),
        ({"attributes": [3]}, "$.contents[1].attributes[0]"),
        ({"service_at_locations": [{}]}, "$.contents[1].service_at_locations[0].location"),
        ({"contacts": [{"phones": [{"number": "ring me"}]}]}, "$.contents[1].contacts[0].phones[0].number"),
    ],
)
def test_every_fault_has_its_path(change: dict[str, Any], path: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        read_services(json.dumps({"contents": [SERVICE, {**SERVICE, **change}]}).encode(), area="bridgend")
    assert path in {fault.path for fault in refused.value.faults}


def test_a_fault_in_what_we_wrote_ourselves_has_its_path() -> None:
    offer = load_directory(FLOWS).offers[0]
    service = to_service(offer)
    number = next(n for n, each in enumerate(service["attributes"]) if each["taxonomy_term"]["name"] == "tier")
    service["attributes"][number]["taxonomy_term"]["description"] = "merry"
    with pytest.raises(ImportRefused, match=rf"\$\.attributes\[{number}\]\.taxonomy_term\.description: tier"):
        read_services(json.dumps(service).encode())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=12), inside, max_size=4),
    max_leaves=12,
)
KEYS = (
    "id", "name", "status", "description", "email", "url", "fees", "minimum_age", "maximum_age", "schedules",
    "attributes", "service_at_locations", "organization", "contacts", "assurer_email", "contents",
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(KEYS), JSON | st.just(SERVICE["schedules"]), max_size=6), st.booleans())
def test_nothing_strange_is_worse_than_refused(change: dict[str, Any], many: bool) -> None:
    service = {**SERVICE, **change}
    faults = ()
    try:
        read_services(json.dumps([service, service] if many else service).encode(), area="bridgend")
    except ImportRefused as refused:
        faults = refused.faults
    assert all(fault.path.startswith("$") for fault in faults)
    assert faults or not many, "the same service twice is a fault"


@given(st.binary(max_size=200) | st.sampled_from((b"[" * 200_000, b'{"contents":' * 5_000, b"\xff\xfe", b"", b"nul")))
def test_no_bytes_are_worse_than_refused(data: bytes) -> None:
    with pytest.raises(ImportRefused):
        read_services(data, area="bridgend")


# --- into the folder ---


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    """The directory that ships, to be written into."""
    shutil.copytree(FLOWS, tmp_path / "flows")
    return tmp_path / "flows"


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_what_is_imported_is_read_with_the_rest(flows: Path) -> None:
    path, count = import_offers(flows, json.dumps([SERVICE]).encode(), area="bridgend")
    assert (path.name, count) == (IMPORTED, 1)
    offer = load_directory(flows).get(f"oruk-{SERVICE['id']}")
    assert offer is not None
    assert offer.areas == ("bridgend",)
    before = everything_in(flows)
    import_offers(flows, json.dumps([SERVICE]).encode(), area="bridgend")
    assert everything_in(flows) == before, "a second time changes nothing"


def test_nothing_is_half_imported(flows: Path) -> None:
    before = everything_in(flows)
    with pytest.raises(ImportRefused):
        import_offers(flows, json.dumps([SERVICE, {**SERVICE, "id": 3}]).encode(), area="bridgend")
    with pytest.raises(ImportRefused, match="no area of ours"):
        import_offers(flows, json.dumps([SERVICE]).encode(), area="atlantis")
    assert everything_in(flows) == before


def killed_at(flows: Path, text: bytes, place: str) -> None:
    """Imports in a process that is killed at `place`, as by kill -9."""

    def die(*args: object, **more: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    owner, _, name = place.rpartition(".")
    setattr(os if owner == "os" else Path, name, die)
    import_offers(flows, text, area="bridgend")


@pytest.mark.parametrize("place", ["os.fsync", "Path.chmod", "Path.replace"])
@pytest.mark.parametrize("before", [0, 1])
def test_a_process_that_is_killed_leaves_the_directory_as_it_was(flows: Path, place: str, before: int) -> None:
    if before:
        import_offers(flows, json.dumps([SERVICE]).encode(), area="bridgend")
    offers, files = load_directory(flows).offers, everything_in(flows)
    text = json.dumps(
        [{**SERVICE, "id": str(UUID(int=number)), "name": f"Group {number}"} for number in range(50)]
    ).encode()
    started = multiprocessing.get_context("spawn").Process(target=killed_at, args=(flows, text, place))
    started.start()
    started.join(60)
    assert started.exitcode == -signal.SIGKILL
    assert load_directory(flows).offers == offers
    left = everything_in(flows)
    assert {path: left[path] for path in files} == files
    assert all(path.endswith(".part") for path in left.keys() - files.keys()), (
        "and no reader looks at what is left over"
    )
    assert import_offers(flows, text, area="bridgend")[1] == 50


def test_our_own_directory_comes_back_without_a_change(flows: Path) -> None:
    before = everything_in(flows)
    services = [to_service(offer) for offer in load_directory(flows).offers]
    _, count = import_offers(flows, json.dumps(services).encode())
    assert count == 0
    assert everything_in(flows) == before
    services[0]["attributes"][-1]["taxonomy_term"]["description"] = "somebody else"
    with pytest.raises(ImportRefused, match="kept by hand, with other facts"):
        import_offers(flows, json.dumps(services).encode())


def test_the_commands(flows: Path, tmp_path: Path) -> None:
    run = CliRunner(env={"HELO_FLOWS": str(flows), "HELO_DATABASE_URL": f"sqlite:///{tmp_path / 'helo.db'}"})
    assert "offers are in order" in run.invoke(main, ["offers", "check"]).output
    file = tmp_path / "out.json"
    assert run.invoke(main, ["offers", "export", "--everything", str(file)]).exit_code == 0
    assert json.loads(file.read_text())["total_items"] == len(load_directory(flows).offers)
    public = json.loads(run.invoke(main, ["offers", "export"]).output)
    assert all("demo" in service["name"] for service in public["contents"]), "a demo: nothing real, nothing for staff"
    into = run.invoke(main, ["offers", "import", str(file), "--into", str(tmp_path / "elsewhere")])
    assert into.exit_code == 0, into.output
    assert (tmp_path / "elsewhere" / IMPORTED).is_file()
    file.write_text('[{"id": 1}]')
    refused = run.invoke(main, ["offers", "import", str(file)])
    assert refused.exit_code == 1
    assert "$[0].id: must be text." in refused.output
    assert "Nothing was imported" in refused.output
