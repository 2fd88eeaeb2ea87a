"""A fault in flows/team.yaml is told at its line, in words that whoever keeps the rota understands."""

import shutil
from pathlib import Path

import pytest

from bot.content.faults import ContentRefused
from bot.content.team_file import load_team
from tests.content.little_world import SHIPPED

MONDAY = 'monday: ["09:00-17:00"]'


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            'monday: ["09:00-17:00"]',
            'monday: ["17:00-09:00"]',
            "“hours”, “monday”, number 1: 17:00-09:00 ends before it begins; "
            "the earlier hour comes first, such as 09:30-12:00.",
        ),
        (
            'monday: ["09:00-17:00"]',
            'monday: ["9 to 5"]',
            "“hours”, “monday”, number 1: 9 to 5 is not hours such as 09:30-12:00.",
        ),
        (
            'monday: ["09:00-17:00"]',
            'munday: ["09:00-17:00"]',
            "“hours”, “munday”: munday is not a day such as monday.",
        ),
        ("closed: []", "closed: [christmas]", "“closed”, number 1: christmas is not a day such as 2027-01-31."),
        ("closed: []", "closed: 2027-01-31", "“closed” must be a list."),
        ("closed: []\n", "", "“closed” is missing."),
        ("closed: []", "closed: []\nopen: []", "“open” is no name that this file knows."),
        ('times_offered: "3"', 'times_offered: "9"', "“call”, “times_offered” must be 5 or less."),
        ('times_offered: "3"', 'times_offered: "few"', "“call”, “times_offered” must be a whole number."),
    ],
)
def test_a_fault_is_told_in_a_sentence(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    flows = tmp_path / "flows"
    shutil.copytree(SHIPPED / "flows", flows)
    path = flows / "team.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentRefused) as refused:
        load_team(flows)
    assert [fault.sentence for fault in refused.value.faults] == [sentence]
    if new and "\n" not in new:
        assert refused.value.faults[0].line == text[: text.index(old)].count("\n") + 1
