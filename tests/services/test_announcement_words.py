"""What an announcement to staff says, word for word: which alert, how grave, and when by the clock of Wales."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.storage.database import Database
from tests.services.on_call import ANN, Night

# In summer, so that a time in UTC would be an hour too early.
SUMMER = datetime(2026, 7, 6, 11, 30, tzinfo=UTC)
TIME = {"cy": "dydd Llun 6 Gorffennaf am 12:30", "en": "Monday 6 July at 12:30"}
GRAVITY = {
    "watch": {"cy": "i'w ddarllen", "en": "to read"},
    "urgent": {"cy": "BRYS", "en": "URGENT"},
    "immediate": {"cy": "NAWR", "en": "NOW"},
}
AGAIN = {
    "watch": {"cy": "heb ei ddarllen eto", "en": "still to read"},
    "urgent": {"cy": "BRYS, ETO", "en": "URGENT, AGAIN"},
    "immediate": {"cy": "NAWR, ETO", "en": "NOW, AGAIN"},
}

# Seconds until it has been said, and as long again until it has been said again.
WITHIN = {"watch": 86_400, "urgent": 900, "immediate": 900}


@pytest.fixture
def night(database: Database, tmp_path: Path) -> Night:
    """The team of three levels, on a summer's day."""
    found = Night(database, tmp_path)
    found.clock.now = SUMMER
    return found


def announced(night: Night) -> list[str]:
    """Every text that announced an alert, in the order they left."""
    return [body for _, body, _ in night.texts.sent if "ACK" in body]


@pytest.mark.parametrize("severity", GRAVITY)
def test_it_says_which_alert_how_grave_and_when_in_both_languages(night: Night, severity: str) -> None:
    alert = night.raise_(severity)
    night.run(WITHIN[severity], every=60)
    says, code = GRAVITY[severity], night.code(ANN, 0)
    assert announced(night)[0].splitlines() == [
        f"Helo: {says['cy']}. {alert.reference}, {TIME['cy']}. I'w gymryd, tecstiwch CYMRYD {code}.",
        f"Helo: {says['en']}. {alert.reference}, {TIME['en']}. To take it, text ACK {code}.",
        f"https://helo.example/staff/alerts/{alert.id}",
    ]


@pytest.mark.parametrize("severity", AGAIN)
def test_said_again_it_is_still_of_when_it_began(night: Night, severity: str) -> None:
    alert = night.raise_(severity)
    night.run(2 * WITHIN[severity], every=60)
    says = AGAIN[severity]
    welsh, english, _ = announced(night)[-1].splitlines()
    assert welsh.startswith(f"Helo: {says['cy']}. {alert.reference}, {TIME['cy']}.")
    assert english.startswith(f"Helo: {says['en']}. {alert.reference}, {TIME['en']}.")
