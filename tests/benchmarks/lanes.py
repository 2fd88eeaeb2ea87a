"""`make bench-lanes`: one alert behind 50,000 reminders that are due, and how long until it has left.

The test of it counts (`test_fifty_thousand_reminders_are_not_even_looked_at`); this is the figure beside it, with a
provider that answers at once.
"""

import argparse
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from bot.storage.database import Database, Transaction
from bot.storage.migrations import upgrade
from bot.storage.outbox import OutboundMessage, put
from tests.factories import PARENT_NUMBER
from tests.services.on_call import Night


def main(reminders: int) -> None:
    """Prints two lines."""
    with tempfile.TemporaryDirectory(prefix="helo-lanes-") as folder:
        url = f"sqlite:///{folder}/helo.db"
        upgrade(url)
        database = Database(url)
        night = Night(database, Path(folder))
        _alert(night, "+447700900300")  # reads flows and lexicon
        print(f"an alert alone:                     {_alert(night, '+447700900301') * 1000:8.1f} ms")

        def fill(tx: Transaction) -> None:
            for number in range(reminders):
                due = night.now - timedelta(hours=1)
                put(
                    tx,
                    night.desk.vault,
                    OutboundMessage("reminder", "after_call", "sms", PARENT_NUMBER, "x", f"r{number}", due),
                    night.now,
                )

        database.write(fill)
        print(f"an alert behind {reminders:6d} reminders:    {_alert(night, '+447700900302') * 1000:8.1f} ms")
        database.close()


def _alert(night: Night, number: str) -> float:
    """Seconds from the parent's text until the page was taken by the provider, the receipt noted and all at rest."""
    started = time.perf_counter()
    before = len(night.texts.sent)
    night.disclose(number=number)
    night.work()
    if len(night.texts.sent) != before + 1:
        raise RuntimeError("the alert did not leave")
    return time.perf_counter() - started


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--reminders", type=int, default=50_000)
    main(asked.parse_args().reminders)
