"""A monitor outside hears of us while alerts are chased, and no longer when that is not proven."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask, Response, redirect

from bot.gateways.heartbeat import HeartbeatUnsent, send_sign_of_life
from bot.gateways.ports import Unknown
from bot.gateways.roads import Roads
from bot.services.beat import beat
from bot.services.run_worker import run_worker
from bot.storage.database import Database, DatabaseAway
from tests.services.on_call import ANN, BEN, LEAD, Night
from tests.simulators.serving import serving

SECRET = "/ping/a1b2c3"


@dataclass
class Monitor:
    """Somebody outside who counts signs of life."""

    address: str = ""
    heard: list[str] = field(default_factory=list)
    rung: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def monitor() -> Iterator[Monitor]:
    monitor, app = Monitor(), Flask("monitor")

    @app.get(SECRET)
    def ping() -> Response:
        monitor.heard.append(SECRET)
        monitor.rung.set()
        return Response("OK")

    app.add_url_rule("/moved", "moved", lambda: redirect(SECRET))
    with serving(app) as address:
        monitor.address = address
        yield monitor


@pytest.fixture
def night(database: Database, tmp_path: Path, monitor: Monitor) -> Night:
    return Night(database, tmp_path, heartbeat_url=f"{monitor.address}{SECRET}")


def beats(night: Night, chased_ago: int | None = 0) -> bool:
    return beat(night.desk, None if chased_ago is None else night.now - timedelta(seconds=chased_ago), night.now)


def test_a_sign_of_life_leaves_while_all_is_well(night: Night, monitor: Monitor) -> None:
    assert beats(night)
    night.disclose()
    night.work()
    assert beats(night), "an alert that is being chased is no fault"
    assert monitor.heard == [SECRET, SECRET]


@pytest.mark.parametrize("chased_ago", [None, 61])
def test_none_leaves_when_nobody_has_gone_through_the_alerts(
    night: Night, monitor: Monitor, chased_ago: int | None
) -> None:
    assert not beats(night, chased_ago)
    assert monitor.heard == []


def test_none_leaves_while_an_alert_is_overdue(night: Night, monitor: Monitor) -> None:
    night.disclose()
    night.clock.forward(seconds=200)
    assert not beats(night), "it was raised, and nobody has chased it since"
    night.work()
    assert beats(night)


def test_none_leaves_while_nobody_can_be_reached(night: Night, monitor: Monitor) -> None:
    night.texts.answers = dict.fromkeys((ANN, BEN, LEAD), Unknown("http_500"))
    night.mail.down = True
    night.disclose()
    night.work()
    assert not beats(night)
    assert monitor.heard == []


def test_none_leaves_while_the_database_is_away(
    night: Night, monitor: Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise DatabaseAway

    monkeypatch.setattr(Database, "read", away)
    assert not beats(night)
    assert monitor.heard == []


def test_without_an_address_nobody_is_told(night: Night, monitor: Monitor) -> None:
    night.desk = replace(night.desk, settings=replace(night.desk.settings, heartbeat_url=None))
    assert not beats(night)
    assert monitor.heard == []


def test_the_worker_tells_the_monitor_by_itself(
    night: Night, monitor: Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.services.run_worker.BEAT_SECONDS", 0.05)
    stop = threading.Event()
    desk = replace(night.desk, settings=replace(night.desk.settings, worker_poll_seconds=0))
    roads = Roads(None, night.mail)
    worker = threading.Thread(target=run_worker, args=(desk, stop), kwargs={"roads": roads})
    worker.start()
    try:
        assert monitor.rung.wait(60)
    finally:
        stop.set()
        worker.join(60)


def test_what_cannot_be_sent_says_a_code_and_never_the_address(monitor: Monitor) -> None:
    for path, code in (("/gone", "http_404"), ("/moved", "http_302")):
        with pytest.raises(HeartbeatUnsent, match=f"^{code}$"):
            send_sign_of_life(f"{monitor.address}{path}")
    with pytest.raises(HeartbeatUnsent) as refused:
        send_sign_of_life("http://127.0.0.1:1/secret")
    assert "secret" not in str(refused.value)
    assert monitor.heard == []
