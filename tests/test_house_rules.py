"""The house obeys its rules, and every rule is shown to catch a breach that is planted here."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.settings import ROOT
from tests import house_rules
from tests.factories import make_settings

Rule = Callable[[Path], Iterator[str]]
RuleOfFiles = Callable[[Path, list[Path]], Iterator[str]]

# Routes anybody may reach; every other route belongs to the console, whose own table says who may.
OPEN_ROUTES = {"sms", "chat", "health", "calendar", "offers"}


def our_files() -> list[Path]:
    """What is, or is about to be, in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for line in listed.stdout.splitlines() if (path := ROOT / line).is_file()]


def plant(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("rule", "name", "breach", "sound"),
    [
        (house_rules.long_modules, "bot/web/x.py", "a = 1\n" * 251, "a = 1\n" * 250),
        (
            house_rules.strange_imports_in_domain,
            "bot/domain/x.py",
            "import flask",
            "import re\nfrom bot.domain import y",
        ),
        (house_rules.strange_imports_in_domain, "bot/domain/x.py", "from transitions import Machine", "import json"),
        (
            house_rules.strange_imports_in_domain,
            "bot/domain/x.py",
            "def f():\n    from bot.storage import tables",
            "x = 1",
        ),
        (house_rules.clocks_in_domain, "bot/domain/x.py", "import datetime\ndatetime.datetime.now()", "clock.now()"),
        (
            house_rules.clocks_in_domain,
            "bot/domain/x.py",
            "from datetime import date\ndate.today()",
            "date(2026, 1, 1)",
        ),
        (house_rules.clocks_in_domain, "bot/domain/x.py", "import time\ntime.time()", "message.time"),
        (house_rules.words_in_python, "bot/services/x.py", "a = 'We will ring you'", "a = 'booking.booked'"),
        (
            house_rules.words_in_python,
            "bot/web/x.py",
            "a = f'Dear {name}, we will ring'",
            "raise ValueError('No such thing here')",
        ),
        (
            house_rules.words_in_python,
            "bot/domain/x.py",
            "a = 'Ble wyt ti rwan'",
            "def f():\n    'A sentence about this here.'",
        ),
        (house_rules.words_in_templates, "bot/web/templates/x.html", "<p>Send</p>", "<p>{{ say('chat.send') }}</p>"),
        (house_rules.words_in_templates, "bot/web/templates/a/x.html", '<img alt="Face">', '<img class="face" alt="">'),
        (
            house_rules.words_in_templates,
            "bot/web/templates/x.html",
            "{% if a %}Yes{% endif %}",
            "<!-- why --><title>Helo</title>",
        ),
        (
            house_rules.words_in_scripts,
            "bot/web/static/x.js",
            "a = 'Please wait a minute'",
            "// Please wait a minute\na = 'click'",
        ),
        (
            house_rules.words_in_scripts,
            "bot/web/static/x.css",
            "a::after { content: 'new' }",
            "a::after { content: '' }",
        ),
        (
            house_rules.words_in_flows,
            "flows/x.yaml",
            "steps: {a: {ask: Where are you now}}",
            "steps: {a: {note: Where are you}}",
        ),
    ],
)
def test_a_rule_catches_a_planted_breach(tmp_path: Path, rule: Rule, name: str, breach: str, sound: str) -> None:
    plant(tmp_path, name, sound)
    assert list(rule(tmp_path)) == []
    plant(tmp_path, name, breach)
    assert len(list(rule(tmp_path))) == 1


@pytest.mark.parametrize(
    ("rule", "name", "breach", "sound"),
    [
        (house_rules.machine_paths, "bot/x.py", "open('/ro" + "ot/x')", "open('a/root/x'); 'https://a.example/home/'"),
        (house_rules.strange_top_level, "docs/x.md", "", None),
        (house_rules.silent_exemptions, "bot/x.py", "a = 1  # no" + "qa: E501", "a = 1  # no" + "qa: E501 - a reason"),
        (house_rules.silent_exemptions, "bot/x.py", "# TO" + "DO later", "# to do"),
        (
            house_rules.silent_exemptions,
            "tests/test_x.py",
            "@pytest.mark." + "skip\n",
            "@pytest.mark.skipif(a, reason='b')\n",
        ),
    ],
)
def test_a_rule_of_files_catches_a_planted_breach(
    tmp_path: Path, rule: RuleOfFiles, name: str, breach: str, sound: str | None
) -> None:
    if sound is not None:
        assert list(rule(tmp_path, [plant(tmp_path, name, sound)])) == []
    assert len(list(rule(tmp_path, [plant(tmp_path, name, breach)]))) == 1


@pytest.mark.parametrize(
    "rule",
    [
        house_rules.long_modules,
        house_rules.strange_imports_in_domain,
        house_rules.clocks_in_domain,
        house_rules.words_in_python,
        house_rules.words_in_templates,
        house_rules.words_in_scripts,
        house_rules.words_in_flows,
        house_rules.unpinned_dependencies,
    ],
)
def test_the_house_obeys(rule: Rule) -> None:
    assert list(rule(ROOT)) == [], rule.__doc__


