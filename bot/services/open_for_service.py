"""Before anything is served: the schema is brought up to date, and production refuses what is not fit for parents."""

from collections.abc import Iterator
from pathlib import Path

from bot.environment import SettingsError
from bot.services.desk import Desk, open_desk
from bot.settings import PACKAGE, Settings
from bot.storage import erasure
from bot.storage.database import Transaction
from bot.storage.key_check import check_keys
from bot.storage.migrations import upgrade

DAY = 86_400


def open_for_service(settings: Settings) -> Desk:
    """A desk whose database is ready.

    Raises `KeyMissing` when the keys are not the database's own, `LedgerDamaged`, and in production `SettingsError`
    when team, words or keeping are not fit.
    """
    if settings.database_url.startswith("sqlite:///"):
        Path(settings.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    upgrade(settings.database_url)
    desk = open_desk(settings)
    _make_sure(desk)
    if settings.is_production:
        unfit = tuple(_unfit(desk))
        if unfit:
            desk.database.close()
            raise SettingsError(unfit)
    return desk


def _make_sure(desk: Desk) -> None:
    """The keys at hand are the ones the database was written with, and whoever was forgotten is not here."""

    def work(tx: Transaction) -> int:
        check_keys(tx, desk.vault)
        return erasure.reapply(tx, desk.vault, desk.settings.erasure_ledger, desk.now())

    if desk.database.write(work):
        desk.database.checkpoint()


def _unfit(desk: Desk) -> Iterator[str]:
    """What parents in production may not meet: an invented team, a promise we do not keep, missing Welsh."""
    from bot.content.checks import check_folders  # a demo starts sooner without

    flows = desk.settings.flows
    if desk.team.demo:
        yield f"{flows / 'team.yaml'} is the demo's invented team (demo: yes): put the real one there."
    if desk.settings.retention_seconds < desk.team.keep_days * DAY:
        yield f"HELO_RETENTION_SECONDS keeps a referral for less than the days a chat is kept ({flows / 'team.yaml'})."
    if not any(person.sms or person.email for person in desk.team.people.values()):
        yield f"{flows / 'team.yaml'} has nobody who is told of an alert."
    yield from map(str, (fault for fault in check_folders(flows, desk.settings.locales, PACKAGE) if not fault.warning))
