"""The alerts of flows/team.yaml are read strictly: every fault with its line, and a chain that can never be empty."""

import shutil
from pathlib import Path

import pytest

from bot.content.faults import ContentRefused
from bot.content.team_file import load_team
from tests.content.little_world import SHIPPED

START = "alerts:\n"
SOUND = """alerts:
  levels:
    - wait_seconds: "90"
      channels: [sms, console]
      hours: {monday: ["09:00-17:00"]}
      people:
        - {key: ann, name: "Ann", sms: "07700 900451", hours: {monday: ["09:00-12:00"]}}
        - {key: ben, name: "Ben", sms: "07700 900452", email: ben@team.example, channels: [email, sms]}
    - people:
        - {key: lead, name: "Lead", email: lead@team.example}
"""


def read(folder: Path, alerts: str) -> list[str]:
    """What is wrong with these alerts, as "line: sentence"."""
    shutil.copy(SHIPPED / "flows" / "team.yaml", folder / "team.yaml")
    path = folder / "team.yaml"
    text = path.read_text(encoding="utf-8")
    before = text[: text.index(START)]
    path.write_text(before + alerts, encoding="utf-8")
    first = before.count("\n")
    try:
        load_team(folder)
    except ContentRefused as refused:
        return [f"{fault.line - first}: {fault.sentence}" for fault in refused.faults]
    return []


def test_levels_people_roads_waits_and_hours_are_data(tmp_path: Path) -> None:
    assert read(tmp_path, SOUND) == []
    team = load_team(tmp_path)
    first, last = team.chain.levels
    assert (first.wait_seconds, last.wait_seconds) == (90, 0)
    assert [member.channels for member in first.members] == [("sms", "console"), ("email", "sms")]
    assert set(first.hours) == {"monday"}
    assert set(first.members[0].hours) == {"monday"}
    assert team.phones == {"+447700900451": "ann", "+447700900452": "ben"}
    assert team.people["lead"].roads == ("email", "console")


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ('    - people:\n        - {key: lead, name: "Lead", email: lead@team.example}', "    - people: []", 2,
         "last level of alerts has nobody"),
        ("    - people:\n        - {key: lead",
         '    - hours: {monday: ["09:00-17:00"]}\n      people:\n        - {key: lead', 9,
         "last level of alerts has hours"),
        ("email: lead@team.example}", 'email: lead@team.example, hours: {monday: ["09:00-17:00"]}}', 9,
         "needs somebody without hours"),
        ("email: lead@team.example}", "channels: [console]}", 9, "needs somebody without hours"),
        ('wait_seconds: "90"', 'wait_seconds: "0"', 3, "wait_seconds"),
        ('wait_seconds: "90"', 'wait_seconds: "-5"', 3, "wait_seconds"),
        ('wait_seconds: "90"', 'wait_seconds: "315360000"', 3, "wait_seconds"),
        ("[sms, console]", "[sms, pager]", 4, "pager is not a road"),
        ("[sms, console]", "[]", 4, "channels"),
        ('"07700 900451"', '"029 2000 0000"', 7, "not a UK mobile"),
        ('"07700 900451"', '"07700 900452"', 8, "has the phone of"),
        ("ben@team.example", "ben at home", 8, "email"),
        ("ben@team.example", "Lead@team.example", 10, "has the e-mail of"),
        ("key: ben", "key: ann", 8, "two different people"),
        ("key: ben", "key: Ben Bach", 8, "key"),
        ('["09:00-12:00"]', '["12:00-09:00"]', 7, "ends before it begins"),
        ("{monday", "{mawrth", 5, "not a day"),
        (", email: ben@team.example, channels: [email, sms]", ", channels: [email]", 8, "no road"),
        ("key: ann,", "key: ann, colour: red,", 7, "colour"),
        ("  levels:", '  test: {day: llun, at: "10:00"}\n  levels:', 2, "not a day"),
        ("  levels:", '  test: {day: monday, at: "25:00"}\n  levels:', 2, "not a time"),
    ],
)  # fmt: skip
def test_a_fault_is_refused_with_its_line(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    assert old in SOUND
    found = read(tmp_path, SOUND.replace(old, new, 1))
    assert found
    assert any(says in each for each in found), found
    assert found[0].startswith(f"{line}: "), found