@pytest.mark.parametrize(
    "rule", [house_rules.machine_paths, house_rules.strange_top_level, house_rules.silent_exemptions]
)
def test_the_files_obey(rule: RuleOfFiles) -> None:
    assert list(rule(ROOT, our_files())) == [], rule.__doc__


def test_an_unpinned_dependency_is_caught(tmp_path: Path) -> None:
    shutil.copy(ROOT / "constraints.txt", tmp_path)
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    plant(tmp_path, "pyproject.toml", project.replace('"babel",', '"babel", "leftpad",'))
    assert list(house_rules.unpinned_dependencies(tmp_path)) == ["leftpad has no version in constraints.txt"]
    plant(tmp_path, "pyproject.toml", project)
    with (tmp_path / "constraints.txt").open("a") as pins:
        pins.write("thing @ https://elsewhere.example/thing.whl\n")
    assert len(list(house_rules.unpinned_dependencies(tmp_path))) == 1


# --- imports -------------------------------------------------------------------------------------

BREACHES = [
    ("Layers point down", "bot/domain/x.py", "import bot.services"),
    ("Layers point down", "bot/storage/x.py", "import bot.content"),
    ("Layers point down", "bot/services/x.py", "import bot.web"),
    ("Only the web knows Flask", "bot/services/x.py", "import flask"),
    ("Only one module knows Twilio", "bot/services/x.py", "import twilio"),
    ("Only one module knows transitions", "bot/services/x.py", "import transitions"),
    ("Only the storage knows SQLAlchemy", "bot/web/x.py", "import sqlalchemy"),
    ("The domain imports no clock and no library but transitions", "bot/domain/x.py", "import time"),
]


def lint_imports(folder: Path) -> str:
    """What import-linter says of the tree in `folder`, by our own contracts."""
    command = Path(sys.executable).with_name("lint-imports")
    environment = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"}
    done = subprocess.run(
        [command, "--config", ROOT / "pyproject.toml", "--no-cache"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def empty_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same rooms with nothing in them but the two imports that the contracts allow."""
    folder = tmp_path_factory.mktemp("house")
    for room in ("", "commands/", "web/", "services/", "content/", "storage/", "gateways/", "domain/"):
        plant(folder, f"bot/{room}__init__.py", "")
    for module in ("cli", "app", "settings", "terminal", "serving"):
        plant(folder, f"bot/{module}.py", "")
    plant(folder, "bot/gateways/twilio_sms.py", "import twilio")
    plant(folder, "bot/domain/machines.py", "import transitions")
    return folder


def test_arrows_between_rooms_point_down() -> None:
    said = lint_imports(ROOT)
    assert "0 broken" in said, said


@pytest.mark.parametrize(("contract", "name", "breach"), BREACHES)
def test_a_contract_catches_a_planted_import(
    empty_house: Path, tmp_path: Path, contract: str, name: str, breach: str
) -> None:
    shutil.copytree(empty_house, tmp_path, dirs_exist_ok=True)
    plant(tmp_path, name, breach)
    assert f"{contract} BROKEN" in re.sub(r" +\(.*?\)", "", lint_imports(tmp_path))


def test_an_empty_house_breaks_no_contract(empty_house: Path) -> None:
    assert "0 broken" in lint_imports(empty_house)


# --- routes, settings, skips -----------------------------------------------------------------------


def test_every_route_has_an_access_rule(tmp_path: Path) -> None:
    from bot.app import create_app
    from bot.web.console.access import BLUEPRINT, RULES

    app = create_app(make_settings(tmp_path))
    without = []
    for rule in app.url_map.iter_rules():
        room, _, page = rule.endpoint.partition(".")
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        ruled = (
            all((page, method) in RULES for method in methods)
            if room == BLUEPRINT
            else room in OPEN_ROUTES | {"static"}
        )
        if not ruled:
            without.append(f"{sorted(methods)} {rule.rule}")
    assert without == []
    assert any(rule.endpoint.startswith(f"{BLUEPRINT}.") for rule in app.url_map.iter_rules())


def test_every_setting_is_in_the_readme() -> None:
    from bot.commands.configuration import as_table

    assert as_table() in (ROOT / "README.md").read_text(encoding="utf-8"), "helo settings --table prints the table"


def test_a_skip_is_a_failure_where_everything_must_run(tmp_path: Path) -> None:
    one = plant(tmp_path, "test_one.py", "import pytest\ndef test_one():\n    pytest.skip('no browser here')\n")
    two = plant(tmp_path, "test_two.py", "import pytest\npytest.skip('no server here', allow_module_level=True)\n")
    outcomes = {}
    for require in ("", "1"):
        options = [
            "-q",
            "--continue-on-collection-errors",
            "-p",
            "tests.conftest",
            "-p",
            "no:cacheprovider",
            "--rootdir",
            tmp_path,
        ]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, one, two],
            cwd=ROOT,
            env={**os.environ, "HELO_REQUIRE_ALL": require},
            capture_output=True,
            text=True,
        )
        outcomes[require] = (done.returncode, done.stdout)
    assert outcomes[""][0] == 0, outcomes[""][1]
    assert "NOT TESTED ON THIS MACHINE" in outcomes[""][1]
    assert outcomes["1"][0] != 0
    assert outcomes["1"][1].count("HELO_REQUIRE_ALL=1, and this was skipped") >= 2
