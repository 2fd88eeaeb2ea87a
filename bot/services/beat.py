"""Tells a monitor outside that somebody is still chasing alerts, and tells it nothing when that is not proven."""

from datetime import datetime, timedelta

from bot.gateways.heartbeat import send_sign_of_life
from bot.services.desk import Desk
from bot.services.report_readiness import LATE_ALERT, report_readiness


def beat(desk: Desk, chased_at: datetime | None, now: datetime) -> bool:
    """Whether a sign of life left. None leaves unless everything is ready and alerts were just gone through.

    `chased_at`: when this worker last went through the alerts that were due. A monitor that hears nothing is the only
    one left to speak when this machine cannot. Raises `HeartbeatUnsent`.
    """
    address = desk.settings.heartbeat_url
    if address is None or chased_at is None or now - chased_at > timedelta(seconds=LATE_ALERT):
        return False
    every = desk.settings.reconcile_every
    if not report_readiness(desk.database, desk.team, now, reconcile_seconds=every).ready:
        return False
    send_sign_of_life(address)
    return True
