"""What machines are told: alive, ready, and numbers."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.services.report_readiness import Readiness
from bot.web.health import health_blueprint

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
WELL = {
    "database": True,
    "oldest_overdue_alert_seconds": 0,
    "open_alerts": 0,
    "oldest_waiting_seconds": 0,
    "waiting_messages": 0,
    "rota_gaps": 0,
    "unreached_alerts": 0,
    "dropped_too_late": 0,
    "last_reconcile_seconds": 12,
    "reconcile_within_seconds": 960,
    "account_refused": 0,
}


def client(**changes: int | None) -> FlaskClient:
    app = Flask("bot.web")
    app.register_blueprint(health_blueprint(lambda now: Readiness(**{**WELL, **changes}), now=lambda: NOW))
    return app.test_client()


def test_well() -> None:
    answer = client().get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {"ready": True, **WELL}


@pytest.mark.parametrize(
    "trouble",
    [
        {"database": False},
        {"oldest_overdue_alert_seconds": 61},
        {"oldest_waiting_seconds": 301},
        {"rota_gaps": 1},
        {"unreached_alerts": 1},
        {"account_refused": 1},
        {"last_reconcile_seconds": 961},
    ],
)
def test_not_ready_when_a_person_could_be_waiting_in_vain(trouble: dict[str, int]) -> None:
    answer = client(**trouble).get("/readyz")
    assert answer.status_code == 503
    assert answer.json["ready"] is False
    assert "helo_ready 0.0" in client(**trouble).get("/metrics").text


def test_a_house_without_a_provider_is_ready_without_asking_one() -> None:
    answer = client(last_reconcile_seconds=None, reconcile_within_seconds=None).get("/readyz")
    assert answer.status_code == 200
    metrics = client(last_reconcile_seconds=None).get("/metrics").text
    assert "last_reconcile" not in metrics, "a number nobody knows is not 0"


def test_alive_whatever_else() -> None:
    assert client(database=False).get("/healthz").status_code == 200


def test_metrics_are_numbers_with_an_explanation() -> None:
    text = client(open_alerts=3, oldest_overdue_alert_seconds=7).get("/metrics").text
    assert "helo_ready 1.0" in text
    assert "helo_open_alerts 3.0" in text
    assert "helo_oldest_overdue_alert_seconds 7.0" in text
    assert "helo_last_reconcile_seconds 12.0" in text
    assert text.count("# HELP helo_") == 10
