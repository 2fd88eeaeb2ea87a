"""An alert that somebody passes on: whoever had it is told, and so is whoever comes next."""

from pathlib import Path

import pytest

from bot.gateways.ports import Refused
from bot.services.acknowledge_alert import acknowledge_alert
from bot.services.pass_on_alert import pass_on_alert
from bot.storage import accounts
from bot.storage.database import Database
from tests.factories import PARENT_NUMBER
from tests.services.on_call import ANN, BEN, LEAD, LEVELS, Night


@pytest.fixture
def night(database: Database, tmp_path: Path) -> Night:
    """The team of three levels."""
    return Night(database, tmp_path)


def account(night: Night, email: str, name: str) -> str:
    """An account of the console; the owner it is."""
    added = night.desk.database.write(
        lambda tx: accounts.add(tx, email=email, name=name, language=None, uniquifier=name * 16, now=night.now)
    )
    return f"staff:{added.id}"


def news(night: Night) -> list[tuple[str, str]]:
    """What was texted and mailed that is no announcement."""
    texts = [(to, body) for to, body, _ in night.texts.sent]
    return [(to, body) for to, body in (*texts, *night.mail.sent) if "ACK" not in body]


def test_whoever_had_it_is_told_by_every_road_who_passed_it_on_in_both_languages(night: Night) -> None:
    alert = night.disclose()
    acknowledge_alert(night.desk, alert.id, "team:ann", night.now)
    night.work()
    gwen = account(night, "gwen@team.example", "Gwen")
    pass_on_alert(night.desk, alert.id, "needs_lead", gwen, night.now)
    night.work()
    told = news(night)
    assert [to for to, _ in told] == [ANN, "ann@team.example"]
    for _, body in told:
        welsh, english, link = body.splitlines()[:3]
        assert welsh == f"Helo: {alert.reference}. Trosglwyddwyd gan: Gwen. Nid chi sydd ag e nawr."
        assert english == f"Helo: {alert.reference}. Passed on by Gwen: it is not yours now."
        assert link.endswith(alert.id)
        assert PARENT_NUMBER not in body
    assert night.told(BEN), "and the next level is paged as always"


def test_an_owner_outside_the_chain_is_told_by_mail(night: Night) -> None:
    alert = night.disclose()
    gwen, huw = account(night, "gwen@team.example", "Gwen"), account(night, "huw@team.example", "Huw")
    acknowledge_alert(night.desk, alert.id, gwen, night.now)
    night.work()
    pass_on_alert(night.desk, alert.id, "cannot_now", huw, night.now)
    night.work()
    assert [to for to, body in news(night) if "Passed on by Huw" in body] == ["gwen@team.example"]


@pytest.mark.parametrize("by_text", [True, False])
def test_who_passes_on_their_own_is_told_nothing(night: Night, *, by_text: bool) -> None:
    here = account(night, "ann@team.example", "Ann")
    alert = night.disclose()
    acknowledge_alert(night.desk, alert.id, "team:ann" if by_text else here, night.now)
    night.work()
    pass_on_alert(night.desk, alert.id, "cannot_now", here, night.now)
    night.work()
    assert news(night) == []


def test_what_nobody_had_is_news_to_nobody(night: Night) -> None:
    alert = night.disclose()
    night.work()
    pass_on_alert(night.desk, alert.id, "cannot_now", "staff:7", night.now)
    night.work()
    assert news(night) == []


# --- only to read, and passed on: somebody is wanted now


@pytest.mark.parametrize("hours", [0, 10], ids=["in the team's hours", "at night"])
def test_what_is_only_to_read_is_told_the_next_level_at_once(night: Night, hours: int) -> None:
    alert = night.raise_("watch")
    night.run(3600, every=600)
    start = 3600 + hours * 3600
    night.clock.forward(hours=hours)
    before = len(night.told())
    assert pass_on_alert(night.desk, alert.id, "needs_lead", "team:ann", night.now)
    night.work()
    assert night.told()[before:] == [(BEN, start)]
    night.run(7200, every=600)
    assert night.told()[before:] == [(BEN, start)], "once: he was told, and it is only to read"
    night.assert_invariant()


def test_at_night_it_takes_the_next_road_and_the_next_level_until_somebody_is_told(night: Night) -> None:
    alert = night.raise_("watch")
    night.clock.forward(hours=10)
    night.texts.answers = {BEN: Refused("21211", permanent=True)}
    pass_on_alert(night.desk, alert.id, "cannot_now", "team:ann", night.now)
    night.work()
    assert night.told() == [(LEAD, 36_000)], "ben has no e-mail"
    night.assert_invariant()


def test_the_only_level_is_told_again_at_once(database: Database, tmp_path: Path) -> None:
    night = Night(database, tmp_path, levels=LEVELS[:1])
    alert = night.raise_("watch")
    night.clock.forward(hours=10)
    pass_on_alert(night.desk, alert.id, "cannot_now", "staff:7", night.now)
    night.work()
    assert night.told() == [(ANN, 36_000)]


def test_who_cannot_be_reached_at_night_is_tried_once_an_hour_and_no_more(night: Night) -> None:
    night.texts.answers = dict.fromkeys((ANN, BEN, LEAD), Refused("21211", permanent=True))
    night.mail.down = True
    alert = night.raise_("watch")
    night.clock.forward(hours=10)
    pass_on_alert(night.desk, alert.id, "cannot_now", "team:ann", night.now)
    night.work()
    tried = len(night.pages(alert))
    night.run(3000, every=300)
    assert len(night.pages(alert)) == tried
    night.texts.answers = {}
    night.run(900, every=300)
    assert night.told(), "and found in the night"
    night.assert_invariant()


def test_who_was_told_in_the_night_is_told_again_in_the_teams_hours(night: Night) -> None:
    alert = night.raise_("watch")
    night.clock.forward(hours=10)
    pass_on_alert(night.desk, alert.id, "cannot_now", "team:ann", night.now)
    night.work()
    night.run(36 * 3600, every=1800)
    (first, *later) = [at for _, at in night.told()]
    assert first == 36_000
    assert later
    assert all(8 <= (12 + at // 3600) % 24 < 18 for at in later)
    night.assert_invariant()


def test_what_somebody_took_meanwhile_wakes_nobody_when_their_time_runs_out(night: Night) -> None:
    night.texts.answers = dict.fromkeys((ANN, BEN, LEAD), Refused("21211", permanent=True))
    night.mail.down = True
    alert = night.raise_("watch")
    night.clock.forward(hours=10)
    pass_on_alert(night.desk, alert.id, "cannot_now", "team:ann", night.now)
    night.work()
    acknowledge_alert(night.desk, alert.id, "team:ben", night.now)
    night.texts.answers, night.mail.down = {}, False
    night.run(8 * 3600, every=600)
    assert "expired" in night.events(alert)
    assert night.told() == []
    night.assert_invariant()
