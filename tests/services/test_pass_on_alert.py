"""An alert that somebody passes on: whoever had it is told, and so is whoever comes next."""

from pathlib import Path

import pytest

from bot.services.acknowledge_alert import acknowledge_alert
from bot.services.pass_on_alert import pass_on_alert
from bot.storage import accounts
from bot.storage.database import Database
from tests.factories import PARENT_NUMBER
from tests.services.on_call import ANN, BEN, Night


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
