"""For machines that watch over this one: alive, ready, and numbers. Never a word, a name or a telephone number."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import NamedTuple

from flask import Blueprint, Response, jsonify
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.services.report_readiness import Readiness

Report = Callable[[datetime], Readiness]


class Gauge(NamedTuple):
    """One number of `Readiness`, with what it means for whoever runs this."""

    name: str
    meaning: str


GAUGES = (
    Gauge("oldest_overdue_alert_seconds", "How long the oldest unacknowledged alert has been due; 0 when none is."),
    Gauge("open_alerts", "Alerts nobody has acknowledged."),
    Gauge("oldest_waiting_seconds", "How long the oldest message in the outbox has been due; 0 when none is."),
    Gauge("waiting_messages", "Messages in the outbox that are due."),
    Gauge("rota_gaps", "Levels of the on-call chain that are on duty with nobody in them."),
    Gauge("unreached_alerts", "Alerts whose people could not be reached by any road."),
    Gauge("account_refused", "1 while the provider refuses our account: no text leaves, or its list is closed to us."),
    Gauge("dropped_too_late", "Messages dropped in the last day because their time was over; staff have the list."),
    Gauge("last_reconcile_seconds", "How long ago the provider's list of texts was last gone through."),
)


class ReadinessCollector(Collector):
    """Asks the database when it is asked itself: right with any number of processes, and no files between them."""

    def __init__(self, report: Report, now: Callable[[], datetime]) -> None:
        self._report = report
        self._now = now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        readiness = self._report(self._now())
        yield GaugeMetricFamily("helo_ready", "1 when everything that must work does.", int(readiness.ready))
        values = asdict(readiness)
        for gauge in GAUGES:
            if values[gauge.name] is not None:
                yield GaugeMetricFamily(f"helo_{gauge.name}", gauge.meaning, values[gauge.name])


def health_blueprint(report: Report, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Blueprint:
    """`/healthz`, `/readyz` and `/metrics`."""
    blueprint = Blueprint("health", __name__)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(ReadinessCollector(report, now))

    @blueprint.get("/healthz")
    def healthz() -> Response:
        """This process answers; says nothing of the rest, so that a restart is only ordered when it helps."""
        return jsonify(alive=True)

    @blueprint.get("/readyz")
    def readyz() -> Response:
        readiness = report(now())
        response = jsonify(ready=readiness.ready, **asdict(readiness))
        response.status_code = 200 if readiness.ready else 503
        return response

    @blueprint.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")

    return blueprint
